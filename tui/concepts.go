package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/mentionpane"
)

// searchDepth is how many concepts a search brings.
const searchDepth = 25

// concepts is a search of the knowledge bases for the mention in focus.
type concepts struct {
	key, label string
	input      *dialog.Input
	results    []kb.Candidate
	cursor     int // -1: on the search line
	generation int
	busy       bool
	cancel     context.CancelFunc
	message    string
}

// foundMsg is what a search found.
type foundMsg struct {
	key        string
	generation int
	results    []kb.Candidate
	err        error
}

// startConcepts opens the search with the mention's own text.
func (m *Model) startConcepts() tea.Cmd {
	it := m.item()
	m.concept = &concepts{key: m.focus, label: it.Label, input: dialog.NewInput("search: ", it.Text), cursor: -1}
	return m.searchConcepts()
}

func (m *Model) leaveConcepts() {
	if m.concept != nil && m.concept.cancel != nil {
		m.concept.cancel()
	}
	m.concept = nil
}

// searchConcepts looks up what stands on the line; an older search is given up.
func (m *Model) searchConcepts() tea.Cmd {
	c := m.concept
	if c.cancel != nil {
		c.cancel()
	}
	c.generation++
	c.cursor = -1
	query := c.input.Value()
	if query == "" {
		c.results, c.busy, c.message, c.cancel = nil, false, "", nil
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel, c.busy = cancel, true
	wb, label, name, gen := m.wb, c.label, c.key, c.generation
	return func() tea.Msg {
		found, err := wb.Search(ctx, label, query, searchDepth)
		return foundMsg{name, gen, found, err}
	}
}

// applyFound shows what was found, unless the line says something else by now.
func (m *Model) applyFound(msg foundMsg) {
	c := m.concept
	if c == nil || c.key != msg.key || c.generation != msg.generation || errors.Is(msg.err, context.Canceled) {
		return
	}
	c.busy, c.message, c.results = false, "", msg.results
	if msg.err != nil {
		c.message = msg.err.Error()
	}
}

// pressConcept takes a key of the search. Digits are text once one has typed, and
// choose as soon as the cursor is in the list.
func (m *Model) pressConcept(k tea.KeyPressMsg) tea.Cmd {
	c, q := m.concept, m.keys.Concepts
	pick := -1
	if c.cursor >= 0 || c.input.Fresh() {
		pick = slices.Index(q.Pick.Keys(), k.String())
	}
	switch {
	case key.Matches(k, q.Leave):
		m.leaveConcepts()
	case key.Matches(k, q.Confirm):
		return m.pickConcept(max(c.cursor, 0))
	case key.Matches(k, q.Down):
		c.cursor = min(c.cursor+1, len(c.results)-1)
	case key.Matches(k, q.Up):
		c.cursor = max(c.cursor-1, -1)
	case pick >= 0:
		return m.pickConcept(pick)
	case c.input.Update(k):
		return m.searchConcepts()
	}
	return nil
}

// pickConcept links the mention to a result.
func (m *Model) pickConcept(i int) tea.Cmd {
	c := m.concept
	switch {
	case c.busy:
		m.refuse("still searching")
		return nil
	case i >= len(c.results):
		m.refuse(fmt.Sprintf("there is no result %d", i+1))
		return nil
	}
	chosen, shown := c.results[i], slices.Clone(c.results[:max(min(len(c.results), mentionpane.Most), i+1)])
	m.leaveConcepts()
	return m.do(workbench.Choose{At: m.focused(), Candidate: chosen, Shown: shown}, onward)
}

// data is the search as the panel draws it.
func (c *concepts) data(m *Model, w int) *mentionpane.Search {
	return &mentionpane.Search{
		Input: c.input.View(m.styles, w), Results: c.results, Busy: c.busy, Cursor: c.cursor, Message: c.message,
	}
}
