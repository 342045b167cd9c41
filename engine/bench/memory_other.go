//go:build !linux

package bench

func forgetPeak() {}

// peakMemory is not known here.
func peakMemory() int64 { return 0 }
