package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/tui/cells"
)

// lensRows is how many rows the case takes below the text.
func (m *Model) lensRows() int {
	switch {
	case m.opt.Lens == nil || m.tour.on:
		return 0
	case m.size.body < 16 || m.size.below > 0:
		return 3
	}
	return 4
}

// lensView are the rows of the case in w cells: which one it is, what is wrong, and
// what both sides mark, one above the other.
func (m *Model) lensView(w int) []string {
	if m.lensRows() == 0 {
		return nil
	}
	s, g, c, q := m.styles, m.styles.Glyphs, m.lensCase(), m.lensQueue()
	head := fmt.Sprintf("%s%s %s %d of %d ", g.Horizontal, g.Horizontal, q.Name, m.lens.at+1, len(q.At))
	ways := fmt.Sprintf(" %s takes %s %s %s queue ", m.keys.TakeOther.Help().Key, m.opt.Lens.other(c), g.Dot, m.keys.Queue.Help().Key)
	rule := strings.Repeat(g.Horizontal, max(w-cells.Width(head)-cells.Width(ways), 0))
	rows := []string{s.Accent.Render(head) + s.Rule.Render(rule) + s.Muted.Render(ways)}
	if m.lensRows() > 3 {
		what := c.About
		if q.Name != c.Class {
			what = c.Class + ": " + what
		}
		for _, mark := range c.Marks {
			what += " " + g.Dot + " " + mark
		}
		rows = append(rows, " "+s.Warn.Render(cells.Cut(cells.Clean(what), w-2, g.Ellipsis)))
	}
	if m.doc == nil || m.docName != c.Doc {
		away := " " + s.Muted.Render(cells.Clean(c.Doc))
		rows = append(rows, away, "")
	} else {
		rows = append(rows, m.sides(c, w)...)
	}
	for i := range rows {
		rows[i] = cells.Fit(rows[i], w, g.Ellipsis)
	}
	return rows
}

// sides are the text around a case twice, as either side marks it. Where one side has
// an edge and the other has none, the other has a bar, so that they stand aligned.
func (m *Model) sides(c *LensCase, w int) []string {
	s, text := m.styles, m.doc.Text
	marked := [2][]corpus.Mention{c.Gold, c.Pred}
	cuts := cutsAround(c, text, w-9)
	share := fairShare(cuts, w-9-len(cuts))
	names := [2]string{m.opt.Lens.Sides[0], m.opt.Lens.other(c)}
	rows := make([]string, 2)
	for side, mentions := range marked {
		paint := s.Muted
		if len(mentions) == 0 {
			paint = s.Warn
		}
		row := " " + paint.Render(cells.Fit(names[side], 5, s.Glyphs.Ellipsis)) + " "
		for i, at := range cuts {
			mine, other := edgesAt(mentions, at), edgesAt(marked[1-side], at)
			row += s.Accent.Render(mine) + s.Rule.Render(strings.Repeat("|", max(len(other)-len(mine), 0)))
			if i+1 == len(cuts) {
				break
			}
			piece := corpus.Spans{{Start: at, End: cuts[i+1]}}
			paint := s.Muted
			if slices.ContainsFunc(mentions, func(m corpus.Mention) bool { return m.Spans.Overlaps(piece) }) {
				paint = s.Strong
			}
			row += paint.Render(cells.CutMiddle(cells.Clean(text.Slice(piece[0])), share, s.Glyphs.Ellipsis))
		}
		rows[side] = row
	}
	return rows
}

// cutsAround are the edges of both sides in order, between the ends of as much text as
// fits in w cells.
func cutsAround(c *LensCase, text corpus.Text, w int) []corpus.Off {
	var cuts []corpus.Off
	for _, mention := range slices.Concat(c.Gold, c.Pred) {
		for _, p := range mention.Spans {
			cuts = append(cuts, p.Start, p.End)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	hull, room := c.hull(), corpus.Off(w-len(cuts)-2)
	from := max(0, hull.Start-max(0, (room-hull.Len())/2))
	cuts = append(cuts, from, min(text.Len(), max(hull.End, from+room)))
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

// fairShare is how many cells a piece between two cuts may take, so that all of them fit
// in w cells and every edge is seen.
func fairShare(cuts []corpus.Off, w int) int {
	for share := w; share > 3; share-- {
		sum := 0
		for i := range len(cuts) - 1 {
			sum += min(int(cuts[i+1]-cuts[i]), share)
		}
		if sum <= w {
			return share
		}
	}
	return 3
}

// edgesAt are brackets for the mentions that end and begin at an offset.
func edgesAt(mentions []corpus.Mention, at corpus.Off) string {
	ends, begins := "", ""
	for _, m := range mentions {
		for _, p := range m.Spans {
			if p.End == at {
				ends = "]"
			}
			if p.Start == at {
				begins = "["
			}
		}
	}
	return ends + begins
}
