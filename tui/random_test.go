package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
)

// Whatever is pressed in whatever order while documents change below, the frame
// fits and what is in focus is a mention of the document.
func TestAnyKeysInAnyOrder(t *testing.T) {
	names := []string{"enter", "esc", "tab", "down", "up", "shift+tab", "pgdn", "backspace", "space", "ctrl+r", "ctrl+n", "ctrl+p", "ctrl+u",
		"a", "1", "5", "9", "0", "r", "x", "t", "e", "f", "u", "h", "l", "H", "L", "b", "w", "B", "W", "n", "p", "]", "[", "o", "j", "k", "g", "G",
		"v", "/", "s", ":", "?", "m", "i", "$", "^", "2",
		"z", "c", "N", "C", "!", "=", "+", "-", "|", "J", "F", "*", "A", "U", "d", "ctrl+t", "ctrl+d", "(", ")", ">", "<"}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 9))
		s := open(t, 90, 24, Options{})
		s.f.found = candidates("x")
		s.f.add("signs", "e\u0301 👩‍👩‍👧 世界\t\n\n\nñ", "p ENFERMEDAD 👩‍👩‍👧 世界", "s SINTOMA 世")
		s.f.add("empty", "")
		var pressed []string
		for i := range 400 {
			switch r.IntN(20) {
			case 0:
				s.send(tea.WindowSizeMsg{Width: 1 + r.IntN(160), Height: 1 + r.IntN(50)})
			case 1:
				s.change(r, i)
			case 2:
				x, y := r.IntN(160), r.IntN(50)
				s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
				for range r.IntN(3) {
					s.send(tea.MouseMotionMsg{X: x + r.IntN(20), Y: y + r.IntN(2), Button: tea.MouseLeft})
				}
				if r.IntN(3) > 0 { // else it was let go beyond the window
					s.send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
				}
			default:
				k := names[r.IntN(len(names))]
				pressed = append(pressed, k)
				s.send(stroke(k))
			}
			s.check(pressed)
			if t.Failed() {
				return
			}
		}
	}
}

// change lets the workbench do what it may do at any time.
func (s *screen) change(r *rand.Rand, i int) {
	name := s.f.names[r.IntN(len(s.f.names))]
	d := s.f.docs[name]
	n := int(d.Text.Len())
	if n > 4 && r.IntN(2) == 0 {
		it := workbench.Item{Key: fmt.Sprint("late", i), State: workbench.Suggested}
		a := corpus.Off(r.IntN(n - 1))
		it.Spans, it.Label = corpus.One(a, a+1+corpus.Off(r.IntN(min(n-int(a)-1, 8)+1))), "SINTOMA"
		it.Text = d.Text.Join(it.Spans)
		s.f.wait(name, it)
	} else {
		d := s.f.edit(name)
		if len(d.Items) > 0 {
			d.Items = d.Items[1:] // even the one in focus
		}
		d.Busy = r.IntN(2) == 0
		s.f.docs[name] = d
	}
	s.send(changedMsg{})
}

func (s *screen) check(pressed []string) {
	m := s.m
	if m.focus != "" && m.item() == nil {
		s.t.Errorf("%v: the focus is on %q, which is not in %s", pressed, m.focus, m.docName)
	}
	rows := strings.Split(m.View().Content, "\n")
	if len(rows) > m.size.height {
		s.t.Errorf("%v: %d rows on %d", pressed, len(rows), m.size.height)
	}
	if m.size.tooSmall() {
		return
	}
	for _, row := range rows {
		if w := cells.Width(row); w != m.size.width {
			s.t.Errorf("%v: a row of %d on %d columns: %q", pressed, w, m.size.width, row)
		}
	}
}
