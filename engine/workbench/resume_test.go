package workbench

import (
	"os"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// Each annotator comes back to where they were; a broken file, or a document that is
// gone, is no place.
func TestResume(t *testing.T) {
	r := newRig(t)
	if r.Resume() != (Look{}) {
		t.Error("resumed where nobody was")
	}
	r.view("b")
	there := Look{Doc: "b", Key: "?SINTOMA 9 15", Screen: corpus.Span{Start: 3, End: 40}, Filter: "pending"}
	r.Look(there)
	r.reopen()
	if got := r.Resume(); got != there {
		t.Errorf("resumed at %+v", got)
	}
	r.reopen() // without looking anywhere
	if got := r.Resume(); got != there {
		t.Errorf("a session in which nobody looked left %+v", got)
	}
	for _, broken := range []string{"", "{", `{"doc":"gone"}`} {
		path := placePath(r.journal.Path())
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		r.open()
		if got := r.Resume(); got != (Look{}) {
			t.Errorf("%q: resumed at %+v", broken, got)
		}
	}
}
