package workbench

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/pace"
)

func TestOverviewCountsWhatIsInForce(t *testing.T) {
	r := newRig(t)
	r.view("b")
	d := r.view("a")
	for _, key := range keysOf(d, "fiebre") {
		r.do(Accept{At{"a", key}})
	}
	r.do(Reject{At{"a", keysOf(d, "paracetamol")[0]}})
	r.do(Undo{})
	r.do(Choose{At: At{"a", keysOf(r.Doc("a"), "paracetamol")[0]}, Candidate: d.Items[0].Candidates[0]})
	r.wait("all is saved", func() bool { return r.Status().Idle() })
	o, err := r.Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o.Documents != 2 || o.Finished != 0 || o.Begun != 1 || o.Counted != 2 || o.Steps != 5 {
		t.Errorf("the overview is %+v", o)
	}
	left := r.Doc("a").Undecided() + r.Doc("b").Undecided()
	if o.Left != left {
		t.Errorf("%d are left, want %d", o.Left, left)
	}
	want := []pace.Label{{Name: "FARMACO", Kept: 1, Linked: 1, First: 1}, {Name: "SINTOMA", Kept: 2}}
	if len(o.Labels) != 2 || o.Labels[0] != want[0] || o.Labels[1] != want[1] {
		t.Errorf("labels %+v, want %+v", o.Labels, want)
	}
	r.do(Finish{At{Doc: "a"}})
	r.wait("all is saved", func() bool { return r.Status().Idle() })
	if o, err = r.Overview(t.Context()); err != nil || o.Finished != 1 || o.Begun != 0 || o.Left != r.Doc("b").Undecided() {
		t.Errorf("after finishing: %+v, %v", o, err)
	}
}

// Of documents that were not read, what is left is guessed from the others.
func TestOverviewGuessesWhatWasNotRead(t *testing.T) {
	r := newRig(t)
	r.view("b") // the last one: none is read after it
	o, err := r.Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o.Counted != 1 || o.Left != r.Doc("b").Undecided()+len(r.Doc("b").Items) {
		t.Errorf("%d left, %d documents counted; b has %d mentions, %d undecided", o.Left, o.Counted, len(r.Doc("b").Items), r.Doc("b").Undecided())
	}
}

func keysOf(d *Doc, text string) []string {
	var keys []string
	for _, it := range d.Items {
		if it.Text == text {
			keys = append(keys, it.Key)
		}
	}
	return keys
}

// slow recognizes nothing, and waits in every text until it is let go.
type slow struct {
	words
	mu    sync.Mutex
	texts map[string]int
	gate  chan struct{}
}

func (s *slow) Annotate(ctx context.Context, text corpus.Text, sentences []corpus.Span, layers []string) ([]corpus.Mention, error) {
	s.mu.Lock()
	s.texts[text.String()]++
	s.mu.Unlock()
	select {
	case <-s.gate:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return s.words.Annotate(ctx, text, sentences, layers)
}

func TestSuggestAll(t *testing.T) {
	s := &slow{words: words{"fiebre": "SINTOMA"}, texts: map[string]int{}, gate: make(chan struct{})}
	r := newRigWith(t, s)
	r.wait("the models are there", func() bool { return r.Status().Device != "" })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { _, err := r.SuggestAll(ctx); ended <- err }()
	r.wait("a task is shown", func() bool {
		tasks := r.Status().Tasks
		return len(tasks) > 0 && tasks[0].Title == SuggestAllTitle && tasks[0].Total == 2
	})
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatalf("it ended with %v", err)
	}
	r.wait("nothing runs any more", func() bool { return r.Status().Idle() })
	close(s.gate)
	if failed, err := r.SuggestAll(t.Context()); failed != 0 || err != nil {
		t.Fatalf("%d failed: %v", failed, err)
	}
	r.wait("its last job is over", func() bool { return r.Status().Idle() })
	if s.texts[note] < 2 {
		t.Errorf("texts %v", s.texts)
	}
}

func TestSuggestAllWithoutAModel(t *testing.T) {
	r := newRig(t)
	r.wait("the models are there", func() bool { return r.Status().Device != "" })
	r.mu.Lock()
	r.models = nil
	r.mu.Unlock()
	if _, err := r.SuggestAll(t.Context()); !errors.Is(err, ErrNotReady) {
		t.Errorf("without a model: %v", err)
	}
}

// It does not wait for documents that nobody computes any more.
func TestSuggestAllEndsWithTheWorkbench(t *testing.T) {
	s := &slow{words: words{}, texts: map[string]int{}, gate: make(chan struct{})}
	r := newRigWith(t, s)
	r.wait("the models are there", func() bool { return r.Status().Device != "" })
	ended := make(chan error, 1)
	go func() { _, err := r.SuggestAll(context.Background()); ended <- err }()
	r.wait("a task is shown", func() bool { return len(r.Status().Tasks) > 0 && r.Status().Tasks[0].Title == SuggestAllTitle })
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it says that all is computed")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits though the workbench is closed")
	}
}
