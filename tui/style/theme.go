package style

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/lucasb-eyer/go-colorful"
)

// tokens are the few colours of which a theme is made.
type tokens struct {
	dark   bool
	back   colorful.Color // the terminal's background
	ink    color.Color    // text of weight
	muted  color.Color    // text of less weight, still readable
	rule   color.Color    // lines between panels
	accent color.Color    // where the cursor is, what a key is called
	good   color.Color
	warn   color.Color
	bad    color.Color
	panel  color.Color // background of a selected row
	hit    color.Color // background of what a search found
	onHit  color.Color
}

// Styles are the paints of one theme, named by what they mean.
type Styles struct {
	Name   string
	Dark   bool
	Glyphs *Glyphs

	Text, Strong, Muted, Rule          Paint
	Title, Key, Accent                 Paint
	Good, Warn, Bad                    Paint
	Row, RowMuted, Marker              Paint // the row under a cursor
	Hit, HitHere, Selection, TextCaret Paint
	DialogTitle                        Paint

	base   Paint // of every cell that nothing else paints; mostly the terminal's own
	tokens tokens
	plain  bool
	few    bool
	labels map[labelKey]*Label
}

func hex(s string) colorful.Color {
	c, err := colorful.Hex(s)
	if err != nil {
		panic("style: " + err.Error()) // a token of this file is mistyped
	}
	return c
}

// Terminal is what a theme must know of the terminal.
type Terminal struct {
	Background color.Color // nil where it did not tell
	Few        bool        // it shows 256 colours or less, in which soft tints turn garish
	Whole      bool        // paint the background too: the theme is not the one that the terminal calls for
	Glyphs     *Glyphs
}

// Dark is the theme for a dark background.
func Dark(t Terminal) *Styles {
	return build("dark", t, tokens{
		dark: true, back: backdrop(t.Background, "#16161e"),
		ink: hex("#f2f4f8"), muted: hex("#99a1b3"), rule: hex("#4b5263"),
		accent: hex("#8ab4f8"), good: hex("#8fd19e"), warn: hex("#f0b866"), bad: hex("#ff8a80"),
		panel: hex("#2b3245"), hit: hex("#e5c454"), onHit: hex("#16161e"),
	})
}

// Light is the theme for a light background.
func Light(t Terminal) *Styles {
	return build("light", t, tokens{
		back: backdrop(t.Background, "#ffffff"),
		ink:  hex("#14161b"), muted: hex("#5a6172"), rule: hex("#b9bfcc"),
		accent: hex("#1a56b4"), good: hex("#216e39"), warn: hex("#8a5300"), bad: hex("#b3261e"),
		panel: hex("#e3eaf7"), hit: hex("#ffd84d"), onHit: hex("#14161b"),
	})
}

// Plain is the theme without colours: weight, underline and reverse only.
func Plain(g *Glyphs) *Styles {
	bold, reverse := look{bold: true}.paint(), look{reverse: true}.paint()
	return &Styles{
		Name: "none", Glyphs: g, plain: true, labels: map[labelKey]*Label{},
		Strong: bold, Title: bold, Key: bold, Accent: bold, Good: bold, Warn: bold, Bad: bold,
		Row: reverse, RowMuted: reverse, Marker: bold,
		Hit: look{underline: lipgloss.UnderlineSingle}.paint(), HitHere: reverse,
		Selection: reverse, TextCaret: reverse, DialogTitle: bold,
	}
}

func backdrop(c color.Color, otherwise string) colorful.Color {
	if c == nil {
		return hex(otherwise)
	}
	back, ok := colorful.MakeColor(c)
	if !ok {
		return hex(otherwise)
	}
	return back
}

func build(name string, term Terminal, t tokens) *Styles {
	s := &Styles{
		Name: name, Dark: t.dark, Glyphs: term.Glyphs, tokens: t, few: term.Few, labels: map[labelKey]*Label{},
		Strong: look{fg: t.ink, bold: true}.paint(),
		Muted:  look{fg: t.muted}.paint(),
		Rule:   look{fg: t.rule}.paint(),
		Title:  look{fg: t.accent, bold: true}.paint(),
		Key:    look{fg: t.accent, bold: true}.paint(),
		Accent: look{fg: t.accent}.paint(),
		Good:   look{fg: t.good}.paint(),
		Warn:   look{fg: t.warn}.paint(),
		Bad:    look{fg: t.bad, bold: true}.paint(),
		Row:    look{fg: t.ink, bg: t.panel, bold: true}.paint(), RowMuted: look{fg: t.muted, bg: t.panel}.paint(),
		Marker:      look{fg: t.accent, bold: true}.paint(),
		Hit:         look{underline: lipgloss.UnderlineSingle, fg: t.hitText(), bold: true}.paint(),
		HitHere:     look{fg: t.onHit, bg: t.hit}.paint(),
		Selection:   look{fg: t.back, bg: t.accent}.paint(),
		TextCaret:   look{reverse: true}.paint(),
		DialogTitle: look{fg: t.accent, bold: true}.paint(),
	}
	if term.Whole {
		s.base = look{fg: t.ink, bg: t.back}.paint()
	}
	return s
}

// Ground joins the rows of a frame on the theme's own background, where it has one.
func (s *Styles) Ground(rows []string) string {
	if s.base.on == "" {
		return strings.Join(rows, "\n")
	}
	for i, row := range rows {
		// A row that ends in blanks is sent as "erase the rest", and not every
		// terminal remembers the background of what was erased.
		if cut, ok := strings.CutSuffix(row, " "); ok {
			rows[i] = cut + "\u00a0"
		}
	}
	return s.base.on + strings.ReplaceAll(strings.Join(rows, "\n"), reset, reset+s.base.on) + reset
}

// hitText colours what a search found elsewhere; on a light background the hit's
// own yellow could not be read.
func (t tokens) hitText() color.Color {
	if t.dark {
		return t.hit
	}
	return t.warn
}
