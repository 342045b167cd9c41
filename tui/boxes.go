package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/style"
)

// labelKeys choose a label, in this order.
const labelKeys = "123456789abcdefghijklmnopqrstuvwxyz"

// askLabel offers other labels for the mention in focus.
func (m *Model) askLabel() tea.Cmd {
	it := m.item()
	at := m.focused()
	return m.pickLabel("Label of "+clip(it.Text, 30), it.Label, func(label string) tea.Cmd {
		m.last = label
		if label == it.Label {
			return nil
		}
		return m.do(workbench.SetLabel{At: at, Label: label}, stay)
	})
}

// pickLabel opens the list of labels with one preset.
func (m *Model) pickLabel(title, preset string, done func(label string) tea.Cmd) tea.Cmd {
	if len(m.labels.order) == 0 {
		m.refuse("this collection has no labels: annotation.conf lists them under [entities]")
		return nil
	}
	entries := make([]dialog.Entry, len(m.labels.order))
	for i, name := range m.labels.order {
		e := dialog.Entry{Title: m.labels.title(name, 0), Paint: m.labels.paint(m.styles, name).Chip, Value: i}
		if e.Title != name {
			e.Detail = name
		}
		if i < len(labelKeys) {
			e.Key = labelKeys[i : i+1]
		}
		entries[i] = e
	}
	list := dialog.NewList(cells.Clean(title), entries, max(slices.Index(m.labels.order, preset), 0))
	m.box = box{Box: list, confirm: func() tea.Cmd {
		e, _ := list.Chosen()
		return done(m.labels.order[e.Value])
	}}
	return nil
}

// askNote edits the note of the mention in focus.
func (m *Model) askNote() tea.Cmd {
	it, at := m.item(), m.focused()
	p := dialog.NewPrompt("Note on "+clip(cells.Clean(it.Text), 30), "enter keeps it, an empty line removes it, esc leaves", it.Note)
	m.box = box{Box: p, confirm: func() tea.Cmd {
		if p.Value() == it.Note {
			return nil
		}
		return m.do(workbench.SetNote{At: at, Text: p.Value()}, stay)
	}}
	return nil
}

// askDocument lists the documents, narrowed as one types.
func (m *Model) askDocument() tea.Cmd {
	entries := make([]dialog.Entry, len(m.docs))
	at := 0
	for i, d := range m.docs {
		e := dialog.Entry{Title: d.Name, Value: i}
		switch {
		case d.Finished:
			e.Detail = "finished"
		case d.Loaded && d.Undecided > 0:
			e.Detail, e.Also = fmt.Sprintf("%d to decide", d.Undecided), "unfinished"
		default:
			e.Also = "unfinished"
		}
		if d.Problem {
			e.Detail = strings.TrimSpace(e.Detail + " " + m.styles.Glyphs.Problem + " problems")
		}
		if d.Reason != "" {
			e.Detail = strings.TrimPrefix(e.Detail+" "+m.styles.Glyphs.Dot+" "+d.Reason, " "+m.styles.Glyphs.Dot+" ")
		}
		if d.Name == m.docName {
			at = i
		}
		entries[i] = e
	}
	docs := m.docs
	list := dialog.NewFiltered("Documents", "go to: ", entries, at)
	m.box = box{Box: list, confirm: func() tea.Cmd {
		if e, ok := list.Chosen(); ok {
			m.open(docs[e.Value].Name, "")
		}
		return nil
	}}
	return nil
}

// fatalPage says that input stopped, and why. No key closes it but quit.
func (m *Model) fatalPage() *dialog.Page {
	return dialog.NewPage("Decisions can no longer be saved", m.keys.Quit, func(s *style.Styles, w int) []string {
		var rows []string
		for _, r := range cells.Wrap(cells.Clean(m.status.Fatal.Error()), w-2, 8, s.Glyphs.Ellipsis) {
			rows = append(rows, " "+s.Bad.Render(r))
		}
		said := fmt.Sprintf("What was called saved (%d) is on disk. Nothing is decided until this is mended: leave with %s, mend it, and open the collection again.",
			m.status.Saved, m.keys.Quit.Help().Key)
		rows = append(rows, "")
		for _, r := range cells.Wrap(said, w-2, 6, s.Glyphs.Ellipsis) {
			rows = append(rows, " "+r)
		}
		return rows
	})
}
