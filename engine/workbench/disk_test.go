//go:build linux

package workbench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// smallDisk mounts a file system of one megabyte in memory.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("gloss-test", dir, "tmpfs", 0, "size=1m"); err != nil {
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
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			return path
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// decideUntilItStops takes one decision after the other until input stops, and
// returns how many were called saved.
func (r *rig) decideUntilItStops() int {
	r.t.Helper()
	for i := range 2000 {
		_, err := r.Do(r.t.Context(), SetNote{At{"a", "T1"}, fmt.Sprintf("%d %s", i, strings.Repeat("x", 500))})
		if errors.Is(err, ErrStopped) {
			break
		}
		if err != nil {
			r.t.Fatal(err)
		}
		r.wait("the decision is saved or input stops", func() bool {
			s := r.Status()
			return s.Unsaved == 0 || s.Fatal != nil
		})
	}
	if r.Status().Fatal == nil {
		r.t.Fatal("input never stopped")
	}
	if _, err := r.Do(r.t.Context(), Undo{}); !errors.Is(err, ErrStopped) {
		r.t.Errorf("an undo after input has stopped: %v", err)
	}
	return r.Status().Saved
}

// consistent opens the corpus anew: the journal holds at least the saved
// decisions, and a.ann what all of them make of its beginning.
func (r *rig) consistent(saved int) {
	r.t.Helper()
	r.open()
	r.view("a")
	got := r.ann("a")
	f, err := brat.Parse([]byte(noteAnn), corpus.NewText(note))
	if err != nil {
		r.t.Fatal(err)
	}
	n := 0
	for d, err := range r.journal.All(r.t.Context(), journal.Filter{Doc: "a"}) {
		if err == nil {
			err = f.Apply(d.Edit)
		}
		if err != nil {
			r.t.Fatal(err)
		}
		n++
	}
	if n < saved {
		r.t.Errorf("%d decisions are in the journal, %d were called saved", n, saved)
	}
	if got != string(f.Bytes()) {
		r.t.Errorf("a.ann holds\n%.200s\nthe journal says\n%.200s", got, f.Bytes())
	}
	r.do(SetNote{At{"a", "T1"}, "works again"})
	if got := r.ann("a"); !strings.Contains(got, "works again") {
		r.t.Errorf("a decision after reopening is not in the file:\n%.200s", got)
	}
}

func TestInputStopsOnAFullDisk(t *testing.T) {
	for name, c := range map[string]struct{ mended, apart bool }{
		"mended before leaving":       {mended: true},
		"left as it is":               {},
		"the disk of the state alone": {apart: true}, // the .ann file could be written, and must not be ahead
	} {
		t.Run(name, func(t *testing.T) {
			disk := smallDisk(t)
			dir := disk
			if c.apart {
				dir = t.TempDir()
			}
			r := newRigIn(t, dir, words{"fiebre": "SINTOMA"})
			r.reopenWith(filepath.Join(disk, "state"))
			r.view("a")
			r.do(Accept{At{"a", "?SINTOMA 9 15"}})
			r.wait("it is saved", func() bool { return r.Status().Saved == 1 })
			filler := fill(t, disk)
			saved := r.decideUntilItStops()
			s := r.Status()
			if !strings.Contains(s.Fatal.Error(), "free some space") || s.Unsaved == 0 {
				t.Errorf("status %+v", s)
			}
			if c.mended {
				if err := os.Remove(filler); err != nil {
					t.Fatal(err)
				}
				if err := r.Close(t.Context()); err != nil {
					t.Errorf("close after the disk was mended: %v", err)
				}
				r.consistent(saved + s.Unsaved)
				return
			}
			if err := r.Close(t.Context()); err == nil {
				t.Error("decisions were lost without a word")
			}
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
			r.consistent(saved)
		})
	}
}

// The journal lies elsewhere: decisions are saved though their files cannot be
// written, and reach them when they can.
func TestACorpusThatCannotBeWritten(t *testing.T) {
	for name, c := range map[string]struct {
		spoil, mend func(t *testing.T, disk string)
	}{
		"full": {
			func(t *testing.T, disk string) { fill(t, disk) },
			func(t *testing.T, disk string) { remove(t, filepath.Join(disk, "filler")) },
		},
		"read-only": {
			func(t *testing.T, disk string) { remount(t, disk, syscall.MS_RDONLY) },
			func(t *testing.T, disk string) { remount(t, disk, 0) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			disk := smallDisk(t)
			r := newRigIn(t, disk, words{"fiebre": "SINTOMA"})
			r.reopenWith(t.TempDir())
			r.view("a")
			c.spoil(t, disk)
			r.do(Accept{At{"a", "?SINTOMA 9 15"}})
			r.wait("the document is refused", func() bool { return r.Doc("a").ReadOnly != "" })
			s := r.Status()
			if s.Saved != 1 || s.Fatal != nil || !strings.Contains(s.Message, "cannot be written") {
				t.Errorf("status %+v", s)
			}
			if _, err := r.Do(t.Context(), Accept{At{"a", "T1"}}); !errors.Is(err, ErrReadOnly) {
				t.Errorf("a decision on a file that cannot be written: %v", err)
			}
			if data, err := os.ReadFile(filepath.Join(disk, "a.ann")); err != nil || string(data) != noteAnn {
				t.Errorf("a.ann is %q, %v", data, err)
			}
			leftovers(t, disk)
			_ = r.Close(t.Context()) // the state says what it is about
			c.mend(t, disk)
			r.consistent(1)
		})
	}
}

// A directory that goes away takes the journal with it: nothing more is called
// saved, and what waits is saved when the directory is back.
func TestACorpusThatVanishes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "corpus")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r := newRigIn(t, dir, words{"fiebre": "SINTOMA"})
	r.view("a")
	r.do(Accept{At{"a", "?SINTOMA 9 15"}})
	r.ann("a")
	if err := os.Rename(dir, dir+"-elsewhere"); err != nil {
		t.Fatal(err)
	}
	if saved := r.decideUntilItStops(); saved != 1 {
		t.Errorf("%d decisions are called saved, one was when the directory went", saved)
	}
	if err := r.Status().Fatal; !errors.Is(err, journal.ErrVanished) {
		t.Errorf("input stopped with %v", err)
	}
	if err := os.Rename(dir+"-elsewhere", dir); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Errorf("close after the directory is back: %v", err)
	}
	r.consistent(2)
}

// A clock that goes back gives decisions earlier times, nothing else.
func TestAClockThatGoesBack(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.Look(Look{Doc: "a", Key: "T1"})
	r.mu.Lock()
	r.since = time.Now().Add(time.Hour).Round(0) // as a clock would have it that was set back since
	r.mu.Unlock()
	r.do(Accept{At{"a", "T1"}})
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(filepath.Join(r.dir, ".gloss"), "ana")
	if err != nil {
		t.Fatal(err)
	}
	future := corpus.Decision{Seq: 2, Step: 2, Time: now().Add(time.Hour), Who: "ana", Doc: "a", Kind: corpus.Finish}
	if err := errors.Join(j.Append(t.Context(), []corpus.Decision{future}), j.Close()); err != nil {
		t.Fatal(err)
	}
	r.consistent(2)
	r.do(Undo{})
	r.do(Undo{})
	if r.Doc("a").Finished {
		t.Error("the undo took something else back than what was decided before")
	}
	for d, err := range r.journal.All(t.Context(), journal.Filter{}) {
		if err != nil || d.Millis < 0 {
			t.Errorf("decision %d took %d ms (%v)", d.Seq, d.Millis, err)
		}
	}
}

// reopenWith opens the same corpus with its journal in another directory.
func (r *rig) reopenWith(state string) {
	r.t.Helper()
	if err := r.Close(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	r.state = state
	r.open()
}

// leftovers fails where a temporary file stayed behind.
func leftovers(t *testing.T, dir string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, ".gloss-*"))
	if err != nil || len(found) > 0 {
		t.Errorf("left behind: %v, %v", found, err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func remount(t *testing.T, dir string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount("gloss-test", dir, "tmpfs", syscall.MS_REMOUNT|flags, "size=1m"); err != nil {
		t.Fatal(err)
	}
}
