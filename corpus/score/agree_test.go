package score

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func near(a, b corpus.Score) bool { return math.Abs(float64(a-b)) < 1e-9 }

func TestKappa(t *testing.T) {
	// The classic table of two raters and 50 cases: 35 of 50 agree, chance is one half.
	c := Confusion{"yes": {"yes": 20, "no": 5}, "no": {"yes": 10, "no": 15}}
	if got := Kappa(c); !near(got, 0.4) {
		t.Errorf("kappa %v, want 0.4", got)
	}
	if got := Kappa(Confusion{"O": {"O": 9}}); got.Known() {
		t.Errorf("kappa %v where chance agrees on everything", got)
	}
}

func TestUAlphaByHand(t *testing.T) {
	// Two observers, length 10, units [0,4) and [2,4): the observed sum is
	// 2(2²+0²) = 8, over 2·1·10². Of the 6 + 2 + 6 code points of gaps, a unit of
	// 4 fits in 3+3 places and one of 2 in 5+1+5; so the expected sum is
	// 1·21 + 16·6 + (1/3)·3 + 4·11 = 162, times 2/10, over 20·19 - (12+2).
	got := UAlpha([][]corpus.Span{{{Start: 0, End: 4}}, {{Start: 2, End: 4}}}, 10)
	observed, expected := 8.0/200, 0.2*162/366
	if !near(got, corpus.Score(1-observed/expected)) {
		t.Errorf("alpha %v, want %v", got, 1-observed/expected)
	}
}

func TestUAlphaLimits(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	random := func() []corpus.Span {
		var units []corpus.Span
		for at := corpus.Off(rng.IntN(40)); at < 9950; at += corpus.Off(10 + rng.IntN(60)) {
			units = append(units, corpus.Span{Start: at, End: at + 5})
		}
		return units
	}
	a, b := random(), random()
	if got := UAlpha([][]corpus.Span{a, a, a}, 10000); got != 1 {
		t.Errorf("three equal observers: %v", got)
	}
	if got := UAlpha([][]corpus.Span{a, b}, 10000); math.Abs(float64(got)) > 0.1 {
		t.Errorf("two that know nothing of each other: %v, want about 0", got)
	}
	if x, y := UAlpha([][]corpus.Span{a, b}, 10000), UAlpha([][]corpus.Span{b, a}, 10000); !near(x, y) {
		t.Errorf("order matters: %v and %v", x, y)
	}
	if got := UAlpha([][]corpus.Span{nil, nil}, 100); got.Known() {
		t.Errorf("nothing marked: %v", got)
	}
}

func TestAgree(t *testing.T) {
	text := corpus.NewText("tos y fiebre, sin disnea ni dolor")
	texts := map[string]corpus.Text{"a": text, "b": text}
	ana := Annotator{"ana", docs{"a": {m("X", 0, 3), m("X", 6, 12)}, "b": {m("X", 0, 3)}, "c": nil}}
	eva := Annotator{"eva", docs{"a": {m("X", 0, 3), m("Y", 18, 24)}, "b": {m("X", 0, 3)}}}
	r, err := Agree([]Annotator{ana, eva}, texts)
	if err != nil {
		t.Fatal(err)
	}
	if r.Documents != 2 || len(r.Pairs) != 1 || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "c") {
		t.Fatalf("%+v", r)
	}
	p := r.Pairs[0]
	if p.A != "ana" || p.B != "eva" || !near(p.F1, 2.0*2/6) || !near(p.PerLabel["X"].F1, 0.8) || p.PerLabel["Y"].F1 != 0 {
		t.Errorf("%+v", p)
	}
	// 16 words; X/X 2, X/O 1, O/Y 1, O/O 12.
	if want := corpus.Score(16*14-(3*2+13*13)) / (16*16 - (3*2 + 13*13)); !near(p.Kappa, want) {
		t.Errorf("kappa %v, want %v", p.Kappa, want)
	}
	if len(r.Worst) != 1 || r.Worst[0].Doc != "a" || r.Worst[0].Disagreements != 2 || r.Worst[0].F1 != 0.5 {
		t.Errorf("worst %+v", r.Worst)
	}
	if x, y := r.PerLabel["X"].Alpha, r.PerLabel["Y"].Alpha; x >= 1 || x <= y || y > 0 {
		t.Errorf("alpha of X %v, of Y %v", x, y)
	}
	same, err := Agree([]Annotator{ana, ana, ana}, texts)
	if err != nil || same.Alpha != 1 || len(same.Pairs) != 3 || same.Pairs[2].F1 != 1 || same.Pairs[2].Kappa != 1 || len(same.Worst) != 0 {
		t.Errorf("three times the same: %+v, %v", same, err)
	}
	if _, err := Agree([]Annotator{ana}, texts); !errors.Is(err, ErrOptions) {
		t.Errorf("one annotator: %v", err)
	}
}

func TestAgainst(t *testing.T) {
	gold, good, bad := docs{}, docs{}, docs{}
	for i := range 60 {
		doc := string(rune('A'+i/26)) + string(rune('a'+i%26))
		gold[doc] = []corpus.Mention{m("X", 0, 3), m("X", 5, 6)}
		good[doc] = gold[doc]
		bad[doc] = gold[doc]
		if i%3 == 0 {
			bad[doc] = []corpus.Mention{m("X", 0, 3), m("X", 5, 7)}
		}
	}
	a, _ := Score(gold, good, Options{})
	b, _ := Score(gold, bad, Options{})
	d, back := a.Against(b), b.Against(a)
	if !near(d.Diff, a.F1-b.F1) || d.F1 != b.F1 || d.Diff95[0] <= 0 || d.Diff95[0] > d.Diff || d.Diff95[1] < d.Diff {
		t.Errorf("%+v", d)
	}
	if !near(back.Diff, -d.Diff) || !near(back.Diff95[0], -d.Diff95[1]) {
		t.Errorf("turned round: %+v and %+v", back, d)
	}
	if same := b.Against(b); same.Diff != 0 || same.Diff95 != [2]corpus.Score{} {
		t.Errorf("against itself %+v", same)
	}
}
