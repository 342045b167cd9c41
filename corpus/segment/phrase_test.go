package segment_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

func spanOf(t *testing.T, text corpus.Text, s string) corpus.Span {
	t.Helper()
	i := strings.Index(text.String(), s)
	if i < 0 {
		t.Fatalf("%q is not in the text", s)
	}
	return corpus.Span{Start: text.Off(i), End: text.Off(i + len(s))}
}

func TestPhrasesGrow(t *testing.T) {
	for _, c := range []struct {
		text, from string
		want       []string
	}{
		{
			"Varón diagnosticado en 2014 de adenocarcinoma de pulmón estadio IV con metástasis óseas y hepáticas. Se inicia", "pulm",
			[]string{
				"pulmón", "pulmón estadio IV", "adenocarcinoma de pulmón estadio IV", "adenocarcinoma de pulmón estadio IV con metástasis óseas",
				"adenocarcinoma de pulmón estadio IV con metástasis óseas y hepáticas",
			},
		},
		{"Presenta un nódulo en el lóbulo superior, sin dolor", "lóbulo", []string{"lóbulo superior", "nódulo en el lóbulo superior"}},
		{"He was treated for severe renal failure of the left kidney.", "failure", []string{"severe renal failure", "severe renal failure of the left kidney"}},
		{"Tos\nfiebre alta", "fiebre", []string{"fiebre alta"}},
		{"un tumor pT4-N1 CK7+ (dudoso)", "pT4", []string{"pT4-N1 CK7+", "tumor pT4-N1 CK7+"}},
		{"niño 世界 mal", "世界", []string{"世界 mal", "niño 世界 mal"}},
		{"El TC objetivó metástasis hepáticas compatibles con", "metástasis", []string{"metástasis hepáticas"}}, // verbs end it, and what says how sure one is
		{"displasia severa/carcinoma de mama de tipo ductal", "displasia", []string{"displasia severa"}},
		{"carcinoma de mama de tipo ductal", "carcinoma", []string{"carcinoma de mama", "carcinoma de mama de tipo ductal"}}, // one complement at a time
		{"HTA", "HTA", nil},
	} {
		text := corpus.NewText(c.text)
		s := spanOf(t, text, c.from)
		var got []string
		for range 8 {
			next := segment.Grow(text, s)
			if next == s {
				break
			}
			if !next.Contains(s) {
				t.Fatalf("%q grew to %q, which does not hold it", text.Slice(s), text.Slice(next))
			}
			s = next
			got = append(got, text.Slice(s))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q grows to %q, want %q", c.from, got, c.want)
		}
	}
}

func TestPhrasesShrink(t *testing.T) {
	for from, want := range map[string]string{
		"adenocarcinoma de pulmón con metástasis y ascitis": "adenocarcinoma de pulmón con metástasis",
		"adenocarcinoma de pulmón con metástasis":           "adenocarcinoma de pulmón",
		"nódulo en el lóbulo":                               "nódulo",
		"carcinoma ductal infiltrante":                      "carcinoma ductal",
		"tumor pT4-N1":                                      "tumor",
		"HTA":                                               "HTA",
		"de mama":                                           "de mama",
	} {
		text := corpus.NewText("x. " + from + ". y")
		if got := text.Slice(segment.Shrink(text, spanOf(t, text, from))); got != want {
			t.Errorf("%q shrinks to %q, want %q", from, got, want)
		}
	}
}

func TestListsHaveParts(t *testing.T) {
	for s, want := range map[string]string{
		"metástasis óseas y hepáticas":     "metástasis óseas|hepáticas",
		"HTA, DM2 y la dislipemia":         "HTA|DM2|dislipemia",
		"náuseas/vómitos":                  "náuseas|vómitos",
		"adenocarcinoma de pulmón":         "",
		"y":                                "",
		"carcinoma ductal e in situ (pTis": "carcinoma ductal|in situ (pTis",
	} {
		text := corpus.NewText("x. " + s + ". y")
		var got []string
		for _, p := range segment.Parts(text, spanOf(t, text, s)) {
			got = append(got, text.Slice(p))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q has the parts %q, want %q", s, got, want)
		}
	}
}

// Whatever the span, phrases stay in the text and keep to what they promise.
func FuzzPhrases(f *testing.F) {
	f.Add("Varón con HTA y DM2, niño 世界 e\u0301\r\nfin", 3, 9)
	f.Fuzz(func(t *testing.T, s string, a, n int) {
		text := corpus.NewText(strings.ToValidUTF8(s, "?"))
		start := corpus.Off(a)
		span := corpus.Span{Start: start, End: start + corpus.Off(n)}
		if !text.In(span) || n <= 0 {
			t.Skip()
		}
		if g := segment.Grow(text, span); !text.In(g) || !g.Contains(span) {
			t.Errorf("Grow(%v) = %v in %q", span, g, text)
		}
		if g := segment.Shrink(text, span); !span.Contains(g) || g.Len() <= 0 {
			t.Errorf("Shrink(%v) = %v in %q", span, g, text)
		}
		if g := segment.Snap(text, span); !text.In(g) || !g.Contains(span) {
			t.Errorf("Snap(%v) = %v in %q", span, g, text)
		}
		last := span.Start
		for _, p := range segment.Parts(text, span) {
			if p.Start < last || p.Len() <= 0 || p.End > span.End {
				t.Errorf("Parts(%v) holds %v in %q", span, p, text)
			}
			last = p.End
		}
	})
}
