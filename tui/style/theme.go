package style

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
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
	Dialog, DialogTitle                Paint

	tokens tokens
	plain  bool
	labels map[labelKey]*Label
}

func hex(s string) colorful.Color {
	c, err := colorful.Hex(s)
	if err != nil {
		panic("style: " + err.Error()) // a token of this file is mistyped
	}
	return c
}

// Dark is the theme for a dark background; back is the background itself, where
// the terminal told it, else nil.
func Dark(back color.Color, g *Glyphs) *Styles {
	return build("dark", tokens{
		dark: true, back: backdrop(back, "#16161e"),
		ink: hex("#f2f4f8"), muted: hex("#99a1b3"), rule: hex("#4b5263"),
		accent: hex("#8ab4f8"), good: hex("#8fd19e"), warn: hex("#f0b866"), bad: hex("#ff8a80"),
		panel: hex("#2b3245"), hit: hex("#e5c454"), onHit: hex("#16161e"),
	}, g)
}

// Light is the theme for a light background.
func Light(back color.Color, g *Glyphs) *Styles {
	return build("light", tokens{
		back: backdrop(back, "#ffffff"),
		ink:  hex("#14161b"), muted: hex("#5a6172"), rule: hex("#b9bfcc"),
		accent: hex("#1a56b4"), good: hex("#216e39"), warn: hex("#8a5300"), bad: hex("#b3261e"),
		panel: hex("#e3eaf7"), hit: hex("#ffd84d"), onHit: hex("#14161b"),
	}, g)
}

// Plain is the theme without colours: weight, underline and reverse only.
func Plain(g *Glyphs) *Styles {
	bold, reverse := look{bold: true}.paint(), look{reverse: true}.paint()
	return &Styles{
		Name: "none", Glyphs: g, plain: true, labels: map[labelKey]*Label{},
		Strong: bold, Title: bold, Key: bold, Accent: bold, Good: bold, Warn: bold, Bad: bold,
		Row: reverse, RowMuted: reverse, Marker: bold,
		Hit: look{underline: ansi.UnderlineSingle}.paint(), HitHere: reverse,
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

func build(name string, t tokens, g *Glyphs) *Styles {
	return &Styles{
		Name: name, Dark: t.dark, Glyphs: g, tokens: t, labels: map[labelKey]*Label{},
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
		Hit:         look{underline: ansi.UnderlineSingle, fg: t.hitText(), bold: true}.paint(),
		HitHere:     look{fg: t.onHit, bg: t.hit}.paint(),
		Selection:   look{fg: t.onHit, bg: t.accent}.paint(),
		TextCaret:   look{reverse: true}.paint(),
		Dialog:      Paint{},
		DialogTitle: look{fg: t.accent, bold: true}.paint(),
	}
}

// hitText colours what a search found elsewhere; on a light background the hit's
// own yellow could not be read.
func (t tokens) hitText() color.Color {
	if t.dark {
		return t.hit
	}
	return t.warn
}
