// Package style turns design tokens into the paints that the panels use. A theme
// is built once for a terminal's background and handed out by pointer.
package style

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// reset ends every painted piece, so that pieces can be joined in any order.
const reset = "\x1b[m"

// Paint is a ready-made escape sequence. Panels paint thousands of short pieces a
// frame, so nothing is computed when a piece is painted. The zero value is plain text.
type Paint struct{ on string }

// Is tells whether both paint alike.
func (p Paint) Is(q Paint) bool { return p.on == q.on }

// Render paints s.
func (p Paint) Render(s string) string {
	if p.on == "" || s == "" {
		return s
	}
	return p.on + s + reset
}

// Append paints s onto b.
func (p Paint) Append(b []byte, s string) []byte {
	if p.on == "" || s == "" {
		return append(b, s...)
	}
	b = append(b, p.on...)
	b = append(b, s...)
	return append(b, reset...)
}

// look describes a paint; the zero colours are the terminal's own.
type look struct {
	fg, bg, line color.Color
	bold, faint  bool
	italic       bool
	reverse      bool
	strike       bool
	underline    lipgloss.Underline
}

// paint lets Lip Gloss render a sample, and keeps the sequence that it begins with.
func (l look) paint() Paint {
	s := lipgloss.NewStyle().Bold(l.bold).Faint(l.faint).Italic(l.italic).Reverse(l.reverse).Strikethrough(l.strike)
	if l.underline != lipgloss.UnderlineNone {
		s = s.UnderlineStyle(l.underline).UnderlineColor(l.line)
	}
	if l.fg != nil {
		s = s.Foreground(l.fg)
	}
	if l.bg != nil {
		s = s.Background(l.bg)
	}
	on, _, _ := strings.Cut(s.Render(sample), sample)
	return Paint{on: on}
}

// sample is a text that no escape sequence holds.
const sample = "x"
