package style

import (
	"hash/fnv"
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/lucasb-eyer/go-colorful"
)

// safe is a palette of eight colours that people with the common kinds of colour
// blindness tell apart (Okabe and Ito, "Color universal design").
var safe = [...]string{"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800", "#7a6fd0"}

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
			place = int(h.Sum32() % uint32(len(safe)))
		}
		c = hex(safe[place%len(safe)])
	}
	return s.toned(c)
}

// tones derives the colours of a label from its own: the hue is the label's,
// lightness and strength are the theme's. on is the text's colour in focus.
func (s *Styles) tones(c colorful.Color) (line, tint, focus, on colorful.Color) {
	t := s.tokens
	h, chroma, _ := c.Hcl()
	chroma = min(max(chroma, 0.25), 0.6)
	line, tint, focus = colorful.Hcl(h, chroma, 0.46), colorful.Hcl(h, chroma*0.35, 0.91), colorful.Hcl(h, chroma, 0.45)
	on = colorful.Color{R: 1, G: 1, B: 1}
	if t.dark {
		line, tint, focus = colorful.Hcl(h, chroma, 0.76), colorful.Hcl(h, chroma*0.45, 0.27), colorful.Hcl(h, chroma, 0.80)
		on = hex("#0c0d12")
	}
	return line.Clamped(), tint.Clamped().BlendRgb(t.back, 0.15), focus.Clamped(), on
}

func (s *Styles) toned(c colorful.Color) *Label {
	t := s.tokens
	line, tint, focus, on := s.tones(c)
	l := &Label{
		Chip:  look{fg: line, bold: true}.paint(),
		Tint:  look{bg: tint, fg: t.ink}.paint(),
		Focus: look{bg: focus, fg: on, bold: true}.paint(),
		Bar:   look{fg: focus, bold: true}.paint(),
		Line:  look{fg: line}.paint(),
	}
	ink := t.ink
	if s.few {
		// The nearest of 256 colours to a soft tint is a loud one: a grey behind
		// text of the label's colour says the same.
		tint, ink = hex("#e4e4e4"), line
		if t.dark {
			tint = hex("#303030")
		}
		l.Tint = look{bg: tint, fg: ink}.paint()
	}
	for i, u := range underlines {
		k := look{underline: u, line: line, fg: ink, bg: tint}
		if i == 0 {
			k.bg, k.fg = nil, nil
		}
		l.Under[i] = k.paint()
	}
	return l
}

// underlines are the styles of an underline by state.
var underlines = [5]lipgloss.Underline{lipgloss.UnderlineDotted, lipgloss.UnderlineDashed, lipgloss.UnderlineSingle, lipgloss.UnderlineDouble, lipgloss.UnderlineSingle}

func plainLabel() *Label {
	bold := look{bold: true}.paint()
	l := &Label{Chip: bold, Focus: look{reverse: true, bold: true}.paint(), Bar: bold}
	for i, u := range underlines {
		l.Under[i] = look{underline: u}.paint()
	}
	return l
}

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
