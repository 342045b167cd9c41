package tui

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// spy remembers the last frame.
type spy struct {
	*Model
	frame atomic.Value
}

func (s *spy) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := s.Model.Update(msg)
	s.frame.Store(ansi.Strip(s.Model.View().Content))
	return s, cmd
}

// await waits until the screen matches.
func (s *spy) await(t *testing.T, rx string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if f, _ := s.frame.Load().(string); regexp.MustCompile(rx).MatchString(f) {
			return
		}
	}
	t.Fatalf("the screen never matched %q:\n%v", rx, s.frame.Load())
}

// A whole session on a real workbench: what is decided is on disk when q has left.
func TestASessionOnAWorkbench(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"a.txt": "Varón con HTA y diabetes mellitus tipo 2.\n", "a.ann": "T1\tENFERMEDAD 10 13\tHTA\n",
		"b.txt": "Mujer con asma.\n", "b.ann": "", "annotation.conf": "[entities]\nENFERMEDAD\nSINTOMA\n[relations]\n[events]\n[attributes]\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wb, err := workbench.Open(context.Background(), workbench.Options{Dir: dir, Who: "tester", Linkable: func(string) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	s := &spy{Model: New(wb, Options{Title: "cases", Theme: "none"})}
	p := tea.NewProgram(s, append(ProgramOptions(), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithWindowSize(100, 30),
		tea.WithColorProfile(colorprofile.ASCII), tea.WithEnvironment([]string{"TERM=xterm-256color", "LANG=C.UTF-8"}))...)
	done := make(chan error, 1)
	go func() { _, err := p.Run(); done <- err }()
	press := func(keys ...string) {
		for _, k := range keys {
			p.Send(stroke(k))
		}
	}
	s.await(t, `idle`)
	s.await(t, `▌HTA▐`)
	press("r")
	s.await(t, `saved 1 *$`)
	press("u")
	s.await(t, `(?s)▌HTA▐.*saved 2`)
	press("a", "v", "w", "w", "v", "w", "w", "enter")
	s.await(t, `Label of diabetes mellitus`)
	press("1")
	s.await(t, `(?s)▌diabetes mellitus▐.*saved 4`)
	press("]")
	s.await(t, `Mujer con asma`)
	press("f", "q")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := wb.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	ann, err := os.ReadFile(filepath.Join(dir, "a.ann"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ENFERMEDAD 10 13\tHTA\n", "ENFERMEDAD 16 33\tdiabetes mellitus\n"} {
		if !strings.Contains(string(ann), want) {
			t.Errorf("%q is not in the .ann file:\n%s", want, ann)
		}
	}
}
