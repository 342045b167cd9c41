package workbench

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// Concept makes the linker of the rig one that can read concepts.
func (names) Concept(_ context.Context, _, db, id string) (kb.Concept, error) {
	all := map[string]kb.Concept{
		"A:1": {ID: "A:1", Name: "uno", Parents: []string{"B:2", "C:3"}, Names: []kb.Name{{Text: "uno"}, {Text: "one"}}},
		"B:2": {ID: "B:2", Name: "dos"},
	}
	c, ok := all[id]
	if !ok || db != "kb" {
		return c, errors.New("no such concept")
	}
	return c, nil
}

func TestAConceptIsKnownFromItsKBAndFromTheCorpus(t *testing.T) {
	r := newRig(t)
	d := r.view("a")
	it := d.Items[0]
	r.do(Choose{At: At{"a", it.Key}, Candidate: kb.Candidate{DB: "kb", ID: "A:1", Name: "uno"}})
	c, err := r.Concept(t.Context(), it.Label, "kb", "A:1")
	if err != nil {
		t.Fatal(err)
	}
	want := []corpus.Link{{DB: "kb", ID: "B:2", Name: "dos"}, {DB: "kb", ID: "C:3"}}
	if c.Name != "uno" || len(c.Names) != 2 || fmt.Sprint(c.Broader) != fmt.Sprint(want) || c.Proposed {
		t.Errorf("got %+v", c)
	}
	if fmt.Sprint(c.Chosen) != fmt.Sprint([]link.Used{{Label: it.Label, Name: "fiebre", Count: 1}}) {
		t.Errorf("chosen for %v", c.Chosen)
	}
	if len(c.Places) != 1 || c.Places[0].Doc != "a" || c.Places[0].Text != "fiebre" {
		t.Errorf("used in %v", c.Places)
	}
	if c, err := r.Concept(t.Context(), it.Label, "kb", "Z:9"); err == nil || len(c.Places) > 0 {
		t.Errorf("an unknown concept is %+v, %v", c, err)
	}
}

func TestAProposedConceptIsKnown(t *testing.T) {
	r := newRig(t)
	it := r.view("a").Items[0]
	r.do(Propose{At: At{"a", it.Key}, Concept: corpus.Proposal{DB: "kb", ID: "N:1", Name: "nuevo", Parent: "B:2"}})
	c, err := r.Concept(t.Context(), it.Label, "kb", "N:1")
	if err != nil || !c.Proposed || c.Name != "nuevo" || len(c.Broader) != 1 || c.Broader[0].Name != "dos" || len(c.Places) != 1 {
		t.Errorf("got %+v, %v", c, err)
	}
}
