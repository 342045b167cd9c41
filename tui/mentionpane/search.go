package mentionpane

import (
	"fmt"

	"github.com/gloss-nlp/gloss/tui/cells"
)

// search draws the search line and what was found.
func (p *pane) search(s *Search) {
	p.input = len(p.rows)
	p.add(s.Input)
	p.rule()
	switch {
	case p.h-len(p.rows) < 4: // what was found comes first
	case s.Type != "":
		p.add(p.s.Accent.Render("only "+cells.Clean(s.Type)) + p.s.Muted.Render("  "+s.TypeKey+" next type"))
	case s.Types > 1:
		p.add(p.s.Muted.Render(fmt.Sprintf("%d types  %s one at a time", s.Types, s.TypeKey)))
	}
	switch {
	case s.Message != "":
		for _, row := range cells.Wrap(s.Message, p.inner(), 4, p.s.Glyphs.Ellipsis) {
			p.add(p.s.Warn.Render(row))
		}
	case len(s.Results) == 0 && s.Busy:
		p.add(p.s.Muted.Render("searching" + p.s.Glyphs.Ellipsis))
	case len(s.Results) == 0:
		p.add(p.s.Muted.Render("nothing found"))
	}
	room := max((p.h-len(p.rows))/2, 1) // results, at two rows each
	from := max(s.Cursor-room+1, 0)
	for i := from; i < min(from+room, len(s.Results)); i++ {
		digit := " "
		if i < Most {
			digit = fmt.Sprint(i + 1)
		}
		for k, r := range p.candidate(digit, s.Results[i], brief, false) {
			if i == max(s.Cursor, 0) && k == 0 {
				p.rows = append(p.rows, cells.Fit(p.s.Marker.Render(p.s.Glyphs.Cursor)+r, p.w, p.s.Glyphs.Ellipsis))
				continue
			}
			p.add(r)
		}
	}
}
