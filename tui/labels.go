package tui

import (
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
)

// labels are the labels of the open document: what they are called and how painted.
type labels struct {
	config *brat.Config
	order  []string
	place  map[string]int
	css    bool // the colours of visual.conf are used
}

func newLabels(c *brat.Config, order []string, s *style.Styles) labels {
	l := labels{config: c, order: order, place: make(map[string]int, len(order))}
	var css []string
	for i, name := range order {
		l.place[name] = i
		css = append(css, l.colour(name))
	}
	l.css = s.ToldApart(css)
	return l
}

// colour is what visual.conf says of a label; "" for nothing.
func (l labels) colour(name string) string {
	if l.config == nil {
		return ""
	}
	css := l.config.Drawing(name, "bgColor")
	if css == l.config.Drawing("SPAN_DEFAULT", "bgColor") {
		return "" // one colour for all would tell no label from another
	}
	return css
}

// paint returns the paints of a label in a theme.
func (l labels) paint(s *style.Styles, name string) *style.Label {
	place, ok := l.place[name]
	if !ok {
		place = -1
	}
	css := ""
	if l.css {
		css = l.colour(name)
	}
	return s.Label(name, css, place)
}

// title is what visual.conf calls a label, in as many words as the width has room
// for; width 0 for the full name.
func (l labels) title(name string, width int) string {
	if l.config == nil {
		return cells.Clean(name)
	}
	return cells.Clean(l.config.Label(name, width))
}

// label is both, for panels that draw labels.
func (m *Model) label(name string, width int) (string, *style.Label) {
	return m.labels.title(name, width), m.labels.paint(m.styles, name)
}
