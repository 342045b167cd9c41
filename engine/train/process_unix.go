//go:build unix

package train

import (
	"os/exec"
	"syscall"
)

// apart puts a command into a process group of its own, so that Ctrl-C reaches it
// once: from Run, not from the terminal as well.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
