package tui

import (
	"fmt"
	"testing"

	"github.com/gloss-nlp/gloss/engine/workbench"
)

func (f *fake) Conflict(string) (workbench.Conflict, error) { return f.conflict, nil }

// inConflict opens a document that another program changed against what was decided.
func inConflict(t *testing.T, w, h int) *screen {
	t.Helper()
	s := open(t, w, h, Options{})
	s.f.conflict = workbench.Conflict{
		Why:     "line 1 was changed by both",
		Theirs:  []workbench.LineChange{{Line: 1, Old: "T1\tA 0 4\ttext", New: "T1\tB 0 4\ttext"}},
		Mine:    []workbench.LineChange{{Line: 1, Old: "T1\tA 0 4\ttext"}, {Line: 9, New: "T9\tA 5 9\tmore"}},
		Dropped: []workbench.LineChange{{Line: 1, Old: "T1\tA 0 4\ttext"}},
	}
	d := s.f.edit("onco2")
	d.ReadOnly, d.Conflict = "another program changed it", true
	s.f.docs["onco2"] = d
	s.send(changedMsg{})
	return s
}

func TestAConflictIsAClearChoice(t *testing.T) {
	for key, how := range map[string]workbench.Resolution{"t": workbench.TakeTheirs, "j": workbench.TakeJoined} {
		s := inConflict(t, 120, 40)
		s.wantText("another program changed this file: D chooses")
		s.press("a")
		s.wantText("read-only")
		s.wantLog()
		s.press("D")
		s.wantText("line 1 was changed by both", "without 2 lines of yours, which the journal", "without 1 line",
			"   1 - T1 A 0 4 text", "   1 + T1 B 0 4 text", "   9 + T9 A 5 9 more")
		s.press("x") // nothing else acts
		s.wantLog()
		s.press(key)
		s.wantLog(fmt.Sprintf("resolve %d", how))
		if s.m.box.Box != nil {
			t.Error("the choice stayed open")
		}
	}
	s := inConflict(t, 60, 16)
	s.press("D")
	s.wantText("t: go on from the file", "j: the file with those") // the choice itself needs no scrolling
	s.press("esc a")
	s.wantLog()
	s = open(t, 120, 40, Options{})
	s.press("D")
	s.wantText("no other program changed this document")
}
