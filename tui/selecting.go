package tui

import (
	"unicode"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// selection is a mention that is being made.
type selection struct {
	on       bool
	anchored bool
	anchor   corpus.Off
	caret    corpus.Off // the sign under the cursor
}

// startSelection begins at the mention in focus where it is on the screen, else in
// the middle of the screen.
func (m *Model) startSelection() {
	if m.doc.Text.Len() == 0 {
		m.refuse("the document is empty")
		return
	}
	at := m.text.Middle()
	if it := m.item(); it != nil && m.text.Visible().Contains(it.Spans.Hull()) {
		at = it.Spans.Hull().Start
	}
	m.sel = selection{on: true, caret: at}
	m.showSelection()
}

func (m *Model) leaveSelection() {
	m.sel = selection{}
	m.text.SetSelection(corpus.Span{}, -1)
}

// span is what is selected, the sign under the cursor included.
func (m *Model) span() corpus.Span {
	from := m.sel.caret
	if m.sel.anchored {
		from = m.sel.anchor
	}
	return corpus.Span{
		Start: min(from, m.sel.caret),
		End:   nextCluster(m.doc.Text, max(from, m.sel.caret)),
	}
}

func (m *Model) showSelection() {
	var s corpus.Span
	if m.sel.anchored {
		s = m.span()
	}
	m.text.SetSelection(s, m.sel.caret)
	m.text.Reveal(corpus.Span{Start: m.sel.caret, End: m.sel.caret + 1})
	if m.sel.anchored {
		m.say("new mention: " + clip(m.doc.Text.Slice(trim(m.doc.Text, s)), 200))
	}
}

func (m *Model) pressSelect(k tea.KeyPressMsg) tea.Cmd {
	q, t := m.keys.Selecting, m.doc.Text
	to := m.sel.caret
	switch {
	case key.Matches(k, q.Leave):
		m.leaveSelection()
		return nil
	case key.Matches(k, q.Confirm):
		return m.confirmSelection()
	case key.Matches(k, q.Anchor):
		m.sel.anchored, m.sel.anchor = true, m.sel.caret
	case key.Matches(k, q.Left):
		to = prevCluster(t, to)
	case key.Matches(k, q.Right):
		to = nextCluster(t, to)
	case key.Matches(k, q.WordLeft):
		to = wordEdge(t, to, true, false)
	case key.Matches(k, q.WordRight):
		to = m.wordRight(to)
	case key.Matches(k, q.Up):
		to = m.text.Line(to, -1)
	case key.Matches(k, q.Down):
		to = m.text.Line(to, 1)
	case key.Matches(k, q.LineStart):
		to = m.text.Bounds(to).Start
	case key.Matches(k, q.LineEnd):
		to = prevCluster(t, m.text.Bounds(to).End)
	default:
		m.refuse("selecting: " + q.Anchor.Help().Key + " begins, " + q.Confirm.Help().Key + " ends, " + q.Leave.Help().Key + " leaves")
	}
	m.sel.caret = max(min(to, t.Len()-1), 0)
	m.showSelection()
	return nil
}

// wordRight goes to the next beginning of a word; while text is being selected, to
// the last sign of a word, so that whole words are selected.
func (m *Model) wordRight(o corpus.Off) corpus.Off {
	t := m.doc.Text
	if !m.sel.anchored {
		return wordEdge(t, o, true, true)
	}
	if end := wordEdge(t, nextCluster(t, o), false, true); end > o {
		return prevCluster(t, end)
	}
	return o
}

// confirmSelection asks for the label. Where nothing was anchored, the word under
// the cursor is meant.
func (m *Model) confirmSelection() tea.Cmd {
	t := m.doc.Text
	s := m.span()
	if !m.sel.anchored {
		s = corpus.Span{
			Start: wordEdge(t, nextCluster(t, m.sel.caret), true, false),
			End:   wordEdge(t, m.sel.caret, false, true),
		}
	}
	s = trim(t, s)
	if s.Len() <= 0 {
		m.refuse("there is no text in the selection")
		return nil
	}
	m.text.SetSelection(s, -1)
	return m.pickLabel("Label of "+clip(t.Slice(s), 30), m.last, func(label string) tea.Cmd {
		m.leaveSelection()
		m.last = label
		return m.do(workbench.Create{At: workbench.At{Doc: m.docName}, Spans: corpus.One(s.Start, s.End), Label: label}, stay)
	})
}

// trim takes blanks from both ends of a span.
func trim(t corpus.Text, s corpus.Span) corpus.Span {
	runes := []rune(t.Slice(s))
	for len(runes) > 0 && unicode.IsSpace(runes[0]) {
		runes = runes[1:]
		s.Start++
	}
	for n := len(runes); n > 0 && unicode.IsSpace(runes[n-1]); n-- {
		s.End--
	}
	return s
}

// clip shortens a string for a title or a message.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "..."
	}
	return s
}
