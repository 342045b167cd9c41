package score

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func broken(label string, spans ...corpus.Span) corpus.Mention {
	return corpus.Mention{Label: label, Spans: spans}
}

func TestClassify(t *testing.T) {
	type mentions = []corpus.Mention
	type classes = []Class
	for name, c := range map[string]struct {
		gold, pred         mentions
		wantGold, wantPred classes
	}{
		"exact":          {mentions{m("X", 0, 3)}, mentions{m("X", 0, 3)}, classes{Exact}, classes{Exact}},
		"repeated":       {mentions{m("X", 0, 3)}, mentions{m("X", 0, 3), m("X", 0, 3)}, classes{Exact}, classes{Exact, Exact}},
		"label":          {mentions{m("X", 0, 3)}, mentions{m("Y", 0, 3)}, classes{LabelOnly}, classes{LabelOnly}},
		"left long":      {mentions{m("X", 2, 5)}, mentions{m("X", 0, 5)}, classes{LeftLong}, classes{LeftLong}},
		"left short":     {mentions{m("X", 0, 5)}, mentions{m("X", 2, 5)}, classes{LeftShort}, classes{LeftShort}},
		"right long":     {mentions{m("X", 0, 5)}, mentions{m("X", 0, 7)}, classes{RightLong}, classes{RightLong}},
		"right short":    {mentions{m("X", 0, 5)}, mentions{m("X", 0, 3)}, classes{RightShort}, classes{RightShort}},
		"both long":      {mentions{m("X", 2, 5)}, mentions{m("X", 0, 7)}, classes{BothSides}, classes{BothSides}},
		"both short":     {mentions{m("X", 0, 7)}, mentions{m("X", 2, 5)}, classes{BothSides}, classes{BothSides}},
		"crossing":       {mentions{m("X", 0, 5)}, mentions{m("X", 2, 7)}, classes{Crossing}, classes{Crossing}},
		"split":          {mentions{m("X", 0, 9)}, mentions{m("X", 0, 3), m("X", 5, 9)}, classes{Split}, classes{Split, Split}},
		"merge":          {mentions{m("X", 0, 3), m("X", 5, 9)}, mentions{m("X", 0, 9)}, classes{Merge, Merge}, classes{Merge}},
		"chain":          {mentions{m("X", 0, 4), m("X", 5, 9)}, mentions{m("X", 3, 6), m("X", 8, 12)}, classes{Crossing, Crossing}, classes{Crossing, Crossing}},
		"fragment":       {mentions{broken("X", corpus.Span{Start: 0, End: 2}, corpus.Span{Start: 5, End: 7})}, mentions{m("X", 0, 7)}, classes{Fragment}, classes{Fragment}},
		"missed":         {mentions{m("X", 0, 3)}, nil, classes{Missed}, nil},
		"spurious":       {nil, mentions{m("X", 0, 3)}, nil, classes{Spurious}},
		"touching":       {mentions{m("X", 0, 3)}, mentions{m("X", 3, 5)}, classes{Missed}, classes{Spurious}},
		"nested":         {mentions{m("X", 0, 9), m("X", 0, 3)}, mentions{m("X", 0, 9)}, classes{Exact, Missed}, classes{Exact}},
		"own label wins": {mentions{m("X", 0, 5)}, mentions{m("Y", 0, 4), m("X", 0, 6)}, classes{RightLong}, classes{Spurious, RightLong}},
		"other label":    {mentions{m("X", 0, 5)}, mentions{m("Y", 0, 4)}, classes{RightShort}, classes{RightShort}},
	} {
		got := Classify(Pair{Gold: c.gold, Pred: c.pred})
		if !slices.Equal(got.Gold, c.wantGold) || !slices.Equal(got.Pred, c.wantPred) {
			t.Errorf("%s: %v, want %v and %v", name, got, c.wantGold, c.wantPred)
		}
	}
}

// mirror is the class after gold and prediction change places.
var mirror = map[Class]Class{
	LeftLong: LeftShort, LeftShort: LeftLong, RightLong: RightShort, RightShort: RightLong,
	Split: Merge, Merge: Split, Missed: Spurious, Spurious: Missed,
}

func TestClassesAreSymmetricAndComplete(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	side := func() []corpus.Mention {
		var ms []corpus.Mention
		for range rng.IntN(8) {
			start := corpus.Off(rng.IntN(20))
			x := m(string(rune('X'+rng.IntN(2))), start, start+1+corpus.Off(rng.IntN(6)))
			if rng.IntN(5) == 0 {
				end := x.Spans[0].End + 2
				x.Spans = append(x.Spans, corpus.Span{Start: end, End: end + 2})
			}
			ms = append(ms, x)
		}
		return ms
	}
	turn := func(classes []Class) []Class {
		turned := slices.Clone(classes)
		for i, c := range turned {
			if other, ok := mirror[c]; ok {
				turned[i] = other
			}
		}
		return turned
	}
	for range 5000 {
		p := Pair{Gold: side(), Pred: side()}
		c, back := Classify(p), Classify(Pair{Gold: p.Pred, Pred: p.Gold})
		if !slices.Equal(turn(c.Gold), back.Pred) || !slices.Equal(turn(c.Pred), back.Gold) {
			t.Fatalf("%v\n%v is not the mirror of\n%v", p, c, back)
		}
		sum := 0
		for _, n := range CountClasses(map[string]Pair{"d": p}) {
			sum += n
		}
		if sum != len(p.Gold)+len(p.Pred) || slices.Contains(c.Gold, "") || slices.Contains(c.Pred, "") {
			t.Fatalf("%v: %v does not class each mention once", p, c)
		}
		if slices.Contains(c.Gold, Spurious) || slices.Contains(c.Pred, Missed) {
			t.Fatalf("%v: %v", p, c)
		}
	}
}

func TestConfusion(t *testing.T) {
	text := corpus.NewText("dolor de cabeza muy fuerte, tos")
	pairs := map[string]Pair{"d": {
		Text: text,
		Gold: []corpus.Mention{m("X", 0, 15), m("Y", 28, 31)},
		Pred: []corpus.Mention{m("Y", 9, 15), m("X", 0, 26), m("Z", 16, 19)},
	}}
	mention := Confusion{"X": {"X": 1}, "Y": {NoLabel: 1}, NoLabel: {"Y": 1, "Z": 1}}
	if got := MentionConfusion(pairs); !reflect.DeepEqual(got, mention) {
		t.Errorf("mentions %v, want %v", got, mention)
	}
	token := Confusion{"X": {"X": 3}, NoLabel: {"X": 2, NoLabel: 1}, "Y": {NoLabel: 1}}
	if got := TokenConfusion(pairs); !reflect.DeepEqual(got, token) {
		t.Errorf("words %v, want %v", got, token)
	}
}

func TestEdgeTokens(t *testing.T) {
	text := corpus.NewText("fuerte dolor de cabeza leve")
	edges := func(gold, pred corpus.Mention) string {
		return fmt.Sprint(EdgeTokens(map[string]Pair{"d": {text, []corpus.Mention{gold}, []corpus.Mention{pred}}}))
	}
	if got, want := edges(m("X", 7, 22), m("X", 0, 27)), "map[left_gained:map[fuerte:1] left_lost:map[] right_gained:map[leve:1] right_lost:map[]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := edges(m("X", 0, 22), m("X", 7, 12)), "map[left_gained:map[] left_lost:map[fuerte:1] right_gained:map[] right_lost:map[cabeza:1 de:1]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := edges(m("X", 0, 6), m("X", 0, 6)), "map[left_gained:map[] left_lost:map[] right_gained:map[] right_lost:map[]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestGroupsHoldEachMentionOnce(t *testing.T) {
	p := Pair{
		Gold: []corpus.Mention{m("X", 0, 9), m("X", 10, 12), m("X", 20, 25), m("X", 30, 31)},
		Pred: []corpus.Mention{m("X", 5, 9), m("X", 0, 3), m("Y", 10, 12), m("X", 20, 25), m("Y", 40, 44)},
	}
	want := []Group{
		{Exact, []int{2}, []int{3}}, {LabelOnly, []int{1}, []int{2}}, {Split, []int{0}, []int{0, 1}},
		{Missed, []int{3}, nil}, {Spurious, nil, []int{4}},
	}
	if got := Groups(p); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPairedCountsRepeatedMentionsOnce(t *testing.T) {
	first, again := m("X", 0, 3), m("X", 0, 3)
	first.Links, again.Links = []corpus.Link{{ID: "1"}}, []corpus.Link{{ID: "1"}, {ID: "2"}}
	first.Score, again.Score = corpus.NoScore, 0.5
	side := map[string][]corpus.Mention{"d": {first, again, m("Y", 0, 3)}}
	got := Paired(side, side, nil, []string{"X"})["d"]
	if len(got.Gold) != 1 || len(got.Pred) != 1 || len(got.Gold[0].Links) != 2 || got.Gold[0].Score != 0.5 || len(first.Links) != 1 {
		t.Errorf("got %+v", got)
	}
}
