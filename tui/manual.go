package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

//go:generate go test -run TestTheManualIsFresh -update .

// keyGroup is a section of the help and of the manual.
type keyGroup struct {
	title string
	keys  []keyLine
}

type keyLine struct{ shown, all, about string }

// manual are all keys by group: what the help shows and docs/keys.md lists.
func (m *Model) manual() []keyGroup {
	var groups []keyGroup
	for i := range m.commands {
		c := &m.commands[i]
		if n := len(groups); n == 0 || groups[n-1].title != c.group {
			groups = append(groups, keyGroup{title: c.group})
		}
		g := &groups[len(groups)-1]
		g.keys = append(g.keys, keyLine{c.binding.Help().Key, spell(c.binding), c.about})
	}
	q, h, c, d := m.keys.Selecting, m.keys.Hits, m.keys.Concepts, dialog.DefaultKeyMap()
	return append(groups,
		section("While selecting", q.Left, q.Right, q.WordLeft, q.WordRight, q.Up, q.Down, q.LineStart, q.LineEnd, q.Anchor, q.Confirm, q.Leave),
		section("While finding in the text", h.Next, h.Prev, h.Leave),
		section("While searching concepts", c.Down, c.Up, c.Confirm, c.Pick, c.Leave),
		section("In a list", d.Up, d.Down, d.PageUp, d.PageDown, d.Confirm, d.Leave))
}

func section(title string, bindings ...key.Binding) keyGroup {
	g := keyGroup{title: title}
	for _, b := range bindings {
		g.keys = append(g.keys, keyLine{b.Help().Key, spell(b), b.Help().Desc})
	}
	return g
}

// spell names the keys of a binding: the one that the help shows, or all.
func spell(b key.Binding) string {
	shown := b.Help().Key
	keys := b.Keys()
	if len(keys) > 4 {
		return shown
	}
	names := []string{shown}
	for _, k := range keys {
		if k != shown && !strings.EqualFold(k, shown) && k != "pgdown" {
			names = append(names, k)
		}
	}
	return strings.Join(names, " ")
}

// Manual writes the keys of the workbench as a page of Markdown.
func Manual() string {
	m := &Model{keys: DefaultKeyMap()}
	m.commands = commands(m.keys)
	var b strings.Builder
	b.WriteString("# Keys\n\nWritten by `go generate ./tui`; `?` shows the same page in the workbench.\n")
	for _, g := range m.manual() {
		fmt.Fprintf(&b, "\n## %s\n\n| key | does |\n|---|---|\n", g.title)
		for _, k := range g.keys {
			var keys []string
			for _, one := range strings.Fields(k.all) {
				keys = append(keys, "`"+strings.ReplaceAll(one, "|", "\\|")+"`")
			}
			fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(keys, " "), k.about)
		}
	}
	return b.String()
}
