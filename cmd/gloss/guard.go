package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// guardScript waits for the end of gloss. Where gloss says nothing before its end,
// it died: then the script puts the terminal back as it was, and tells what to do.
// Its standard input is a pipe from gloss, descriptor 3 the terminal. A terminal that
// sends signals for keys is no longer as gloss had it: the shell was faster.
const guardScript = `
trap '' HUP INT QUIT TERM TSTP TTOU
saved=$(stty -g <&3 2>/dev/null) || exit 0
echo ready
read -r word
[ "$word" = done ] && exit 0
case $(stty -a <&3 2>/dev/null) in *-isig*) stty "$saved" <&3 2>/dev/null ;; esac
printf '%b' "$1" >&3
printf '%s\n' "$2" >&3
`

// guardReset leaves the alternate screen and turns off what gloss had turned on:
// mouse, focus, bracketed paste, keyboard enhancements, grapheme widths.
const guardReset = `\033[?1049l\033[?25h\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?1004l\033[?2004l\033[?2027l\033[<u\033[>4;0m\033[0m\r`

const guardWord = "gloss has ended unexpectedly. What it called saved is on disk: open the collection again to go on."

// guard is a shell that outlives gloss by a moment. A panic in a background thread,
// a fault in a native library and kill -9 leave no time to restore the terminal.
type guard struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out io.Reader
}

// startGuard begins to watch over the terminal; it must be ready before the terminal
// is changed. Where there is no shell, gloss goes unguarded.
func startGuard(tty *os.File, log string) *guard {
	word := guardWord
	if log != "" {
		word += " Details: " + log
	}
	cmd := exec.Command("/bin/sh", "-c", guardScript, "gloss-guard", guardReset, word)
	cmd.ExtraFiles = []*os.File{tty}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a signal to gloss and its group is none to the guard
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil
	}
	out, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		_ = in.Close()
		return nil
	}
	return &guard{cmd, in, out}
}

// ready waits until the guard knows how the terminal was.
func (g *guard) ready() {
	if g != nil {
		_, _ = bufio.NewReader(g.out).ReadString('\n')
	}
}

// dismiss ends the guard: gloss has restored the terminal itself.
func (g *guard) dismiss() {
	if g == nil {
		return
	}
	_, _ = io.Copy(g.in, strings.NewReader("done\n"))
	_ = g.in.Close()
	_ = g.cmd.Wait() // it says nothing that matters
}
