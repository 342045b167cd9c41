package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
)

// sameMeaning embeds "cuadro pseudogripal" and "trancazo fuerte" alike, though they share no letters.
func sameMeaning() *fake.Embedder {
	e := fake.New("e1")
	e.Synonyms = map[string]string{"trancazo": "cuadro", "fuerte": "pseudogripal"}
	return e
}

func TestWhatWasChosenIsFoundByMeaning(t *testing.T) {
	e := sameMeaning()
	kbs := defaultKBs(t, e)
	const pending, learnt = "trancazo fuerte", "Cuadro Pseudogripal"
	for _, strategy := range []string{Gloss, ExactThenDense, SlidingWindow, BiCross, Lexical} {
		t.Run(strategy, func(t *testing.T) {
			var o Overlay
			l := linker(t, Options{KBs: kbs, Embedder: e, Overlay: &o, Reranker: half{}, Settings: Settings{Strategy: strategy}})
			before := one(t, l, "L", pending, 3)
			if len(before) > 0 && before[0].ID == "D1" {
				t.Fatal("it is found without the corpus; the test shows nothing")
			}
			bare := o.Recall("L", pending)
			o.Add("L", learnt, "demo", "D1")
			got := one(t, l, "L", pending, 3)
			if strategy == Lexical { // goes by letters alone
				if fmt.Sprint(got) != fmt.Sprint(before) {
					t.Errorf("%+v", got)
				}
				return
			}
			if len(got) == 0 || got[0].ID != "D1" || got[0].Evidence.Name != "cuadro pseudogripal" || got[0].Evidence.Dense < 0.99 || got[0].Score > 1 {
				t.Fatalf("%+v", got)
			}
			if m := got[0].Evidence.Match; strategy != BiCross && m != "dense" && m != "ngram" {
				t.Errorf("found by %s", m)
			}
			if o.Recall("L", pending).Equal(bare) {
				t.Error("the memory does not say that it speaks of the mention")
			}
			if other := one(t, l, "M", pending, 3); fmt.Sprint(other) != fmt.Sprint(before) {
				t.Errorf("it leaked to another label: %v", other)
			}
			o.Remove("L", learnt, "demo", "D1")
			if after := one(t, l, "L", pending, 3); fmt.Sprint(after) != fmt.Sprint(before) || !o.Recall("L", pending).Equal(bare) {
				t.Errorf("an undone choice still counts: %v", after)
			}
			o.Add("L", learnt, "demo", "D1")
			if again := one(t, l, "L", pending, 3); fmt.Sprint(again) != fmt.Sprint(got) {
				t.Errorf("chosen again: %v", again)
			}
		})
	}
}

// half is a cross-encoder that likes nothing more than anything else.
type half struct{}

func (half) Score(_ context.Context, pairs []kb.Pair) ([]float32, error) {
	return slices.Repeat([]float32{0.5}, len(pairs)), nil
}
func (half) Hash() string { return "half" }

func TestTextsAreEmbeddedOnce(t *testing.T) {
	e := fake.New("e1")
	var o Overlay
	prepare := func(want int64, texts ...string) {
		t.Helper()
		if err := o.Prepare(t.Context(), "L", texts); err != nil {
			t.Fatal(err)
		}
		if got := e.Texts.Swap(0); got != want {
			t.Errorf("%d texts were embedded, want %d", got, want)
		}
	}
	prepare(0, "a")
	o.EmbedWith(e)
	prepare(0, "a") // there is nothing to compare with
	o.Add("L", "b", "demo", "D1")
	prepare(3, "a", "c", "a", "")
	o.Add("L", "d", "demo", "D1")
	prepare(1, "a", "c")
	o.Remove("L", "d", "demo", "D1")
	o.Add("L", "d", "demo", "D2")
	prepare(0, "a")
	same := fake.New("e1")
	o.EmbedWith(same)
	prepare(0, "a")
	if same.Texts.Load() != 0 {
		t.Error("another of the same kind embeds again")
	}
	e = fake.New("e2")
	o.EmbedWith(e)
	prepare(3, "a")
	e.Fail = errors.New("no")
	if err := o.Prepare(t.Context(), "L", []string{"new"}); !errors.Is(err, e.Fail) {
		t.Errorf("%v", err)
	}
}

// Choices are made while others are ranked: nothing waits for the embedder.
func TestLearningWhileRanking(t *testing.T) {
	e := sameMeaning()
	var o Overlay
	l := linker(t, Options{KBs: defaultKBs(t, e), Embedder: e, Overlay: &o})
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			for i := range 20 {
				name := fmt.Sprintf("cuadro pseudogripal %d", i)
				o.Add("L", name, "demo", "D1")
				if _, err := l.Candidates(context.Background(), []Query{{Label: "L", Text: fmt.Sprintf("trancazo fuerte %d", n)}}, 3); err != nil {
					t.Error(err)
				}
				o.Recall("L", name)
				o.Remove("L", name, "demo", "D1")
			}
		})
	}
	all.Wait()
	if r := o.Recall("L", "trancazo fuerte 1"); len(r.Near) > 0 {
		t.Errorf("all was taken back: %+v", r)
	}
}
