package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// proposed opens the form for a concept that is missing, at the line of its parent.
func proposed(t *testing.T) *screen {
	t.Helper()
	s := open(t, 120, 40, Options{})
	s.press("C")
	s.write("X1")
	s.press("enter enter")
	return s
}

func TestTheParentIsSearchedForAsOneTypes(t *testing.T) {
	for _, c := range []struct{ name, typed, keys, parent string }{
		{"none", "", "enter", ""},
		{"one that is offered", "", "down down enter", "8250/3"},
		{"and back to none", "", "down up enter", ""},
		{"the first that is found", "carcinoma", "enter", "8010/3"},
		{"another one", "carcinoma", "down enter", "8000/6"},
		{"the one whose code was typed", "8041/3", "enter", "8041/3"},
		{"a code as it was typed", "9999/9", "up enter", "9999/9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := proposed(t)
			s.f.found = candidates("x")[4:8]
			s.write(c.typed)
			if c.typed != "" && s.f.log[len(s.f.log)-1] != "search "+c.typed {
				t.Errorf("it searched %v", s.f.log)
			}
			s.press(c.keys)
			want := "propose {DB:CIE-O ID:X1 Name:adenocarcinoma de pulmón Parent:" + c.parent + " Type:}"
			if got := s.f.log[len(s.f.log)-1]; got != want {
				t.Errorf("the workbench did %q, want %q", got, want)
			}
		})
	}
}

// What was found for other words is not taken for the parent, and pasted text is words, too.
func TestTheParentIsOfWhatStandsThere(t *testing.T) {
	s := proposed(t)
	s.f.found = candidates("x")
	s.write("ca")
	_, late := s.m.Update(stroke("r"))
	s.wantText("searching")
	s.press("enter")
	s.wantText("still searching for the broader concept")
	s.f.found = candidates("x")[3:4]
	s.run(func() tea.Msg { return s.m.box.pasted(tea.PasteMsg{Content: "cinoma"})() })
	s.wantText("8070/3 carcinoma de células escamosas, SAI")
	s.run(late) // found for "car"
	s.press("enter")
	if got := s.f.log[len(s.f.log)-1]; !strings.Contains(got, "Parent:8070/3") {
		t.Errorf("the workbench did %q", got)
	}
	s.wantText("idle")
}

func TestASearchWithoutAKnowledgeBaseSaysSo(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.bare = true
	s.press("s")
	s.wantText("no knowledge base is open", "--kb DIR", "gloss.toml")
}
