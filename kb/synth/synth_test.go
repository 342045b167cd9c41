package synth

import (
	"slices"
	"strings"
	"testing"
)

func TestNamesAreTheSameEachTime(t *testing.T) {
	a, b := slices.Collect(Names(2000, 1)), slices.Collect(Names(2000, 1))
	if len(a) != 2000 || !slices.Equal(a, b) {
		t.Fatal("equal arguments give other names")
	}
	if slices.Equal(a, slices.Collect(Names(2000, 2))) {
		t.Error("another seed gives the same names")
	}
	words, longest := 0, 0
	distinct := map[string]int{}
	for _, name := range a {
		ws := strings.Fields(name)
		words += len(ws)
		longest = max(longest, len(ws))
		for _, w := range ws {
			distinct[w]++
		}
		if name == "" || strings.TrimSpace(name) != name {
			t.Fatalf("name %q", name)
		}
	}
	if mean := float64(words) / 2000; mean < 3 || mean > 6 || longest > 8 {
		t.Errorf("%v words a name, at most %d", mean, longest)
	}
	if distinct["de"] < 20*distinct["tipo"]/10 {
		t.Errorf("de occurs %d times, tipo %d: not by Zipf's law", distinct["de"], distinct["tipo"])
	}
}

func TestConceptsHoldTheNames(t *testing.T) {
	var got []string
	ids := map[string]bool{}
	for c, err := range Concepts(500, 3) {
		if err != nil || ids[c.ID] || c.Name != c.Names[0].Text || !slices.Contains(Types, c.Type) {
			t.Fatalf("concept %+v, %v", c, err)
		}
		ids[c.ID] = true
		for _, n := range c.Names {
			got = append(got, n.Text)
		}
	}
	if !slices.Equal(got, slices.Collect(Names(500, 3))) {
		t.Error("the concepts have other names")
	}
}

func TestMentions(t *testing.T) {
	names := slices.Collect(Names(900, 5))
	ms := Mentions(90, 900, 5)
	if len(ms) != 90 {
		t.Fatalf("%d mentions", len(ms))
	}
	known := 0
	for _, m := range ms {
		if slices.Contains(names, m) {
			known++
		}
	}
	if known < 30 || known > 60 {
		t.Errorf("%d of 90 mentions are names", known)
	}
	for i, q := range Typed(ms, 1) {
		if q == "" || !strings.HasPrefix(ms[i], q) {
			t.Errorf("%q is no beginning of %q", q, ms[i])
		}
	}
}
