package tui

import (
	"unicode"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// selection is text that is being selected: for a new mention, or for a fragment of one.
type selection struct {
	on       bool
	into     string // key of the mention whose fragment it is; "" for a new mention
	anchored bool
	anchor   corpus.Off
	caret    corpus.Off // the sign under the cursor
}

// startSelection begins on the line that is read: at the mention in focus where that
// begins there, else at the beginning of the line.
func (m *Model) startSelection() {
	if m.doc.Text.Len() == 0 {
		m.refuse("the document is empty")
		return
	}
	at := m.text.Here()
	if it := m.item(); it != nil && m.text.Bounds(it.Spans.Hull().Start).Start == at {
		at = it.Spans.Hull().Start
	}
	m.sel = selection{on: true, caret: at}
	m.showSelection()
}

// startFragment selects text that becomes part of the mention in focus, or stops
// being that. It begins behind the mention.
func (m *Model) startFragment() {
	it := m.item()
	at := it.Spans.Hull().End
	if next := wordEdge(m.doc.Text, at-1, true, true); next >= at {
		at = next
	}
	m.sel = selection{on: true, into: it.Key, caret: max(min(at, m.doc.Text.Len()-1), 0)}
	m.showSelection()
	m.say("fragment of " + clip(it.Text, 60) + ": select text to add, or text of it to take out")
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
		what := "new mention: "
		if m.sel.into != "" {
			what = "fragment: "
		}
		m.say(what + clip(m.doc.Text.Slice(trim(m.doc.Text, s)), 200))
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
	case key.Matches(k, q.Sentence):
		s := sentenceAt(t, to)
		m.sel.anchored, m.sel.anchor = true, s.Start
		to = prevCluster(t, s.End)
	case key.Matches(k, q.SentenceLeft):
		to = sentenceLeft(t, to)
	case key.Matches(k, q.SentenceRight):
		to = m.sentenceRight(to)
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

// sentenceRight goes to the next beginning of a sentence; while text is being
// selected, to the last sign of a sentence.
func (m *Model) sentenceRight(o corpus.Off) corpus.Off {
	t := m.doc.Text
	s := sentenceAt(t, o)
	if !m.sel.anchored {
		return sentenceAt(t, s.End).Start
	}
	if last := prevCluster(t, s.End); last > o {
		return last
	}
	return prevCluster(t, sentenceAt(t, s.End).End)
}

// sentenceLeft is the beginning of the sentence, or of the one before where o is one.
func sentenceLeft(t corpus.Text, o corpus.Off) corpus.Off {
	if s := sentenceAt(t, o); s.Start < o {
		return s.Start
	}
	at := o
	for at > 0 { // over the blanks between two sentences
		at = prevCluster(t, at)
		if s := sentenceAt(t, at); s.Contains(corpus.Span{Start: at, End: at + 1}) {
			return s.Start
		}
	}
	return 0
}

// longSentence is how much text is cut into sentences to find the one at a place.
const longSentence = 2000

// sentenceAt is the sentence that holds o, or the next one; where none is left, the
// place itself.
func sentenceAt(t corpus.Text, o corpus.Off) corpus.Span {
	from := max(o-longSentence, 0)
	part := t.Slice(corpus.Span{Start: from, End: min(o+longSentence, t.Len())})
	for _, s := range segment.Sentences(corpus.NewText(part)) {
		if s = (corpus.Span{Start: from + s.Start, End: from + s.End}); s.End > o {
			return s
		}
	}
	return corpus.Span{Start: o, End: o}
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
	if m.sel.into != "" {
		return m.toggleFragment(s)
	}
	m.text.SetSelection(s, -1)
	return m.pickLabel("Label of "+clip(t.Slice(s), 30), m.last, func(label string) tea.Cmd {
		m.leaveSelection()
		m.last = label
		return m.do(workbench.Create{At: workbench.At{Doc: m.docName}, Spans: corpus.One(s.Start, s.End), Label: label}, stay)
	})
}

// toggleFragment adds the selected text to the mention, or takes it out.
func (m *Model) toggleFragment(s corpus.Span) tea.Cmd {
	at := workbench.At{Doc: m.docName, Key: m.sel.into}
	m.leaveSelection()
	if at.Key != m.focus {
		m.refuse("the mention is gone")
		return nil
	}
	return m.reshape(workbench.ToggleFragment{At: at, Span: s})
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
