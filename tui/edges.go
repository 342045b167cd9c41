package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/rivo/uniseg"
)

// edges remembers how a mention read before its boundaries were moved.
type edges struct{ key, before string }

// edgeMove moves the left or the right edge, out or in, by a character or a word.
type edgeMove struct{ left, out, word bool }

// moveEdge moves a boundary of the mention in focus.
func (m *Model) moveEdge(e edgeMove) tea.Cmd {
	it := m.item()
	spans, ok := e.apply(m.doc.Text, it.Spans)
	if !ok {
		m.refuse(e.why())
		return nil
	}
	return m.reshape(workbench.MoveSpan{At: m.focused(), Spans: spans})
}

// reshape does an action that changes the boundaries of the mention in focus, and
// says what they were.
func (m *Model) reshape(a workbench.Action) tea.Cmd {
	before := m.item().Text
	if m.edges.key == m.focus {
		before = m.edges.before
	}
	cmd := m.do(a, stay)
	if now := m.item(); now != nil && !m.wrong && !m.acting {
		m.edges = edges{m.focus, before}
		m.say(fmt.Sprintf("%s %s %s   (%s takes it back)", cells.Clean(before), m.styles.Glyphs.Arrow, cells.Clean(now.Text), m.keys.Undo.Help().Key))
	}
	return cmd
}

func (e edgeMove) why() string {
	if e.out {
		return "the text ends here"
	}
	return "a mention cannot be empty"
}

// apply returns the fragments with the edge moved; false where that would leave the
// text or leave a fragment empty.
func (e edgeMove) apply(t corpus.Text, spans corpus.Spans) (corpus.Spans, bool) {
	spans = spans.Clone()
	if len(spans) == 0 {
		return nil, false
	}
	s := &spans[outer(spans, e.left)]
	edge := &s.End
	if e.left {
		edge = &s.Start
	}
	right := e.left != e.out // where the edge goes
	var to corpus.Off
	switch {
	case e.word:
		to = wordEdge(t, *edge, e.left, right)
	case right:
		to = nextCluster(t, *edge)
	default:
		to = prevCluster(t, *edge)
	}
	if to == *edge {
		return nil, false
	}
	*edge = to
	return spans, s.Len() > 0 && t.In(*s)
}

// outer is the fragment that begins first, or the one that ends last.
func outer(spans corpus.Spans, left bool) int {
	at := 0
	for i, s := range spans {
		if left && s.Start < spans[at].Start || !left && s.End > spans[at].End {
			at = i
		}
	}
	return at
}

// window is how much text around an offset is looked at for the next word or sign.
const window = 256

// around is the text near an offset, and where it begins.
func around(t corpus.Text, o corpus.Off) (string, corpus.Off) {
	from := max(o-window, 0)
	return t.Slice(corpus.Span{Start: from, End: min(o+window, t.Len())}), from
}

// nextCluster is the offset behind the sign at o; a sign may be several code points.
func nextCluster(t corpus.Text, o corpus.Off) corpus.Off {
	s := t.Slice(corpus.Span{Start: o, End: min(o+window, t.Len())})
	if s == "" {
		return o
	}
	c, _, _, _ := uniseg.FirstGraphemeClusterInString(s, -1)
	return o + corpus.Off(len([]rune(c)))
}

// prevCluster is the offset of the sign before o.
func prevCluster(t corpus.Text, o corpus.Off) corpus.Off {
	from := max(o-window, 0)
	last, at := from, from
	for g := uniseg.NewGraphemes(t.Slice(corpus.Span{Start: from, End: o})); g.Next(); {
		last = at
		at += corpus.Off(len(g.Runes()))
	}
	return last
}

// wordEdge is the next beginning (or end) of a word to the right or left of o; o
// itself where there is none.
func wordEdge(t corpus.Text, o corpus.Off, begin, right bool) corpus.Off {
	s, from := around(t, o)
	found := o
	for _, w := range segment.Words(corpus.NewText(s)) {
		at := from + w.End
		if begin {
			at = from + w.Start
		}
		switch {
		case right && at > o:
			return at
		case !right && at < o:
			found = at
		}
	}
	return found
}
