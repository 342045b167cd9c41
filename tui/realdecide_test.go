package tui

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb/link"
)

// session is a program on a real workbench.
type session struct {
	*spy
	t    *testing.T
	p    *tea.Program
	wb   *workbench.Workbench
	done chan error
	dir  string
	load func(context.Context, *link.Overlay) (*suggest.Models, error) // nil: no models
}

// start opens the files of a collection.
func start(t *testing.T, files map[string]string) *session {
	t.Helper()
	s := &session{t: t, dir: t.TempDir()}
	s.write(files)
	s.open()
	return s
}

func (s *session) write(files map[string]string) {
	s.t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *session) open() {
	s.t.Helper()
	var err error
	s.wb, err = workbench.Open(context.Background(), workbench.Options{Dir: s.dir, Who: "tester", Linkable: func(string) bool { return true }, Load: s.load})
	if err != nil {
		s.t.Fatal(err)
	}
	s.spy, s.done = &spy{Model: New(s.wb, Options{Title: "cases", Theme: "none"})}, make(chan error, 1)
	s.p = tea.NewProgram(s.spy, append(ProgramOptions(), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithWindowSize(120, 36),
		tea.WithColorProfile(colorprofile.ASCII), tea.WithEnvironment([]string{"TERM=xterm-256color", "LANG=C.UTF-8"}))...)
	go func() { _, err := s.p.Run(); s.done <- err }()
	s.see(`idle`)
}

func (s *session) press(keys string) {
	for _, k := range strings.Fields(keys) {
		s.p.Send(stroke(k))
	}
}

func (s *session) typed(text string) {
	for _, r := range text {
		s.p.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func (s *session) see(rx string) { s.t.Helper(); s.await(s.t, rx) }

// quit leaves; everything is on disk then.
func (s *session) quit() {
	s.t.Helper()
	s.press("q")
	if err := <-s.done; err != nil {
		s.t.Fatal(err)
	}
	if err := s.wb.Close(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *session) wantAnn(name string, lines ...string) {
	s.t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, name+".ann"))
	if err != nil {
		s.t.Fatal(err)
	}
	if want := strings.Join(lines, "\n") + "\n"; string(b) != want && len(lines) > 0 || len(lines) == 0 && len(b) > 0 {
		s.t.Errorf("%s.ann holds\n%swant\n%s", name, b, want)
	}
}

var someConf = "[entities]\nENFERMEDAD\nSINTOMA\n[relations]\n[events]\n[attributes]\nNegation\tArg:<ENTITY>\nCertainty\tArg:<ENTITY>, Value:low|high\n"

func TestBoundariesOnAWorkbench(t *testing.T) {
	s := start(t, map[string]string{
		"a.txt": "Niega dolor torácico y abdominal, fiebre alta.\n", "a.ann": "T1\tSINTOMA 6 32\tdolor torácico y abdominal\nT2\tSINTOMA 34 40\tfiebre\n",
		"annotation.conf": someConf,
	})
	s.press("|")
	s.see(`split into "dolor torácico" and "abdominal"`)
	s.press("n n +")
	s.see(`▌fiebre alta▐`)
	s.press("i 1")
	s.see(`"fiebre alta": Negation`)
	s.press("!")
	s.see(`! to be discussed`)
	s.see(`saved 6`)
	s.press("U")
	s.see(`History`)
	s.typed("boundary fiebre")
	s.press("enter")
	s.see(`▌fiebre▐alta`) // the attribute and the flag stay
	s.press("L L U")
	s.see(`History`)
	s.press("down enter") // the first of two boundaries
	s.see(`take back first the boundary of`)
	s.press("u u")
	s.see(`▌fiebre▐alta`)
	s.quit()
	s.wantAnn("a", "T1\tSINTOMA 6 20\tdolor torácico", "T2\tSINTOMA 34 40\tfiebre", "T3\tSINTOMA 23 32\tabdominal", "A1\tNegation T2")
}

// One decision is taken back alone, also after a restart, and what came after it stays.
func TestAnEarlierDecisionIsTakenBackAlone(t *testing.T) {
	s := start(t, map[string]string{
		"a.txt": "HTA y asma.\n", "a.ann": "T1\tENFERMEDAD 0 3\tHTA\nT2\tENFERMEDAD 6 10\tasma\n",
		"b.txt": "Tos.\n", "b.ann": "T1\tSINTOMA 0 3\tTos\n", "annotation.conf": someConf,
	})
	s.press("t 2")
	s.see(`saved 1`)
	s.press("n r ]")
	s.see(`▌Tos▐`)
	s.press("t 1")
	s.see(`saved 3`)
	s.quit()
	s.wantAnn("a", "T1\tSINTOMA 0 3\tHTA")
	s.open()
	s.press("U")
	s.see(`History`)
	s.press("down down enter")
	s.see(`saved 1`)
	s.quit()
	s.wantAnn("a", "T1\tENFERMEDAD 0 3\tHTA")
	s.wantAnn("b", "T1\tENFERMEDAD 0 3\tTos")
	s.open()
	s.press("u u") // the label in b, then the deletion in a
	s.see(`saved 2`)
	s.quit()
	s.wantAnn("a", "T1\tENFERMEDAD 0 3\tHTA", "T2\tENFERMEDAD 6 10\tasma")
	s.wantAnn("b", "T1\tSINTOMA 0 3\tTos")
}

// All occurrences in a corpus are one step, and one undo.
func TestEverywhereOnAWorkbench(t *testing.T) {
	files := map[string]string{"annotation.conf": someConf}
	for _, name := range []string{"a", "b", "c"} {
		files[name+".txt"], files[name+".ann"] = "Asma leve; sin asma grave.\n", ""
	}
	files["a.ann"] = "T1\tENFERMEDAD 0 4\tAsma\n"
	s := start(t, files)
	s.press("a * tab")
	s.see(`(?s)1 place is so already.*5 of 5`)
	s.press("enter")
	s.see(`saved [2-9]`)
	s.quit()
	both := []string{"T1\tENFERMEDAD 0 4\tAsma", "T2\tENFERMEDAD 15 19\tasma"}
	s.wantAnn("a", both...)
	s.wantAnn("b", both...)
	s.wantAnn("c", both...)
	s.open()
	s.press("u")
	s.see(`undid`)
	s.quit()
	s.wantAnn("a", both[0])
	s.wantAnn("b")
	s.wantAnn("c")
}
