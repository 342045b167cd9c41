package draw

import (
	"fmt"
	"html"
	"html/template"
	"strings"
	"unicode/utf8"
)

// wide is the width of a chart in its own units; the page scales it.
const wide = 760

// svg builds a chart. Colours are classes, which the page's style gives their
// light and dark values: m0 to m3 are models, pale their lighter form.
type svg struct {
	b    strings.Builder
	what string
	high int
}

// newSVG begins a chart; what says for those who cannot see it what it shows.
func newSVG(what string, high int) *svg { return &svg{what: what, high: high} }

func (s *svg) rect(x, y, w, h float64, class, tip string) {
	fmt.Fprintf(&s.b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2" class="%s">%s</rect>`, x, y, max(w, 0), h, class, title(tip))
}

func (s *svg) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&s.b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`, x1, y1, x2, y2, class)
}

func (s *svg) dot(x, y, r float64, class, tip string) {
	fmt.Fprintf(&s.b, `<circle cx="%.1f" cy="%.1f" r="%.1f" class="%s">%s</circle>`, x, y, r, class, title(tip))
}

// text writes at a baseline; anchor is start, middle or end.
func (s *svg) text(x, y float64, anchor, class, text string) {
	fmt.Fprintf(&s.b, `<text x="%.1f" y="%.1f" text-anchor="%s" class="%s">%s</text>`, x, y, anchor, class, html.EscapeString(text))
}

func (s *svg) path(points [][2]float64, class string) {
	var d strings.Builder
	for i, p := range points {
		fmt.Fprintf(&d, "%c%.1f %.1f", "ML"[min(i, 1)], p[0], p[1])
	}
	fmt.Fprintf(&s.b, `<path d="%s" class="%s"/>`, d.String(), class)
}

func (s *svg) done() template.HTML {
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %d" role="img" aria-label="%s">%s</svg>`, wide, s.high, html.EscapeString(s.what), s.b.String())) //nolint:gosec // every text above is escaped
}

func title(tip string) string {
	if tip == "" {
		return ""
	}
	return "<title>" + html.EscapeString(tip) + "</title>"
}

// clip shortens a text to n code points.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// model is the class of a model's colour.
func model(i int) string { return fmt.Sprintf("m%d", i%4) }
