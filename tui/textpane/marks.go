package textpane

import (
	"slices"
	"sort"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/style"
)

// Mention is a mention as it is marked in the text.
type Mention struct {
	Key      string // "" where it cannot be in focus
	Spans    corpus.Spans
	State    workbench.State
	Rejected bool // it was refused here; State says nothing then
	Problem  bool // something is wrong with its line of the file
	Paint    *style.Label
}

// maxRows is how many rows of marks a line has at most. Marks that find no row are
// counted at the end of the last one: more rows would leave no room for the text.
const maxRows = 6

// index finds the mentions of a line without looking at the others. It is made
// once for a version of the document and a width.
type index struct {
	first []int32 // of each line: where its mentions begin in at
	at    []int32 // places in the list of mentions, in reading order
}

func makeIndex(l *lines, mentions []Mention) index {
	count := make([]int32, len(l.all)+1)
	each := func(f func(ln, m int)) {
		for i := range mentions {
			last := -1
			for _, ln := range linesOf(l, mentions[i].Spans) {
				if ln != last {
					f(ln, i)
				}
				last = ln
			}
		}
	}
	each(func(ln, _ int) { count[ln+1]++ })
	for i := 1; i < len(count); i++ {
		count[i] += count[i-1]
	}
	at := make([]int32, count[len(count)-1])
	fill := slices.Clone(count)
	each(func(ln, m int) { at[fill[ln]] = int32(m); fill[ln]++ })
	return index{count, at}
}

// linesOf are the lines that hold a piece of the fragments, in order.
func linesOf(l *lines, spans corpus.Spans) []int {
	var found []int
	for _, s := range spans {
		if s.Len() <= 0 {
			continue
		}
		for ln := l.find(s.Start); ln < len(l.all) && l.all[ln].start < s.End; ln++ {
			found = append(found, ln)
		}
	}
	sort.Ints(found)
	return found
}

func (x *index) on(ln int) []int32 { return x.at[x.first[ln]:x.first[ln+1]] }

// mark is a mention's share of one line.
type mark struct {
	mention int
	pieces  []corpus.Span // of its fragments on this line
	hull    corpus.Span   // of the pieces
	row     int           // 0 is nearest to the text; maxRows: there was none left
	before  bool          // fragments come on an earlier line
	after   bool          // and on a later one
}

// marks lays out the marks under a line: the shorter is nearer to the text, so
// that nested mentions read like nested brackets.
func (p *Pane) marks(ln int) []mark {
	places := p.index.on(ln)
	if len(places) == 0 {
		return nil
	}
	l := p.lines.all[ln]
	ms := make([]mark, 0, len(places))
	for _, i := range places {
		m := mark{mention: int(i)}
		for _, s := range p.mentions[i].Spans {
			cut := corpus.Span{Start: max(s.Start, l.start), End: min(s.End, l.end)}
			if cut.Len() > 0 {
				m.pieces = append(m.pieces, cut)
			}
		}
		if len(p.mentions[i].Spans) > 1 {
			h := p.mentions[i].Spans.Hull()
			m.before, m.after = h.Start < l.start, h.End > l.end
		}
		m.hull = corpus.Spans(m.pieces).Hull()
		ms = append(ms, m)
	}
	// By the length of the whole mention, so that the order is the same on every line of it.
	sort.SliceStable(ms, func(a, b int) bool { return p.length(ms[a]) < p.length(ms[b]) })
	for i := range ms {
		ms[i].row = freeRow(ms[:i], ms[i].hull)
	}
	return ms
}

func (p *Pane) length(m mark) corpus.Off { return p.mentions[m.mention].Spans.Hull().Len() }

// freeRow is the lowest row where nothing overlaps or touches the span.
func freeRow(placed []mark, s corpus.Span) int {
	for row := range maxRows {
		free := true
		for _, o := range placed {
			if o.row == row && o.hull.Start <= s.End && s.Start <= o.hull.End {
				free = false
				break
			}
		}
		if free {
			return row
		}
	}
	return maxRows
}

// height is how many rows of the screen a line takes.
func (p *Pane) height(ln int) int {
	if p.compact {
		return 1
	}
	places := p.index.on(ln)
	switch len(places) {
	case 0:
		return 1
	case 1:
		return 2
	}
	rows := 0
	for _, m := range p.marks(ln) {
		rows = max(rows, m.row+1)
	}
	return 1 + min(rows, maxRows)
}

// sign is what a mark is drawn with.
func (it *Mention) sign(g *style.Glyphs) string {
	switch {
	case it.Rejected:
		return g.Rejected
	case it.State == workbench.Suggested:
		return g.Suggested
	case it.State == workbench.Linked:
		return g.Linked
	case it.State == workbench.Accepted || it.State == workbench.NIL:
		return g.Accepted
	}
	return g.Pending
}
