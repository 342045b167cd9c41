package link

import (
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/store"
)

// An equal name is first however near others are, of equal names the one that is equal as it
// stands; the others follow by distance alone.
func TestExactThenDense(t *testing.T) {
	c := compass{"m": 0, "M": 60, "near": 1, "far": 30, "near to nothing": 31}
	l := with(t, c, ExactThenDense, nil, names("A", "near"), names("B", "far"), names("C", "M"), names("D", "near to nothing"))
	if got := one(t, l, "", "m", 9); !slices.Equal(ids(got), []string{"C", "A", "B", "D"}) || got[0].Evidence.Match != "exact" || got[1].Evidence.Match != "dense" {
		t.Errorf("an equal name: %v", got)
	}
	l = with(t, c, ExactThenDense, nil, names("A", "M"), names("B", "m"))
	if got := one(t, l, "", "m", 9); !slices.Equal(ids(got), []string{"B", "A"}) {
		t.Errorf("equal but for case: %v", got)
	}
	l = with(t, compass{"m": 0, "near to m": 10, "far": 5}, ExactThenDense, nil, names("A", "near to m"), names("B", "far"))
	if got := one(t, l, "", "m", 9); !slices.Equal(ids(got), []string{"B", "A"}) {
		t.Errorf("letters count where nothing is equal: %v", got)
	}
}

// everyStrategy makes a linker of each strategy that is ready over one KB. Thresholds are in degrees.
func everyStrategy(t *testing.T, c compass, within float64, add Params, concepts ...kb.Concept) map[string]*Linker {
	t.Helper()
	k := build(t, "kb", stream(concepts...), c)
	out := map[string]*Linker{}
	for _, strategy := range Strategies() {
		p := Params{}
		switch strategy {
		case IndexSwitch:
			p = Params{"switch": 0, "t": apart(within)}
		case NGramLoop:
			p = Params{"t": apart(within)}
		}
		for name, value := range add {
			p[name] = value
		}
		out[strategy] = linker(t, Options{KBs: map[string][]*store.KB{"": {k}}, Embedder: c, Reranker: &reader{},
			Settings: Settings{Strategy: strategy, Params: map[string]Params{strategy: p}}})
	}
	return out
}

// Equally good: the name that corpora wrote more often, then the earlier concept.
func TestTiesOfEveryStrategy(t *testing.T) {
	c := compass{"tos": 0, "zz": 0}
	for strategy, l := range everyStrategy(t, c, 10, nil,
		kb.Concept{ID: "A", Names: []kb.Name{mention("tos", 1)}}, kb.Concept{ID: "B", Names: []kb.Name{mention("tos", 5)}},
		kb.Concept{ID: "C", Names: []kb.Name{mention("tos", 1)}}) {
		got := ids(one(t, l, "", "tos", 3))
		want := []string{"B", "A", "C"}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", strategy, got, want)
		}
	}
}

// Where every candidate is worse than the threshold, no concept fits; one that is not keeps its place.
func TestNILOfEveryStrategy(t *testing.T) {
	c := compass{"tos": 0, "tosferina": 180, "fiebre": 90}
	concepts := []kb.Concept{names("1", "tos"), names("2", "fiebre")}
	for strategy, l := range everyStrategy(t, c, 10, Params{"nil": 0.7}, concepts...) {
		if got := one(t, l, "", "tosferina", 9); len(got) == 0 || !got[0].NIL() || got[0].ID != "NIL" {
			t.Errorf("%s: nothing is near: %v", strategy, got)
		}
		if strategy == BiCross { // the reader of this test gives 0.1 to all
			continue
		}
		if got := one(t, l, "", "tos", 9); got[0].ID != "1" || got[0].NIL() {
			t.Errorf("%s: an equal name: %v", strategy, got)
		}
	}
}

// What a cross-encoder cannot tell apart stays in the order of the bi-encoder.
func TestTiesOfBiCross(t *testing.T) {
	c := compass{"m": 0, "a": 20, "b": 10, "d": 30}
	r := &reader{scores: map[kb.Pair]float32{{Mention: "m", Name: "a"}: 0.5, {Mention: "m", Name: "b"}: 0.5}}
	k := build(t, "kb", stream(names("A", "a"), names("B", "b"), names("D", "d")), c)
	l := linker(t, Options{KBs: map[string][]*store.KB{"": {k}}, Embedder: c, Reranker: r, Settings: Settings{Strategy: BiCross}})
	if got := ids(one(t, l, "", "m", 3)); !slices.Equal(got, []string{"B", "A", "D"}) {
		t.Errorf("%v", got)
	}
}
