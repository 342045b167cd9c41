package main

import (
	"bytes"
	"context"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

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

// A signal ends the program every time: nobody waits for somebody who has left.
func TestEverySignalEndsTheProgram(t *testing.T) {
	for range 30 {
		ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGTERM)
		started, ended := make(chan struct{}), make(chan error, 1)
		go func() {
			ended <- runProgram(ctx, began{started}, tea.WithInput(nil), tea.WithOutput(&bytes.Buffer{}))
		}()
		<-started
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the program does not end")
		}
		stop()
	}
}

// began tells when the program runs.
type began struct{ started chan struct{} }

func (b began) Init() tea.Cmd                       { return func() tea.Msg { close(b.started); return nil } }
func (b began) Update(tea.Msg) (tea.Model, tea.Cmd) { return b, nil }
func (began) View() tea.View                        { return tea.NewView("") }
