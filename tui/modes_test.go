package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
)

func TestFindIgnoresCaseAndAccents(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("/")
	s.write("ADENO")
	s.wantText("hit 1 of 1")
	s.press("ctrl+u")
	s.write("medula")
	s.wantText("hit 1 of 1")
	s.press("esc /")
	s.write("as") // typed text takes the place of the last query
	s.press("enter")
	s.wantText("hit 1 of 9 in 2 documents")
	s.press("enter ctrl+n")
	s.wantText("hit 3 of 9")
	s.press("ctrl+p")
	s.wantText("hit 2 of 9")
	s.press("n") // n and p stay what they are
	s.wantFocus("pulmón")
	s.press("esc")
	if s.m.find.open {
		t.Error("esc did not leave the search")
	}
	s.press("/")
	s.write("zzz")
	s.wantText("not in this document")
	s.press("enter")
	if s.m.find.open {
		t.Error("a search without hits stayed open")
	}
}

func TestFoldingKeepsOffsets(t *testing.T) {
	text := "El NIÑO 世界 con metástasis e\u0301 İstanbul ǅ ﬁn ½ 각"
	folded := foldRunes(text)
	if a, b := len([]rune(text)), len([]rune(folded)); a != b {
		t.Fatalf("%d code points became %d: %q", a, b, folded)
	}
	var f find
	ct := corpus.NewText(strings.Repeat(text+" ", 20))
	f.fold("d", ct)
	hits := f.all(foldRunes("METASTASIS"))
	if len(hits) != 20 {
		t.Fatalf("%d hits, want 20", len(hits))
	}
	for _, h := range hits {
		if got := ct.Slice(h); got != "metástasis" {
			t.Errorf("a hit is %q", got)
		}
	}
}

func TestANewMentionIsSelectedByKeyboard(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("v")
	s.press("b v l enter")
	s.wantText("Label of de")
	s.press("2")
	s.wantLog("create ENFERMEDAD")
	s.wantFocus("de")
	if it := s.m.item(); it.Label != "ENFERMEDAD" {
		t.Errorf("the label is %s", it.Label)
	}
	s.press("v w w w v w w enter enter") // whole words; the label given last is preset
	s.wantFocus("pulmón estadio")
	if it := s.m.item(); it == nil || it.Label != "ENFERMEDAD" {
		t.Errorf("the label given last was not preset: %+v", it)
	}
	s.press("v w enter 3") // nothing anchored: the word under the cursor
	s.wantFocus("estadio")
	s.press("v v l esc a")
	if s.m.sel.on {
		t.Error("esc did not leave the selection")
	}
}

func TestTheLabelIsChosenByKey(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("t")
	s.wantText("Label of adenocarcinoma de pulmón", "1  MORFOLOGIA_NEOPLASIA", "4  SINTOMA")
	s.press("esc t 4")
	s.wantLog("label SINTOMA")
	s.wantFocus("adenocarcinoma de pulmón")
	s.press("t enter") // the same label: nothing to do
	s.wantLog("label SINTOMA")
	s.press("t down enter") // round to the first
	s.wantLog("label SINTOMA", "label MORFOLOGIA_NEOPLASIA")
}

func TestTheNoteIsEdited(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("n e")
	s.write("¿T4? q")
	s.press("enter")
	s.wantLog("note ¿T4? q")
	s.wantText("note: ¿T4? q")
	s.press("e ctrl+u enter")
	s.wantLog("note ¿T4? q", "note ")
	s.press("e")
	s.send(tea.PasteMsg{Content: "una\nlínea\x1b[31m"})
	s.press("enter")
	s.wantText("note: una línea[31m")
}

func TestThePaletteRunsWhatItLists(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press(":")
	s.wantText("accept the mention without a link")
	s.write("previous doc")
	s.press("enter")
	if s.m.docName != "onco1" {
		t.Errorf("the palette opened %s", s.m.docName)
	}
	s.press(":")
	s.write("zzzz")
	s.wantText("nothing matches")
	s.press("enter esc")
	if s.m.box.Box != nil {
		t.Error("esc did not close the palette")
	}
	s.press("o")
	s.write("3")
	s.press("enter")
	s.wantFocus("asma")
}

func TestHelpListsEveryKey(t *testing.T) {
	s := open(t, 200, 200, Options{})
	s.press("?")
	for _, c := range s.m.commands {
		s.wantText(c.describe())
	}
	s.press("?")
	if s.m.box.Box != nil {
		t.Error("? did not close the help")
	}
}

func TestEscapeAndAKeyInOnePiece(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("t")
	s.send(tea.KeyPressMsg{Code: 'n', Mod: tea.ModAlt})
	s.wantFocus("pulmón")
	if s.m.box.Box != nil {
		t.Error("alt+n is escape and n: the dialog stayed open")
	}
	s.press("t")
	s.send(tea.KeyPressMsg{Code: 'w', Mod: tea.ModAlt | tea.ModShift}) // as terminals tell escape and W
	s.wantLog("span " + s.m.item().Spans.String())
}

func TestPastedTextIsNoKeys(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.send(tea.PasteMsg{Content: "arrrr"})
	s.wantLog()
	s.wantText("pasted text is ignored here")
}

func TestTheMouseFocusesAndScrolls(t *testing.T) {
	s := open(t, 120, 40, Options{})
	at := func(want string) (x, y int) {
		for i, row := range strings.Split(s.text(), "\n") {
			if k := strings.Index(row, want); k >= 0 {
				return len([]rune(row[:k])), i
			}
		}
		t.Fatalf("%q is not on the screen", want)
		return 0, 0
	}
	x, y := at("carboplatino y")
	s.send(tea.MouseClickMsg{X: x + 2, Y: y, Button: tea.MouseLeft})
	s.wantFocus("carboplatino")
	x, y = at("pulmón estadio")
	s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	s.wantFocus("pulmón") // the innermost
	x, y = at("onco3")
	s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	s.wantFocus("asma")
	s.send(tea.MouseWheelMsg{X: 40, Y: 10, Button: tea.MouseWheelDown})
}
