package link

import (
	"math"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
	"github.com/gloss-nlp/gloss/kb/store"
)

func TestFeatures(t *testing.T) {
	e := fake.New("e1")
	k := build(t, "kb", stream(
		kb.Concept{ID: "A", Name: "tos seca", Type: "t", Names: []kb.Name{{Text: "tos seca"}, mention("tos", 3), mention("toses", 2)}},
		kb.Concept{ID: "B", Name: "tos ferina del lactante", Type: "u", Names: []kb.Name{{Text: "tos ferina del lactante"}, mention("Tos", 1)}},
	), e)
	l := linker(t, Options{KBs: map[string][]*store.KB{"": {k}}, Embedder: e})
	all, numbers, err := l.Features(t.Context(), []Query{{Text: "tos", Context: "El lactante tiene tos"}, {Text: "tos ferina", Context: "un lactante"}, {Text: " "}})
	if err != nil || len(all) != 3 || len(all[2]) != 0 || len(numbers[0]) != len(all[0]) {
		t.Fatal(all, err)
	}
	at := func(query int, id, name string) float64 {
		t.Helper()
		for i, c := range all[query] {
			if c.ID != id {
				continue
			}
			if len(numbers[query][i]) != len(FeatureNames) {
				t.Fatalf("%d features, %d names", len(numbers[query][i]), len(FeatureNames))
			}
			for n, feature := range FeatureNames {
				if feature == name {
					return float64(numbers[query][i][n])
				}
			}
		}
		t.Fatalf("no feature %s of %s in query %d", name, id, query)
		return 0
	}
	for _, test := range []struct {
		query    int
		id, name string
		want     float64
	}{
		{0, "A", "exact", 1}, {0, "B", "exact", 0.75}, {1, "A", "exact", 0},
		{0, "A", "string_share", 0.75}, {0, "B", "string_share", 0.25}, {0, "A", "name_count", math.Log(4)},
		{0, "A", "prior", math.Log(6)}, {0, "B", "prior", math.Log(2)},
		{0, "A", "lexical_gap", 0}, {0, "A", "type_share", 0.5}, {0, "A", "length_ratio", 1},
		{1, "B", "mention_covered", 1}, {1, "B", "name_covered", 0.5}, {1, "B", "shared_words", 0.5}, {1, "B", "context_words", 0.5},
		{1, "B", "length_ratio", 10. / 23}, {1, "B", "mention_words", math.Log(3)}, {1, "B", "short_form", 0}, {1, "B", "marks_agree", 0},
	} {
		if got := at(test.query, test.id, test.name); math.Abs(got-test.want) > 1e-6 {
			t.Errorf("query %d: %s of %s is %v, want %v", test.query, test.name, test.id, got, test.want)
		}
	}
	if g := at(1, "B", "context_grams"); !(g > 0.2 && g < 0.8) {
		t.Errorf("context_grams %v", g)
	}
}

func TestFeaturesReadMarks(t *testing.T) {
	l := linker(t, Options{KBs: tumours(t, true)})
	all, numbers, err := l.Features(t.Context(), []Query{{Text: "metastasis de liposarcoma de alto grado"}})
	if err != nil {
		t.Fatal(err)
	}
	n := slices.Index(FeatureNames, "marks_agree")
	want := map[string][2]float32{"8850/6": {1, 1}, "8850/3": {0, 2}, "8070/34": {1, 1}}
	for i, c := range all[0] {
		if w, ok := want[c.ID]; ok {
			if got := [2]float32{numbers[0][i][n], numbers[0][i][n+1]}; got != w {
				t.Errorf("%s: agree and differ %v, want %v", c.ID, got, w)
			}
			delete(want, c.ID)
		}
	}
	if len(want) == 3 {
		t.Errorf("none of them was found: %v", ids(all[0]))
	}
}
