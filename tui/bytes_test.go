package tui

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// sent counts what a program writes to its terminal.
type sent struct{ atomic.Int64 }

func (s *sent) Write(p []byte) (int, error) {
	s.Add(int64(len(p)))
	return len(p), nil
}

// workedMsg says that the work in the background has come further.
type workedMsg struct{}

func (workedMsg) apply(m *Model) tea.Cmd {
	f := m.wb.(*fake)
	f.status.Tasks = slices.Clone(f.status.Tasks)
	f.status.Tasks[0].Done++
	f.change()
	return nil
}

// A key takes a few hundred bytes, as the renderer sends them, while models work too.
func TestAKeyTakesFewBytes(t *testing.T) {
	narrow := strings.NewReplacer("腺癌", "carcinoma", " 🙂", "") // the renderer sends rows with wide signs in every frame
	mentions := slices.Repeat(sampleMentions, 10)
	for i := range mentions {
		mentions[i] = narrow.Replace(mentions[i])
	}
	synctest.Test(t, func(t *testing.T) {
		f, out := newFake(), &sent{}
		f.add("long", strings.Repeat(narrow.Replace(sample), 10), mentions...)
		f.status.Tasks = []workbench.Task{{Title: "annotating", Total: 100000}}
		p := tea.NewProgram(New(f, Options{}), append(ProgramOptions(), tea.WithInput(nil), tea.WithOutput(out), tea.WithWindowSize(120, 40), tea.WithoutSignalHandler(),
			tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color", "LANG=C.UTF-8"}))...)
		done := make(chan error, 1)
		go func() { _, err := p.Run(); done <- err }()
		time.Sleep(time.Second)
		var taken []int64
		for i := range 100 {
			before := out.Load()
			p.Send(stroke([]string{"n", "j", "p", "k"}[i%4]))
			for range 12 {
				p.Send(workedMsg{})
				time.Sleep(40 * time.Millisecond)
			}
			taken = append(taken, out.Load()-before)
		}
		p.Quit()
		if err := <-done; err != nil {
			t.Error(err)
		}
		close(f.changed)
		time.Sleep(time.Second) // what waits for it ends
		slices.Sort(taken)
		if least, half, most := taken[0], taken[50], taken[99]; least == 0 || half > 400 || most > 1500 {
			t.Errorf("keys took %d to %d bytes, %d at the median; want 1 to 1,500, and 400", least, most, half)
		}
	})
}
