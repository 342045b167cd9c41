package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
)

func shapeActions(k *KeyMap) []action {
	return groupEdges.has([]action{
		{key: &k.Snap, name: "snap", keys: "=", hint: "whole words",
			about: "both edges out to whole words", why: needItem, run: plain((*Model).snap)},
		{key: &k.Grow, name: "grow", keys: "+", hint: "grow",
			about: "grow to the noun phrase", why: needItem,
			run: plain(func(m *Model) tea.Cmd { return m.reshape(workbench.Grow{At: m.focused()}) })},
		{key: &k.Shrink, name: "shrink", keys: "-", hint: "shrink",
			about: "shrink by the last part", why: needItem,
			run: plain(func(m *Model) tea.Cmd { return m.reshape(workbench.Shrink{At: m.focused()}) })},
		{key: &k.Split, name: "split", keys: "|", hint: "split",
			about: "split in two or more", why: needItem, run: plain((*Model).split)},
		{key: &k.Join, name: "join", keys: "J", hint: "join",
			about: "join with the next mention", why: needItem, run: plain((*Model).join)},
		{key: &k.Fragment, name: "fragment", keys: "F", hint: "fragment",
			about: "add or take out a fragment", why: needItem, run: quiet((*Model).startFragment)},
	})
}

func splitActions(k *KeyMap) []action {
	q := &k.Splitting
	return group{title: "While splitting", mode: "splitting"}.has([]action{
		{key: &q.Left, name: "left", keys: "h b left shift+tab", plain: "left", hint: "a word left"},
		{key: &q.Right, name: "right", keys: "l w right tab", plain: "right", hint: "a word right"},
		{key: &q.Confirm, name: "confirm", keys: "enter |", hint: "split here"},
		{key: &q.Leave, name: "leave", keys: "esc q ctrl+c", hint: "leave"},
	})
}

// snap moves both edges out to the words that they cut.
func (m *Model) snap() tea.Cmd {
	spans := m.item().Spans.Clone()
	for i, s := range spans {
		spans[i] = segment.Snap(m.doc.Text, s)
	}
	if spans.Equal(m.item().Spans) {
		m.refuse("it holds whole words already")
		return nil
	}
	return m.reshape(workbench.MoveSpan{At: m.focused(), Spans: spans})
}

// join makes one mention of the one in focus and the next one of its label in the
// same line of text.
func (m *Model) join() tea.Cmd {
	it, at := m.item(), m.focused()
	_, here := m.doc.Item(m.focus)
	for _, next := range m.doc.Items[here+1:] {
		if next.Label != it.Label {
			continue
		}
		gap := corpus.Span{Start: it.Spans.Hull().End, End: next.Spans.Hull().Start}
		if gap.Len() > 0 && strings.ContainsAny(m.doc.Text.Slice(gap), "\n\r") {
			break
		}
		return m.reshape(workbench.Join{At: at, With: next.Key})
	}
	m.refuse("no mention of this label follows in this line")
	return nil
}

// split cuts the mention in focus in two or more. A composite candidate says where,
// and which concept each part is; else it is cut where it lists things, if that is one
// place alone; else one looks for the place.
func (m *Model) split() tea.Cmd {
	it := m.item()
	for _, c := range it.Candidates[:min(m.shown, len(it.Candidates))] {
		if workbench.Splits(c) {
			return m.do(workbench.ChooseParts{At: m.focused(), Candidate: c, Shown: m.offered(it)}, onward)
		}
	}
	if len(it.Spans) != 1 {
		m.refuse("it has fragments: " + m.keys.Fragment.Help().Key + " takes one out")
		return nil
	}
	places := m.cuts(it)
	if len(places) == 0 {
		m.refuse("it is one word")
		return nil
	}
	parts := segment.Parts(m.doc.Text, it.Spans[0])
	if len(parts) == 2 {
		return m.cut(parts)
	}
	m.splitting = splitting{on: true, key: m.focus, places: places}
	if len(parts) > 2 {
		m.splitting.at = max(slices.Index(places, parts[1].Start), 0)
	}
	m.showCut()
	return nil
}

// splitting is the search for the place where a mention is cut.
type splitting struct {
	on     bool
	key    string       // of the mention
	places []corpus.Off // beginnings of words
	at     int
}

// cuts are the places where a mention can be cut: where its words begin.
func (m *Model) cuts(it *workbench.Item) []corpus.Off {
	s := it.Spans[0]
	var out []corpus.Off
	for i, w := range segment.Words(corpus.NewText(m.doc.Text.Slice(s))) {
		if i > 0 {
			out = append(out, s.Start+w.Start)
		}
	}
	return out
}

func (m *Model) showCut() {
	s, at := m.item().Spans[0], m.splitting.places[m.splitting.at]
	m.text.SetSelection(corpus.Span{Start: at, End: s.End}, at)
	m.text.Reveal(s)
	first, second := trim(m.doc.Text, corpus.Span{Start: s.Start, End: at}), corpus.Span{Start: at, End: s.End}
	m.say(fmt.Sprintf("split: %q and %q", cells.Clean(m.doc.Text.Slice(first)), cells.Clean(m.doc.Text.Slice(second))))
}

func (m *Model) leaveSplit() {
	if m.splitting.on {
		m.splitting = splitting{}
		m.text.SetSelection(corpus.Span{}, -1)
	}
}

// pressSplit takes a key while one looks for the place.
func (m *Model) pressSplit(k tea.KeyPressMsg) tea.Cmd {
	q, p := m.keys.Splitting, &m.splitting
	if it := m.item(); it == nil || p.key != m.focus || !slices.Equal(m.cuts(it), p.places) {
		m.leaveSplit()
		m.refuse("the mention has changed meanwhile")
		return nil
	}
	switch {
	case key.Matches(k, q.Leave):
		m.leaveSplit()
		return nil
	case key.Matches(k, q.Confirm):
		s, at := m.item().Spans[0], p.places[p.at]
		m.leaveSplit()
		return m.cut(corpus.Spans{trim(m.doc.Text, corpus.Span{Start: s.Start, End: at}), {Start: at, End: s.End}})
	case key.Matches(k, q.Left):
		p.at = max(p.at-1, 0)
	case key.Matches(k, q.Right):
		p.at = min(p.at+1, len(p.places)-1)
	}
	m.showCut()
	return nil
}

// cut makes two mentions of the one in focus.
func (m *Model) cut(parts corpus.Spans) tea.Cmd {
	text := m.doc.Text
	said := fmt.Sprintf("%q and %q", cells.Clean(text.Slice(parts[0])), cells.Clean(text.Slice(parts[1])))
	cmd := m.do(workbench.Split{At: m.focused(), Before: parts[1].Start}, stay)
	if !m.wrong && !m.acting {
		m.say("split into " + said + "   (" + m.keys.Undo.Help().Key + " takes it back)")
	}
	return cmd
}
