package textpane

import (
	"slices"
	"strconv"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/style"
)

// ruled is one cell of a row of marks.
type ruled struct {
	sign  string
	paint style.Paint
}

// drawMarks appends the rows of marks under a line.
func (p *Pane) drawMarks(rows []string, glyphs []glyph, marks []mark) []string {
	n, more := 0, 0
	for _, m := range marks {
		n = min(max(n, m.row+1), maxRows)
		if m.row == maxRows {
			more++
		}
	}
	left := p.left()
	p.shared = p.sharesPlace(marks)
	for row := range n {
		line := make([]ruled, p.width)
		// Longer marks come last, and where rows ran out a shorter one must not
		// vanish under them: draw from the longest.
		for i := len(marks) - 1; i >= 0; i-- {
			if marks[i].row == row {
				p.drawMark(line[min(left, len(line)):], glyphs, marks[i])
			}
		}
		if row == n-1 && more > 0 {
			p.writeAtEnd(line, "+"+strconv.Itoa(more))
		}
		rows = append(rows, p.joinRow(line))
	}
	return rows
}

func (p *Pane) drawMark(line []ruled, glyphs []glyph, m mark) {
	it := &p.mentions[m.mention]
	g := p.styles.Glyphs
	paint := it.Paint.Line
	set := func(x int, sign string) {
		if 0 <= x && x < len(line) {
			line[x] = ruled{sign, paint}
		}
	}
	lo, hi := len(line), -1
	last := -1
	for _, gl := range glyphs {
		if gl.runes == 0 || !covers(m.pieces, gl.off) {
			continue
		}
		if last >= 0 {
			for x := last; x < gl.x; x++ {
				set(x, joint(g, x-last, gl.x-last))
			}
		}
		for x := gl.x; x < gl.x+gl.w; x++ {
			set(x, it.sign(g))
			lo, hi = min(lo, x), max(hi, x)
		}
		last = gl.x + gl.w
	}
	if hi < 0 {
		return
	}
	if it.State == workbench.NIL && !it.Rejected {
		set(hi, g.NIL)
	}
	if it.Problem {
		paint = p.styles.Warn
		set(hi+1, g.Problem)
	}
	if m.mention == p.focusAt && p.shared {
		paint = it.Paint.Bar
		set(lo-1, g.Cursor)
	}
	paint = it.Paint.Line
	if m.before {
		set(lo-2, g.To)
	}
	if m.after {
		set(hi+2, g.To)
	}
}

// sharesPlace tells whether bars in the text are not enough to tell which mention is in
// focus, because another one lies in the same place.
func (p *Pane) sharesPlace(marks []mark) bool {
	i := slices.IndexFunc(marks, func(m mark) bool { return m.mention == p.focusAt })
	return i >= 0 && slices.ContainsFunc(marks, func(m mark) bool {
		return m.mention != p.focusAt && m.hull.Overlaps(marks[i].hull)
	})
}

// writeAtEnd writes a plain word at the right edge of a row.
func (p *Pane) writeAtEnd(line []ruled, word string) {
	for i, r := range word {
		if x := len(line) - len(word) + i; x >= 0 {
			line[x] = ruled{string(r), p.styles.Muted}
		}
	}
}

// joint is the sign between two fragments: a dot in every other cell.
func joint(g *style.Glyphs, i, n int) string {
	if n == 1 || i%2 == 0 && n > 2 {
		return " "
	}
	return g.To
}

func covers(pieces []corpus.Span, o corpus.Off) bool {
	for _, s := range pieces {
		if s.Start <= o && o < s.End {
			return true
		}
	}
	return false
}

func (p *Pane) joinRow(line []ruled) string {
	p.out = p.out[:0]
	var run []byte
	var paint style.Paint
	for _, c := range line {
		if !c.paint.Is(paint) {
			p.out = paint.Append(p.out, string(run))
			run, paint = run[:0], c.paint
		}
		if c.sign == "" {
			run = append(run, ' ')
			continue
		}
		run = append(run, c.sign...)
	}
	p.out = paint.Append(p.out, string(run))
	return string(p.out)
}
