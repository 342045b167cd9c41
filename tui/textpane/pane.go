package textpane

import (
	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/tui/style"
)

// The columns of the pane that hold no text: at the left one that shows which line is
// read and one for the bar of a mention that begins a line, three at the right for bars
// that move the text.
const (
	gutter = 2
	margin = 3
	widest = 96 // a line that is longer is hard to read
)

// Pane shows one document. It is not safe for concurrent use.
type Pane struct {
	styles  *style.Styles
	width   int
	rows    int
	method  ansi.Method
	compact bool // marks are underlines instead of rows of their own

	text     corpus.Text
	lines    *lines
	mentions []Mention
	index    index
	top      int // the first line on the screen
	lead     int // empty rows above it
	here     int // the line that is read

	focus     string // key of the mention in focus
	focusAt   int    // its place, -1 for none
	hits      []corpus.Span
	hit       int         // place of the current hit, -1 for none
	selection corpus.Span // empty: none
	caret     corpus.Off  // -1: none

	shared  bool   // on the line that is drawn, something else lies where the focus is
	cells   []cell // scratch, reused from line to line
	scratch []glyph
	out     []byte
}

// New makes an empty pane.
func New(s *style.Styles) *Pane {
	p := &Pane{styles: s, focusAt: -1, hit: -1, caret: -1}
	p.rewrap()
	return p
}

// SetStyles changes the theme.
func (p *Pane) SetStyles(s *style.Styles) { p.styles = s }

// SetMethod says how the terminal measures clusters.
func (p *Pane) SetMethod(m ansi.Method) {
	if m != p.method {
		p.method = m
		p.rewrap()
	}
}

// SetCompact draws marks as underlines of the text instead of rows under it.
func (p *Pane) SetCompact(on bool) { p.compact = on }

// Compact tells whether marks are underlines.
func (p *Pane) Compact() bool { return p.compact }

// SetSize gives the pane its place in cells. The text at the top stays there.
func (p *Pane) SetSize(width, height int) {
	if width == p.width && height == p.rows {
		return
	}
	changed := p.textWidth()
	p.width, p.rows, p.lead = max(width, 0), max(height, 0), 0
	if p.textWidth() != changed {
		p.rewrap()
	}
	p.clamp()
}

// Height is the number of rows of the pane.
func (p *Pane) Height() int { return p.rows }

func (p *Pane) textWidth() int { return min(max(p.width-gutter-margin, 8), widest) }

// left is the column where lines begin: a pane that is wider than a good line
// keeps the text in its middle.
func (p *Pane) left() int { return max((p.width-gutter-margin-widest)/2, 0) }

// SetText shows another document, from its beginning.
func (p *Pane) SetText(t corpus.Text) {
	p.text, p.top, p.lead, p.here = t, 0, 0, 0
	p.mentions, p.focus, p.focusAt = nil, "", -1
	p.hits, p.hit = nil, -1
	p.selection, p.caret = corpus.Span{}, -1
	p.rewrap()
}

func (p *Pane) rewrap() {
	var at, here corpus.Off
	if p.lines != nil && p.top < len(p.lines.all) {
		at, here = p.lines.all[p.top].start, p.Here()
	}
	p.lines = wrap(p.text, p.method, p.textWidth())
	p.index = makeIndex(p.lines, p.mentions)
	p.top, p.lead, p.here = p.lines.find(at), 0, p.lines.find(here)
}

// SetMentions replaces the mentions, in reading order. What is in focus stays
// where it is on the screen, though marks above it may need other rows now.
func (p *Pane) SetMentions(ms []Mention) {
	line, row := -1, 0
	if p.focusAt >= 0 {
		line = p.lines.find(p.mentions[p.focusAt].Spans.Hull().Start)
		row = p.rowOf(line)
	}
	p.mentions = ms
	p.index = makeIndex(p.lines, ms)
	p.setFocusAt()
	if line >= 0 && row >= 0 {
		p.pin(line, row)
	}
}

// SetFocus puts the mention with the key in focus; "" for none.
func (p *Pane) SetFocus(key string) {
	p.focus = key
	p.setFocusAt()
}

func (p *Pane) setFocusAt() {
	p.focusAt = -1
	for i := range p.mentions {
		if p.focus != "" && p.mentions[i].Key == p.focus {
			p.focusAt = i
			return
		}
	}
}

// SetHits marks what a search found; current is the place of the hit to stand on, or -1.
func (p *Pane) SetHits(hits []corpus.Span, current int) { p.hits, p.hit = hits, current }

// SetSelection marks what is being selected, with the caret; caret -1 for none.
func (p *Pane) SetSelection(s corpus.Span, caret corpus.Off) { p.selection, p.caret = s, caret }
