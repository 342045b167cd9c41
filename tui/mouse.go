package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
)

// wheelLines is how far one notch of the wheel scrolls.
const wheelLines = 3

// atRest tells whether the mouse may act: nothing is open and nothing is wrong.
func (m *Model) atRest() bool {
	return m.box.Box == nil && m.concept == nil && !m.sel.on && !m.acting && !m.quitting && m.status.Fatal == nil && !m.size.tooSmall()
}

// inText converts a place on the screen to one in the text.
func (m *Model) inText(at tea.Mouse) (x, y int, ok bool) {
	x, y = at.X-m.textLeft(), at.Y-2
	if m.size.banner {
		y--
	}
	return x, y, 0 <= x && x < m.size.text && 0 <= y && y < m.text.Height()
}

// click puts the mention under the mouse in focus, or opens the document there.
func (m *Model) click(at tea.Mouse) {
	if !m.atRest() || at.Button != tea.MouseLeft {
		return
	}
	m.message, m.touched = "", true
	if at.X < m.size.docs {
		if name := m.list.Under(at.Y-2, m.docs); name != "" && name != m.docName {
			m.open(name, "")
		}
		return
	}
	x, y, ok := m.inText(at)
	if !ok || m.doc == nil {
		return
	}
	if o, ok := m.text.Under(x, y); ok {
		m.drag = drag{on: true, from: o}
		if key := m.mentionAt(o); key != "" && key != m.focus {
			m.moveOn()
			m.focusOn(key)
		}
	}
}

// drag is a button held down over the text.
type drag struct {
	on   bool
	from corpus.Off // where it went down
}

// dragTo selects the text from where the button went down.
func (m *Model) dragTo(at tea.Mouse) {
	selecting := m.sel.on && m.box.Box == nil
	if !m.drag.on || !m.atRest() && !selecting || needWritable(m) != "" {
		return
	}
	x, y, ok := m.inText(at)
	if !ok {
		return
	}
	if o, ok := m.text.Under(x, y); ok && (selecting || o != m.drag.from) {
		m.sel = selection{on: true, into: m.sel.into, anchored: true, anchor: m.drag.from, caret: o}
		m.showSelection()
	}
}

// release ends a selection by the mouse: its label is asked for.
func (m *Model) release() tea.Cmd {
	dragged := m.drag.on && m.sel.on && m.sel.anchored && m.box.Box == nil
	m.drag = drag{}
	if !dragged {
		return nil
	}
	return m.confirmSelection()
}

// mentionAt is the key of the shortest mention that covers the code point.
func (m *Model) mentionAt(o corpus.Off) string {
	key, best := "", corpus.Off(0)
	for i := range m.doc.Items {
		it := &m.doc.Items[i]
		for _, s := range it.Spans {
			if n := it.Spans.Hull().Len(); s.Start <= o && o < s.End && (key == "" || n < best) {
				key, best = it.Key, n
			}
		}
	}
	return key
}

func (m *Model) wheel(at tea.Mouse) {
	if !m.atRest() {
		return
	}
	switch at.Button {
	case tea.MouseWheelUp:
		m.text.Scroll(-wheelLines)
	case tea.MouseWheelDown:
		m.text.Scroll(wheelLines)
	default:
	}
}
