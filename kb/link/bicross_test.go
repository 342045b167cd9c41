package link

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/store"
)

// reader is a Reranker that knows the scores of texts; others have 0.1.
type reader struct {
	scores map[kb.Pair]float32
	read   []kb.Pair
	fail   error
}

func (r *reader) Score(_ context.Context, pairs []kb.Pair) ([]float32, error) {
	r.read = append(r.read, pairs...)
	out := make([]float32, len(pairs))
	for i, p := range pairs {
		out[i] = 0.1
		if s, ok := r.scores[p]; ok {
			out[i] = s
		}
	}
	return out, r.fail
}

func TestBiCross(t *testing.T) {
	c := compass{"m": 0, "a": 10, "a2": 5, "b": 20, "d": 30, "e": 40}
	concepts := []kb.Concept{names("A", "a", kb.Name{Text: "a2"}), names("B", "b"), names("D", "d"), names("E", "e")}
	kbs := map[string][]*store.KB{"": {build(t, "kb", stream(concepts...), c)}}
	r := &reader{scores: map[kb.Pair]float32{{Mention: "m", Name: "a2"}: 0.5, {Mention: "m", Name: "b"}: 0.9, {Mention: "m | veo m", Name: "d"}: 0.95, {Mention: "m", Name: "e"}: 1}}
	o := Options{KBs: kbs, Embedder: c, Reranker: r, Settings: Settings{Strategy: BiCross}.With("k", 3)}
	ask := func(o Options) []kb.Candidate {
		t.Helper()
		got, err := linker(t, o).Candidates(t.Context(), []Query{{Text: "m", Context: "veo m"}}, 9)
		if err != nil {
			t.Fatal(err)
		}
		return got[0]
	}
	got := ask(o)
	if !slices.Equal(ids(got), []string{"B", "A", "D", "E"}) || got[0].Score != 0.9 && got[0].Score < 0.89 {
		t.Errorf("%v", got)
	}
	if len(r.read) != 3 || slices.ContainsFunc(r.read, func(p kb.Pair) bool { return p.Name == "e" || p.Mention != "m" }) {
		t.Errorf("k is 3, and it read %v", r.read)
	}
	if p := got[0].Evidence.Parts; got[0].Evidence.Match != "cross" || len(p) != 2 || p[0].What != "bi" || p[1].What != "cross" || p[1].Score < 0.89 {
		t.Errorf("%+v", got[0].Evidence)
	}
	if got[3].Evidence.Match == "cross" || !(got[3].Score < got[2].Score) {
		t.Errorf("what was not read again: %+v", got[3])
	}
	// With the sentence, other scores; and mentions of other sentences are other mentions.
	r.read = nil
	o.Settings = o.Settings.With("context", 1)
	if got := ask(o); got[0].ID != "D" || r.read[0].Mention != "m | veo m" {
		t.Errorf("%v after reading %v", ids(got), r.read)
	}
	o.Reranker = nil
	if _, err := New(o); !errors.Is(err, ErrNeeds) {
		t.Errorf("without a re-ranker: %v", err)
	}
	r.fail = errors.New("no memory")
	o.Reranker = r
	if _, err := linker(t, o).Candidates(t.Context(), []Query{{Text: "m"}}, 3); !errors.Is(err, r.fail) {
		t.Errorf("a failing re-ranker: %v", err)
	}
}

func TestLexical(t *testing.T) {
	known, err := lexical.ReadAbbreviations(strings.NewReader("HTA\tes\thipertensión arterial\nPC\tes\tproteína C|pareja\n"), "own")
	if err != nil {
		t.Fatal(err)
	}
	kbs := map[string][]*store.KB{"": {build(t, "kb", stream(
		names("1", "hipertensión arterial"), names("2", "hipertensión arterial pulmonar"), names("3", "fentanilo"),
		names("4", "proteína C"), names("5", "PC", kb.Name{Text: "policarbonato"}), names("6", "insulina")), nil)}}
	for _, test := range []struct {
		text, want, match string
		threshold         float64
	}{
		{"HTA", "1 2", "exact", 0.7},                   // written out
		{"PC", "4 5", "exact", 0.7},                    // both readings: as it stands, and written out
		{"arterial hipertensión", "1 2", "exact", 0.7}, // another order
		{"pulmonar hipertensión", "2", "words", 0.7},   // all words, one name
		{"fentanylo", "3 NIL", "fuzzy", 0.7},           // 8 of 9 letters
		{"fentanylo", "NIL 3", "nil", 0.9},             // which is less than 0.9
		{"fentanylo", "3 NIL", "fuzzy", 8. / 9},        // just so
		{"xyz", "NIL", "nil", 0.7},
	} {
		l := linker(t, Options{KBs: kbs, Abbreviations: known, Settings: Settings{Strategy: Lexical}.With("threshold", test.threshold)})
		got := one(t, l, "", test.text, 9)
		var seen []string
		for _, c := range got[:min(len(got), len(strings.Fields(test.want)))] {
			seen = append(seen, c.ID)
		}
		misspelled := slices.ContainsFunc(got, func(c kb.Candidate) bool { return c.Evidence.Match == "fuzzy" })
		if misspelled && (test.match == "exact" || test.match == "words") {
			t.Errorf("%+v: it looked for misspelled names although names have all words: %v", test, ids(got))
		}
		if strings.Join(seen, " ") != test.want || got[0].Evidence.Match != test.match {
			t.Errorf("%+v: %v, %+v", test, ids(got), got[0].Evidence)
		}
	}
	l := linker(t, Options{KBs: kbs, Abbreviations: known, Settings: Settings{Strategy: Lexical}})
	got := one(t, l, "", "HTA pulmonar", 1)
	if p := got[0].Evidence.Parts; got[0].ID != "2" || len(p) != 1 || p[0].What != "edit distance" || p[0].Score != 1 || p[0].Text != "hipertensión arterial pulmonar" {
		t.Errorf("%+v", got[0])
	}
}
