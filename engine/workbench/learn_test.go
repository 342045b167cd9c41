package workbench

import (
	"testing"

	"github.com/gloss-nlp/gloss/kb"
)

// What a deleted annotation was linked to is no longer known, until the deletion
// is undone.
func TestADeletedAnnotationIsUnlearned(t *testing.T) {
	r := newRig(t)
	r.view("a")
	known := func() int { return len(r.memory.Chosen("SINTOMA", "tos")) }
	r.do(Choose{At: At{"a", "T1"}, Candidate: kb.Candidate{DB: "kb", ID: "B:2", Name: "tos dos"}})
	if known() != 1 {
		t.Fatal("the link taught nothing")
	}
	r.do(Reject{At{"a", "T1"}})
	if known() != 0 {
		t.Error("the annotation is gone, its name is still known")
	}
	r.do(Undo{})
	if known() != 1 {
		t.Error("the deletion is undone, the name is not known again")
	}
}
