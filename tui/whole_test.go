package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// What has no room on the screen is on a page, whole.
func TestWhatIsCutIsShownInFull(t *testing.T) {
	s := open(t, 80, 24, Options{})
	it := &s.m.doc.Items[0]
	it.Note = strings.Repeat("una nota muy larga ", 8) + "con su final"
	it.Ties = []workbench.Tie{
		{ID: "R1", Type: "TreatedWith", Role: "Arg1", With: []workbench.TieEnd{{Role: "Arg2", Text: "carboplatino"}}, Attributes: []string{"Certain"}},
		{ID: "E1", Type: "Diagnosis", With: []workbench.TieEnd{{Role: "Site", Text: "pulmón"}}, Note: "por biopsia"},
	}
	s.m.doc.Problems = []brat.Problem{{Line: 1, ID: it.Key, Message: "the text field is not what the offsets mark", Fix: "run gloss check --fix"}}
	s.m.showMentions()
	s.press("j")
	s.wantText("1 problem (M shows all)", "! the text field", "+ 2 more: M")
	s.f.status.Message = "no suggestions: open " + strings.Repeat("/a/long/way", 9) + "/model.onnx: no such file"
	s.send(changedMsg{})
	s.press("M")
	whole := strings.Join(strings.Fields(strings.NewReplacer("│", " ").Replace(pageText(s))), " ")
	for _, want := range []string{"con su final", `TreatedWith (Arg1) → Arg2 "carboplatino" Certain`, `Diagnosis → Site "pulmón" note: por biopsia`,
		"run gloss check --fix", "model.onnx: no such file"} {
		if !strings.Contains(whole, want) {
			t.Errorf("%q is not on the page:\n%s", want, whole)
		}
	}
	s.press("M")
	if s.m.box.Box != nil {
		t.Error("the key does not close the page")
	}
}

// pageText is all of a page, whatever the height of the screen.
func pageText(s *screen) string {
	rows, _ := s.m.box.View(s.m.styles, s.m.size.width-4, 500)
	return ansi.Strip(strings.Join(rows, "\n"))
}

// A message that is too long for the last line takes the line of keys, too, and then
// keeps its beginning and its end.
func TestALongMessageKeepsItsEnd(t *testing.T) {
	s := open(t, 80, 24, Options{})
	s.f.status.Message = "no suggestions: open the model /home/ana/models/oncology-2026: read model.onnx: unexpected end of file: fetch it again"
	s.send(changedMsg{})
	rows := strings.Split(s.text(), "\n")
	if first, last := rows[22], rows[23]; !strings.HasPrefix(first, " no suggestions: open the model") || !strings.Contains(last, "fetch it again") || !strings.HasSuffix(strings.TrimRight(last, " "), "saved 0") {
		t.Errorf("the last rows are\n%s\n%s", first, last)
	}
	s.press("j")
	s.wantText("a accept")
}

func TestDocumentsAreFiltered(t *testing.T) {
	s := open(t, 120, 40, Options{}) // onco1 is finished, onco2 open, onco3 has one to decide
	s.press("P")
	s.wantText("2 documents: unfinished", "▾ unfinished 2")
	s.press("[")
	s.wantText("this is the first document of those unfinished")
	s.press("]")
	if s.m.docName != "onco3" {
		t.Errorf("%s is open", s.m.docName)
	}
	s.press("P P")
	s.wantText("0 documents: with problems", "▸")
	s.press("P [ [")
	if s.m.docName != "onco1" {
		t.Errorf("%s is open", s.m.docName)
	}
}

func TestRefusedSuggestionsAreMarked(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.m.doc.Rejected = append(s.m.doc.Rejected, s.m.doc.Items[3].Mention)
	s.m.doc.Items = append(s.m.doc.Items[:3:3], s.m.doc.Items[4:]...)
	s.m.showMentions()
	s.press("j")
	s.wantText("××××××××××××")
}
