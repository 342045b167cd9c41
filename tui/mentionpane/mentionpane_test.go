package mentionpane

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
)

func draw(s *style.Styles, w, h int, change func(*workbench.Item)) Drawn {
	it := &workbench.Item{Mention: corpus.Mention{Label: "SINTOMA", Text: "fiebre", Score: corpus.NoScore}, State: workbench.Pending, Ready: true}
	it.Candidates = []kb.Candidate{{DB: "kb", ID: "386661006", Name: "fiebre", Type: "hallazgo", Score: 0.91, Evidence: kb.Evidence{
		Match: "ngram", Name: "fiebre alta", Lexical: 1, Dense: 0.5, Chosen: 3,
	}}}
	change(it)
	d := &workbench.Doc{Items: []workbench.Item{*it}}
	return Draw(s, Data{Doc: d, Item: it, Keys: Keys{"s", "0", "|", "*"}, Label: func(l string, _ int) (string, *style.Label) { return l, &style.Label{} }}, w, h)
}

func shown(d Drawn) string { return ansi.Strip(strings.Join(d.Rows, "\n")) }

func TestACandidateSaysWhyItIsOffered(t *testing.T) {
	got := shown(draw(style.Plain(style.Unicode()), 44, 30, func(*workbench.Item) {}))
	for _, want := range []string{"1 386661006 fiebre  hallazgo", `~ letters "fiebre alta"`, "~█≈▅  .91", "chosen 3 times in this corpus"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not on\n%s", want, got)
		}
	}
	if got := shown(draw(style.Plain(style.ASCII()), 44, 30, func(*workbench.Item) {})); !strings.Contains(got, "~9^5  .91") {
		t.Errorf("the ASCII form of the parts is not on\n%s", got)
	}
	whole := shown(draw(style.Plain(style.Unicode()), 44, 30, func(it *workbench.Item) {
		it.Candidates[0].Evidence.Lexical, it.Candidates[0].Evidence.Dense = corpus.NoScore, corpus.NoScore
	}))
	if !strings.Contains(whole, "▰▰▰▰▰  .91") {
		t.Errorf("the score is no bar where its parts are not known:\n%s", whole)
	}
}

func TestALongNameComesBeforeItsType(t *testing.T) {
	got := shown(draw(style.Plain(style.Unicode()), 36, 30, func(it *workbench.Item) { it.Candidates[0].Name = "fiebre recurrente" }))
	if strings.Contains(got, "hallazgo") || !strings.Contains(got, "fiebre recurrente") {
		t.Errorf("the name must be whole before a type is shown:\n%s", got)
	}
}

func TestRowsFit(t *testing.T) {
	for w := 20; w < 70; w += 3 {
		for h := 3; h < 40; h += 4 {
			d := draw(style.Plain(style.Unicode()), w, h, func(it *workbench.Item) {
				it.Flag, it.Reason, it.Note = "to be discussed", "not in the knowledge base", "nota"
				for range 9 {
					it.Candidates = append(it.Candidates, it.Candidates[0])
				}
			})
			if len(d.Rows) != h {
				t.Errorf("%d rows on %d", len(d.Rows), h)
			}
			for _, row := range d.Rows {
				if got := cells.Width(row); got != w {
					t.Errorf("a row of %d on %d: %q", got, w, row)
				}
			}
		}
	}
}

func TestACompositeSaysThatItSplits(t *testing.T) {
	got := shown(draw(style.Plain(style.Unicode()), 44, 30, func(it *workbench.Item) {
		c := &it.Candidates[0]
		c.ID, c.Evidence.Match = "1|2", "composite"
		c.Evidence.Parts = []kb.Part{{ID: "1", Span: &corpus.Span{Start: 0, End: 3}}, {ID: "2", Span: &corpus.Span{Start: 4, End: 6}}}
	}))
	if !strings.Contains(got, "composite, | splits") {
		t.Errorf("it is not said that | splits it:\n%s", got)
	}
}

func TestWhatWasFoundComesFirst(t *testing.T) {
	it := &workbench.Item{Mention: corpus.Mention{Label: "SINTOMA", Text: "fiebre"}}
	search := &Search{Input: "search: fiebre", Types: 3, TypeKey: "ctrl+t", Cursor: -1, Results: []kb.Candidate{{ID: "386661006", Name: "fiebre"}}}
	label := func(l string, _ int) (string, *style.Label) { return l, &style.Label{} }
	for h, types := range map[int]bool{5: false, 6: false, 12: true} {
		got := shown(Draw(style.Plain(style.Unicode()), Data{Doc: &workbench.Doc{}, Item: it, Search: search, Label: label}, 60, h))
		if !strings.Contains(got, "386661006") || strings.Contains(got, "3 types") != types {
			t.Errorf("in %d rows:\n%s", h, got)
		}
	}
}
