package style

import (
	"image/color"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/lucasb-eyer/go-colorful"
)

func TestColoursAreReadAsCSSWritesThem(t *testing.T) {
	for css, want := range map[string]string{
		"#7fa2ff": "#7fa2ff", "#FFF": "#ffffff", "lightgreen": "#90ee90", " Red ": "#ff0000", "rgb(10,20,30)": "#0a141e",
	} {
		if c, ok := ParseColor(css); !ok || c.Hex() != want {
			t.Errorf("%q is %s, %v; want %s", css, c.Hex(), ok, want)
		}
	}
	for _, css := range []string{"", "darken", "#12", "nonsense"} {
		if _, ok := ParseColor(css); ok {
			t.Errorf("%q was read as a colour", css)
		}
	}
}

// contrast is the ratio of WCAG 2.
func contrast(a, b colorful.Color) float64 {
	l := func(c colorful.Color) float64 {
		r, g, b := c.LinearRgb()
		return 0.2126*r + 0.7152*g + 0.0722*b
	}
	x, y := l(a), l(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func TestTokensCanBeRead(t *testing.T) {
	for _, s := range themes() {
		k := s.tokens
		for name, pair := range map[string][2]color.Color{
			"ink": {k.ink, k.back}, "muted": {k.muted, k.back}, "accent": {k.accent, k.back}, "good": {k.good, k.back},
			"warn": {k.warn, k.back}, "bad": {k.bad, k.back}, "found": {k.found, k.back},
			"selection": {k.back, k.accent}, "hit": {k.onHit, k.hit}, "row": {k.ink, k.panel},
		} {
			if got := contrast(rgb(pair[0]), rgb(pair[1])); got < 4.5 {
				t.Errorf("%s: %s has a contrast of %.1f", s.Name, name, got)
			}
		}
		for _, i := range k.labels {
			if got := contrast(rgb(k.onFocus), rgb(fixed(i))); got < 4.5 {
				t.Errorf("%s: text in focus on colour %d has a contrast of %.1f", s.Name, i, got)
			}
		}
		for css := range named { // whatever visual.conf says
			line, focus := s.tones(hex(named[css]))
			for name, pair := range map[string][2]color.Color{"line": {line, k.back}, "text": {line, k.tint}, "focus": {k.onFocus, focus}} {
				if got := contrast(rgb(pair[0]), rgb(pair[1])); got < 4 {
					t.Errorf("%s: %s of %s has a contrast of %.1f", s.Name, name, css, got)
				}
			}
		}
	}
}

func TestPlainHasNoColour(t *testing.T) {
	s := Plain(Unicode())
	for _, p := range []Paint{s.Strong, s.Row, s.Hit, s.HitHere, s.Selection, s.Label("x", "red", 0).Focus, s.Label("x", "red", 0).Under[3]} {
		if strings.Contains(p.on, "38;") || strings.Contains(p.on, "48;") {
			t.Errorf("%q is a colour", p.on)
		}
	}
}

func TestEveryGlyphIsASCIIThere(t *testing.T) {
	g := ASCII()
	for _, s := range []string{g.Vertical, g.Horizontal, g.Finished, g.Partly, g.FocusLeft, g.FocusRight, g.Suggested, g.Pending, g.Accepted, g.Linked, g.NIL, g.To, g.BarFull, g.Ellipsis, g.Arrow, g.Unknown, g.Meaning} {
		for _, r := range s {
			if r >= 0x80 {
				t.Errorf("%q is not ASCII", s)
			}
		}
	}
	// Five states, five signs.
	seen := map[string]bool{}
	for _, s := range []string{g.Suggested, g.Pending, g.Accepted, g.Linked, g.NIL} {
		if seen[s] {
			t.Errorf("%q means two states", s)
		}
		seen[s] = true
	}
}

// The last cell of a row is painted even where it is blank, and whatever colour it has.
func TestTheGroundReachesTheLastCell(t *testing.T) {
	s := Light(Terminal{Whole: true, Glyphs: Unicode()})
	blank := s.Muted.Render("b ")
	for _, row := range []string{"a ", blank, blank + s.Strong.Render(" "), s.Muted.Render("b") + " "} {
		got := ansi.Strip(s.Ground([]string{row}))
		if !strings.HasSuffix(got, "\u00a0") || ansi.StringWidth(got) != ansi.StringWidth(row) {
			t.Errorf("%q became %q", row, got)
		}
	}
	for _, row := range []string{"film", s.Muted.Render("film"), "", "\x1b[31m"} {
		if got := ansi.Strip(s.Ground([]string{row})); got != ansi.Strip(row) {
			t.Errorf("%q became %q", row, got)
		}
	}
}
