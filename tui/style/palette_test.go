package style

import (
	"testing"
)

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
		for i, a := range s.tokens.labels {
			want := map[bool]float64{true: 12.5, false: 11}[s.Dark]
			if i >= searched {
				want = enough
			}
			if !usable(a, s.tokens) {
				t.Errorf("%s: colour %d cannot be read", s.Name, a)
			}
			for _, b := range s.tokens.labels[:i] {
				if d := apart(fixed(a), fixed(b)); d < want {
					t.Errorf("%s: colours %d and %d are %.1f apart, want %.1f", s.Name, a, b, d, want)
				}
			}
		}
	}
}

// searched is how many colours of a palette were found by exchanging colours while that
// moved the nearest two apart, from sixty random beginnings. The others are those that
// are farthest from them.
const searched = 8

// No exchange may improve what was searched for.
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
		for i, was := range p[:searched] {
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
	for i, a := range p[:searched] {
		for _, b := range p[:i] {
			k := [2]uint8{min(a, b), max(a, b)}
			if _, ok := known[k]; !ok {
				known[k] = apart(fixed(a), fixed(b))
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
}

func toFirst(p palette, i int) float64 {
	least := 1000.0
	for _, b := range p[:i] {
		least = min(least, apart(fixed(p[i]), fixed(b)))
	}
	return least
}

func TestColoursOfVisualConfAreUsedWhereTheyStayApart(t *testing.T) {
	for _, s := range themes() {
		for _, c := range []struct {
			css  []string
			want bool
		}{
			{[]string{"#d55e00", "#e69f00"}, false}, // two kinds of orange
			{[]string{"red", "green"}, false},       // to many people one
			{[]string{"#7fa2ff", "#ffccaa"}, true},
			{[]string{"#7fa2ff", ""}, false},
			{nil, true},
			{make([]string, 11), true},
		} {
			if got := s.ToldApart(c.css); got != c.want {
				t.Errorf("%s: %q: %v", s.Name, c.css, got)
			}
		}
	}
}
