package tui

import (
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// unread has two documents on disk that were not read, the first of them with a problem.
func unread(t *testing.T, opt Options, left workbench.Look) *screen {
	t.Helper()
	f := newFake()
	f.left = left
	f.add("a", "Con fiebre.", "s SINTOMA fiebre")
	f.onDisk = map[string]*workbench.Doc{}
	for _, name := range []string{"b", "c"} {
		f.add(name, "Con tos.")
		f.onDisk[name], f.docs[name] = f.docs[name], nil
	}
	f.onDisk["b"].Problems = []brat.Problem{{Line: 1, Message: "no such line"}}
	opt.Title, opt.Theme = "notes", "none"
	s := &screen{t, f, New(f, opt)}
	s.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	s.m.refresh()
	s.send(newsMsg{}) // and what follows from it
	return s
}

func TestTheFilterFindsProblemsInWhatWasNotRead(t *testing.T) {
	s := unread(t, Options{}, workbench.Look{})
	s.press("P P")
	s.wantLog()
	s.press("P")
	s.wantLog("check")
	s.wantText("1 document: with problems", "▾ with problems 1 ", "· b")
	s.press("]")
	if s.m.docName != "b" {
		t.Errorf("the next document with problems is %s", s.m.docName)
	}
	s.press("P P P P")
	s.wantLog("check") // all is known
}

func TestLeavingTheFilterStopsTheLook(t *testing.T) {
	s := unread(t, Options{}, workbench.Look{})
	s.f.hold = make(chan struct{})
	s.press("P P")
	_, cmd := s.m.Update(stroke("P"))
	s.wantText("0 documents: with problems, of 1 that were read; the others are being looked at", "0/1 read", "searching")
	s.press("P")
	s.wantText("all documents")
	s.run(cmd) // it was stopped, or this would wait for ever
	s.press("P P")
	close(s.f.hold)
	s.press("P")
	s.wantText("1 document: with problems")
}

// Who left with the filter on finds the documents looked at again.
func TestTheFilterThatWasLeftLooksAgain(t *testing.T) {
	s := unread(t, Options{}, workbench.Look{Doc: "a", Filter: "with problems"})
	s.wantText("▾ with problems 1 ", "· b")
	if !slices.Equal(s.f.log, []string{"check"}) {
		t.Errorf("the workbench did %v", s.f.log)
	}
}

func TestWhatWasSkippedIsMarkedInThePendingList(t *testing.T) {
	for _, opt := range []Options{{}, {ASCII: true}} {
		s := open(t, 80, 24, opt)
		s.press("z")
		s.wantText("adenocarcinoma de pul", "skipped")
	}
}
