package style

import (
	"fmt"
	"image/color"
	"testing"

	"github.com/lucasb-eyer/go-colorful"
)

// visions are what people see of a colour, as matrices of linear RGB: all of it, and
// without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1.0).
var visions = map[string][9]float64{
	"normal":       {1, 0, 0, 0, 1, 0, 0, 0, 1},
	"protanopia":   {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
	"deuteranopia": {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
	"tritanopia":   {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
}

func rgb(c color.Color) colorful.Color {
	made, _ := colorful.MakeColor(c)
	return made
}

func seen(c colorful.Color, m [9]float64) colorful.Color {
	r, g, b := c.LinearRgb()
	return colorful.LinearRgb(m[0]*r+m[1]*g+m[2]*b, m[3]*r+m[4]*g+m[5]*b, m[6]*r+m[7]*g+m[8]*b).Clamped()
}

// apart is how different two colours look to those who see the least of it, as a
// CIEDE2000 difference: 1 can just be seen side by side, 10 is told at a glance.
func apart(a, b uint8) float64 {
	least := 1000.0
	for _, m := range visions {
		least = min(least, 100*seen(rgb(fixed(a)), m).DistanceCIEDE2000(seen(rgb(fixed(b)), m)))
	}
	return least
}

// usable tells whether text in the colour can be read, and is no grey.
func usable(i uint8, t tokens) bool {
	c := rgb(fixed(i))
	_, chroma, _ := c.Hcl()
	return chroma >= 0.22 && contrast(c, rgb(t.tint)) >= 4.5 && contrast(c, rgb(t.back)) >= 4.5
}

func themes() []*Styles {
	return []*Styles{Dark(Terminal{Glyphs: Unicode()}), Light(Terminal{Glyphs: Unicode()})}
}

func TestLabelColoursAreToldApart(t *testing.T) {
	for _, s := range themes() {
		want := map[bool]float64{true: 12.5, false: 11}[s.Dark]
		for i, a := range s.tokens.labels {
			if !usable(a, s.tokens) {
				t.Errorf("%s: colour %d cannot be read", s.Name, a)
			}
			for _, b := range s.tokens.labels[:i] {
				if d := apart(a, b); d < want {
					t.Errorf("%s: colours %d and %d are %.1f apart, want %.1f", s.Name, a, b, d, want)
				}
			}
		}
	}
}

// The palettes were found by exchanging colours while that moved the nearest two
// apart, from sixty random beginnings. So no exchange may improve them.
func TestNoExchangeImprovesThePalettes(t *testing.T) {
	for _, s := range themes() {
		var all []uint8
		for i := 16; i < 256; i++ {
			if usable(uint8(i), s.tokens) {
				all = append(all, uint8(i))
			}
		}
		p := s.tokens.labels
		at := nearest(p)
		for i, was := range p {
			for _, c := range all {
				p[i] = c
				if d := nearest(p); d > at+0.01 {
					t.Errorf("%s: %d instead of %d moves the nearest colours from %.1f to %.1f apart", s.Name, c, was, at, d)
				}
			}
			p[i] = was
		}
	}
}

var known = map[[2]uint8]float64{}

// nearest is how far the nearest two colours of a palette are apart.
func nearest(p palette) float64 {
	least := 1000.0
	for i, a := range p {
		for _, b := range p[:i] {
			k := [2]uint8{min(a, b), max(a, b)}
			if _, ok := known[k]; !ok {
				known[k] = apart(a, b)
			}
			least = min(least, known[k])
		}
	}
	return least
}

// The labels of most collections are few: each prefix of a palette is about as far
// apart as it can be.
func TestThePalettesBeginWithWhatIsFarthestApart(t *testing.T) {
	for _, s := range themes() {
		for i := 2; i < len(s.tokens.labels)-1; i++ {
			if a, b := toFirst(s.tokens.labels, i), toFirst(s.tokens.labels, i+1); a < b-0.01 {
				t.Errorf("%s: colour %d is nearer to those before it (%.1f) than the next (%.1f)", s.Name, i, a, b)
			}
		}
	}
	if t.Failed() {
		for _, s := range themes() {
			fmt.Println(s.Name, farthestFirst(s.tokens.labels))
		}
	}
}

func toFirst(p palette, i int) float64 {
	least := 1000.0
	for _, b := range p[:i] {
		least = min(least, apart(p[i], b))
	}
	return least
}

func farthestFirst(p palette) palette {
	for i := 1; i < len(p); i++ {
		best := i
		for j := i; j < len(p); j++ {
			q := p
			q[i], q[j] = q[j], q[i]
			r := p
			r[i], r[best] = r[best], r[i]
			if toFirst(q, i) > toFirst(r, i) {
				best = j
			}
		}
		p[i], p[best] = p[best], p[i]
	}
	return p
}
