//go:build race

package brat_test

// raceDetector: the race detector makes timings meaningless.
const raceDetector = true
