package train

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	schedIdle   = 5       // SCHED_IDLE of sched_setscheduler(2): below every nice value
	ioprioIdle  = 3 << 13 // IOPRIO_CLASS_IDLE of ioprio_set(2): the disk when nobody else asks for it
	ioprioWhole = 1       // IOPRIO_WHO_PROCESS
)

// stepBack gives a process that has just begun, and with it the threads that it will
// start, the lowest priority. Failing is harmless: it is only less polite.
func stepBack(pid int) {
	_ = unix.Setpriority(unix.PRIO_PROCESS, pid, 19) // for kernels that refuse what follows
	var none int32                                   // struct sched_param: its priority must be 0
	_, _, _ = unix.Syscall(unix.SYS_SCHED_SETSCHEDULER, uintptr(pid), schedIdle, uintptr(unsafe.Pointer(&none)))
	_, _, _ = unix.Syscall(unix.SYS_IOPRIO_SET, ioprioWhole, uintptr(pid), ioprioIdle)
}
