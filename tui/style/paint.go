// Package style turns design tokens into the paints that the panels use. A theme
// is built once for a terminal's background and handed out by pointer.
package style

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
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
	underline    ansi.Underline
}

func (l look) paint() Paint {
	var s ansi.Style
	if l.bold {
		s = s.Bold()
	}
	if l.faint {
		s = s.Faint()
	}
	if l.italic {
		s = s.Italic(true)
	}
	if l.reverse {
		s = s.Reverse(true)
	}
	if l.underline != ansi.UnderlineNone {
		s = s.UnderlineStyle(l.underline)
	}
	if l.fg != nil {
		s = s.ForegroundColor(l.fg)
	}
	if l.bg != nil {
		s = s.BackgroundColor(l.bg)
	}
	if l.line != nil && l.underline != ansi.UnderlineNone {
		s = s.UnderlineColor(l.line)
	}
	if len(s) == 0 {
		return Paint{}
	}
	return Paint{on: s.String()}
}
