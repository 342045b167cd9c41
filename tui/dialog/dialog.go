// Package dialog holds the boxes that open over the workbench: lists to choose
// from, a line to type in, and pages to read. A box gets keys before anything
// else and answers with what became of it.
package dialog

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
)

// KeyMap are the keys of every box.
type KeyMap struct {
	Up, Down, PageUp, PageDown key.Binding
	Confirm, Leave             key.Binding
}

// DefaultKeyMap are the keys as shipped.
func DefaultKeyMap() KeyMap {
	bind := func(help, about string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, about))
	}
	return KeyMap{
		Up:       bind("↑", "up", "up", "ctrl+p", "shift+tab"),
		Down:     bind("↓", "down", "down", "ctrl+n", "tab"),
		PageUp:   bind("pgup", "a page up", "pgup"),
		PageDown: bind("pgdn", "a page down", "pgdown"),
		Confirm:  bind("enter", "choose", "enter"),
		Leave:    bind("esc", "leave", "esc", "ctrl+c"),
	}
}

// Outcome is what became of a box after a message.
type Outcome int

// The outcomes.
const (
	Open   Outcome = iota // it stays open
	Chosen                // the annotator confirmed
	Left                  // the annotator left
)

// Box is one of the boxes.
type Box interface {
	// Update takes a key or pasted text.
	Update(msg tea.Msg) Outcome
	// SetKeys gives the box other keys.
	SetKeys(k KeyMap)
	// View draws the box in at most w by h cells. The cursor is relative to the
	// box, nil where it has none.
	View(s *style.Styles, w, h int) ([]string, *tea.Cursor)
}

// frame draws a border with a title around rows of w cells.
func frame(s *style.Styles, title string, rows []string, w int) []string {
	g := s.Glyphs
	side := s.Rule.Render(g.Vertical)
	head := ""
	if title != "" {
		head = " " + cells.Cut(title, w-3, g.Ellipsis) + " "
	}
	rest := max(w-cells.Width(head)-1, 0)
	out := []string{s.Rule.Render(g.CornerTL+g.Horizontal) + s.DialogTitle.Render(head) +
		s.Rule.Render(strings.Repeat(g.Horizontal, rest)+g.CornerTR)}
	for _, r := range rows {
		out = append(out, side+cells.Fit(r, w, g.Ellipsis)+side)
	}
	return append(out, s.Rule.Render(g.CornerBL+strings.Repeat(g.Horizontal, max(w, 0))+g.CornerBR))
}
