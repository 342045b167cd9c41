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

// searchDepth is how many concepts a search brings, typedDepth among how many those
// of one semantic type are looked for.
const (
	searchDepth = 25
	typedDepth  = 1000
)

// concepts is a search of the knowledge bases for the mention in focus.
type concepts struct {
	key, label string
	input      *dialog.Input
	results    []kb.Candidate
	types      []string // of what was found without regard to them
	only       string   // the one that is looked for; "" for all
	cursor     int      // -1: on the search line
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
	wb, label, name, gen, only := m.wb, c.label, c.key, c.generation, c.only
	return func() tea.Msg {
		if only == "" {
			found, err := wb.Search(ctx, label, query, searchDepth)
			return foundMsg{name, gen, found, err}
		}
		found, err := wb.Search(ctx, label, query, typedDepth)
		found = slices.DeleteFunc(slices.Clone(found), func(c kb.Candidate) bool { return c.Type != only })
		return foundMsg{name, gen, found[:min(len(found), searchDepth)], err}
	}
}

// applyFound shows what was found, unless the line says something else by now.
func (m *Model) applyFound(msg foundMsg) {
	c := m.concept
	if c == nil || c.key != msg.key || c.generation != msg.generation || errors.Is(msg.err, context.Canceled) {
		return
	}
	c.busy, c.message, c.results = false, "", msg.results
	switch {
	case msg.err != nil:
		c.message = msg.err.Error()
	case len(c.results) == 0 && !m.wb.Linkable(c.label):
		c.message = m.whyNoConcept(c.label)
	}
	if c.only != "" {
		return
	}
	c.types = nil
	for _, r := range c.results {
		if r.Type != "" && !slices.Contains(c.types, r.Type) {
			c.types = append(c.types, r.Type)
		}
	}
}

// nextType narrows the search to the next semantic type of what was found, and at
// last to none.
func (m *Model) nextType() tea.Cmd {
	c := m.concept
	if len(c.types) == 0 {
		m.refuse("what was found has no semantic types")
		return nil
	}
	i := slices.Index(c.types, c.only)
	c.only = ""
	if i+1 < len(c.types) {
		c.only = c.types[i+1]
	}
	return m.searchConcepts()
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
	case key.Matches(k, q.Type):
		return m.nextType()
	case key.Matches(k, q.Details) && len(c.results) > 0:
		return m.openDetail(&detail{item: *m.item(), list: slices.Clone(c.results), at: max(c.cursor, 0)})
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
		Type: c.only, Types: len(c.types), TypeKey: m.keys.Concepts.Type.Help().Key,
	}
}
