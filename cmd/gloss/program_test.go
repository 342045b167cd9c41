package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// faulty is a screen that fails at its first message.
type faulty struct{}

func (faulty) Init() tea.Cmd                          { return func() tea.Msg { return "go on" } }
func (faulty) Update(tea.Msg) (tea.Model, tea.Cmd)    { panic("a fault") }
func (faulty) View() tea.View                         { v := tea.NewView("screen"); v.AltScreen = true; return v }
func (waiting) Init() tea.Cmd                         { return nil }
func (w waiting) Update(tea.Msg) (tea.Model, tea.Cmd) { return w, nil }
func (waiting) View() tea.View                        { return tea.NewView("") }

// waiting is a screen that never leaves by itself.
type waiting struct{}

// A panic of the screen becomes an error that says what to do, so that the workbench
// is closed as ever, and the terminal is left as it was.
func TestAPanicOfTheScreenIsTold(t *testing.T) {
	var out bytes.Buffer
	err := runProgram(t.Context(), faulty{}, tea.WithInput(nil), tea.WithOutput(&out), tea.WithWindowSize(80, 24))
	if err == nil || !strings.Contains(err.Error(), "open the collection again") {
		t.Errorf("the error is %v", err)
	}
	if on, off := strings.LastIndex(out.String(), "\x1b[?1049h"), strings.LastIndex(out.String(), "\x1b[?1049l"); on > off {
		t.Error("the alternate screen was not left")
	}
}

func TestASignalIsNoError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := runProgram(ctx, waiting{}, tea.WithInput(nil), tea.WithOutput(&bytes.Buffer{})); err != nil {
		t.Errorf("the error is %v", err)
	}
}
