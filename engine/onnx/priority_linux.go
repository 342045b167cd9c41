package onnx

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// threadPriority is the nice value of the calling thread, 0 where it is unknown.
func threadPriority() int {
	raw, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		return 0
	}
	return 20 - raw // the system call counts backwards
}

// lowerPriority gives the goroutine a thread of its own with that nice value. The
// thread ends with the goroutine, since nobody may raise it again.
func lowerPriority(nice int) {
	if nice <= 0 {
		return
	}
	runtime.LockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, nice) // without it the work is done all the same
}
