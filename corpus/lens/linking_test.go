package lens_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
)

// terms is a knowledge base of names by concept, and of substances by brand.
type terms struct {
	names  map[string][]string
	brands map[string]string
	err    error
}

func (t terms) Has(code string) bool { return t.names[code] != nil }

func (t terms) Named(text string) []string {
	var ids []string
	for id, names := range t.names {
		if slices.Contains(names, strings.ToLower(text)) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (t terms) BrandOf(code string) ([]string, error) {
	if s, ok := t.brands[code]; ok {
		return []string{s}, t.err
	}
	return nil, t.err
}

// linked gives mentions the concepts of a line each, "" for none.
func linked(s lens.Side, codes ...string) lens.Side {
	d := s.Docs["d"]
	for i, code := range codes {
		d.Mentions[i].Links = nil
		for _, c := range strings.Fields(code) {
			d.Mentions[i].Links = append(d.Mentions[i].Links, corpus.Link{DB: "kb", ID: c})
		}
	}
	return s
}

// offered gives mentions candidates likewise, best first; score is that of the first.
func offered(s lens.Side, score corpus.Score, codes ...string) lens.Side {
	s.Offers = map[lens.Place][]corpus.Offered{}
	for i, line := range codes {
		for j, c := range strings.Fields(line) {
			at := lens.PlaceOf("d", s.Docs["d"].Mentions[i])
			s.Offers[at] = append(s.Offers[at], corpus.Offered{DB: "kb", ID: c, Score: score / corpus.Score(1+j*j*j)})
		}
	}
	return s
}

var kb = terms{
	names: map[string][]string{
		"1": {"fiebre", "calentura"}, "2": {"fiebre", "tos"}, "3": {"edema"}, "4": {"dolocatil"}, "5": {"paracetamol"},
	},
	brands: map[string]string{"4": "5"},
}

func TestLinkingStages(t *testing.T) {
	with := func(string) lens.Terminology { return kb }
	none := func(string) lens.Terminology { return nil }
	for name, c := range map[string]struct {
		gold, pred, offers string
		kb                 func(string) lens.Terminology
		want               string
	}{
		"right":                     {"1", "1", "1 2", with, "right 1"},
		"right, several of gold":    {"1 2", "2", "2 1", with, "right 1"},
		"right without candidates":  {"1", "1", "", with, "right 0"},
		"ranked low":                {"1", "2", "2 3 1", with, "ranked_low 3"},
		"not among the candidates":  {"1", "2", "2 3", with, "not_in_top_k 0"},
		"not in the KB":             {"9", "2", "2 3", with, "not_in_kb 0"},
		"one of gold in the KB":     {"9 1", "2", "2 3", with, "not_in_top_k 0"},
		"composed, not in the KB":   {"9", "2", "2 9", with, "ranked_low 2"}, // a strategy may put codes together
		"no KB given":               {"9", "2", "2 3", nil, "not_in_top_k 0"},
		"no KB for the label":       {"9", "2", "2 3", none, "not_in_top_k 0"},
		"no candidates":             {"1", "2", "", nil, "wrong_link 0"},
		"nothing":                   {"1", "", "", nil, "not_linked 0"},
		"NIL above the right one":   {"1", "", "nil 1", with, "ranked_low 2"},
		"first, and still no link":  {"1", "", "1 2", with, "not_linked 1"},
		"first, and linked another": {"1", "2", "1 2", with, "wrong_link 1"},
	} {
		const text = "tiene fiebre"
		pred := linked(side(t, "P", text, "X fiebre"), c.pred)
		if c.offers != "" {
			pred = offered(pred, .9, c.offers)
		}
		r := look(t, linked(side(t, "G", text, "X fiebre"), c.gold), pred, lens.Options{KB: c.kb})
		l := r.Cases[0].Links[0]
		if got := fmt.Sprint(l.Stage, " ", l.Rank); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if r.Linking.Mentions != 1 || r.Linking.Stages[l.Stage] != 1 || len(r.Linking.Stages) != len(lens.Stages()) {
			t.Errorf("%s: counts %+v", name, r.Linking)
		}
	}
}

func TestLinkingNeedsTheSpan(t *testing.T) {
	const text = "fiebre alta y tos"
	gold := linked(side(t, "G", text, "X fiebre alta", "X tos", "X y"), "1", "2", "")
	pred := offered(linked(side(t, "P", text, "X fiebre", "X tos"), "1", "2"), .9, "1", "3 2")
	pred.Offers[lens.PlaceOf("d", gold.Docs["d"].Mentions[0])] = []corpus.Offered{{ID: "1"}} // of gold's span, which is not predicted
	r := look(t, gold, pred, lens.Options{})
	if got := r.Linking.Stages; r.Linking.Mentions != 2 || got[lens.WrongSpan] != 1 || got[lens.Linked] != 1 {
		t.Errorf("stages %v of %d", got, r.Linking.Mentions)
	}
	ranks := ""
	for _, rank := range r.Linking.Ranks {
		ranks += fmt.Sprint(rank.Count)
	}
	if ranks != "00100000" { // none, 1, 2, ...: only where the span is right
		t.Errorf("ranks %s", ranks)
	}
	if _, ok := r.Linking.Causes[lens.BrandName]; ok {
		t.Error("brand names without a knowledge base")
	}
}

func TestLinkingCauses(t *testing.T) {
	const text = "fiebre tos TVP Dolocatil Cosa® edema"
	with := func(string) lens.Terminology { return kb }
	gold := linked(side(t, "G", text, "X fiebre", "X tos", "X TVP", "X Dolocatil", "X Cosa®", "X edema"), "1", "2", "3", "5", "5", "3")
	r := look(t, gold, gold, lens.Options{KB: with})
	var got []string
	for _, c := range r.Cases {
		got = append(got, fmt.Sprint(c.Links[0].Causes))
	}
	if s := strings.Join(got, " "); s != "[shared_name] [] [abbreviation] [brand_name] [brand_name] []" {
		t.Errorf("causes %s", s)
	}
	if n := r.Linking.Causes[lens.BrandName]; n != (lens.LinkTally{Mentions: 2, SpanRight: 2, Right: 2}) {
		t.Errorf("brand names %+v", n)
	}
	broken := kb
	broken.err = errors.New("disk on fire")
	if _, err := lens.Look(gold, gold, lens.Options{KB: func(string) lens.Terminology { return broken }}); !errors.Is(err, broken.err) {
		t.Errorf("error %v", err)
	}
}
