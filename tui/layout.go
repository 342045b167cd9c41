package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/mentionpane"
)

// The smallest screen that holds everything that a decision needs.
const (
	leastWidth  = 60
	leastHeight = 16
)

// size is the screen and how it is divided.
type size struct {
	width, height int
	docs          int  // width of the document list, 0 where it is hidden
	text          int  // width of the text
	side          int  // width of the mention's panel
	body          int  // rows between the rules
	below         int  // rows of the mention's panel where it lies below the text, else 0
	banner        bool // a row above the text
}

// tooSmall tells whether the screen holds less than a decision needs.
func (z size) tooSmall() bool { return z.width < leastWidth || z.height < leastHeight }

// divide shares the screen out: the text first, then the mention, then the documents.
func divide(w, h int) size {
	z := size{width: w, height: h, body: max(h-5, 0)}
	switch {
	case w < 76:
		z.text, z.side = w, w
		z.below = max(z.body/2-1, 5)
	case w < 108:
		z.side = min(max(w*2/5, 30), 36)
		z.text = w - z.side - 1
	default:
		z.docs = min(max(w/6, 20), 30)
		z.side = min(max(w*3/10, 36), 50)
		z.text = w - z.docs - z.side - 2
	}
	return z
}

func (m *Model) resize(w, h int) {
	m.size = divide(w, h)
	m.arrange()
	if m.early {
		m.refresh()
	}
	if m.focus != "" {
		m.reveal()
	}
}

// arrange gives the panels their places; the banner takes a row of the text.
func (m *Model) arrange() {
	z := &m.size
	z.banner = m.banner() != ""
	rows := z.body
	if z.below > 0 {
		rows -= z.below + 1
	}
	if z.banner {
		rows--
	}
	if m.tour.on {
		rows -= tourRows
	}
	rows -= m.lensRows() + m.queueRows()
	m.text.SetSize(z.text, max(rows, 0))
	m.list.SetSize(z.docs, z.body)
}

// compose draws the frame. View only hands it out.
func (m *Model) compose() {
	z := m.size
	m.cursor = nil
	switch {
	case z.width == 0:
		m.frame = ""
		return
	case z.tooSmall():
		m.frame = m.refuseSize()
		return
	}
	if m.banner() != "" != z.banner {
		m.arrange()
	}
	rows := make([]string, 0, z.height)
	rows = append(rows, m.header(), m.rule(m.styles.Glyphs.TeeDown))
	rows = append(rows, m.body()...)
	hints, status := m.lastLines()
	rows = append(rows, m.rule(m.styles.Glyphs.TeeUp), hints, status)
	m.overlay(rows)
	m.frame = m.styles.Ground(rows)
}

func (m *Model) refuseSize() string {
	z := m.size
	msg := fmt.Sprintf("gloss needs %d columns and %d rows; this window has %d and %d. Make it larger, or press q to leave.",
		leastWidth, leastHeight, z.width, z.height)
	if m.quitting {
		msg = m.savedText() + ", leaving"
	}
	rows := cells.Wrap(msg, max(z.width-2, 1), max(z.height, 1), "")
	for i := range rows {
		rows[i] = " " + rows[i]
	}
	return strings.Join(rows[:min(len(rows), z.height)], "\n")
}

// rule is a line across the screen, with a tee where a rule between panels meets it.
func (m *Model) rule(tee string) string {
	z, g := m.size, m.styles.Glyphs
	var at []int
	if z.docs > 0 {
		at = append(at, z.docs)
	}
	if z.below == 0 {
		at = append(at, z.width-z.side-1)
	}
	var b strings.Builder
	x := 0
	for _, t := range at {
		b.WriteString(strings.Repeat(g.Horizontal, max(t-x, 0)))
		b.WriteString(tee)
		x = t + 1
	}
	b.WriteString(strings.Repeat(g.Horizontal, max(z.width-x, 0)))
	return m.styles.Rule.Render(b.String())
}

// body are the rows of the panels, side by side.
func (m *Model) body() []string {
	z := m.size
	text := m.text.View()
	if z.banner {
		text = append([]string{m.bannerLine()}, text...)
	}
	if m.docName != "" && m.doc == nil && len(text) > 1 {
		text[1] = cells.Fit("  "+m.styles.Muted.Render("reading "+cells.Clean(m.docName)+m.styles.Glyphs.Ellipsis), z.text, "")
	}
	text = append(text, m.lensView(z.text)...)
	text = append(text, m.queueView(z.text)...)
	text = append(text, m.tourView(z.text)...)
	if z.below > 0 {
		side := m.side(z.width, z.below)
		text = append(text, m.styles.Rule.Render(strings.Repeat(m.styles.Glyphs.Horizontal, z.width)))
		m.placeInput(side, 0, 2+len(text))
		return append(text, side.Rows...)
	}
	side := m.side(z.side, z.body)
	bar := m.styles.Rule.Render(m.styles.Glyphs.Vertical)
	var docs []string
	if z.docs > 0 {
		docs = m.list.View(m.docs)
	}
	rows := make([]string, z.body)
	for i := range rows {
		if docs != nil {
			rows[i] = docs[i] + bar
		}
		meet := bar
		if slices.Contains(side.Rules, i) {
			meet = m.styles.Rule.Render(m.styles.Glyphs.TeeLeft)
		}
		rows[i] += text[i] + meet + side.Rows[i]
	}
	m.placeInput(side, z.width-z.side, 2)
	return rows
}

// side draws the panel of the mention.
func (m *Model) side(w, h int) mentionpane.Drawn {
	d := mentionpane.Data{Doc: m.doc, Label: m.label, Hint: m.hintOfSide(), Reranked: m.status.Reranked, Alike: m.alike, Keys: mentionpane.Keys{
		Search: m.keys.SearchKB.Help().Key, None: m.keys.NIL.Help().Key, Split: m.keys.Split.Help().Key, Everywhere: m.keys.Everywhere.Help().Key,
	}}
	d.Skipped = func(key string) bool { return m.skipped[workbench.At{Doc: m.docName, Key: key}] }
	if it := m.item(); it != nil {
		d.Item = it
		if len(it.Candidates) == 0 {
			d.NoConcept = m.whyNoConcept(it.Label)
		}
		d.Whole = m.keys.Whole.Help().Key
		for _, t := range it.Ties {
			d.Ties = append(d.Ties, m.tied(t))
		}
		for _, w := range problemsOf(m.doc, it) {
			d.Wrong = append(d.Wrong, w.Message)
		}
	}
	if m.concept != nil {
		d.Search = m.concept.data(m, w-2)
	}
	drawn := mentionpane.Draw(m.styles, d, w, h)
	m.shown = drawn.Shown
	return drawn
}

func (m *Model) hintOfSide() string {
	switch {
	case m.doc == nil:
		return ""
	case m.expecting():
		return "Suggestions are being computed. " + m.keys.Next.Help().Key + " does not wait for them."
	case len(m.doc.Items) == 0:
		return "No mention here yet. " + m.keys.Select.Help().Key + " selects text and makes one."
	}
	return "No mention is in focus. " + m.keys.Next.Help().Key + " goes to the next one; " + m.keys.Select.Help().Key + " selects text and makes one."
}

// placeInput puts the terminal's cursor on the search line of the panel.
func (m *Model) placeInput(d mentionpane.Drawn, x, y int) {
	if m.concept != nil && m.concept.cursor < 0 && m.box.Box == nil {
		m.cursor = tea.NewCursor(x+1+m.concept.input.Column(m.size.side-2), y+d.Input)
	}
}

// overlay draws the open box over the rows, and places the cursor.
func (m *Model) overlay(rows []string) {
	b := m.box.Box
	if m.status.Fatal != nil {
		b = m.fatalPage()
	}
	if b == nil {
		m.placeCaret()
		return
	}
	z := m.size
	width := z.width - 4
	if m.bulk != nil && b == dialog.Box(m.bulk.checks) {
		width = z.width // context is what it is for
	}
	lines, cur := b.View(m.styles, width, z.height-4)
	w := 0
	if len(lines) > 0 {
		w = cells.Width(lines[0])
	}
	x, y := max((z.width-w)/2, 0), max((z.height-len(lines))/3, 1)
	cells.Overlay(rows, lines, x, y)
	if cur != nil {
		m.cursor = tea.NewCursor(x+cur.X, y+cur.Y)
	}
}

// placeCaret puts the terminal's cursor where text is selected or searched.
func (m *Model) placeCaret() {
	z := m.size
	switch {
	case m.find.typing:
		m.cursor = tea.NewCursor(min(1+m.find.input.Column(z.width-2), z.width-1), z.height-2)
	case m.sel.on:
		if x, y, ok := m.text.Place(m.sel.caret); ok {
			if z.banner {
				y++
			}
			m.cursor = tea.NewCursor(m.textLeft()+x, 2+y)
		}
	}
}

// textLeft is the column of the screen where the text panel begins.
func (m *Model) textLeft() int {
	if m.size.docs > 0 {
		return m.size.docs + 1
	}
	return 0
}

// item is the mention in focus as the document has it now, nil for none.
func (m *Model) item() *workbench.Item {
	if m.doc == nil || m.focus == "" {
		return nil
	}
	if it, i := m.doc.Item(m.focus); i >= 0 {
		return &it
	}
	return nil
}
