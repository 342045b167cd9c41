package workbench

import (
	"context"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// searching is a linker that finds one concept for any query.
type searching struct{ names }

func (searching) Search(context.Context, string, string, int) ([]kb.Candidate, error) {
	return []kb.Candidate{{DB: "kb", ID: "S:1"}}, nil
}

func TestABlindWorkbenchSuggestsNothing(t *testing.T) {
	seeing := newRig(t)
	seeing.view("a")
	r := &rig{t: t, dir: seeing.dir}
	if err := seeing.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	w, err := Open(t.Context(), Options{
		Dir: r.dir, Who: "ana", Workers: 1, Blind: true, Linkable: func(string) bool { return true },
		Load: func(_ context.Context, memory *link.Overlay) (*suggest.Models, error) {
			return &suggest.Models{Recognizer: words{"fiebre": "SINTOMA"}, Linker: searching{names{memory}}, Device: "cpu"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Workbench = w
	t.Cleanup(func() { _ = w.Close(context.Background()) })
	d := r.view("a")
	if len(d.Items) != 1 || d.Items[0].Text != "tos" {
		t.Fatalf("a blind workbench shows %+v", d.Items)
	}
	if it := d.Items[0]; len(it.Candidates) > 0 || !it.Ready || it.State != Pending {
		t.Errorf("the mention is %+v", it)
	}
	if c, err := r.Search(t.Context(), "SINTOMA", "tos", 5); err != nil || len(c) != 1 {
		t.Errorf("a search found %v, %v", c, err)
	}
	r.do(Choose{At: At{"a", d.Items[0].Key}, Candidate: kb.Candidate{DB: "kb", ID: "S:1"}})
	for c, err := range w.journal.All(t.Context(), journal.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Offer != nil && len(c.Offer.Candidates) > 0 {
			t.Errorf("the journal says that %v were shown", c.Offer.Candidates)
		}
	}
}
