package source

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

func given(concepts ...kb.Concept) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		for _, c := range concepts {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func named(id string, texts ...string) kb.Concept {
	c := kb.Concept{ID: id}
	for _, t := range texts {
		c.Names = append(c.Names, kb.Name{Text: t})
	}
	return c
}

func collectAll(t *testing.T, in iter.Seq2[kb.Concept, error]) []kb.Concept {
	t.Helper()
	var out []kb.Concept
	for c, err := range in {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func TestWithNoise(t *testing.T) {
	in := []kb.Concept{
		named("rare", "carcinoma ductal"), named("full", "a1", "a2", "a3", "a4", "a5"),
		named("parts", "uno", "dos", "tres"), named("parts", "cuatro", "cinco"), // five in all
		named("twice", "niño", "niño "), named("none"),
	}
	got := collectAll(t, WithNoise(given(in...), 5, 7))
	if fmt.Sprint(got[:len(in)]) != fmt.Sprint(in) {
		t.Fatalf("what was there changed: %v", got)
	}
	added := got[len(in):]
	if len(added) != 2 || added[0].ID != "rare" || added[1].ID != "twice" {
		t.Fatalf("added %v", added)
	}
	for _, c := range added {
		source := map[string]string{"rare": "carcinoma ductal", "twice": "niño"}[c.ID]
		var texts []string
		for _, n := range c.Names {
			texts = append(texts, n.Text)
			if n.Kind != NoiseKind || lexical.Distance(n.Text, source) != 1 {
				t.Errorf("%s: %+v is not one character from %q", c.ID, n, source)
			}
		}
		slices.Sort(texts)
		if len(slices.Compact(texts)) != 5 {
			t.Errorf("%s: %q", c.ID, texts)
		}
	}
	if again := collectAll(t, WithNoise(given(in...), 5, 7)); fmt.Sprint(again) != fmt.Sprint(got) {
		t.Error("the same seed gave other names")
	}
	if other := collectAll(t, WithNoise(given(in...), 5, 8)); fmt.Sprint(other) == fmt.Sprint(got) {
		t.Error("another seed gave the same names")
	}
	fewer := collectAll(t, WithNoise(given(in[3:]...), 5, 7))
	if fmt.Sprint(fewer[len(fewer)-1]) != fmt.Sprint(got[len(got)-1]) {
		t.Error("a concept's names depend on the others")
	}
}

func TestWithNoiseStops(t *testing.T) {
	broken := errors.New("broken")
	in := func(yield func(kb.Concept, error) bool) {
		if yield(named("a", "uno"), nil) {
			yield(kb.Concept{}, broken)
		}
	}
	var errs []error
	n := 0
	for _, err := range WithNoise(in, 5, 1) {
		n++
		errs = append(errs, err)
	}
	if n != 2 || errs[1] != broken {
		t.Errorf("%d pairs, %v", n, errs)
	}
	for range WithNoise(given(named("a", "uno"), named("b", "dos")), 5, 1) {
		break // must not panic by yielding on
	}
}
