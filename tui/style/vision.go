package style

import (
	"image/color"

	"github.com/lucasb-eyer/go-colorful"
)

// visions are what people see of a colour, as matrices of linear RGB: all of it, and
// without one kind of cone: protanopia, deuteranopia, tritanopia (Machado, Oliveira and
// Fernandes 2009, "A physiologically-based model for simulation of color vision
// deficiency", severity 1.0).
var visions = [...][9]float64{
	{1, 0, 0, 0, 1, 0, 0, 0, 1},
	{0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
	{0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
	{1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
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
func apart(a, b color.Color) float64 {
	least := 1000.0
	for _, m := range visions {
		least = min(least, 100*seen(rgb(a), m).DistanceCIEDE2000(seen(rgb(b), m)))
	}
	return least
}

// enough is the difference that the colours of visual.conf must keep in the theme to be
// used; those of our own palette do.
const enough = 7

// ToldApart tells whether labels that have these colours in visual.conf would be told
// apart by everybody in this theme. Colours that are made for black text on a white page
// mostly are not. More labels than our own palette has colours for pass.
func (s *Styles) ToldApart(css []string) bool {
	if len(css) > len(palette{}) {
		return true
	}
	var lines []color.Color
	for _, name := range css {
		c, ok := ParseColor(name)
		if !ok {
			return false // a label without a colour would get one that may be taken
		}
		line, _ := s.tones(c)
		for _, other := range lines {
			if apart(line, other) < enough {
				return false
			}
		}
		lines = append(lines, line)
	}
	return true
}
