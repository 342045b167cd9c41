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

func checks(n int) *Checks {
	c := NewChecks(DefaultCheckKeys())
	var all []Check
	for i := range n {
		all = append(all, Check{On: true, Where: "doc", Line: "antecedentes de SAOS y obesidad", From: 16, To: 20, What: "exact", Paint: style.Paint{}})
		all[i].Where += strings.Repeat("x", i%3)
	}
	c.Fill(all)
	return c
}

func TestPlacesAreStruckOut(t *testing.T) {
	space, down, enter := tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}, tea.KeyPressMsg{Code: tea.KeyDown}, tea.KeyPressMsg{Code: tea.KeyEnter}
	for _, c := range []struct {
		name string
		keys []tea.KeyPressMsg
		want string
	}{
		{"one, and the cursor goes on", []tea.KeyPressMsg{space, space}, "..xx"},
		{"by the cursor", []tea.KeyPressMsg{down, down, space}, "xx.x"},
		{"taken back", []tea.KeyPressMsg{down, down, down, space, space}, "xxxx"},
		{"none, then one", []tea.KeyPressMsg{text('N'), down, space}, ".x.."},
		{"all", []tea.KeyPressMsg{space, text('A')}, "xxxx"},
	} {
		t.Run(c.name, func(t *testing.T) {
			box := checks(4)
			for _, k := range c.keys {
				if out := box.Update(k); out != Open {
					t.Fatalf("%s ended the box", k)
				}
			}
			got := ""
			for i := range box.Len() {
				got += map[bool]string{true: "x", false: "."}[box.On(i)]
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if out := box.Update(enter); out != Chosen {
				t.Error("enter did not confirm")
			}
		})
	}
	box := checks(2)
	box.Update(text('N'))
	if out := box.Update(enter); out != Open {
		t.Error("enter confirmed though nothing is left")
	}
	box = NewChecks(DefaultCheckKeys())
	box.Busy = "looking"
	if out := box.Update(enter); out != Open {
		t.Error("enter confirmed though the places are not known yet")
	}
}

func TestPlacesAreSeenInContext(t *testing.T) {
	s := style.Plain(style.Unicode())
	for w := 40; w < 140; w += 7 {
		for _, n := range []int{0, 3, 40} {
			rows, _ := checks(n).View(s, w, 12)
			if len(rows) > 14 {
				t.Errorf("%d rows on 12", len(rows))
			}
			for _, r := range rows {
				if got := cells.Width(r); got != w {
					t.Errorf("a row of %d on %d: %q", got, w, r)
				}
			}
			if all := ansi.Strip(strings.Join(rows, "\n")); n > 0 && !strings.Contains(all, "▌SAOS▐") {
				t.Errorf("the place is not on a screen of %d:\n%s", w, all)
			}
		}
	}
}

func TestAFormGoesFromLineToLine(t *testing.T) {
	enter := tea.KeyPressMsg{Code: tea.KeyEnter}
	f := NewForm("new", []Field{{Name: "id", Hint: "a code"}, {Name: "name", Value: "ab"}}, func(v []string) string {
		if v[0] == "" {
			return "no code"
		}
		return ""
	})
	f.Update(enter)
	if out := f.Update(enter); out != Open {
		t.Fatal("a form with a wrong value was taken")
	}
	rows, cur := f.View(style.Plain(style.Unicode()), 60, 10)
	if !strings.Contains(ansi.Strip(strings.Join(rows, "\n")), "no code") || cur.Y != 2 {
		t.Errorf("the form shows %q, the cursor is in row %d", rows, cur.Y)
	}
	f.Update(tea.KeyPressMsg{Code: tea.KeyUp})
	f.Update(text('7'))
	f.Update(enter)
	f.Update(text('c'))
	if out := f.Update(enter); out != Chosen || strings.Join(f.Values(), "|") != "7|abc" {
		t.Errorf("the form ended as %v with %q", out, f.Values())
	}
}
