package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

func pastCommands(k *KeyMap) []action {
	return groupDecide.has([]action{
		{key: &k.History, name: "history", keys: "U", hint: "history",
			about: "take back any one decision", run: plain((*Model).askPast)},
	})
}

// shownPast is how many steps the history shows.
const shownPast = 1000

// pastMsg is the history that was asked for.
type pastMsg struct {
	asked   int
	entries []workbench.Entry
	err     error
}

// askPast reads the history, to take back one step of it alone.
func (m *Model) askPast() tea.Cmd {
	m.asked++
	wb, asked := m.wb, m.asked
	m.acting = true // keys wait: they are meant for the list
	return func() tea.Msg {
		entries, err := wb.History(context.Background(), workbench.HistoryQuery{Limit: shownPast})
		return pastMsg{asked, entries, err}
	}
}

// applyPast shows the history, and then takes the keys that waited for it.
func (m *Model) applyPast(msg pastMsg) tea.Cmd {
	m.acting = false
	switch {
	case msg.err != nil:
		m.refuse(explain(msg.err))
	case len(msg.entries) == 0:
		m.refuse("nothing was decided here yet")
	default:
		m.showPast(msg.entries)
	}
	return m.pressQueued()
}

func (m *Model) showPast(entries []workbench.Entry) {
	rows := make([]dialog.Entry, len(entries))
	for i, e := range entries {
		rows[i] = dialog.Entry{Title: m.pastLine(e), Detail: e.Doc, Value: i, Faint: e.Undone}
		if e.Undone {
			rows[i].Detail = "taken back  " + e.Doc
		}
	}
	list := dialog.NewFiltered("History: enter takes that step back alone", "find: ", rows, 0)
	m.box = box{Box: list, confirm: func() tea.Cmd {
		row, ok := list.Chosen()
		if !ok {
			return nil
		}
		e := entries[row.Value]
		if e.Undone {
			m.refuse("this step is taken back already: " + m.keys.Redo.Help().Key + " redoes the last that was undone")
			return nil
		}
		return m.do(workbench.Undo{Seq: e.Seq}, follow)
	}}
}

// pastLine is a step of the history as a person reads it.
func (m *Model) pastLine(e workbench.Entry) string {
	parts := []string{e.Time.Local().Format("2 Jan 15:04:05"), pastWord(e.Kind)}
	if e.Text != "" {
		parts = append(parts, clip(cells.Clean(e.Text), 40))
	}
	if e.What != "" && e.Kind != corpus.Bulk {
		parts = append(parts, cells.Clean(e.What))
	}
	if e.Decisions > 1 {
		parts = append(parts, fmt.Sprintf("(%d decisions in %s)", e.Decisions, plural(max(e.Documents, 1), "document", "documents")))
	}
	return strings.Join(parts, "  ")
}

// pastWord is what a kind of decision is called; all take the same room.
func pastWord(k corpus.Kind) string {
	word := string(k)
	switch k {
	case corpus.SetSpan:
		word = "boundary"
	case corpus.NIL:
		word = "none fits"
	case corpus.Bulk:
		word = "step"
	}
	return cells.Fit(word, 9, "")
}
