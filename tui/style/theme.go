package style

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// tokens are the few colours of which a theme is made, all of them fixed colours of
// terminals: a frame of true colours would be a third longer on the line.
type tokens struct {
	back   color.Color // the terminal's background, or what it is taken for
	ink    color.Color // text of weight
	muted  color.Color // text of less weight, still readable
	rule   color.Color // lines between panels
	accent color.Color // where the cursor is, what a key is called
	good   color.Color
	warn   color.Color
	bad    color.Color
	panel  color.Color // background of a selected row
	tint   color.Color // background of annotated text
	hit    color.Color // background of what a search found
	onHit  color.Color
	// found colours what a search found elsewhere.
	found   color.Color
	onFocus color.Color // text in focus, on the label's colour
	labels  palette
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
	Broken                             Paint // text of a mention whose line of the file is wrong, where marks are underlines
	DialogTitle                        Paint

	base   Paint // of every cell that nothing else paints; mostly the terminal's own
	tokens tokens
	plain  bool
	labels map[labelKey]*Label
}

// Terminal is what a theme must know of the terminal.
type Terminal struct {
	Whole  bool // paint the background too: the theme is not the one that the terminal calls for
	Glyphs *Glyphs
}

// Dark is the theme for a dark background.
func Dark(t Terminal) *Styles {
	return build("dark", t, tokens{
		back: fixed(234), ink: fixed(255), muted: fixed(247), rule: fixed(240),
		accent: fixed(111), good: fixed(114), warn: fixed(215), bad: fixed(210),
		panel: fixed(238), tint: fixed(236), hit: fixed(221), onHit: fixed(233), found: fixed(221),
		onFocus: fixed(233), labels: darkPalette,
	})
}

// Light is the theme for a light background.
func Light(t Terminal) *Styles {
	return build("light", t, tokens{
		back: fixed(231), ink: fixed(233), muted: fixed(241), rule: fixed(250),
		accent: fixed(25), good: fixed(22), warn: fixed(94), bad: fixed(124),
		panel: fixed(253), tint: fixed(255), hit: fixed(221), onHit: fixed(233), found: fixed(94),
		onFocus: fixed(231), labels: lightPalette,
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
		Broken: look{underline: lipgloss.UnderlineCurly}.paint(),
	}
}

func build(name string, term Terminal, t tokens) *Styles {
	s := &Styles{
		Name: name, Dark: name == "dark", Glyphs: term.Glyphs, tokens: t, labels: map[labelKey]*Label{},
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
		Hit:         look{underline: lipgloss.UnderlineSingle, fg: t.found, bold: true}.paint(),
		HitHere:     look{fg: t.onHit, bg: t.hit}.paint(),
		Selection:   look{fg: t.back, bg: t.accent}.paint(),
		TextCaret:   look{reverse: true}.paint(),
		Broken:      look{underline: lipgloss.UnderlineCurly, fg: t.warn}.paint(),
		DialogTitle: look{fg: t.accent, bold: true}.paint(),
	}
	if term.Whole {
		s.base = look{fg: t.ink, bg: t.back}.paint()
	}
	return s
}

// textEnd is where the text of a row ends: behind it are only colours.
func textEnd(row string) int {
	end := len(row)
	for {
		start := strings.LastIndex(row[:end], "\x1b[")
		if start < 0 || end-1 < start+2 || row[end-1] != 'm' || strings.Trim(row[start+2:end-1], "0123456789;:") != "" {
			return end
		}
		end = start
	}
}

// Ground joins the rows of a frame on the theme's own background, where it has one.
func (s *Styles) Ground(rows []string) string {
	if s.base.on == "" {
		return strings.Join(rows, "\n")
	}
	for i, row := range rows {
		// A row that ends in blanks is sent as "erase the rest", and not every
		// terminal remembers the background of what was erased.
		if at := textEnd(row); strings.HasSuffix(row[:at], " ") {
			rows[i] = row[:at-1] + "\u00a0" + row[at:]
		}
	}
	return s.base.on + strings.ReplaceAll(strings.Join(rows, "\n"), reset, reset+s.base.on) + reset
}
