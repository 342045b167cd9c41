//go:build !unix

package train

import "os/exec"

func apart(*exec.Cmd) {}

func stepBack(int) {}
