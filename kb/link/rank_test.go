package link

import (
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
	"github.com/gloss-nlp/gloss/kb/store"
)

// byFeature ranks by one feature alone, the smallest first where it is asked so.
type byFeature struct {
	name    string
	inverse bool
}

func (r byFeature) Rank(rows [][]float32) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		out[i] = float64(row[slices.Index(FeatureNames, r.name)])
		if r.inverse {
			out[i] = 1 - out[i]
		}
	}
	return out
}

func TestLearntRanking(t *testing.T) {
	e := fake.New("e1")
	k := build(t, "kb", stream(
		kb.Concept{ID: "A", Name: "tos seca", Names: []kb.Name{{Text: "tos seca"}}},
		kb.Concept{ID: "B", Name: "tos nocturna", Names: []kb.Name{{Text: "tos nocturna"}}},
		kb.Concept{ID: "C", Name: "tos", Names: []kb.Name{{Text: "tos"}}},
	), e)
	kbs := map[string][]*store.KB{"": {k}}
	first := func(o Options, q Query) kb.Candidate {
		t.Helper()
		o.KBs = kbs
		all, err := linker(t, o).Candidates(t.Context(), []Query{q}, 3)
		if err != nil || len(all[0]) == 0 {
			t.Fatal(all, err)
		}
		return all[0][0]
	}
	q := Query{Text: "tos"}
	off := Settings{}.With("learnt", 0)
	for _, test := range []struct {
		name string
		o    Options
		q    Query
		want string
	}{
		{"none", Options{Embedder: e}, q, "C"},
		{"the last word", Options{Embedder: e, Ranker: byFeature{"exact", true}}, q, "not C"},
		{"switched off", Options{Embedder: e, Ranker: byFeature{"exact", true}, Settings: off}, q, "C"},
		{"by letters alone it is not asked", Options{Ranker: byFeature{"exact", true}}, q, "C"},
		{"other strategies", Options{Embedder: e, Ranker: byFeature{"exact", true}, Settings: Settings{Strategy: ExactThenDense}}, q, "C"},
		{"the sentence", Options{Embedder: e, Ranker: byFeature{"context_words", false}}, Query{Text: "tos", Context: "una tos más bien nocturna"}, "B"},
		{"another sentence", Options{Embedder: e, Ranker: byFeature{"context_words", false}}, Query{Text: "tos", Context: "una tos más bien seca"}, "A"},
	} {
		got := first(test.o, test.q)
		if right := got.ID == test.want || test.want == "not C" && got.ID != "C"; !right {
			t.Errorf("%s: %s is first, want %s", test.name, got.ID, test.want)
		}
	}
	got := first(Options{Embedder: e, Ranker: byFeature{"exact", false}}, q)
	at := slices.IndexFunc(got.Evidence.Parts, func(p kb.Part) bool { return p.What == "learnt" })
	if at < 0 || got.Evidence.Parts[at].Score != got.Score {
		t.Errorf("the evidence does not tell the learnt score: %+v", got.Evidence.Parts)
	}
	memory := &Overlay{}
	memory.Add("", "tos", "kb", "A")
	if got := first(Options{Embedder: e, Ranker: byFeature{"exact", false}, Overlay: memory}, q); got.ID != "A" {
		t.Errorf("%s comes before what the corpus chose", got.ID)
	}
}
