//go:build !linux

package bench

import "time"

var started = time.Now()

func forgetPeak() {}

// peakMemory is not known here.
func peakMemory() int64 { return 0 }

// anonymousMemory is not known here.
func anonymousMemory() float64 { return 0 }

// processorTime is by the clock where there is no other.
func processorTime() time.Duration { return time.Since(started) }
