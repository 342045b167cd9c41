package workbench

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/kb"
)

// TestARandomWalkUndoneLeavesNoTrace does some hundred actions at random on two
// documents, undos, redos and undos of single steps among them. All along memory equals what the file
// would be read as; taken back to the start, the bytes are those of the start.
func TestARandomWalkUndoneLeavesNoTrace(t *testing.T) {
	for seed := range uint64(5) {
		r := newRig(t)
		rnd := rand.New(rand.NewPCG(seed, 1))
		r.view("b")
		r.view("a")
		for range 300 {
			r.step(rnd)
		}
		if err := r.Verify(t.Context()); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, doc := range []string{"a", "b"} {
			r.matchesFile(doc)
		}
		r.reopen()
		r.view("b")
		r.view("a")
		for {
			_, err := r.Do(t.Context(), Undo{})
			if errors.Is(err, ErrNothing) {
				break
			}
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		if got := r.ann("a"); got != noteAnn {
			t.Errorf("seed %d: a.ann\n%s", seed, got)
		}
		if got := r.ann("b"); got != "" {
			t.Errorf("seed %d: b.ann\n%s", seed, got)
		}
	}
}

// TestEachActionOfAWalkIsUndoneToTheByte takes each action of a random walk back, and
// does it again.
func TestEachActionOfAWalkIsUndoneToTheByte(t *testing.T) {
	for seed := range uint64(5) {
		r := newRig(t)
		rnd := rand.New(rand.NewPCG(seed, 7))
		r.view("b")
		r.view("a")
		state := func() string {
			return string(r.docs["a"].file.Bytes()) + "\x00" + string(r.docs["b"].file.Bytes())
		}
		for range 150 {
			a, before, last := r.any(rnd), state(), r.last
			pictures := []*Doc{r.Doc("a"), r.Doc("b")}
			if _, err := r.Do(t.Context(), a); err != nil || r.last == last {
				if state() != before {
					t.Fatalf("seed %d: %T changed something: %v", seed, a, err)
				}
				continue
			}
			after := state()
			switch a.(type) {
			case Undo, Redo:
				continue
			}
			r.do(Undo{})
			if state() != before || !sameItems(pictures[0], r.Doc("a")) || !sameItems(pictures[1], r.Doc("b")) {
				t.Fatalf("seed %d: %+v is not undone:\n%s\nwas\n%s", seed, a, state(), before)
			}
			r.do(Redo{})
			if state() != after {
				t.Fatalf("seed %d: %+v is not redone:\n%s\nwas\n%s", seed, a, state(), after)
			}
		}
	}
}

// step does one action, or puts the documents in another order, or picks questions; that an
// action cannot be done is no failure.
func (r *rig) step(rnd *rand.Rand) {
	if rnd.IntN(30) == 0 {
		if err := r.Arrange(r.t.Context(), order.Modes()[rnd.IntN(4)]); err != nil {
			r.t.Error(err)
		}
	}
	if rnd.IntN(20) == 0 {
		if _, err := r.Questions(r.t.Context(), 2); err != nil {
			r.t.Error(err)
		}
	}
	_, _ = r.Do(r.t.Context(), r.any(rnd))
}

// any is an action at random, which may be impossible.
func (r *rig) any(rnd *rand.Rand) Action {
	r.mu.Lock()
	last := r.last
	r.mu.Unlock()
	doc := []string{"a", "b"}[rnd.IntN(2)]
	d := r.Doc(doc)
	at := At{Doc: doc}
	if len(d.Items) > 0 {
		at.Key = d.Items[rnd.IntN(len(d.Items))].Key
	}
	start := corpus.Off(rnd.IntN(int(d.Text.Len()) - 10))
	span := corpus.One(start, start+1+corpus.Off(rnd.IntN(9)))
	label := []string{"SINTOMA", "FARMACO"}[rnd.IntN(2)]
	cand := kb.Candidate{DB: "kb", ID: []string{"A:1", "B:2"}[rnd.IntN(2)], Name: "uno"}
	other := At{Doc: doc}
	if len(d.Items) > 0 {
		other.Key = d.Items[rnd.IntN(len(d.Items))].Key
	}
	actions := []Action{
		Accept{at}, Choose{At: at, Candidate: cand}, ChooseNIL{At: at}, Reject{at}, Unlink{at}, MoveSpan{at, span},
		SetLabel{at, label}, SetNote{at, "nota"}, Create{At{Doc: doc}, span, label},
		Finish{At{Doc: doc}}, Reopen{At{Doc: doc}}, Undo{}, Undo{}, Redo{},
		ChooseNIL{At: at, Reason: "too vague"}, Split{at, span[0].Start}, Join{at, other.Key}, ToggleFragment{at, span[0]}, Grow{at}, Shrink{at},
		ToggleAttribute{at, "Negation", ""}, ToggleAttribute{at, "Certainty", []string{"low", "high"}[rnd.IntN(2)]},
		Flag{At: at}, Unflag{at}, Repeat{at}, CreateLinked{At{Doc: doc}, span, label, cand}, ChooseParts{At: at, Candidate: composite},
		Propose{At: []At{at, {Doc: doc}}[rnd.IntN(2)], Concept: corpus.Proposal{ID: []string{"X:1", "X:2"}[rnd.IntN(2)], Name: "raro"}},
		Apply{Places: []Place{{Doc: doc, Key: at.Key, Do: Choose{At: at, Candidate: cand}}, {Doc: "a", Do: Create{At{Doc: "a"}, span, label}}, {Doc: "b", Do: Create{At{Doc: "b"}, span, label}}}},
		Undo{Seq: 1 + rnd.Int64N(last+1)},
	}
	return actions[rnd.IntN(len(actions))]
}

// matchesFile compares what is shown with what the file on disk says.
func (r *rig) matchesFile(name string) {
	r.t.Helper()
	ann := r.ann(name)
	text, err := os.ReadFile(filepath.Join(r.dir, name+".txt"))
	if err != nil {
		r.t.Fatal(err)
	}
	f, err := brat.Parse([]byte(ann), corpus.NewText(string(text)))
	if err != nil {
		r.t.Fatal(err)
	}
	if p := f.Problems(); len(p) > 0 {
		r.t.Errorf("%s.ann: %v\n%s", name, p, ann)
	}
	onFile := map[string]corpus.Mention{}
	for _, m := range f.Mentions() {
		onFile[m.ID] = m
	}
	for _, it := range r.Doc(name).Items {
		if it.State == Suggested {
			continue
		}
		m, ok := onFile[it.ID]
		if !ok || !m.Same(it.Mention) || len(m.Links) != len(it.Links) {
			r.t.Errorf("%s: on screen %+v, in the file %+v", name, it.Mention, m)
		}
		delete(onFile, it.ID)
	}
	if len(onFile) > 0 {
		r.t.Errorf("%s: not on the screen: %v", name, onFile)
	}
}
