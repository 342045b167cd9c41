package order

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func TestMore(t *testing.T) {
	for _, c := range []struct {
		n                  int
		value, low, target float64
		want               int
		ok                 bool
	}{
		{10, .95, .91, .9, 0, true},  // it has come there
		{10, .95, .9, .9, 0, true},   //
		{10, .95, .85, .9, 30, true}, // half the width takes four times as many
		{10, .95, .899, .9, 1, true}, // never none
		{10, .9, .8, .9, 0, false},   // as near as it comes, the lower end stays below
		{10, .8, .7, .9, 0, false},   //
		{10, math.NaN(), 0, .9, 0, false},
	} {
		if more, ok := More(c.n, c.value, c.low, c.target); more != c.want || ok != c.ok {
			t.Errorf("%+v: %d, %v", c, more, ok)
		}
	}
}

// Where a single one of the drawn documents has mentions, there is no interval, and nothing is told.
func TestNothingIsToldByOneDocument(t *testing.T) {
	m := []corpus.Mention{{Label: "X", Spans: corpus.One(0, 3)}}
	trials := []Trial{{Name: "a", Gold: m, Found: m}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "e"}}
	e, err := Judge(trials, nil, Documents)
	if err != nil || e.Tells() || e.Enough(.5) || e.Missing() != 1 {
		t.Errorf("%+v, %v: %d missing", e, err, e.Missing())
	}
	trials[1].Gold, trials[1].Found = m, m
	if e, err := Judge(trials, nil, Documents); err != nil || !e.Tells() || e.Missing() != 0 {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestTarget(t *testing.T) {
	for _, f1 := range []float64{0, -1, 1.01, math.NaN(), math.Inf(1)} {
		if CheckTarget(f1) == nil {
			t.Errorf("%v is taken", f1)
		}
	}
	for _, f1 := range []float64{.01, DefaultTarget, 1} {
		if err := CheckTarget(f1); err != nil {
			t.Error(err)
		}
	}
}

func TestDrawn(t *testing.T) {
	lots := []string{"a", "b", "c", "d", "e"}
	in := func(names string) func(string) bool {
		return func(name string) bool { return slices.Contains([]byte(names), name[0]) }
	}
	for _, c := range []struct{ answered, chance, want string }{
		{"", "", "[]"},
		{"abc", "", "[]"},        // answered, but not for chance
		{"abcd", "c", "[a b c]"}, // d came otherwise
		{"acd", "ad", "[a]"},     // b is not answered yet: what lies behind is no sample
		{"abcde", "e", "[a b c d e]"},
	} {
		if got := fmt.Sprint(Drawn(lots, in(c.answered), in(c.chance))); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// What is drawn is a random sample whatever was asked besides: where the answered ones are
// the best of each order, those drawn are as good as all.
func TestDrawnIsARandomSample(t *testing.T) {
	sum, n := 0, 0
	for seed := range uint64(300) {
		o := newOrder(t, Options{Mode: Uncertain, Share: .1, Seed: seed})
		all := questions(70) // a seventh has each of seven scores
		answered, chance := map[string]bool{}, map[string]bool{}
		var names []string
		for _, q := range all {
			names = append(names, q.Name)
		}
		for _, p := range o.Next(all, 40) {
			answered[p.Name], chance[p.Name] = true, p.Chance
		}
		for _, name := range Drawn(Lots(seed, names), func(n string) bool { return answered[n] }, func(n string) bool { return chance[n] }) {
			var i int
			if _, err := fmt.Sscanf(name, "d%d", &i); err != nil {
				t.Fatal(err)
			}
			sum, n = sum+i%7, n+1
		}
	}
	if mean := float64(sum) / float64(n); math.Abs(mean-3) > .15 {
		t.Errorf("the mean of %d that were drawn is %.2f, of all 3", n, mean)
	}
	if !slices.Equal(Lots(1, []string{"x", "y", "x"}), Lots(1, []string{"y", "x"})) {
		t.Error("lots depend on the order in which they are named")
	}
}
