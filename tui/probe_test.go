package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestAProbeIsNeverSilent(t *testing.T) {
	f := newFake()
	f.add("raw", "Paciente con tos.", "p SINTOMA tos")
	s := &screen{t, f, New(f, Options{Theme: "none"})}
	s.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	s.send(changedMsg{})
	if _, last := s.m.lastLines(); strings.Contains(last, "probe") {
		t.Errorf("nothing is probed, and the last line is %q", last)
	}
	f.status.Probe = "probe: hide 5 %"
	s.send(changedMsg{})
	if _, last := s.m.lastLines(); !strings.Contains(last, "probe: hide 5 %") {
		t.Errorf("the last line is %q", last)
	}
}
