package learn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
)

// words is an encoder whose state of a word is a fixed random vector, with noise (0: a
// little) that its place decides. Its one layer, "drugs", calls nothing a DRUG.
type words struct {
	mu    sync.Mutex
	calls int
	stop  func() // called by each call, where it is not nil
	width int    // of a state; 0: wordWidth
	noise float64
}

const wordWidth = 12

// quick are options that suit such small documents.
var quick = Options{Settings: &Settings{Seed: 1, Empty: 0.5, Batch: 8, Steps: 60, MaxSteps: 60, Rate: 0.05, L2: 0.1, Trust: 0.1}}

func (w *words) States(ctx context.Context, text corpus.Text, _ []corpus.Span) ([]ner.States, error) {
	w.mu.Lock()
	w.calls++
	w.mu.Unlock()
	if w.stop != nil {
		w.stop()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	width, noisy := cmp.Or(w.width, wordWidth), cmp.Or(w.noise, 0.2)
	var windows []ner.States
	at := 0
	for _, line := range strings.Split(text.String(), "\n") {
		s := ner.States{Width: width, Columns: 5}
		for _, word := range strings.Fields(line) {
			start := at + strings.Index(text.String()[at:], word)
			at = start + len(word)
			s.Spans = append(s.Spans, corpus.Span{Start: text.Off(start), End: text.Off(at)})
			seed := uint64(0)
			for _, c := range word {
				seed = seed*31 + uint64(c)
			}
			r, noise := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, uint64(start)))
			for range width {
				s.Values = append(s.Values, float32(r.NormFloat64()+noisy*noise.NormFloat64()))
			}
			s.Logits = append(s.Logits, 3, 0, 0, 0, 0)
		}
		if len(s.Spans) > 0 {
			windows = append(windows, s)
		}
	}
	return windows, nil
}

func (w *words) Head(layer string) (ner.Head, bool) {
	h := fresh("drugs", []string{"DRUG"})
	h.First = 0
	return h, layer == "drugs"
}

// notes are documents in which each "oral" or "fast" with the word after it is a
// DRUG, and each "tos" a SIGN.
func notes(n int) []corpus.Document {
	r := rand.New(rand.NewPCG(5, 5))
	vocabulary := strings.Fields("se pauta oral fast tos dosis con dolor leve mejora hoy")
	var docs []corpus.Document
	for i := range n {
		var b strings.Builder
		d := corpus.Document{Name: fmt.Sprintf("note%02d", i)}
		for range 4 {
			for k := 0; k < 8; k++ {
				word := vocabulary[r.IntN(len(vocabulary))]
				start := b.Len()
				b.WriteString(word)
				switch word {
				case "oral", "fast":
					b.WriteString(" dosis")
					d.Mentions = append(d.Mentions, corpus.Mention{Label: "DRUG", Spans: corpus.One(corpus.Off(start), corpus.Off(b.Len()))})
				case "tos":
					d.Mentions = append(d.Mentions, corpus.Mention{Label: "SIGN", Spans: corpus.One(corpus.Off(start), corpus.Off(b.Len()))})
				}
				b.WriteString(" ")
			}
			b.WriteString("\n")
		}
		d.Text = corpus.NewText(b.String())
		docs = append(docs, d)
	}
	return docs
}

func TestLearn(t *testing.T) {
	for _, layer := range []Layer{{Name: "new", Labels: []string{"SIGN", "DRUG"}}, {Name: "one", Labels: []string{"SIGN"}}, {Name: "drugs"}} {
		l := New(&words{}, quick)
		r, err := l.Learn(t.Context(), notes(12), layer, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.New.F1 < 0.95 || !r.Better || r.Folds != 5 || r.Used != 12 {
			t.Errorf("%v: F1 %.3f of %d mentions, %+v", layer, r.New.F1, r.Mentions, r)
		}
		if (r.Old != nil) != (layer.Name == "drugs") || r.Old != nil && r.Old.TP != 0 {
			t.Errorf("%v: the model's own layer: %+v", layer, r.Old)
		}
		unseen := notes(20)[19]
		windows, _ := l.encoder.States(t.Context(), unseen.Text, nil)
		found, err := r.Head.Find(t.Context(), unseen.Text, windows)
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		for _, j := range judge(byDoc{"x": unseen.Mentions}, byDoc{"x": found}) {
			if j.right {
				right++
			}
		}
		if right < len(found)*9/10 || right == 0 {
			t.Errorf("%v: of %d mentions in a new text %d are right", layer, len(found), right)
		}

		again, err := New(&words{}, quick).Learn(t.Context(), notes(12), layer, nil)
		if err != nil || !reflect.DeepEqual(again.Head, r.Head) || !reflect.DeepEqual(again.New, r.New) {
			t.Errorf("%v: the same seed gives another head, or score (%v)", layer, err)
		}
		if _, err := l.Learn(t.Context(), notes(13), layer, &r.Head); err != nil {
			t.Errorf("%v, from where it stands: %v", layer, err)
		}
		if calls := l.encoder.(*words).calls; calls != 12+1+1 {
			t.Errorf("%v: the encoder ran %d times over 13 documents and one", layer, calls)
		}
	}
}

// What a head is scored on it was not fitted to: mentions at random places, of which
// there is nothing to learn, are not found.
func TestEvaluationIsHeldOut(t *testing.T) {
	docs := notes(10)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range docs {
		windows, _ := (&words{}).States(t.Context(), docs[i].Text, nil)
		docs[i].Mentions = nil
		for _, w := range windows {
			docs[i].Mentions = append(docs[i].Mentions, corpus.Mention{Label: "X", Spans: corpus.Spans{w.Spans[r.IntN(len(w.Spans))]}})
		}
	}
	// States that tell every place apart: a head could know all mentions by heart.
	got, err := New(&words{width: 400, noise: 3}, quick).Learn(t.Context(), docs, Layer{Name: "x", Labels: []string{"X"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.New.F1 > 0.4 {
		t.Errorf("chance is scored F1 %.3f", got.New.F1)
	}
}

func TestNothingToLearn(t *testing.T) {
	elsewhere := notes(4)
	elsewhere[1].Mentions = append(elsewhere[1].Mentions, corpus.Mention{Label: "SIGN", Spans: corpus.One(1, 1e6)})
	inOne := notes(4)
	for i := range inOne[1:] {
		inOne[i+1].Mentions = nil
	}
	for _, c := range []struct {
		what  string
		docs  []corpus.Document
		layer Layer
		want  error
	}{
		{"no document", nil, Layer{Name: "drugs"}, ErrFew},
		{"one document", notes(1), Layer{Name: "drugs"}, ErrFew},
		{"no mentions", notes(4), Layer{Name: "new", Labels: []string{"OTHER"}}, ErrNone},
		{"mentions in one document", inOne, Layer{Name: "drugs"}, ErrNone},
		{"a mention outside of its text", elsewhere, Layer{Name: "new", Labels: []string{"SIGN"}}, ErrNotSound},
		{"no labels", notes(4), Layer{Name: "new"}, nil},
		{"no name", notes(4), Layer{Labels: []string{"SIGN"}}, nil},
	} {
		r, err := New(&words{}, quick).Learn(t.Context(), c.docs, c.layer, nil)
		if err == nil || r != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v", c.what, r, err)
		}
	}
}

// A learner that was cancelled in any part of its work says so, and learns later.
func TestCancelled(t *testing.T) {
	w := &words{}
	l := New(w, quick)
	ctx, cancel := context.WithCancel(t.Context())
	w.stop = func() {
		if w.calls == 3 {
			cancel()
		}
	}
	if _, err := l.Learn(ctx, notes(6), Layer{Name: "drugs"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("while encoding: %v", err)
	}
	items, err := l.items(whole(notes(6)), &Result{Labels: []string{"DRUG"}})
	if err != nil {
		t.Fatal(err)
	}
	w.stop = nil
	if err := l.encode(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	origin, _, _ := l.origin(Layer{Name: "drugs"})
	if _, err := newFitter(origin, origin, wordWidth, Defaults()).fit(ctx, examples(items)); !errors.Is(err, context.Canceled) {
		t.Errorf("while fitting: %v", err)
	}
	if _, err := l.Learn(t.Context(), notes(6), Layer{Name: "drugs"}, nil); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// Documents that do not fit into memory are scored, and not learnt from.
func TestMemoryIsBounded(t *testing.T) {
	docs := notes(12)
	all := New(&words{}, quick)
	if _, err := all.Learn(t.Context(), docs, Layer{Name: "drugs"}, nil); err != nil {
		t.Fatal(err)
	}
	limit := all.states.used / 2
	l := New(&words{}, Options{Memory: limit, Settings: quick.Settings})
	for range 2 {
		r, err := l.Learn(t.Context(), docs, Layer{Name: "drugs"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Used < 4 || r.Used > 7 || r.New.Gold != r.Mentions || l.states.used > limit {
			t.Errorf("%d of 12 documents used, %d mentions of %d scored, %d bytes of %d", r.Used, r.New.Gold, r.Mentions, l.states.used, limit)
		}
	}
	// Other documents take the place of those that are not asked for any more.
	if r, err := l.Learn(t.Context(), notes(24)[18:], Layer{Name: "drugs"}, nil); err != nil || r.Used < 4 {
		t.Errorf("of other documents %+v, %v", r, err)
	}
}

// Several learn at once, one after the other.
func TestConcurrent(t *testing.T) {
	l, docs := New(&words{}, quick), notes(6)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, err := l.Learn(t.Context(), docs, Layer{Name: "drugs"}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestCalibrate(t *testing.T) {
	var all []judged
	for i := range 1000 { // of those with a score of 0.9 six in ten are right, of 0.6 three
		all = append(all, judged{0.9, i%10 < 6}, judged{0.6, i%10 < 3})
	}
	c := calibrate(all)
	if c == nil || math.Abs(c.Apply(0.9)-0.6) > 0.01 || math.Abs(c.Apply(0.6)-0.3) > 0.01 {
		t.Errorf("%+v", c)
	}
	for i := range all {
		all[i].right = all[i].score < 0.7
	}
	if c := calibrate(all); c != nil {
		t.Errorf("of scores that tell the opposite: %+v", c)
	}
	if c := calibrate(all[:5]); c != nil {
		t.Errorf("of five: %+v", c)
	}
}
