//go:build !race

package brat_test

const raceDetector = false
