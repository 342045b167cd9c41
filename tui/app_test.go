package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
)

func TestTheFirstUndecidedMentionHasTheFocus(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.wantFocus("adenocarcinoma de pulmón")
	if s.m.docName != "onco2" {
		t.Errorf("opened %q; the first that is not finished is onco2", s.m.docName)
	}
	s.wantText("▌adenocarcinoma de pulmón▐", "saved 0", "idle", "2 of 3")
	at := open(t, 120, 40, Options{At: "onco3"})
	at.wantFocus("asma")
	if got := open(t, 120, 40, Options{At: "nowhere"}); got.m.docName != "onco2" {
		t.Errorf("a document that does not exist opened %q", got.m.docName)
	}
}

func TestNothingIsNeededForTheFirstFrame(t *testing.T) {
	f := newFake()
	m := New(f, Options{})
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	if got := text(m); !strings.Contains(got, "gloss") || !strings.Contains(got, "saved 0") {
		t.Errorf("the first frame is %q", got)
	} else if strings.Contains(got, "idle") {
		t.Error("idle is shown before anything was read")
	}
}

func TestDecisionsMoveOn(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("a")
	s.wantFocus("pulmón")
	s.wantText(`accepted "adenocarcinoma de pulmón"`)
	s.press("1")
	s.wantFocus("carboplatino")
	s.wantText(`"pulmón" → 8140/3 adenocarcinoma, SAI`)
	s.press("r")
	s.wantFocus("infiltración de médula ósea")
	s.wantText(`rejected "carboplatino"`)
	s.press("0")
	s.wantFocus("médula ósea")
	s.wantLog("accept", "choose 8140/3 of 9", "reject", "nil of 9")
	s.press("a a a")
	s.wantFocus("disnea de mínimos esfuerzos")
	s.press("a")
	s.wantFocus("disnea de mínimos esfuerzos") // it never leaves the document by itself
	s.wantText("all is decided: f finishes, ] next document", "saved 8", "✓ all is decided here")
	s.press("f")
	s.wantText("✓ finished (f opens it again)")
	s.press("]")
	s.wantFocus("asma")
}

func TestARejectionGoesToTheNextOne(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("r")
	s.wantFocus("pulmón")
	s.press("p n tab tab tab tab tab tab")
	s.wantFocus("disnea de mínimos esfuerzos")
	s.press("r") // the last one: round to the first
	s.wantFocus("pulmón")
}

func TestUndoGoesToWhatCameBack(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("a r")
	s.wantFocus("carboplatino")
	s.press("]")
	s.wantFocus("asma")
	s.press("u")
	s.wantFocus("pulmón")
	if s.m.docName != "onco2" {
		t.Errorf("the undo was in onco2, the screen shows %s", s.m.docName)
	}
	s.press("u")
	s.wantFocus("adenocarcinoma de pulmón")
	s.press("ctrl+r")
	s.wantLog("accept", "reject", "undo", "undo", "redo")
	s.press("u u")
	s.wantText("nothing to undo")
}

func TestKeysWaitForAnUndoThatReads(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("a ]")
	s.f.unread["onco2"] = true
	_, cmd := s.m.Update(stroke("u"))
	if cmd == nil {
		t.Fatal("an undo in a document that is not read ran in Update")
	}
	s.wantLog("accept")
	s.m.Update(stroke("n"))
	s.wantFocus("asma")
	if strings.Contains(s.text(), "idle") {
		t.Error("idle is shown while an undo is under way")
	}
	s.run(cmd)
	s.wantLog("accept", "undo")
	s.wantFocus("pulmón") // "n" came after the undo
}

func TestMentionsAreStepped(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("n n")
	s.wantFocus("metástasis hepáticas")
	s.press("p")
	s.wantFocus("pulmón")
	s.press("tab")
	s.wantFocus("carboplatino")
	s.press("shift+tab shift+tab")
	s.wantFocus("adenocarcinoma de pulmón")
	s.press("shift+tab")
	s.wantFocus("disnea de mínimos esfuerzos")
	s.press("n")
	s.wantText("this is the last mention")
	s.press("[ n p")
	s.wantText("this is the first mention")
}

func TestBoundariesMove(t *testing.T) {
	s := open(t, 120, 40, Options{})
	for _, c := range []struct{ keys, want string }{
		{"h", " adenocarcinoma de pulmón"}, {"l", "adenocarcinoma de pulmón"}, {"W", "adenocarcinoma de pulmón estadio"},
		{"W", "adenocarcinoma de pulmón estadio IV"}, {"B B B", "adenocarcinoma de"}, {"w", "de"}, {"b", "adenocarcinoma de"},
		{"H", "adenocarcinoma d"}, {"L L", "adenocarcinoma de "}, {"B B", "adenocarcinoma"},
	} {
		s.press(c.keys)
		s.wantFocus(c.want)
	}
	s.wantText("adenocarcinoma de pulmón → adenocarcinoma", "u takes it back")
	s.press("B")
	s.wantText("a mention cannot be empty")
	s.wantFocus("adenocarcinoma")
}

func TestEdgesKeepSignsWhole(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.add("signs", "e\u0301 x 👩‍👩‍👧 y", "s ENFERMEDAD x")
	s.send(changedMsg{})
	s.m.open("signs", "")
	s.press("L L")
	s.wantFocus("x 👩‍👩‍👧")
	s.press("h h")
	s.wantFocus("e\u0301 x 👩‍👩‍👧")
	s.press("h")
	s.wantText("the text ends here")
}

func TestFrozenUnderTheCursor(t *testing.T) {
	s := open(t, 120, 40, Options{})
	d := s.f.docs["onco2"]
	at := strings.Index(sample, "fumador")
	late := workbench.Item{Key: "late", State: workbench.Suggested}
	late.Label, late.Text = "SINTOMA", "fumador"
	late.Spans = append(late.Spans, d.Items[0].Spans[0])
	late.Spans[0].Start = d.Text.Off(at)
	late.Spans[0].End = d.Text.Off(at + len("fumador"))
	s.f.wait("onco2", late)
	before, offer := s.f.docs["onco2"].Items, s.m.side(36, 35).Rows[:24]
	s.send(changedMsg{})
	if !slices.Equal(s.m.side(36, 35).Rows[:24], offer) {
		t.Error("a late result moved the concepts that are offered")
	}
	s.wantFocus("adenocarcinoma de pulmón")
	s.wantText("+ 1 new")
	if len(s.m.doc.Items) != len(before) {
		t.Error("a late result was shown under the cursor")
	}
	s.press("n")
	if _, i := s.m.doc.Item("late"); i != 0 {
		t.Errorf("after the cursor moved on, the late result is at %d, want 0", i)
	}
	s.wantFocus("pulmón")
	last := s.f.looks[len(s.f.looks)-1]
	if last.Doc != "onco2" || last.Key != s.m.focus || last.Screen.Len() == 0 {
		t.Errorf("the workbench was told %+v", last)
	}
}

func TestTheFocusWaitsForSuggestionsOfAnUntouchedDocument(t *testing.T) {
	for _, c := range []struct{ name, keys, want string }{
		{"nothing was pressed", "", "asma"},
		{"a key that could do nothing", "a", "asma"},
		{"the annotator is reading: nothing jumps", "j", ""},
		{"the annotator chose", "n", "tos"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake()
			f.add("raw", "Paciente con asma y tos.", "p SINTOMA tos")
			f.docs["raw"].Busy = true
			s := &screen{t, f, New(f, Options{Theme: "none"})}
			s.send(tea.WindowSizeMsg{Width: 80, Height: 24})
			s.send(changedMsg{})
			s.wantFocus("")
			s.press(c.keys)
			g := newFake()
			g.add("raw", "Paciente con asma y tos.", "s SINTOMA asma", "p SINTOMA tos")
			d := *g.docs["raw"]
			d.Version, d.Items[1].Key, d.Items[0].Key = 2, "raw/0", "raw/9"
			f.docs["raw"] = &d
			s.send(changedMsg{})
			s.wantFocus(c.want)
		})
	}
	f := newFake()
	f.add("raw", "Paciente con tos.", "p SINTOMA tos")
	f.status = workbench.Status{Tasks: []workbench.Task{{Title: "loading models"}}}
	s := &screen{t, f, New(f, Options{Theme: "none"})}
	s.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	s.send(changedMsg{})
	s.wantFocus("")
	f.status = workbench.Status{Message: "no suggestions: the model is missing"}
	s.send(changedMsg{})
	s.wantFocus("tos")
}

func TestUnavailableKeysSayWhy(t *testing.T) {
	for _, c := range []struct {
		name, keys, want string
		change           func(f *fake)
	}{
		{"read-only", "a", "read-only: the file changed", func(f *fake) { f.docs["onco2"].ReadOnly = "the file changed" }},
		{"no link to remove", "x", "this mention has no link", nil},
		{"no note on a suggestion", "e", "accept it first", nil},
		{"no candidates yet", "1", "still being looked up", func(f *fake) { f.docs["onco2"].Items[0].Candidates, f.docs["onco2"].Items[0].Ready = nil, false }},
		{"no knowledge base", "1", "no knowledge base is open for MORFOLOGIA_NEOPLASIA: start gloss with --kb DIR, or name one under [kb] in gloss.toml", func(f *fake) { f.docs["onco2"].Items[0].Candidates, f.bare = nil, true }},
		{"blind", "1", "--blind offers no concept: s searches", func(f *fake) { f.docs["onco2"].Items[0].Candidates, f.status.Blind = nil, true }},
		{"no candidates", "1", "no concept is offered", func(f *fake) { f.docs["onco2"].Items[0].Candidates = nil }},
		{"too high a digit", "4", "there is no candidate 4", func(f *fake) { f.docs["onco2"].Items[0].Candidates = f.docs["onco2"].Items[0].Candidates[:3] }},
		{"no document further", "] ]", "this is the last document", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, 120, 40, Options{})
			if c.change != nil {
				c.change(s.f)
				s.send(changedMsg{})
			}
			s.press(c.keys)
			s.wantText(c.want)
			s.wantLog()
		})
	}
}

func TestProblemsAndLettersAreSaid(t *testing.T) {
	s := open(t, 120, 40, Options{})
	d := s.f.edit("onco2")
	d.Problems = []brat.Problem{{Line: 14, Message: "no such type"}, {Line: 20}}
	d.Letters, d.Language = true, "en"
	s.f.docs["onco2"] = d
	s.send(changedMsg{})
	s.wantText("2 problems (M shows all): line 14: no such type")
	d = s.f.edit("onco2")
	d.Problems = nil
	s.f.docs["onco2"] = d
	s.send(changedMsg{})
	s.wantText("en: suggestions by letters")
}

func TestQuitWaitsForTheDisk(t *testing.T) {
	s := open(t, 80, 24, Options{})
	if !s.press("q") {
		t.Error("q did not leave though all is saved")
	}
	s = open(t, 80, 24, Options{})
	s.f.status.Unsaved = 2
	s.send(changedMsg{})
	s.wantText("saving 2")
	if s.press("q") {
		t.Fatal("q left before decisions were on disk")
	}
	s.wantText("saving, then leaving")
	s.press("a")
	s.wantLog()
	s.f.status.Unsaved = 0
	if !s.send(changedMsg{}) {
		t.Error("gloss did not leave when all was saved")
	}
}

func TestAFatalErrorStopsInput(t *testing.T) {
	s := open(t, 80, 24, Options{})
	s.f.status.Fatal = errors.New("append to the journal: no space left on device")
	s.send(changedMsg{})
	s.wantText("Decisions can no longer be saved", "no space left on device", "q quit")
	s.press("a 1 n u f")
	s.wantLog()
	if !s.press("q") {
		t.Error("q did not leave")
	}
}

func TestConceptsAreSearchedAsOneTypes(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.found = candidates("x")[2:]
	s.press("s")
	s.wantLog("search adenocarcinoma de pulmón")
	s.write("c5") // typed text takes the place of the preset one, digits included
	s.wantText("search: c5", "carcinoma no microcítico")
	s.press("down down enter")
	s.wantLog("search adenocarcinoma de pulmón", "search c", "search c5", "choose 8070/3 of 8")
	s.wantFocus("pulmón")
	s.press("s 3")
	s.wantFocus("carboplatino")
	s.press("s esc")
	s.wantText("9 8020/3")
}

func TestAnOldSearchIsDropped(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("s")
	old := s.m.concept.generation
	s.write("tos")
	s.f.found = nil
	s.send(foundMsg{key: s.m.focus, generation: old, results: []kb.Candidate{{ID: "OLD"}}})
	if len(s.m.concept.results) > 0 && s.m.concept.results[0].ID == "OLD" {
		t.Error("results of an older query were shown")
	}
}
