package dialog

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
)

func typed(l *line, keys ...tea.KeyPressMsg) string {
	for _, k := range keys {
		l.update(k)
	}
	return l.value()
}

func ctrl(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Mod: tea.ModCtrl} }

func text(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Text: string(r)} }

func TestALineIsEditedByCluster(t *testing.T) {
	back, left := tea.KeyPressMsg{Code: tea.KeyBackspace}, tea.KeyPressMsg{Code: tea.KeyLeft}
	for _, c := range []struct {
		name, value, want string
		keys              []tea.KeyPressMsg
	}{
		{"typing", "ab", "abñ", []tea.KeyPressMsg{text('ñ')}},
		{"a sign of several code points", "ae\u0301", "a", []tea.KeyPressMsg{back}},
		{"in the middle", "abc", "axbc", []tea.KeyPressMsg{left, left, text('x')}},
		{"the end", "abc", "abcx", []tea.KeyPressMsg{ctrl('a'), ctrl('e'), text('x')}},
		{"delete", "abc", "bc", []tea.KeyPressMsg{ctrl('a'), {Code: tea.KeyDelete}}},
		{"a word", "uno dos ", "uno ", []tea.KeyPressMsg{ctrl('w')}},
		{"all before", "uno dos", "os", []tea.KeyPressMsg{left, left, ctrl('u')}},
		{"all after", "uno dos", "uno d", []tea.KeyPressMsg{left, left, ctrl('k')}},
		{"nothing to take", "", "", []tea.KeyPressMsg{back, left, ctrl('w'), ctrl('k')}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := typed(newLine("> ", c.value), c.keys...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestALineShowsTheCursor(t *testing.T) {
	s := style.Plain(style.Unicode())
	l := newLine("> ", "una nota que es más larga que la línea que hay para ella")
	for range 60 {
		row := l.view(s, 20)
		if w := cells.Width(row); w != 20 {
			t.Fatalf("the line is %d wide: %q", w, row)
		}
		if c := l.column(20); c < 2 || c >= 20 {
			t.Fatalf("the cursor is at %d", c)
		}
		l.update(tea.KeyPressMsg{Code: tea.KeyLeft})
	}
}

func TestAFilterFindsWithoutAccents(t *testing.T) {
	l := NewFiltered("Docs", "> ", []Entry{{Title: "Niño con tos"}, {Title: "Neumonía", Also: "pulmón"}, {Title: "otro"}}, 0)
	for _, r := range "PULMON" {
		l.Update(text(r))
	}
	if e, ok := l.Chosen(); !ok || e.Title != "Neumonía" {
		t.Errorf("found %+v", e)
	}
	rows, cur := l.View(style.Plain(style.Unicode()), 60, 20)
	if cur == nil || cur.X != 10 || cur.Y != 1 {
		t.Errorf("the cursor is at %+v", cur)
	}
	for _, r := range rows {
		if cells.Width(r) != cells.Width(rows[0]) {
			t.Errorf("rows differ in width: %q", ansi.Strip(r))
		}
	}
}

func TestAListScrollsToItsCursor(t *testing.T) {
	var entries []Entry
	for i := range 100 {
		entries = append(entries, Entry{Title: strings.Repeat("x", i), Value: i})
	}
	l := NewList("Many", entries, 0)
	s := style.Plain(style.Unicode())
	l.View(s, 60, 12)
	for _, k := range []rune{tea.KeyPgDown, tea.KeyPgDown, tea.KeyDown, tea.KeyUp, tea.KeyPgUp} {
		l.Update(tea.KeyPressMsg{Code: k})
		rows, _ := l.View(s, 60, 12)
		seen := false
		for _, r := range rows {
			seen = seen || strings.Contains(r, "▸")
		}
		if !seen || len(rows) > 12 {
			t.Fatalf("after %v the cursor is out of sight, or the box too high (%d)", k, len(rows))
		}
	}
	l.Update(tea.KeyPressMsg{Code: tea.KeyUp})
	if e, _ := l.Chosen(); e.Value != 9 {
		t.Errorf("the cursor is on %d", e.Value)
	}
}
