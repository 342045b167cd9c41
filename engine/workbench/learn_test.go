package workbench

import (
	"context"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
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

// certain is a linker whose first candidate has an equal name where it is told so, and
// that counts what it is asked.
type certain struct {
	names
	exact string
	mu    *sync.Mutex
	asked map[string]int
}

func (c certain) Candidates(ctx context.Context, queries []link.Query, k int) ([][]kb.Candidate, error) {
	all, err := c.names.Candidates(ctx, queries, k)
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, q := range queries {
		c.asked[q.Text]++
		if q.Text == c.exact {
			all[i][0].Evidence.Match = "exact"
		}
	}
	return all, err
}

// What resembles the name that was linked is ranked again at once where another
// candidate may come first; else when somebody looks at its document. What reads otherwise is
// not touched, and an equal name needs no ranking at all.
func TestOnlyWhatALinkMayConcernIsRankedAgain(t *testing.T) {
	r := newRigWith(t, words{"fiebres": "SINTOMA", "fiebre": "SINTOMA", "tos": "SINTOMA"})
	r.other("c.txt", "Fiebres y fiebrez; fiebre.\n")
	r.other("c.ann", "T1\tSINTOMA 0 7\tFiebres\nT2\tSINTOMA 10 17\tfiebrez\nT3\tSINTOMA 19 25\tfiebre\n")
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	linker := certain{exact: "Fiebres", mu: &sync.Mutex{}, asked: map[string]int{}}
	r.linker = func(memory *link.Overlay) suggest.Linker { linker.memory = memory; return linker }
	r.open()
	for _, doc := range []string{"c", "b", "a"} {
		r.view(doc)
	}
	asked := func(text string) int {
		linker.mu.Lock()
		defer linker.mu.Unlock()
		return linker.asked[text]
	}
	before := map[string]int{"Fiebres": asked("Fiebres"), "fiebrez": asked("fiebrez"), "tos": asked("tos"), "fiebre": asked("fiebre")}
	it := item(t, r.Doc("a"), "fiebre")
	r.do(Choose{At: onA(it.Key), Candidate: it.Candidates[1]})
	r.wait("it is learnt", func() bool { return r.Status().Idle() })
	for text, more := range map[string]int{"Fiebres": 0, "fiebrez": 1, "tos": 0, "fiebre": 0} {
		if got := asked(text) - before[text]; got != more {
			t.Errorf("%q was ranked %d times more, want %d", text, got, more)
		}
	}
	if got := item(t, r.Doc("c"), "fiebre").Candidates[0]; got.ID != "B:2" || got.Evidence.Chosen != 1 || got.Evidence.Match != "corpus" {
		t.Errorf("the equal name has %+v first", got)
	}
	r.view("c")
	if got := asked("Fiebres") - before["Fiebres"]; got != 1 {
		t.Errorf("looked at, it was ranked %d times more, want once", got)
	}
	r.do(Undo{})
	r.wait("it is unlearnt", func() bool { return r.Status().Idle() })
	if got := item(t, r.Doc("c"), "fiebre").Candidates[0]; got.ID != "A:1" || got.Evidence.Chosen != 0 {
		t.Errorf("undone, the equal name has %+v first", got)
	}
}
