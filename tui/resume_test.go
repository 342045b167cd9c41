package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/docpane"
)

// again starts the program anew where the last run was left.
func (s *screen) again(left workbench.Look, opt Options) *screen {
	s.f.left = left
	opt.Theme = "none"
	again := &screen{s.t, s.f, New(s.f, opt)}
	again.send(changedMsg{}) // comes before the size, too
	again.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	again.send(changedMsg{})
	return again
}

func TestOneGoesOnWhereOneLeft(t *testing.T) {
	s := open(t, 80, 24, Options{})
	s.f.add("onco4", strings.Repeat("Paciente con asma.\n", 90), "s ENFERMEDAD asma", "s ENFERMEDAD asma")
	s.send(changedMsg{})
	s.press("] ] G")
	last := s.f.looks[len(s.f.looks)-1]
	if last.Doc != "onco4" || last.Screen.Start == 0 {
		t.Fatalf("the workbench was told %+v", last)
	}

	last.Key = "" // they only read there
	last.Filter = docpane.Unfinished.String()
	read := s.again(last, Options{})
	if got := read.m.text.Visible(); got != last.Screen || read.m.docName != "onco4" || read.m.focus != "" {
		t.Errorf("%s at %v, focus %q; left at %v", read.m.docName, got, read.m.focus, last.Screen)
	}
	if read.m.filter != docpane.Unfinished {
		t.Errorf("the filter is %v", read.m.filter)
	}

	mention := s.again(workbench.Look{Doc: "onco2", Key: "onco2/8"}, Options{})
	mention.wantFocus("HTA")
	elsewhere := s.again(workbench.Look{Doc: "onco2", Key: "onco2/8"}, Options{At: "onco3"})
	elsewhere.wantFocus("asma")
	gone := s.again(workbench.Look{Doc: "onco2", Key: "onco2/99"}, Options{})
	gone.wantFocus("adenocarcinoma de pulmón")
}

// A suggestion that had the focus is waited for.
func TestTheMentionThatWasLeftMayBeASuggestion(t *testing.T) {
	s := open(t, 80, 24, Options{})
	d := s.f.edit("onco2")
	late := d.Items[8]
	d.Items = append(d.Items[:8:8], d.Items[9:]...)
	d.Busy = true
	s.f.docs["onco2"] = d
	s = s.again(workbench.Look{Doc: "onco2", Key: late.Key, Screen: corpus.Span{Start: 10, End: 20}}, Options{})
	s.wantFocus("")
	d = s.f.edit("onco2")
	d.Items = append(d.Items, late)
	s.f.docs["onco2"] = d
	s.send(changedMsg{})
	s.wantFocus("HTA")
}
