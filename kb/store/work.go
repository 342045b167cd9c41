package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// workspace is a directory beside a knowledge base, in which the next one is made:
//
//	.NAME.work/lock          held by the program that builds
//	.NAME.work/new/          the knowledge base to be
//	.NAME.work/embedded-*    vectors so far (see checkpoint); they outlive a build that is interrupted
type workspace struct {
	dir  string
	lock *os.File
}

// lockPoll is how often a build looks whether another one of the same directory has ended.
const lockPoll = 100 * time.Millisecond

// openWorkspace makes the workspace of a target, or takes the one that an interrupted
// build left. It waits while another program builds there.
func openWorkspace(ctx context.Context, target string) (*workspace, error) {
	w := &workspace{dir: filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+".work")}
	for {
		ok, err := w.tryLock()
		if err != nil {
			return nil, fmt.Errorf("build knowledge base: %w", err)
		}
		if ok {
			return w, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("another program is building %s: %w", target, ctx.Err())
		case <-time.After(lockPoll):
		}
	}
}

func (w *workspace) tryLock() (ok bool, err error) {
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		return false, err
	}
	path := filepath.Join(w.dir, "lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil // another build has just ended and taken the directory away
	}
	if err != nil {
		return false, err
	}
	if ok, err = lockFile(f); !ok || err != nil {
		return false, errors.Join(err, f.Close())
	}
	// The file may have been taken away between opening and locking it.
	mine, err := f.Stat()
	if err != nil {
		return false, errors.Join(err, f.Close())
	}
	if now, err := os.Stat(path); err != nil || !os.SameFile(mine, now) {
		return false, f.Close()
	}
	w.lock = f
	return true, nil
}

// fresh is an empty directory for a knowledge base.
func (w *workspace) fresh() (string, error) {
	dir := filepath.Join(w.dir, "new")
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755), os.Chmod(dir, 0o755)); err != nil {
		return "", fmt.Errorf("build knowledge base: %w", err)
	}
	return dir, nil
}

// hasVectors tells whether an interrupted build left some.
func (w *workspace) hasVectors() bool {
	entries, err := os.ReadDir(w.dir)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), "embedded-") })
}

// close removes the workspace, but for the vectors where they are to be kept. The lock
// goes last: from then on the directory may be another build's, and stays.
func (w *workspace) close(keep bool) error {
	err := os.RemoveAll(filepath.Join(w.dir, "new"))
	if !keep {
		vectors, globErr := filepath.Glob(filepath.Join(glob.Replace(w.dir), "embedded-*"))
		err = errors.Join(err, globErr)
		for _, file := range vectors {
			err = errors.Join(err, os.Remove(file))
		}
		err = errors.Join(err, os.Remove(w.lock.Name()))
		_ = os.Remove(w.dir) // fails where another build has begun in it
	}
	if err = errors.Join(err, w.lock.Close()); err != nil {
		return fmt.Errorf("remove %s: %w", w.dir, err)
	}
	return nil
}

// glob takes the meaning of patterns from a path.
var glob = strings.NewReplacer("\\", "\\\\", "*", "\\*", "?", "\\?", "[", "\\[")
