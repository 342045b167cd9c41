package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/style"
)

// Options say how the workbench is shown.
type Options struct {
	Title string // of the collection
	At    string // the document to open; "" for the first that is not finished
	Theme string // "dark", "light", "none"; "" or "auto" follows the terminal
	ASCII bool   // no signs beyond ASCII of our own
	Keys  KeyMap // the zero value: the keys as shipped
	Demo  bool   // the collection is the demo: its decisions are for trying
	New   bool   // this person was never offered the tour
	Lens  *Lens  // where two sides differ, which n and p then step through; nil: nothing is compared. It has a case
	Met   func() // called once the tour was offered, off the event loop; may be nil
}

// ProgramOptions are the options that a program with this model should have: frames
// often enough that a key is painted within 16 ms.
func ProgramOptions() []tea.ProgramOption { return []tea.ProgramOption{tea.WithFPS(120)} }

// showsUTF8 tells from the environment of the terminal whether it shows UTF-8. A
// terminal that says nothing is taken at its best.
func showsUTF8(env func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(env(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}

// theme builds the styles for what is known of the terminal so far.
func (m *Model) theme() *style.Styles {
	g := style.Unicode()
	if m.opt.ASCII || !m.term.utf8 {
		g = style.ASCII()
	}
	name := m.opt.Theme
	if m.term.colourless {
		name = "none"
	}
	if name == "none" {
		return style.Plain(g)
	}
	light := name == "light" || name != "dark" && m.term.light
	asked := name == "light" || name == "dark"
	t := style.Terminal{Whole: asked && (light != m.term.light || !m.term.told), Glyphs: g}
	if light {
		return style.Light(t)
	}
	return style.Dark(t)
}
