package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// forgetPeak makes the peak begin at what the process holds now.
func forgetPeak() {
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // where it is forbidden, the peak is that of the whole run
}

// peakMemory is the most memory that this process held since forgetPeak, in bytes;
// 0 where the system does not tell.
func peakMemory() int64 { return statusOf("VmHWM") }

// anonymousMemory is what this process holds that is not pages of files, in MB.
func anonymousMemory() float64 { return float64(statusOf("RssAnon")) / 1e6 }

// statusOf is an amount of memory that the system tells of this process, in bytes; 0
// where it does not.
func statusOf(what string) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		var kilobytes int64
		if _, err := fmt.Sscanf(lines.Text(), what+": %d kB", &kilobytes); err == nil {
			return kilobytes << 10
		}
	}
	return 0
}

// processorTime is what this process has used of all processors.
func processorTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
