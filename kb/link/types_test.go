package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
	"github.com/gloss-nlp/gloss/kb/store"
)

// crowded has many more names of a mention's kind than a strategy looks at, and behind
// them one of another type, and a brand of that.
func crowded(yield func(kb.Concept, error) bool) {
	for i := range 3 * rowsLooked {
		if !yield(kb.Concept{ID: fmt.Sprint("A", i), Name: fmt.Sprintf("fiebre alta %d", i), Type: "finding"}, nil) {
			return
		}
	}
	_ = yield(kb.Concept{ID: "B1", Name: "fiebre del heno", Type: "disease"}, nil) &&
		yield(kb.Concept{ID: "B2", Name: "asma", Type: "disease", Names: []kb.Name{{Text: "asma mention", Kind: "mention", Count: 2}}}, nil) &&
		yield(kb.Concept{ID: "C1", Name: "fiebre alta 5", Type: "brand", Relations: []kb.Relation{{Kind: kb.TradenameOf, ID: "B2"}}}, nil)
}

func TestTypesActInsideTheSearch(t *testing.T) {
	e := fake.New("e1")
	k := build(t, "k", crowded, e)
	plain := linker(t, Options{KBs: map[string][]*store.KB{"": {k}}, Embedder: e})
	if got := ids(one(t, plain, "DIS", "fiebre alta", 25)); slices.Contains(got, "B1") {
		t.Fatal("the test is too easy: B1 is among the nearest of all types")
	}
	for _, strategy := range []string{Gloss, ExactThenDense, SlidingWindow, Lexical} {
		o := Options{KBs: map[string][]*store.KB{"": {k}}, Embedder: e,
			Settings: Settings{Strategy: strategy, Types: map[string][]string{"DIS": {"disease"}, "ANY": {"disease", "finding"}}}}
		l := linker(t, o)
		got := ids(one(t, l, "DIS", "fiebre alta", 25))
		if !slices.Contains(got, "B1") || slices.ContainsFunc(got, func(id string) bool { return id[0] != 'B' && id != "NIL" }) {
			t.Errorf("%s: %q", strategy, got)
		}
		for _, label := range []string{"ANY", "FREE"} {
			if got := one(t, l, label, "fiebre alta 5", 25); got[0].ID != "A5" || len(got) != 25 {
				t.Errorf("%s, %s: %q", strategy, label, ids(got))
			}
		}
	}
}

func TestTypesOfSearchAndSpot(t *testing.T) {
	k := build(t, "k", crowded, nil)
	l := linker(t, Options{KBs: map[string][]*store.KB{"": {k}}, Settings: Settings{Types: map[string][]string{"DIS": {"disease"}, "": {"finding"}}}})
	search := func(label, query string) []string {
		found, err := l.Search(context.Background(), label, query, 3)
		if err != nil {
			t.Fatal(err)
		}
		return ids(found)
	}
	if got := search("DIS", "fiebre"); !slices.Equal(got, []string{"B2", "B1"}) { // B2 by its brand
		t.Errorf("%q", got)
	}
	if got := search("OTHER", "fiebre"); len(got) != 3 || slices.Contains(got, "B1") {
		t.Errorf("%q", got)
	}
	text := corpus.NewText("Con fiebre alta 7 y fiebre del heno.")
	spots := func(label string) (out []string) {
		for _, m := range l.Spot(label, text) {
			out = append(out, m.Text+" "+m.Links[0].ID)
		}
		return out
	}
	if got := spots("DIS"); !slices.Equal(got, []string{"fiebre del heno B1"}) {
		t.Errorf("%q", got)
	}
	if got := spots("OTHER"); !slices.Equal(got, []string{"fiebre alta 7 A7"}) {
		t.Errorf("%q", got)
	}
}

// remembering keeps what it is given, by knowledge base and name.
type remembering map[string][]kb.Hit

func (r remembering) Load(hash string, names []string) [][]kb.Hit {
	out := make([][]kb.Hit, len(names))
	for i, n := range names {
		out[i] = r[hash+"\x00"+n]
	}
	return out
}

func (r remembering) Store(hash string, names []string, hits [][]kb.Hit) {
	for i, n := range names {
		r[hash+"\x00"+n] = hits[i]
	}
}

func TestTypesAreKeptApartInTheCache(t *testing.T) {
	e, cache := fake.New("e1"), remembering{}
	k := build(t, "k", crowded, e)
	o := Options{KBs: map[string][]*store.KB{"": {k}}, Embedder: e, Cache: cache}
	all := one(t, linker(t, o), "DIS", "fiebre alta", 25)
	o.Settings.Types = map[string][]string{"DIS": {"disease"}}
	if got := one(t, linker(t, o), "DIS", "fiebre alta", 25); len(all) != 25 || len(got) != 2 || len(cache) != 2 {
		t.Errorf("%d of all types, %d of one, %d in the cache", len(all), len(got), len(cache))
	}
}

func TestTypesThatAreNot(t *testing.T) {
	k := build(t, "k", crowded, nil)
	_, err := New(Options{KBs: map[string][]*store.KB{"DIS": {k}}, Settings: Settings{Types: map[string][]string{"DIS": {"desease"}}}})
	if !errors.Is(err, ErrSetting) || !strings.Contains(err.Error(), `"desease"`) || !strings.Contains(err.Error(), "brand, disease, finding") {
		t.Error(err)
	}
	s, err := ParseSettings(map[string]any{"types": map[string]any{"DIS": "disease", "": []any{"finding", "brand"}}})
	if err != nil || !slices.Equal(s.Types["DIS"], []string{"disease"}) || !slices.Equal(s.Types[""], []string{"finding", "brand"}) {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := ParseSettings(map[string]any{"types": map[string]any{"DIS": []any{1}}}); !errors.Is(err, ErrSetting) {
		t.Error(err)
	}
}
