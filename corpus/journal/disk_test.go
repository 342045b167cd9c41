//go:build linux

package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of so many bytes in memory.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("gloss-test", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a file system cannot be mounted here (it takes root): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill writes a file until the disk is full, and returns it.
func fill(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	for {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			return path
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// A disk that is really full: what was called saved is there, what was not
// waits, and is saved once there is room.
func TestAFullDisk(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, w *Writer, filler string) int64{
		"room, then again": func(t *testing.T, w *Writer, filler string) int64 {
			remove(t, filler)
			w.Retry()
			if err := w.Drain(context.Background()); err != nil {
				t.Fatal(err)
			}
			return 500
		},
		"given up": func(*testing.T, *Writer, string) int64 { return 0 },
	} {
		t.Run(name, func(t *testing.T) {
			disk := smallDisk(t, "1m")
			dir := filepath.Join(disk, ".gloss")
			j := mustOpen(t, dir)
			mustAppend(t, j, decisions(1, 10))
			filler := fill(t, disk)
			var r report
			w := NewWriter(j, r.onSaved, r.onErr)
			for seq := int64(11); seq <= 500; seq++ {
				_ = w.Enqueue(Batch{Decisions: decisions(seq, seq)}) // an error is told by Drain too
			}
			if err := w.Drain(context.Background()); err == nil || !strings.Contains(err.Error(), "free some space") {
				t.Fatalf("a full disk says %v", err)
			}
			saved := j.Last()
			if got := int64(w.Pending()); got != 500-saved || got == 0 {
				t.Errorf("%d wait, the last saved is %d of 500", got, saved)
			}
			if want := end(t, w, filler); want > 0 {
				saved = want
			}
			_ = w.Close() // its error is that of the disk, if any
			if err := j.Close(); err != nil {
				t.Logf("close: %v", err)
			}
			_ = os.Remove(filler) // gone already where there was room
			again := mustOpen(t, dir)
			got := all(t, again, Filter{})
			if int64(len(got)) != again.Last() || again.Last() < saved || again.Last() > 500 {
				t.Errorf("%d decisions, last %d, called saved %d", len(got), again.Last(), saved)
			}
			mustAppend(t, again, decisions(again.Last()+1, again.Last()+1))
		})
	}
}

// On a full disk no journal can be begun; nothing is left that hinders the next start.
func TestOpeningOnAFullDisk(t *testing.T) {
	disk := smallDisk(t, "1m")
	filler := fill(t, disk)
	if j, err := Open(filepath.Join(disk, ".gloss"), "ana"); err == nil {
		t.Errorf("a journal was opened on a full disk (%v)", j.Close())
	}
	remove(t, filler)
	mustAppend(t, mustOpen(t, filepath.Join(disk, ".gloss")), decisions(1, 1))
}

// A disk that is mounted for reading: the journal can be read, not written.
func TestADiskForReading(t *testing.T) {
	dir := smallDisk(t, "1m")
	j := mustOpen(t, dir)
	mustAppend(t, j, decisions(1, 3))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("gloss-test", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, "ana"); !errors.Is(err, syscall.EROFS) {
		t.Errorf("opening says %v", err)
	}
	r, err := OpenReadOnly(dir, "ana")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if s, err := r.Fold(t.Context()); err != nil || s.Last() != 3 {
		t.Errorf("last %d, %v", s.Last(), err)
	}
}

// What is appended to a file that has no name any more would be called saved and
// be lost.
func TestAJournalThatVanishes(t *testing.T) {
	for name, c := range map[string]struct {
		vanish func(dir string) error
		back   bool // it is put back then
	}{
		"removed":      {os.RemoveAll, false},
		"moved away":   {func(dir string) error { return os.Rename(dir, dir+"-elsewhere") }, true},
		"file removed": {func(dir string) error { return os.Remove(filepath.Join(dir, "journal-ana.db")) }, false},
		"another in place": {func(dir string) error {
			path := filepath.Join(dir, "journal-ana.db")
			return errors.Join(os.Rename(path, path+"-old"), os.WriteFile(path, nil, 0o600))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), ".gloss")
			j, err := Open(dir, "ana")
			if err != nil {
				t.Fatal(err)
			}
			defer j.Close() // its error is of no interest: the file is gone
			mustAppend(t, j, decisions(1, 2))
			if err := c.vanish(dir); err != nil {
				t.Fatal(err)
			}
			if err := j.Append(t.Context(), decisions(3, 3)); !errors.Is(err, ErrVanished) || j.Last() != 2 {
				t.Errorf("got %v, last %d", err, j.Last())
			}
			if !c.back {
				return
			}
			if err := os.Rename(dir+"-elsewhere", dir); err != nil {
				t.Fatal(err)
			}
			mustAppend(t, j, decisions(3, 4))
			if got := all(t, j, Filter{}); len(got) != 4 {
				t.Errorf("%d decisions after it was put back, want 4", len(got))
			}
		})
	}
}
