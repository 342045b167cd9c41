package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
)

func TestSkippedMentionsComeLast(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("z")
	s.wantFocus("pulmón")
	s.wantText(`skipped adenocarcinoma de pulmón: it comes again after the others`, "8 left here")
	s.wantLog()
	s.press("a a a a a a")
	s.wantFocus("disnea de mínimos esfuerzos")
	s.press("a") // nothing else is left
	s.wantFocus("adenocarcinoma de pulmón")
	s.press("z")
	s.wantText("nothing else is left to decide here")
	s.press("n n z")
	s.wantText("it is decided")
	s.press("tab")
	s.wantFocus("adenocarcinoma de pulmón")
	s.wantText("only what was skipped is left here")
}

func TestADecisionIsRepeated(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("c")
	s.wantText("nothing to repeat")
	s.press("1 c")
	s.wantLog("choose 8140/3 of 9", "repeat")
	s.wantFocus("carboplatino")
}

func TestBoundariesFollowPhrases(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("+")
	s.wantFocus("adenocarcinoma de pulmón estadio IV")
	s.press("+ +")
	s.wantFocus("adenocarcinoma de pulmón estadio IV con metástasis óseas y hepáticas")
	s.wantText("adenocarcinoma de pulmón → adenocarcinoma de pulmón estadio IV con metástasis")
	s.press("- - -")
	s.wantFocus("adenocarcinoma")
	s.press("l H =")
	s.wantFocus("adenocarcinoma")
	s.press("=")
	s.wantText("it holds whole words already")
}

func TestMentionsAreSplit(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("+ + +")
	s.press("|") // "... óseas y hepáticas" lists two things
	s.wantFocus("adenocarcinoma de pulmón estadio IV con metástasis óseas y")
	s.wantText(`split into "adenocarcinoma de pulmón estadio IV con metástasis óseas" and "hepáticas"`)

	s = open(t, 120, 40, Options{})
	s.press("|")
	if !s.m.splitting.on {
		t.Fatal("nothing says where to split, and it is not asked")
	}
	s.wantText(`split: "adenocarcinoma" and "de pulmón"`)
	s.press("?")
	s.wantText("split here")
	s.press("? l enter")
	s.wantFocus("adenocarcinoma de")
	s.press("n") // the other part
	s.wantFocus("pulmón")
	s.press("|")
	s.wantText("it is one word")
	s.press("p | esc")
	if s.m.splitting.on {
		t.Error("esc did not leave the split")
	}
}

func TestACompositeCandidateSplitsAtOnce(t *testing.T) {
	s := open(t, 120, 40, Options{})
	at := func(a, b corpus.Off) *corpus.Span { return &corpus.Span{Start: a, End: b} }
	c := kb.Candidate{DB: "CIE-O", ID: "8140/3|8000/6", Name: "adenocarcinoma + neoplasia"}
	c.Evidence.Match = "composite"
	c.Evidence.Parts = []kb.Part{{ID: "8140/3", Text: "adenocarcinoma", Span: at(0, 14)}, {ID: "8000/6", Text: "pulmón", Span: at(18, 24)}}
	d := s.f.edit("onco2")
	d.Items[0].Candidates = append([]kb.Candidate{c}, d.Items[0].Candidates...)
	s.f.docs["onco2"] = d
	s.send(changedMsg{})
	s.press("|")
	s.wantLog("parts of 8140/3|8000/6")
	s.wantFocus("pulmón")
}

func TestNeighboursAreJoined(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("n n J")
	s.wantText("no mention of this label follows in this line")
	s.press("tab tab tab tab")
	s.wantFocus("HTA")
	s.press("J")
	s.wantFocus("HTA y SAOS")
	s.wantLog("join with onco2/9")
}

func TestFragmentsAreToggled(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("F")
	s.wantText("fragment of adenocarcinoma de pulmón")
	s.press("w v l l l enter")
	if it := s.m.item(); len(it.Spans) != 2 || !strings.HasSuffix(it.Text, " IV") && !strings.Contains(it.Text, "IV") {
		t.Errorf("the mention is %q", it.Text)
	}
	s.press("F esc a")
	if s.f.log[len(s.f.log)-1] != "accept" {
		t.Errorf("esc did not leave: %q", s.f.log)
	}
}

func TestSentencesAreSelected(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("v s")
	s.wantText("new mention: Varón de 63 años, fumador")
	s.press("esc v ) v )")
	if got := s.m.doc.Text.Slice(trim(s.m.doc.Text, s.m.span())); got != "Se inicia tratamiento con carboplatino y pemetrexed." {
		t.Errorf("selected %q", got)
	}
	s.press("(")
	if got := s.m.doc.Text.Slice(s.m.span()); got != "S" {
		t.Errorf("selected %q", got)
	}
}

func TestTextIsSelectedWithTheMouse(t *testing.T) {
	s := open(t, 120, 40, Options{})
	x, y := s.find("fumador")
	s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	s.send(tea.MouseMotionMsg{X: x + 3, Y: y, Button: tea.MouseLeft})
	s.send(tea.MouseMotionMsg{X: x + 6, Y: y, Button: tea.MouseLeft})
	s.wantText("new mention: fumador")
	s.send(tea.MouseReleaseMsg{X: x + 6, Y: y, Button: tea.MouseLeft})
	s.wantText("Label of fumador")
	s.press("4")
	s.wantLog("create SINTOMA")
	s.wantFocus("fumador")
	s.send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft}) // a click without a drag selects nothing
	s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	s.send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
	if s.m.sel.on || s.m.box.Box != nil {
		t.Error("a click began a selection")
	}
}

func TestRemarks(t *testing.T) {
	for _, c := range []struct {
		name, keys, log string
	}{
		{"a reason", "N 2", "nil of 9 because too vague for one concept"},
		{"a flag", "!", "flag"},
		{"a flag twice", "! !", "flag; unflag"},
		{"a binary attribute", "n n i 1", "attribute Negation "},
		{"a value", "n n i 3", "attribute Certainty high"},
		{"no attributes", "i", ""},
		{"no attributes twice", "i 1", "choose 8140/3 of 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, 120, 40, Options{})
			s.press(c.keys)
			if got := strings.Join(s.f.log, "; "); got != c.log {
				t.Errorf("the workbench did %q, want %q", got, c.log)
			}
		})
	}
	s := open(t, 120, 40, Options{})
	s.press("N 5")
	s.write("no lo sé")
	s.press("enter")
	s.wantLog("nil of 9 because no lo sé")
}

func TestAConceptIsProposed(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("C")
	s.wantText("A concept that is missing", "adenocarcinoma de pulmón")
	s.press("enter enter enter")
	s.wantText("must not be empty")
	s.press("up up")
	s.write("X1")
	s.press("enter enter")
	s.write("8140/3")
	s.press("enter")
	if got := s.f.log[len(s.f.log)-1]; got != "propose {DB:CIE-O ID:X1 Name:adenocarcinoma de pulmón Parent:8140/3 Type:}" {
		t.Errorf("the workbench did %q", got)
	}
	s.wantFocus("pulmón")
}

func TestAFlagIsSeen(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("!")
	s.wantText("to be discussed")
	d := s.f.edit("onco2")
	d.Items[0].State, d.Items[0].Reason = workbench.NIL, "not in the knowledge base"
	s.f.docs["onco2"] = d
	s.send(changedMsg{})
	s.wantText("not in the knowledge base")
}

// find is where a text stands on the screen.
func (s *screen) find(want string) (x, y int) {
	s.t.Helper()
	for i, row := range strings.Split(s.text(), "\n") {
		if k := strings.Index(row, want); k >= 0 {
			return len([]rune(row[:k])), i
		}
	}
	s.t.Fatalf("%q is not on the screen:\n%s", want, s.text())
	return 0, 0
}
