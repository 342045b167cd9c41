package suggest

import "golang.org/x/sys/unix"

// nice is how far the workers step back behind the thread that reads keys.
const nice = 10

// lowerPriority lowers the priority of the calling thread; on Linux
// setpriority(2) with PRIO_PROCESS and 0 concerns the thread alone. Failing is
// harmless: the work is only less polite.
func lowerPriority() { _ = unix.Setpriority(unix.PRIO_PROCESS, 0, nice) }
