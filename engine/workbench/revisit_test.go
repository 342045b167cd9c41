package workbench

import (
	"os"
	"path/filepath"
	"testing"
)

// A document that a crash left behind is brought up to date by the next start,
// though nobody looks at it.
func TestAStartBringsFilesUpToDateThatNobodyLooksAt(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(Accept{At{"a", "?SINTOMA 9 15"}})
	want := r.ann("a")
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(r.dir, "a.ann")
	if err := os.WriteFile(path, []byte(noteAnn), 0o644); err != nil {
		t.Fatal(err)
	}
	r.open()
	r.view("b")
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("a.ann holds\n%s(%v), want\n%s", got, err, want)
	}
}
