package tui

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/suggest/suggesttest"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb/link"
)

// The operators of the keystroke-level model (Card, Moran and Newell, "The
// Keystroke-Level Model for User Performance Time with Interactive Systems", CACM 23(7),
// 1980), in seconds: a key of an average typist, pointing with a mouse, a button that
// goes down or up, a hand that moves between mouse and keys. The time to read and to
// decide, and that of the system, are left out: the first is the same for all.
var operators = map[rune]float64{'K': 0.28, 'P': 1.10, 'B': 0.10, 'H': 0.40}

// task is a decision that annotators make all day.
type task struct {
	name      string
	keys      string // of gloss, once a decision
	want      string // what it must come to, for the first mention
	brat      string // operators, by its client's source
	inception string // operators, by its user guide
}

var tasks = []task{
	{
		"accept what is suggested", "a", "SINTOMA 4 10 fiebre",
		"", // brat has no suggestions: what a service marked is an annotation
		"P BB",
	}, {
		"link to the second candidate", "2", "SINTOMA 4 10 fiebre B:2",
		// double click the annotation; click the name field, which opens the search with the
		// mention's text in it; Enter searches; double click the row, which goes back to the
		// annotation's dialog; nothing has the focus there, so OK is clicked
		"P BBBB P BB H K H P BBBB P BB",
		"P BB", // as far as its three bubbles reach
	}, {
		"move a boundary by a word, and accept", "W a", "SINTOMA 4 15 fiebre alta",
		"P BBBB H K H P B P B", // double click the annotation, Insert (its Move), drag over the new text: it is saved
		"P BB P B P B",         // accept, then drag the handle that shows beneath the pointer
	},
}

// seconds is the time of operators.
func seconds(s string) float64 {
	t := 0.0
	for _, op := range s {
		t += operators[op]
	}
	return t
}

// cost is the table of docs/keystrokes.md.
func cost() string {
	var b strings.Builder
	b.WriteString("| decision | gloss | keys | seconds | a minute | INCEpTION | seconds | brat | seconds |\n|---|---|---|---|---|---|---|---|---|\n")
	other := func(s string) string {
		if s == "" {
			return "none | |"
		}
		return fmt.Sprintf("%s | %.1f |", strings.ReplaceAll(s, " ", ""), seconds(s))
	}
	for _, t := range tasks {
		keys := strings.Fields(t.keys)
		own := float64(len(keys)) * operators['K']
		fmt.Fprintf(&b, "| %s | `%s` | %d | %.1f | %.0f | %s %s\n", t.name, strings.Join(keys, "` `"), len(keys), own, 60/own, other(t.inception), other(t.brat))
	}
	return b.String()
}

const costPage = "../docs/keystrokes.md"

// The table is what the sessions below do, and what the page says.
func TestThePageOfKeystrokesIsFresh(t *testing.T) {
	page, err := os.ReadFile(costPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), "<!-- table -->\n")
	if _, after, end := strings.Cut(rest, "<!-- end -->"); ok && end {
		want := before + "<!-- table -->\n" + cost() + "<!-- end -->" + after
		if update := flag.Lookup("update"); update != nil && update.Value.String() == "true" {
			if err := os.WriteFile(costPage, []byte(want), 0o600); err != nil {
				t.Fatal(err)
			}
		} else if string(page) != want {
			t.Error("docs/keystrokes.md is stale: run go test ./tui -run Keystrokes -update")
		}
		return
	}
	t.Fatal("docs/keystrokes.md has no table")
}

// Every decision of a kind, one after the other, takes the keys that the table says and
// no more.
func TestWhatADecisionCosts(t *testing.T) {
	const mentions = 30
	for _, one := range tasks {
		t.Run(one.name, func(t *testing.T) {
			s := &session{t: t, dir: t.TempDir(), load: func(_ context.Context, memory *link.Overlay) (*suggest.Models, error) {
				return &suggest.Models{Recognizer: suggesttest.Words{"fiebre": "SINTOMA"}, Linker: taught{memory}, Device: "cpu"}, nil
			}}
			s.write(map[string]string{"a.txt": strings.Repeat("Con fiebre alta.\n", mentions), "a.ann": "", "annotation.conf": someConf})
			s.open()
			s.see(`(?s)▌fiebre▐.*idle`)
			for range mentions {
				s.press(one.keys)
			}
			s.see(`all is decided`)
			s.see(`idle`)
			d := s.wb.Doc("a")
			if n := len(d.Items); n != mentions {
				t.Errorf("%d mentions, want %d", n, mentions)
			}
			for _, it := range d.Items {
				if it.State.Undecided() || it.Text != d.Items[0].Text {
					t.Fatalf("%+v is not decided as the others", it)
				}
			}
			if got := short(d.Items[0]); !strings.HasPrefix(got, one.want) {
				t.Errorf("the first came to %q, want %q", got, one.want)
			}
			s.quit()
		})
	}
}

// short is a mention in one line.
func short(it workbench.Item) string {
	hull := it.Spans.Hull()
	parts := []string{it.Label, fmt.Sprint(hull.Start), fmt.Sprint(hull.End), it.Text}
	for _, l := range it.Links {
		parts = append(parts, l.ID)
	}
	return strings.Join(parts, " ")
}

// All that passes a filter is two keys, however many there are.
func TestAllThatPassesAFilterIsTwoKeys(t *testing.T) {
	s := &session{t: t, dir: t.TempDir(), load: func(_ context.Context, memory *link.Overlay) (*suggest.Models, error) {
		return &suggest.Models{Recognizer: suggesttest.Words{"fiebre": "SINTOMA"}, Linker: taught{memory}, Device: "cpu"}, nil
	}}
	s.write(map[string]string{"a.txt": strings.Repeat("Con fiebre alta.\n", 30), "a.ann": "", "annotation.conf": someConf})
	s.open()
	s.see(`(?s)▌fiebre▐.*idle`)
	s.press("A")
	s.see(`30 of 30`)
	s.press("enter")
	s.see(`all is decided here`)
	for _, it := range s.wb.Doc("a").Items {
		if len(it.Links) != 1 || it.Links[0] != (corpus.Link{DB: "kb", ID: "A:1", Name: "uno"}) {
			t.Fatalf("%+v", it)
		}
	}
	s.press("u")
	s.see(`30 to decide`)
	s.quit()
}

// What the program itself permits: keys are not waited for, and the screen is drawn
// after each.
func BenchmarkDecisions(b *testing.B) {
	f := newFake()
	const mentions = 2000
	for b.Loop() {
		b.StopTimer()
		f.names, f.docs = nil, map[string]*workbench.Doc{}
		f.addMany("a", strings.Repeat("Con fiebre alta.\n", mentions), mentions)
		m := New(f, Options{Theme: "none"})
		m.resize(120, 40)
		m.refresh()
		b.StartTimer()
		for range 100 {
			m.Update(stroke("1"))
		}
	}
	b.ReportMetric(float64(b.N)*100*60/b.Elapsed().Seconds(), "decisions/min")
}

// addMany makes a document in which the word after "Con" is suggested in each line.
func (f *fake) addMany(name, text string, n int) {
	d := &workbench.Doc{Name: name, Text: corpus.NewText(text), Version: 1}
	line := corpus.Off(len("Con fiebre alta.\n"))
	for i := range n {
		it := workbench.Item{Key: fmt.Sprint(i), Ready: true, State: workbench.Suggested, Source: "model"}
		it.Label, it.Spans, it.Text, it.Score = "ENFERMEDAD", corpus.One(corpus.Off(i)*line+4, corpus.Off(i)*line+10), "fiebre", 0.9
		it.Candidates = candidates(it.Text)
		d.Items = append(d.Items, it)
	}
	f.names, f.docs[name] = append(f.names, name), d
}
