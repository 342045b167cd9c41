package style

import (
	"hash/fnv"
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/lucasb-eyer/go-colorful"
)

// palette are label colours of a theme, as indices of the 240 fixed colours of
// terminals. They were searched for: no two of them look alike, to people with any of
// the three kinds of colour blindness neither, and each can be read on the theme's
// background and on the tint of annotations. How is told in palette_test.go. The first
// are farthest apart, for most collections have few labels.
type palette [10]uint8

var (
	darkPalette  = palette{73, 229, 141, 106, 210, 220, 219, 50, 186, 116}
	lightPalette = palette{23, 58, 17, 57, 52, 125, 19, 96, 127, 90}
)

// Label are the paints of one label.
type Label struct {
	Chip  Paint // its name
	Tint  Paint // the text of an annotation
	Focus Paint // the text of the mention in focus
	Bar   Paint // the bars around the mention in focus
	Line  Paint // the mark under a mention
	Under [5]Paint
	// Under are the paints of the text where marks are drawn as underlines, by
	// state: suggested, pending, accepted, linked, NIL.
	Struck Paint // the text of what was refused, there
}

type labelKey struct{ label, css string }

// Label returns the paints for a label. css is the colour that visual.conf gives
// it; where there is none, a colour of our own palette is chosen by its place
// among the labels, or by its name where place is negative.
func (s *Styles) Label(label, css string, place int) *Label {
	k := labelKey{label, css}
	if l := s.labels[k]; l != nil {
		return l
	}
	l := s.makeLabel(label, css, place)
	s.labels[k] = l
	return l
}

func (s *Styles) makeLabel(label, css string, place int) *Label {
	if s.plain {
		return plainLabel()
	}
	c, ok := ParseColor(css)
	if _, chroma, _ := c.Hcl(); !ok || chroma < 0.04 {
		// A grey or white background says nothing on a screen of grey text.
		if place < 0 {
			h := fnv.New32a()
			_, _ = h.Write([]byte(label))
			place = int(h.Sum32() % uint32(len(palette{})))
		}
		own := s.tokens.labels[place%len(s.tokens.labels)]
		return s.inColour(fixed(own), fixed(own))
	}
	return s.inColour(s.tones(c))
}

// tones derives the colours of a label from the one that visual.conf gives it: the hue
// is the label's, lightness and strength are the theme's.
func (s *Styles) tones(c colorful.Color) (line, focus color.Color) {
	h, chroma, _ := c.Hcl()
	chroma = min(max(chroma, 0.25), 0.6)
	if s.Dark {
		return colorful.Hcl(h, chroma, 0.76).Clamped(), colorful.Hcl(h, chroma, 0.80).Clamped()
	}
	return colorful.Hcl(h, chroma, 0.42).Clamped(), colorful.Hcl(h, chroma, 0.42).Clamped()
}

// inColour are the paints of a label: line colours its marks and its text, focus lies
// behind the text of the mention in focus.
func (s *Styles) inColour(line, focus color.Color) *Label {
	t := s.tokens
	l := &Label{
		Chip:   look{fg: line, bold: true}.paint(),
		Tint:   look{fg: line, bg: t.tint}.paint(),
		Focus:  look{fg: t.onFocus, bg: focus, bold: true}.paint(),
		Bar:    look{fg: focus, bold: true}.paint(),
		Line:   look{fg: line}.paint(),
		Struck: look{fg: line, strike: true}.paint(),
	}
	for i, u := range underlines {
		l.Under[i] = look{underline: u, line: line, fg: line, bg: t.tint}.paint()
	}
	l.Under[0] = look{underline: underlines[0], line: line}.paint() // not in the file: no tint
	return l
}

// underlines are the styles of an underline by state.
var underlines = [5]lipgloss.Underline{lipgloss.UnderlineDotted, lipgloss.UnderlineDashed, lipgloss.UnderlineSingle, lipgloss.UnderlineDouble, lipgloss.UnderlineSingle}

func plainLabel() *Label {
	bold := look{bold: true}.paint()
	l := &Label{Chip: bold, Focus: look{reverse: true, bold: true}.paint(), Bar: bold, Struck: look{strike: true}.paint()}
	for i, u := range underlines {
		l.Under[i] = look{underline: u}.paint()
	}
	return l
}

// fixed is one of the colours 16 to 255, which are the same in every terminal and take
// a third of the bytes of others.
func fixed(i uint8) color.Color { return ansi.IndexedColor(i) }

// ParseColor reads a colour as CSS writes it: #rgb, #rrggbb, rgb(r,g,b) or a name.
func ParseColor(css string) (colorful.Color, bool) {
	css = strings.ToLower(strings.TrimSpace(css))
	if strings.HasPrefix(css, "#") {
		c, err := colorful.Hex(css)
		return c, err == nil
	}
	if v, ok := named[css]; ok {
		return hex(v), true
	}
	var r, g, b uint8
	if n := scanRGB(css, &r, &g, &b); n == 3 {
		c, ok := colorful.MakeColor(color.RGBA{R: r, G: g, B: b, A: 255})
		return c, ok
	}
	return colorful.Color{}, false
}
