package mentionpane

import (
	"fmt"

	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
)

// pendingRows is how many rows at the bottom are kept for what is still to be
// decided. They depend on the size alone: what arrives while a mention is in focus
// must not move the concepts that are offered for it.
func pendingRows(d Data, h int) int {
	if d.Doc == nil || h < 16 {
		return 0
	}
	if h < 24 {
		return 5 // nine candidates fit above it
	}
	return h / 3
}

// pending draws the undecided mentions around the one in focus in the rows left.
func (p *pane) pending(d Data) {
	if d.Doc == nil || p.h-len(p.rows) < 4 {
		return
	}
	keep := pendingRows(d, p.h)
	if d.Item == nil {
		keep = min(d.Doc.Undecided()+3, p.h-len(p.rows)-1)
	}
	for len(p.rows) < p.h-max(keep, 3) {
		p.add("")
	}
	p.rule()
	left := d.Doc.Undecided()
	switch {
	case left == 0 && d.Doc.Busy:
		p.add(p.s.Muted.Render("suggestions are being computed" + p.s.Glyphs.Ellipsis))
	case len(d.Doc.Items) == 0:
		p.add(p.s.Muted.Render("nothing to decide here"))
	case left == 0:
		p.add(p.s.Good.Render(p.s.Glyphs.Tick + " all is decided here"))
	default:
		where := "in this document"
		if d.Doc.Busy {
			where = "so far"
		}
		said := fmt.Sprintf("%d to decide %s", left, where)
		if d.Reranked > 0 {
			again := fmt.Sprintf("%d re-ranked", d.Reranked)
			p.add(cells.Spread(p.s.Muted.Render(said), p.s.Accent.Render(again), p.inner(), p.s.Glyphs.Ellipsis))
		} else {
			p.add(p.s.Muted.Render(said))
		}
	}
	p.list(d)
	if d.Doc.Waiting > 0 && len(p.rows) < p.h {
		p.add(p.s.Accent.Render(fmt.Sprintf("+ %d new", d.Doc.Waiting)) + p.s.Muted.Render(" since you came here"))
	}
}

func (p *pane) list(d Data) {
	room := p.h - len(p.rows)
	if d.Doc.Waiting > 0 {
		room--
	}
	var open []*workbench.Item
	at := 0
	for i := range d.Doc.Items {
		it := &d.Doc.Items[i]
		if d.Item != nil && it.Key == d.Item.Key {
			at = len(open)
		}
		if it.State.Undecided() {
			open = append(open, it)
		}
	}
	// By pages: a list that moved at each step could not be read.
	from := 0
	if room > 0 {
		from = min(at, max(len(open)-1, 0)) / room * room
	}
	for _, it := range open[from:min(from+max(room, 0), len(open))] {
		cursor := "  "
		if d.Item != nil && it.Key == d.Item.Key {
			cursor = p.s.Marker.Render(p.s.Glyphs.Cursor) + " "
		}
		num := number(it.Score)
		if d.Skipped != nil && d.Skipped(it.Key) {
			num = "skipped"
		}
		text := cells.Fit(cells.Clean(it.Text), max(p.inner()-2-cells.Width(num)-1, 4), p.s.Glyphs.Ellipsis)
		_, paint := d.Label(it.Label, 0)
		p.add(cursor + paint.Chip.Render(text) + " " + p.s.Muted.Render(num))
	}
}
