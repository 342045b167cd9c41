package textpane

import "github.com/gloss-nlp/gloss/corpus"

// rowOf is the row of the pane where a line is drawn, -1 where it is not on screen.
func (p *Pane) rowOf(line int) int {
	if line < p.top {
		return -1
	}
	row := p.lead
	for ln := p.top; ln < line; ln++ {
		if row += p.height(ln); row >= p.rows {
			return -1
		}
	}
	return row
}

// pin scrolls so that the line stands exactly at the row: where the line above
// it does not fit, its place stays empty.
func (p *Pane) pin(line, row int) {
	p.top = line
	for p.top > 0 && row >= p.height(p.top-1) {
		p.top--
		row -= p.height(p.top)
	}
	p.lead = max(row, 0)
}

// near scrolls so that the line stands about at the row, without empty rows.
func (p *Pane) near(line, row int) {
	p.pin(line, row)
	p.lead = 0
	p.clamp()
}

// clamp keeps the last line from rising above the lower edge.
func (p *Pane) clamp() {
	last, rows := len(p.lines.all), 0
	for last > 0 && rows+p.height(last-1) <= p.rows {
		last--
		rows += p.height(last)
	}
	p.top = max(min(p.top, last), 0)
}

// Scroll moves the text by lines; down is positive.
func (p *Pane) Scroll(n int) {
	p.top, p.lead = p.top+n, 0
	p.clamp()
	p.follow()
}

// ShowFrom puts the line that holds the code point at the top.
func (p *Pane) ShowFrom(o corpus.Off) {
	p.top, p.lead = p.lines.find(o), 0
	p.clamp()
	p.follow()
}

// Here is where the line begins that is read.
func (p *Pane) Here() corpus.Off { return p.lines.all[min(p.here, len(p.lines.all)-1)].start }

// Read goes on by n lines, and tells whether there were any. The text stands still
// until the line that is read would leave the screen: what does not move is read more
// easily, and takes a fraction of the bytes over a slow line.
func (p *Pane) Read(n int) bool {
	to := min(max(p.here+n, 0), len(p.lines.all)-1)
	if to == p.here {
		return false
	}
	p.here = to
	next := min(max(to+n, 0), len(p.lines.all)-1) // stays in sight, too
	if row := p.rowOf(next); row < 0 || row+p.height(next) > p.rows {
		row := p.rows / 3
		if n < 0 {
			row = 2 * p.rows / 3
		}
		p.near(to, row)
	}
	return true
}

// Lines is which line is read, from 1, and how many there are.
func (p *Pane) Lines() (here, all int) { return p.here + 1, len(p.lines.all) }

// follow brings the line that is read onto the screen after the text moved.
func (p *Pane) follow() {
	last := min(p.top, len(p.lines.all)-1)
	for rows := p.lead; last+1 < len(p.lines.all); last++ {
		if rows += p.height(last); rows+p.height(last+1) > p.rows {
			break
		}
	}
	p.here = min(max(p.here, p.top), last)
}

// Page moves by screens, with one line in common.
func (p *Pane) Page(n int) {
	p.lead = 0
	for ; n > 0; n-- {
		rows, ln := 0, p.top
		for ln < len(p.lines.all) && rows+p.height(ln) <= p.rows {
			rows += p.height(ln)
			ln++
		}
		p.top = max(ln-1, p.top+1)
	}
	for ; n < 0; n++ {
		at := p.top
		p.near(at, max(p.rows-p.height(min(at, len(p.lines.all)-1)), 0))
		if p.top == at {
			p.top--
		}
	}
	p.clamp()
	p.follow()
}

// Top goes to the beginning of the document, Bottom to its end.
func (p *Pane) Top() { p.top, p.lead, p.here = 0, 0, 0 }

// Bottom goes to the end of the document.
func (p *Pane) Bottom() {
	p.top, p.lead, p.here = len(p.lines.all), 0, len(p.lines.all)-1
	p.clamp()
}

// Reveal scrolls only where the span is not on the screen with a line to spare;
// then it comes to the upper third. Its first line is the one that is read.
func (p *Pane) Reveal(s corpus.Span) {
	p.here = p.lines.find(s.Start)
	first, last := p.lines.find(s.Start), p.lines.find(max(s.End-1, s.Start))
	above, below := max(first-1, 0), min(last+1, len(p.lines.all)-1)
	if p.rowOf(above) >= 0 {
		if row := p.rowOf(below); row >= 0 && row+p.height(below) <= p.rows {
			return
		}
	}
	p.near(first, p.rows/3)
}

// Visible is the piece of the text that is on the screen.
func (p *Pane) Visible() corpus.Span {
	if len(p.lines.all) == 0 {
		return corpus.Span{}
	}
	top := min(p.top, len(p.lines.all)-1)
	s := corpus.Span{Start: p.lines.all[top].start, End: p.lines.all[top].end}
	for rows, ln := p.lead, top; ln < len(p.lines.all) && rows < p.rows; ln++ {
		s.End = p.lines.all[ln].end
		rows += p.height(ln)
	}
	return s
}

// Place is where a code point is drawn: row and column of the pane.
func (p *Pane) Place(o corpus.Off) (x, y int, ok bool) {
	ln := p.lines.find(o)
	row := p.rowOf(ln)
	if row < 0 {
		return 0, 0, false
	}
	glyphs, _ := p.glyphs(ln)
	for _, g := range glyphs {
		if g.off <= o && o < g.off+corpus.Off(g.runes) {
			return p.left() + g.x, row, true
		}
	}
	return p.left() + gutter, row, true
}

// Under is the code point at a row and column of the pane.
func (p *Pane) Under(x, y int) (corpus.Off, bool) {
	row := p.lead
	for ln := p.top; ln < len(p.lines.all) && row <= y; ln++ {
		h := p.height(ln)
		if y >= row+h {
			row += h
			continue
		}
		glyphs, _ := p.glyphs(ln)
		for _, g := range glyphs {
			if at := p.left() + g.x; g.runes > 0 && at <= x && x < at+g.w {
				return g.off, true
			}
		}
		return 0, false
	}
	return 0, false
}

// Line moves an offset by lines, keeping its column where the line is long enough.
func (p *Pane) Line(o corpus.Off, n int) corpus.Off {
	from := p.lines.find(o)
	to := min(max(from+n, 0), len(p.lines.all)-1)
	if to == from {
		return o
	}
	x := 0
	for _, c := range p.lines.cells(nil, from, "") {
		if c.off <= o {
			x = c.x
		}
	}
	found := p.lines.all[to].start
	for _, c := range p.lines.cells(nil, to, "") {
		if c.kind != newline && c.x <= x {
			found = c.off
		}
	}
	return found
}

// Bounds is the line that holds an offset.
func (p *Pane) Bounds(o corpus.Off) corpus.Span {
	l := p.lines.all[p.lines.find(o)]
	return corpus.Span{Start: l.start, End: l.end}
}
