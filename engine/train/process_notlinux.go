//go:build unix && !linux

package train

import "syscall"

// stepBack gives a process the lowest priority. Failing is harmless.
func stepBack(pid int) { _ = syscall.Setpriority(syscall.PRIO_PROCESS, pid, 19) }
