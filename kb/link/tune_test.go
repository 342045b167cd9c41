package link

import (
	"context"
	"errors"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/store"
)

func gold(text string, ids ...string) Gold { return Gold{Query: Query{Text: text}, IDs: ids} }

func tune(t *testing.T, o TuneOptions) store.Tuning {
	t.Helper()
	got, err := Tune(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Mentions up to 20 degrees away are of the concept, those from 40 on are of none; one
// of each side decides where the threshold lies.
func TestTuneFindsAThreshold(t *testing.T) {
	c := compass{"a": 0, "b": 180, "m1": 10, "m2": 20, "m3": 40, "m4": 70}
	k := build(t, "kb", stream(names("A", "a"), names("B", "b")), c)
	steps := 0
	got := tune(t, TuneOptions{KB: k, Options: Options{Embedder: c, Settings: Settings{Strategy: NGramLoop}}, Data: "d",
		Gold:     []Gold{gold("m1", "A"), gold("m1", "A"), gold("m2", "X", "A"), gold("m3", "X"), gold("m4", "X")},
		Progress: func(done, total int) { steps++ }})
	if at := got.Params["t"]; at < apart(20) || at > apart(40) || got.Accuracy != 1 || got.Mentions != 5 || got.Before != 0 || got.Data != "d" {
		t.Errorf("%+v", got)
	}
	if steps != len(threshold.Grid) {
		t.Errorf("%d steps were told, of %d", steps, len(threshold.Grid))
	}
}

// The end of the mention tells which concept it is; the defaults do not look there enough.
func TestTuneFindsWeights(t *testing.T) {
	c := compass{"uno dos tres cuatro": 0, "uno dos tres": 0, "dos tres cuatro": 60, "a": 10, "b": 45}
	k := build(t, "kb", stream(names("A", "a"), names("B", "b")), c)
	o := TuneOptions{KB: k, Options: Options{Embedder: c, Settings: Settings{Strategy: SlidingWindow}}, Gold: []Gold{gold("uno dos tres cuatro", "B")}}
	got := tune(t, o)
	if got.Before != 0 || got.Accuracy != 1 || got.Params["last"] <= 0.08 {
		t.Errorf("%+v", got)
	}
	o.Gold = []Gold{gold("uno dos tres cuatro", "A")}
	if got := tune(t, o); got.Before != 1 || got.Params["last"] != 0.08 || got.Params["full"] != 0.75 {
		t.Errorf("nothing is better than the defaults, and they do not stay: %+v", got)
	}
	o.Options.Settings = o.Options.Settings.With("last", 0)
	o.Gold = []Gold{gold("uno dos tres cuatro", "B")}
	if got := tune(t, o); got.Params["last"] != 0 {
		t.Errorf("what the user said was tuned: %+v", got)
	}
}

func TestTuneFindsWhereNoConceptFits(t *testing.T) {
	c := compass{"a": 0, "b": 180, "m1": 10, "m2": 20, "m3": 40, "m4": 70}
	k := build(t, "kb", stream(names("A", "a"), names("B", "b")), c)
	o := TuneOptions{KB: k, NIL: true, Options: Options{Embedder: c, Settings: Settings{Strategy: ExactThenDense}},
		Gold: []Gold{gold("m1", "A"), gold("m2", "A"), gold("m3", "X"), gold("m4", "X")}}
	got := tune(t, o)
	if at := got.Params["nil"]; at <= 0.9*cos(40) || at >= 0.9*cos(20) || got.Accuracy != 1 || got.Before != 0.5 {
		t.Errorf("%+v", got)
	}
	o.Gold = o.Gold[:2]
	if got := tune(t, o); got.Params["nil"] != 0 {
		t.Errorf("all have a concept: %+v", got)
	}
}

func TestTuneRefuses(t *testing.T) {
	c := compass{"a": 0, "b": 180}
	k := build(t, "kb", stream(names("A", "a"), kb.Concept{ID: "B", Name: "b"}), c)
	for name, o := range map[string]TuneOptions{
		"nothing to tune": {Gold: []Gold{gold("a", "A")}, Options: Options{Embedder: c, Settings: Settings{Strategy: ExactThenDense}}},
		"no gold":         {Options: Options{Embedder: c, Settings: Settings{Strategy: NGramLoop}}},
	} {
		o.KB = k
		if _, err := Tune(context.Background(), o); !errors.Is(err, ErrSetting) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Tune(ctx, TuneOptions{KB: k, Gold: []Gold{gold("a", "A")}, Options: Options{Embedder: c, Settings: Settings{Strategy: NGramLoop}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
