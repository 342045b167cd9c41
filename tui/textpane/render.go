package textpane

import (
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/style"
)

// glyph is a sign as it is drawn, bars of the focus included.
type glyph struct {
	text  string
	off   corpus.Off
	runes int // 0 for bars and the gutter
	x, w  int // column within the pane
	paint style.Paint
}

// View draws the pane: exactly Height rows of exactly the pane's width.
func (p *Pane) View() []string {
	rows := make([]string, 0, p.rows)
	for range min(p.lead, p.rows) {
		rows = append(rows, blanks(p.width))
	}
	for ln := p.top; ln < len(p.lines.all) && len(rows) < p.rows; ln++ {
		glyphs, marks := p.glyphs(ln)
		rows = append(rows, p.drawText(glyphs))
		if !p.compact {
			rows = p.drawMarks(rows, glyphs, marks)
		}
	}
	if len(rows) > p.rows {
		rows = rows[:p.rows]
	}
	for len(rows) < p.rows {
		rows = append(rows, blanks(p.width))
	}
	return rows
}

// glyphs lays out one line: what stands where, in which paint. The mention in
// focus gets bars; they take the place of a blank, or move what follows by a cell.
// The glyphs are good until the next call.
func (p *Pane) glyphs(ln int) ([]glyph, []mark) {
	marks := p.marks(ln)
	p.cells = p.lines.cells(p.cells[:0], ln, p.styles.Glyphs.Unknown)
	out := append(p.scratch[:0], glyph{text: " ", off: -1, w: 1}, glyph{text: " ", off: -1, x: 1, w: 1})
	if ln == p.here && p.text.Len() > 0 && !p.barsAt(ln) {
		out[0].text, out[0].paint = p.styles.Glyphs.Here, p.styles.Accent
	}
	var bars []corpus.Span
	if p.focusAt >= 0 {
		for _, m := range marks {
			if m.mention == p.focusAt {
				bars = m.pieces
			}
		}
	}
	x := gutter
	for _, c := range p.cells {
		opens, closes := p.bar(bars, c)
		if closes {
			if c.kind == blank && c.w == 1 && !opens {
				out = append(out, glyph{p.styles.Glyphs.FocusRight, c.off, c.runes, x, 1, p.barPaint()})
				x++
				continue
			}
			out = append(out, glyph{p.styles.Glyphs.FocusRight, -1, 0, x, 1, p.barPaint()})
			x++
		}
		if opens {
			x = p.openBar(&out, x)
		}
		out = append(out, glyph{c.text, c.off, c.runes, x, c.w, p.paintOf(c, marks)})
		x += c.w
	}
	if n := len(bars); n > 0 && bars[n-1].End == p.lines.all[ln].end && p.closesAt(bars[n-1].End) {
		out = append(out, glyph{p.styles.Glyphs.FocusRight, -1, 0, x, 1, p.barPaint()})
	}
	p.scratch = out
	return out, marks
}

// barsAt tells whether the mention in focus begins on the line: its bars show well enough
// where one reads.
func (p *Pane) barsAt(ln int) bool {
	return p.focusAt >= 0 && p.lines.find(p.mentions[p.focusAt].Spans.Hull().Start) == ln
}

// bar tells whether a fragment of the focus begins or ended right before the cell.
func (p *Pane) bar(bars []corpus.Span, c cell) (opens, closes bool) {
	for _, b := range bars {
		opens = opens || b.Start == c.off && p.opensAt(b.Start)
		closes = closes || b.End == c.off && p.closesAt(b.End)
	}
	return opens, closes
}

// opensAt tells a fragment's beginning from a piece that only begins its line.
func (p *Pane) opensAt(o corpus.Off) bool {
	return slices.ContainsFunc(p.mentions[p.focusAt].Spans, func(s corpus.Span) bool { return s.Start == o })
}

func (p *Pane) closesAt(o corpus.Off) bool {
	return slices.ContainsFunc(p.mentions[p.focusAt].Spans, func(s corpus.Span) bool { return s.End == o })
}

// openBar puts a bar before column x and returns where the text goes on.
func (p *Pane) openBar(out *[]glyph, x int) int {
	last := &(*out)[len(*out)-1]
	if last.text == " " && last.w == 1 {
		last.text, last.paint = p.styles.Glyphs.FocusLeft, p.barPaint()
		return x
	}
	*out = append(*out, glyph{p.styles.Glyphs.FocusLeft, -1, 0, x, 1, p.barPaint()})
	return x + 1
}

func (p *Pane) barPaint() style.Paint { return p.mentions[p.focusAt].Paint.Bar }

// paintOf is the paint of a cell: caret and selection before search hits before
// the focus before the innermost mention.
func (p *Pane) paintOf(c cell, marks []mark) style.Paint {
	s := p.styles
	in := func(sp corpus.Span) bool { return sp.Start <= c.off && c.off < sp.End }
	switch {
	case p.caret >= 0 && c.off <= p.caret && p.caret < c.off+corpus.Off(c.runes):
		return s.TextCaret
	case in(p.selection):
		return s.Selection
	}
	if i := p.hitAt(c.off); i >= 0 {
		if i == p.hit {
			return s.HitHere
		}
		return s.Hit
	}
	found := s.Text
	best := -1
	for _, m := range marks {
		if !slices.ContainsFunc(m.pieces, in) {
			continue
		}
		it := &p.mentions[m.mention]
		if m.mention == p.focusAt {
			return it.Paint.Focus
		}
		if best >= 0 || !p.compact && (it.Rejected || it.State == workbench.Suggested) {
			continue
		}
		best = m.mention // marks are sorted by length: the first is the innermost
		found = it.Paint.Tint
		if p.compact {
			found = p.underline(it)
		}
	}
	return found
}

// underline is the paint of a mention's text where marks are underlines.
func (p *Pane) underline(it *Mention) style.Paint {
	switch {
	case it.Rejected:
		return it.Paint.Struck
	case it.Problem:
		return p.styles.Broken
	}
	return it.Paint.Under[min(max(int(it.State), 0), len(it.Paint.Under)-1)]
}

// hitAt is the place of the hit that covers o, -1 for none. Hits are in order.
func (p *Pane) hitAt(o corpus.Off) int {
	if len(p.hits) == 0 {
		return -1
	}
	i, _ := slices.BinarySearchFunc(p.hits, o, func(s corpus.Span, o corpus.Off) int {
		if s.End <= o {
			return -1
		}
		return 1
	})
	if i < len(p.hits) && p.hits[i].Start <= o {
		return i
	}
	return -1
}

// drawText joins the signs of a line, painting runs of the same paint at once.
func (p *Pane) drawText(glyphs []glyph) string {
	left := p.left()
	p.out = append(p.out[:0], blanks(left)...)
	x := left
	var run []byte
	var paint style.Paint
	flush := func() {
		p.out = paint.Append(p.out, string(run))
		run = run[:0]
	}
	for _, g := range glyphs {
		if x+g.w > p.width {
			break
		}
		if !g.paint.Is(paint) {
			flush()
			paint = g.paint
		}
		if g.text == " " && g.w > 1 {
			run = append(run, blanks(g.w)...)
		} else {
			run = append(run, g.text...)
		}
		x += g.w
	}
	flush()
	p.out = append(p.out, blanks(p.width-x)...)
	return string(p.out)
}

const spaces = "                                                                                                                                "

func blanks(n int) string {
	if n <= 0 {
		return ""
	}
	for n > len(spaces) {
		return spaces + blanks(n-len(spaces))
	}
	return spaces[:n]
}
