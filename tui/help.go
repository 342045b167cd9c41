package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/style"
)

// longestReason is how much of a reason the palette has room for.
const longestReason = 36

// askCommand lists every command with its key; those that cannot act now say why.
func (m *Model) askCommand() tea.Cmd {
	entries := make([]dialog.Entry, len(m.commands))
	for i := range m.commands {
		c := &m.commands[i]
		entries[i] = dialog.Entry{Title: c.describe(), Also: c.hint + " " + c.name, Value: i}
		if len(c.key.Keys()) > 0 {
			entries[i].Key = c.key.Help().Key
		}
		if why := m.whyNot(c); why != "" {
			entries[i].Faint, entries[i].Detail = true, clip(why, longestReason)
		}
	}
	list := dialog.NewFiltered("Commands", ": ", entries, 0)
	m.box = box{Box: list, confirm: func() tea.Cmd {
		e, ok := list.Chosen()
		if !ok {
			return nil
		}
		return m.run(&m.commands[e.Value], "")
	}}
	return nil
}

// showHelp opens the page of keys: those of the moment first.
func (m *Model) showHelp() {
	groups := m.helpGroups()
	page := dialog.NewPage("Keys", m.keys.Help, func(s *style.Styles, w int) []string { return helpRows(groups, s, w) })
	m.box = box{Box: page, confirm: func() tea.Cmd { return nil }}
}

// helpGroups are all keys; those of the moment come first, and those that cannot act
// now are faint.
func (m *Model) helpGroups() []keyGroup {
	mode := m.mode()
	var now, others []keyGroup
	for _, g := range manual(&m.keys) {
		if g.mode == mode {
			now = append(now, g)
		} else {
			others = append(others, g)
		}
	}
	if mode == "" {
		faint := map[string]bool{}
		for i := range m.commands {
			faint[m.commands[i].name] = m.whyNot(&m.commands[i]) != ""
		}
		for _, g := range now {
			for i := range g.keys {
				g.keys[i].faint = faint[g.keys[i].name]
			}
		}
	}
	return append(now, others...)
}

// mode is what takes the keys now, as gloss.toml calls it; "" at rest.
func (m *Model) mode() string {
	switch {
	case m.box.Box != nil:
		return "list"
	case m.concept != nil:
		return "searching"
	case m.splitting.on:
		return "splitting"
	case m.sel.on:
		return "selecting"
	case m.find.typing:
		return "finding"
	}
	return ""
}

// asksHelp tells whether the key opens the help in a mode: not where it is text.
func (m *Model) asksHelp(k tea.KeyPressMsg) bool {
	typed := m.concept != nil || m.find.typing
	return m.box.Box == nil && key.Matches(k, m.keys.Help) && !(typed && k.Text != "")
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
			shown, about := s.Key.Render(cells.Fit(k.shown, 10, "")), cells.Cut(k.about, each-13, s.Glyphs.Ellipsis)
			if k.faint {
				shown, about = s.Muted.Render(cells.Fit(k.shown, 10, "")), s.Muted.Render(about)
			}
			rows = append(rows, "  "+shown+about)
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
