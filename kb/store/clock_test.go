//go:build !linux

package store

import "time"

var started = time.Now()

// threadTime is by the clock where there is no other.
func threadTime() time.Duration { return time.Since(started) }
