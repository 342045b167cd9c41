package tui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/docpane"
)

// checking looks for problems in the documents that were not read, for the filter that
// asks for those.
type checking struct {
	stop  context.CancelFunc // nil: nothing runs
	known int                // documents whose problems are known
}

// checkedMsg says that the documents were looked at.
type checkedMsg struct{ err error }

// nextFilter shows other documents in the list; the keys for the next and the previous
// document go through those.
func (m *Model) nextFilter() tea.Cmd {
	m.filter = m.filter.Next()
	m.list.SetFilter(m.filter)
	m.list.SetDocuments(m.docs)
	m.sayFilter()
	return m.checkCmd()
}

// sayFilter says how many documents pass.
func (m *Model) sayFilter() {
	n := 0
	for _, d := range m.docs {
		if m.filter.Passes(d) {
			n++
		}
	}
	switch said := plural(n, "document", "documents"); {
	case m.filter == docpane.All:
		m.say("all documents")
	case m.filter == docpane.Problems && m.checks.known < len(m.docs):
		m.say(fmt.Sprintf("%s: %s, of %d that were read; the others are being looked at", said, m.filter, m.checks.known))
	default:
		m.say(said + ": " + m.filter.String())
	}
}

// checkCmd looks for problems in the documents that were not read, as long as the filter
// asks for them.
func (m *Model) checkCmd() tea.Cmd {
	c := &m.checks
	switch asked := m.filter == docpane.Problems; {
	case !asked && c.stop != nil:
		c.stop()
		return nil
	case !asked || m.quitting || c.stop != nil || !slices.ContainsFunc(m.docs, func(d workbench.Info) bool { return !d.Checked }):
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = cancel
	wb := m.wb
	return func() tea.Msg { return checkedMsg{wb.Check(ctx)} }
}

// apply says how many documents have problems, where that is still asked for.
func (msg checkedMsg) apply(m *Model) tea.Cmd {
	m.checks.stop()
	m.checks.stop = nil
	m.refresh()
	switch {
	case m.filter != docpane.Problems:
	case msg.err != nil: // it was left, and asked for again
		return m.checkCmd()
	default:
		m.sayFilter()
	}
	return nil
}

// countChecked counts the documents whose problems are known; the list follows.
func (m *Model) countChecked() {
	before := m.checks.known
	m.checks.known = 0
	for i := range m.docs {
		if m.docs[i].Checked {
			m.checks.known++
		}
	}
	if m.filter == docpane.Problems && m.checks.known != before {
		m.list.SetDocuments(m.docs)
	}
}
