package textpane

import (
	"sort"

	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/corpus"
)

// line is one line on the screen: a piece of the text that ends at a blank, at
// the end of a line of the file, or inside a word that is wider than the pane.
type line struct {
	start, end   corpus.Off // half-open, the blank or line end included
	bytes, until int32      // the same in bytes
}

// lines is a text wrapped at a width. Every code point lies on exactly one line.
type lines struct {
	text   corpus.Text
	method ansi.Method
	width  int
	all    []line
}

// wrap cuts the text into lines of at most width cells. Blanks may hang over the
// edge, where they are not seen. It is done once for a text and a width, at
// about 4 ns a byte of Latin text.
func wrap(t corpus.Text, m ansi.Method, width int) *lines {
	width = max(width, 2) // a wide sign needs two cells
	w := &wrapper{s: t.String(), width: width}
	w.all = make([]line, 0, len(w.s)/max(width-8, 8)+8)
	for w.at < len(w.s) {
		w.take(next(m, w.s[w.at:]))
	}
	// A text that is empty or ends with a line end has one more, empty line.
	w.cut(w.at, w.off)
	return &lines{text: t, method: m, width: width, all: w.all}
}

type wrapper struct {
	s     string
	width int
	all   []line

	at  int        // bytes read
	off corpus.Off // code points read
	x   int        // cells of the line so far

	start    int // of the line
	startOff corpus.Off
	brk      int // where the line may end; == start where nowhere
	brkOff   corpus.Off
	seam     int // where it may end if it may nowhere else
	seamOff  corpus.Off
}

func (w *wrapper) take(c cluster) {
	width := c.width
	if width < 0 {
		width = tabStop - w.x%tabStop
	}
	if w.x+width > w.width && c.kind != blank && c.kind != newline && w.at > w.start {
		if w.brk == w.start {
			w.brk, w.brkOff = w.seam, w.seamOff
		}
		if w.brk > w.start {
			w.cut(w.brk, w.brkOff)
			// What follows the break is read again: it is at most one line.
			w.at, w.off, w.x = w.start, w.startOff, 0
			return
		}
		w.cut(w.at, w.off)
		w.x = 0
	}
	w.at += c.bytes
	w.off += corpus.Off(c.runes)
	w.x += width
	switch c.kind {
	case newline:
		w.cut(w.at, w.off)
		w.x = 0
	case blank, wide, hyphen:
		w.brk, w.brkOff = w.at, w.off
	case seam:
		w.seam, w.seamOff = w.at, w.off
	case word, hidden:
	}
}

// cut ends the line at byte b, code point o.
func (w *wrapper) cut(b int, o corpus.Off) {
	w.all = append(w.all, line{w.startOff, o, int32(w.start), int32(b)})
	w.start, w.startOff = b, o
	w.brk, w.brkOff = b, o
	w.seam, w.seamOff = b, o
}

// find is the line that holds the code point; the last line for offsets behind the end.
func (l *lines) find(o corpus.Off) int {
	i := sort.Search(len(l.all), func(i int) bool { return l.all[i].start > o }) - 1
	return max(i, 0)
}

// cell is where a cluster stands on its line.
type cell struct {
	off   corpus.Off // its first code point
	runes int
	x, w  int // column from 0, and cells
	text  string
	kind  kind
}

// cells measures a line. Blanks that hang over the edge are kept: they have a
// place, though it is not seen.
func (l *lines) cells(buf []cell, i int, unknown string) []cell {
	ln := l.all[i]
	s := l.text.String()[ln.bytes:ln.until]
	off, x := ln.start, 0
	for len(s) > 0 {
		c := next(l.method, s)
		w := c.width
		if w < 0 {
			w = tabStop - x%tabStop
		}
		buf = append(buf, cell{off, c.runes, x, w, shown(c, s[:c.bytes], unknown), c.kind})
		s = s[c.bytes:]
		off += corpus.Off(c.runes)
		x += w
	}
	return buf
}
