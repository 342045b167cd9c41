//go:build unix

package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// lock is the right to write one journal. The kernel ends it with the process
// that holds it, so a crash leaves nothing to clean up; the file itself stays,
// since removing it would let two processes lock two files of one name.
type lock struct{ f *os.File }

func acquire(path, who string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the journal of %s: %w", who, err)
	}
	err = flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder := readHolder(f)
		return nil, errors.Join(fmt.Errorf("%w by %s: quit it, or choose another name with --who (journal of %s)",
			ErrBusy, holder, who), f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w: put the state directory on another disk with --state", path, err), f.Close())
	}
	l := &lock{f}
	if err := l.sign(); err != nil {
		return nil, errors.Join(fmt.Errorf("write lock %s: %w", path, err), l.release())
	}
	return l, nil
}

// sign writes who holds the lock, for the message of those who do not get it.
func (l *lock) sign() error {
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	host, _ := os.Hostname() // a missing name only shortens the message
	_, err := l.f.WriteAt([]byte(strconv.Itoa(os.Getpid())+" "+host+"\n"), 0)
	return err
}

func readHolder(f *os.File) string {
	b, _ := io.ReadAll(io.LimitReader(f, 1024)) // what cannot be read is unknown
	pid, host, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	if pid == "" {
		return "another process"
	}
	if own, _ := os.Hostname(); host == "" || host == own {
		return "process " + pid
	}
	return "process " + pid + " on " + host
}

// release may be called twice.
func (l *lock) release() error {
	if l.f == nil {
		return nil
	}
	f := l.f
	l.f = nil
	return errors.Join(f.Truncate(0), f.Close())
}

func flock(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
