package onnx

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// CaptureStderr makes file descriptor 2 of the whole process point at f, so that
// what native libraries print does not land on a person's screen. restore puts it
// back. The Go runtime's own last words of a crash go to f as well.
func CaptureStderr(f *os.File) (restore func() error, err error) {
	const fd = 2
	saved, err := unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("keep the standard error stream: %w", err)
	}
	if err := unix.Dup2(int(f.Fd()), fd); err != nil {
		unix.Close(saved)
		return nil, fmt.Errorf("send the standard error stream to %s: %w", f.Name(), err)
	}
	return func() error {
		defer unix.Close(saved)
		if err := unix.Dup2(saved, fd); err != nil {
			return fmt.Errorf("put the standard error stream back: %w", err)
		}
		return nil
	}, nil
}
