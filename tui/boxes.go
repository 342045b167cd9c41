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
	m.box = box{list, func() tea.Cmd {
		e, _ := list.Chosen()
		return done(m.labels.order[e.Value])
	}}
	return nil
}

// askNote edits the note of the mention in focus.
func (m *Model) askNote() tea.Cmd {
	it, at := m.item(), m.focused()
	p := dialog.NewPrompt("Note on "+clip(cells.Clean(it.Text), 30), "enter keeps it, an empty line removes it, esc leaves", it.Note)
	m.box = box{p, func() tea.Cmd {
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
			e.Detail = fmt.Sprintf("%d to decide", d.Undecided)
		}
		if d.Name == m.docName {
			at = i
		}
		entries[i] = e
	}
	docs := m.docs
	list := dialog.NewFiltered("Documents", "go to: ", entries, at)
	m.box = box{list, func() tea.Cmd {
		if e, ok := list.Chosen(); ok {
			m.open(docs[e.Value].Name, "")
		}
		return nil
	}}
	return nil
}

// askCommand lists every command with its key; those that cannot act now say why.
func (m *Model) askCommand() tea.Cmd {
	var entries []dialog.Entry
	for i := range m.commands {
		c := &m.commands[i]
		h := c.binding.Help()
		e := dialog.Entry{Key: h.Key, Title: c.about, Also: h.Desc, Value: i}
		if c.why != nil {
			if reason := c.why(m); reason != "" {
				e.Faint = true
			}
		}
		entries = append(entries, e)
	}
	list := dialog.NewFiltered("Commands", ": ", entries, 0)
	m.box = box{list, func() tea.Cmd {
		e, ok := list.Chosen()
		if !ok {
			return nil
		}
		c := &m.commands[e.Value]
		return m.run(c, c.binding.Keys()[0])
	}}
	return nil
}

// showHelp opens the page of keys.
func (m *Model) showHelp() {
	page := dialog.NewPage("Keys", m.keys.Help, func(s *style.Styles, w int) []string {
		return helpRows(m.manual(), s, w)
	})
	m.box = box{page, func() tea.Cmd { return nil }}
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

// helpRows lays the keys out, in two columns where there is room.
func helpRows(groups []keyGroup, s *style.Styles, w int) []string {
	columns := 1
	if w >= 84 {
		columns = 2
	}
	each := w/columns - 1
	var cols [2][]string
	for _, g := range groups {
		rows := []string{s.DialogTitle.Render(g.title)}
		for _, k := range g.keys {
			rows = append(rows, "  "+s.Key.Render(cells.Fit(k.shown, 10, ""))+cells.Cut(k.about, each-13, s.Glyphs.Ellipsis))
		}
		rows = append(rows, "")
		at := 0
		if columns == 2 && len(cols[1]) < len(cols[0]) {
			at = 1
		}
		cols[at] = append(cols[at], rows...)
	}
	out := make([]string, max(len(cols[0]), len(cols[1])))
	for i := range out {
		var row strings.Builder
		row.WriteByte(' ')
		for c := range columns {
			cell := ""
			if i < len(cols[c]) {
				cell = cols[c][i]
			}
			row.WriteString(cells.Fit(cell, each, ""))
		}
		out[i] = row.String()
	}
	return out
}
