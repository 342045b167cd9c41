package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/suggest/suggesttest"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// taught is a linker that puts first what the corpus chose.
type taught struct{ memory *link.Overlay }

func (l taught) Candidates(_ context.Context, queries []link.Query, _ int) ([][]kb.Candidate, error) {
	all := make([][]kb.Candidate, len(queries))
	for i, q := range queries {
		a := kb.Candidate{DB: "kb", ID: "A:1", Name: "uno", Score: 0.9}
		b := kb.Candidate{DB: "kb", ID: "B:2", Name: "dos", Score: 0.5}
		if c := l.memory.Chosen(q.Label, q.Text); len(c) > 0 && c[0].ID == "B:2" {
			b.Evidence.Chosen = c[0].Count
			a, b = b, a
		}
		all[i] = []kb.Candidate{a, b}
	}
	return all, nil
}

func (taught) Search(context.Context, string, string, int) ([]kb.Candidate, error) { return nil, nil }

// panel is what is said of the mention in focus, without what is pending.
func (s *session) panel() string {
	f, _ := s.frame.Load().(string)
	var rows []string
	for _, row := range strings.Split(f, "\n") {
		if strings.Contains(row, "├") {
			break
		}
		if at := strings.LastIndex(row, "│"); at >= 0 {
			rows = append(rows, row[at:])
		}
	}
	return strings.Join(rows, "\n")
}

// What a decision elsewhere teaches re-ranks the candidates of the mention in focus only
// once the cursor moves; until then it is what it was, and is said to wait.
func TestWhatIsTaughtElsewhereWaitsForTheCursor(t *testing.T) {
	s := &session{t: t, dir: t.TempDir(), load: func(_ context.Context, memory *link.Overlay) (*suggest.Models, error) {
		return &suggest.Models{Recognizer: suggesttest.Words{"fiebre": "SINTOMA", "tos": "SINTOMA"}, Linker: taught{memory}, Device: "cpu"}, nil
	}}
	s.write(map[string]string{"a.txt": "Con fiebre, tos, fiebre y tos.\n", "a.ann": "", "annotation.conf": someConf})
	s.open()
	s.see(`(?s)▌fiebre▐.*1 A:1 uno`)
	before := s.panel()
	d := s.wb.Doc("a")
	third := d.Items[2]
	if third.Text != "fiebre" {
		t.Fatalf("the third mention is %q", third.Text)
	}
	second := kb.Candidate{DB: "kb", ID: "B:2", Name: "dos"}
	if _, err := s.wb.Do(t.Context(), workbench.Choose{At: workbench.At{Doc: "a", Key: third.Key}, Candidate: second}); err != nil {
		t.Fatal(err)
	}
	s.see(`(?s)\+ 1 new since you came here.*idle`)
	if got := s.panel(); got != before {
		t.Errorf("what is in focus changed from\n%s\nto\n%s", before, got)
	}
	s.press("1") // the first that is seen, not the first that is known by now
	s.see(`saved 2`)
	s.press("p")
	s.see(`▌fiebre▐`)
	it, _ := s.wb.Doc("a").Item(s.wb.Doc("a").Items[0].Key)
	if len(it.Links) != 1 || it.Links[0] != (corpus.Link{DB: "kb", ID: "A:1", Name: "uno"}) {
		t.Errorf("1 chose %v", it.Links)
	}
	s.quit()
}

// A rejection holds where it was made, also after a restart, and nowhere else.
func TestARejectionStaysWhereItWasMade(t *testing.T) {
	s := &session{t: t, dir: t.TempDir(), load: func(context.Context, *link.Overlay) (*suggest.Models, error) {
		return &suggest.Models{Recognizer: suggesttest.Words{"fiebre": "SINTOMA"}, Device: "cpu"}, nil
	}}
	s.write(map[string]string{
		"a.txt": "Con fiebre y fiebre.\n", "a.ann": "", "b.txt": "Sin fiebre.\n", "b.ann": "", "annotation.conf": someConf,
	})
	s.open()
	s.see(`▌fiebre▐`)
	s.press("r")
	s.see(`rejected "fiebre"`)
	for range 2 {
		texts := func(name string) string {
			var out []string
			for _, it := range s.wb.Doc(name).Items {
				out = append(out, fmt.Sprint(it.Spans))
			}
			return strings.Join(out, " ")
		}
		s.see(`(?s)idle`)
		if got := texts("a"); got != "13 19" {
			t.Errorf("a suggests %q, want the second one", got)
		}
		s.press("]")
		s.see(`(?s)▌fiebre▐.*idle`)
		if got := texts("b"); got != "4 10" {
			t.Errorf("b suggests %q", got)
		}
		s.press("[") // where one leaves, one comes back
		s.see(`Con fiebre y`)
		s.quit()
		s.open()
		s.see(`▌fiebre▐`)
	}
	s.quit()
}
