package lens_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
)

var sure = lens.OpinionOptions{Sure: .9, SureLink: .9, Uneven: .9}

// opinions are kinds, texts and reasons.
func opinions(t *testing.T, human, model lens.Side, o lens.OpinionOptions) []string {
	t.Helper()
	found, err := lens.SecondOpinion(human, model, o)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, op := range found {
		line := string(op.Kind) + ":"
		for _, side := range [][]corpus.Mention{op.Human, op.Model} {
			for _, m := range side {
				line += " " + m.Label + " " + m.Text
			}
			line += ";"
		}
		out = append(out, fmt.Sprintf("%s %.2f %s", line, op.Confidence, op.Why))
	}
	return out
}

// scored gives all mentions a score.
func scored(s lens.Side, score corpus.Score) lens.Side {
	for i := range s.Docs["d"].Mentions {
		s.Docs["d"].Mentions[i].Score = score
	}
	return s
}

func TestSecondOpinion(t *testing.T) {
	const text = "fiebre alta, tos seca y edema"
	for name, c := range map[string]struct {
		human, model []string
		want         string
	}{
		"agreed":            {[]string{"X tos"}, []string{"X tos"}, ""},
		"not annotated":     {[]string{"X tos"}, []string{"X tos", "X edema"}, "span:; X edema; 0.95 not annotated"},
		"edge":              {[]string{"X tos"}, []string{"X tos seca"}, "boundary: X tos; X tos seca; 0.95 right_long"},
		"one of two":        {[]string{"X fiebre", "X alta"}, []string{"X fiebre alta"}, "boundary: X fiebre X alta; X fiebre alta; 0.95 merge"},
		"label":             {[]string{"X tos", "Y edema"}, []string{"Y tos", "Y edema"}, "label: X tos; Y tos; 0.95 Y, not X"},
		"unseen is no word": {[]string{"X tos", "X edema"}, []string{"X tos"}, ""},
	} {
		human := side(t, "H", text, c.human...)
		if got := strings.Join(opinions(t, human, scored(side(t, "M", text, c.model...), .95), sure), "\n"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if got := opinions(t, human, scored(side(t, "M", text, c.model...), .85), sure); len(got) != 0 {
			t.Errorf("%s: an unsure model says %s", name, got)
		}
	}
}

func TestSecondOpinionIsAsSureAsItsWeakestMention(t *testing.T) {
	const text = "fiebre alta"
	model := scored(side(t, "M", text, "X fiebre", "X alta"), .95)
	model.Docs["d"].Mentions[1].Score = .5
	human := side(t, "H", text, "X fiebre alta")
	if got := opinions(t, human, model, sure); len(got) != 0 {
		t.Errorf("got %s", got)
	}
	model.Docs["d"].Mentions[0].Score = corpus.NoScore
	model.Docs["d"].Mentions[1].Score = .95
	if got := opinions(t, human, model, lens.OpinionOptions{Uneven: 1}); len(got) != 0 {
		t.Errorf("a mention without a score: %s", got)
	}
}

func TestSecondOpinionOnLinks(t *testing.T) {
	const text = "tiene fiebre"
	for name, c := range map[string]struct {
		human, offers string
		score         corpus.Score
		want          string
	}{
		"agreed":                  {"1", "1 2", .95, ""},
		"one of several agreed":   {"2 1", "1 2", .95, ""},
		"another":                 {"3", "1 2", .95, "link: X fiebre; X fiebre; 0.95 1, not 3, which is no candidate"},
		"another, with its place": {"2", "1 3 2", .95, "link: X fiebre; X fiebre; 0.95 1, not 2, which is candidate 3"},
		"not sure":                {"3", "1 2", .85, ""},
		"no link":                 {"", "1 2", .95, ""},
	} {
		human := linked(side(t, "H", text, "X fiebre"), c.human)
		model := offered(scored(side(t, "M", text, "X fiebre"), .5), c.score, c.offers)
		if got := strings.Join(opinions(t, human, model, sure), "\n"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	// A concept that is nearly as likely is no contradiction.
	human, model := linked(side(t, "H", text, "X fiebre"), "2"), scored(side(t, "M", text, "X fiebre"), .5)
	model.Offers = map[lens.Place][]corpus.Offered{lens.PlaceOf("d", model.Docs["d"].Mentions[0]): {{ID: "1", Score: .95}, {ID: "2", Score: .6}}}
	if got := opinions(t, human, model, sure); len(got) != 0 {
		t.Errorf("nearly as likely: %s", got)
	}
}

func TestUnevenAnnotations(t *testing.T) {
	// uneven annotates the nth places of "tos" in a text that has it ten times.
	uneven := func(text string, label string, places ...int) lens.Side {
		s := side(t, "H", text)
		d := s.Docs["d"]
		for _, n := range places {
			at := 0
			for range n {
				at += 1 + strings.Index(strings.ToLower(text[at+1:]), "tos")
			}
			d.Mentions = append(d.Mentions, corpus.Mention{Label: label, Spans: corpus.One(corpus.Off(at), corpus.Off(at+3)), Text: text[at : at+3], Score: corpus.NoScore})
		}
		s.Docs["d"] = d
		return s
	}
	text := strings.Repeat("tos, ", 9) + "Tos."
	if got := opinions(t, uneven(text, "X", 0, 1, 2, 3, 4, 5, 6, 7, 8), lens.Side{}, sure); fmt.Sprint(got) != "[uneven:; X Tos; 0.90 annotated in 9 of 10 places]" {
		t.Errorf("one left out: %s", got)
	}
	if got := opinions(t, uneven(text, "X", 4), lens.Side{}, sure); fmt.Sprint(got) != "[uneven: X tos;; 0.90 annotated in 1 of 10 places]" {
		t.Errorf("one alone: %s", got)
	}
	two := uneven(text, "X", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	two.Docs["d"].Mentions[4].Label = "Y"
	if got := opinions(t, two, lens.Side{}, sure); fmt.Sprint(got) != "[uneven:; X tos; 0.90 annotated in 9 of 10 places uneven: Y tos;; 0.90 annotated in 1 of 10 places]" {
		t.Errorf("two labels: %s", got)
	}
	if got := opinions(t, uneven("tos, tos", "X", 0), lens.Side{}, lens.OpinionOptions{Uneven: .5}); len(got) != 0 {
		t.Errorf("too few places: %s", got)
	}
	for name, s := range map[string]lens.Side{
		"two of ten":      uneven(text, "X", 0, 1),
		"all":             uneven(text, "X", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
		"within words":    uneven(strings.Repeat("tosco ", 20)+"tos tos tos", "X", 20, 21, 22),
		"none, and empty": uneven("", "X"),
	} {
		if got := opinions(t, s, lens.Side{}, sure); len(got) != 0 {
			t.Errorf("%s: %s", name, got)
		}
	}
	// Places inside longer annotations of the label count for neither.
	s := uneven(strings.Repeat("tos, ", 9)+"mucha tos.", "X", 0, 1, 2, 3, 4, 5, 6, 7, 8)
	d := s.Docs["d"]
	d.Mentions = append(d.Mentions, corpus.Mention{Label: "X", Spans: corpus.One(45, 54), Text: "mucha tos", Score: corpus.NoScore})
	s.Docs["d"] = d
	if got := opinions(t, s, lens.Side{}, sure); len(got) != 0 {
		t.Errorf("inside another: %s", got)
	}
	if got := opinions(t, uneven(text, "X", 4), lens.Side{}, lens.OpinionOptions{Uneven: .9, Labels: []string{"Y"}}); len(got) != 0 {
		t.Errorf("another label: %s", got)
	}
}

func TestSecondOpinionNeedsScores(t *testing.T) {
	s := side(t, "M", "tos", "X tos")
	if _, err := lens.SecondOpinion(s, s, sure); !errors.Is(err, lens.ErrNoScores) || !strings.Contains(err.Error(), "gloss annotate") {
		t.Errorf("error %v", err)
	}
}
