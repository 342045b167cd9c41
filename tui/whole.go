package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/style"
)

// orientationActions tell where one is.
func orientationActions(k *KeyMap) []action {
	return groupOther.has([]action{
		{key: &k.Whole, name: "whole", keys: "M", hint: "in full",
			about: "what has no room here, in full", run: quiet((*Model).showWhole)},
		{key: &k.Filter, name: "filter", keys: "P", hint: "filter documents",
			about: "filter documents by their state", run: plain((*Model).nextFilter)},
	})
}

// logged is how many messages are kept to be read again.
const logged = 20

// remember keeps a message of the last line.
func (m *Model) remember(s string) {
	if n := len(m.log); s == "" || n > 0 && m.log[n-1] == s {
		return
	}
	m.log = append(m.log, s)
	if len(m.log) > logged {
		m.log = m.log[len(m.log)-logged:]
	}
}

// showWhole opens a page with all that the screen may have no room for.
func (m *Model) showWhole() {
	page := dialog.NewPage("In full", m.keys.Whole, func(s *style.Styles, w int) []string {
		p := &wholePage{s: s, w: w}
		m.wholeMention(p)
		m.wholeQuestion(p)
		m.wholeDocument(p)
		m.wholeMessages(p)
		return p.rows
	})
	m.box = box{Box: page, confirm: func() tea.Cmd { return nil }}
}

// wholePage collects rows of a page, wrapped by words.
type wholePage struct {
	s    *style.Styles
	w    int
	rows []string
}

func (p *wholePage) title(s string) {
	if len(p.rows) > 0 {
		p.rows = append(p.rows, "")
	}
	p.rows = append(p.rows, " "+p.s.DialogTitle.Render(cells.Fit(cells.Clean(s), p.w-2, p.s.Glyphs.Ellipsis)))
}

// add writes a line with what it is at its left, where it says something.
func (p *wholePage) add(name, text string) {
	const left = 14
	if text == "" {
		return
	}
	for i, row := range cells.Wrap(cells.Clean(text), max(p.w-left-3, 10), 100, p.s.Glyphs.Ellipsis) {
		if i > 0 {
			name = ""
		}
		p.rows = append(p.rows, "  "+p.s.Muted.Render(cells.Fit(name, left, ""))+row)
	}
}

func (m *Model) wholeMention(p *wholePage) {
	it := m.item()
	if it == nil {
		return
	}
	p.title("The mention")
	p.add("text", it.Text)
	p.add("label", m.labels.title(it.Label, 0)+" ("+it.Label+")")
	p.add("place", it.Spans.String())
	for _, l := range it.Links {
		p.add("link", l.DB+":"+l.ID+" "+l.Name)
	}
	if it.Proposal != nil {
		p.add("proposal", it.Proposal.Text)
	}
	p.add("attributes", strings.Join(it.Attributes, ", "))
	p.add("no concept", it.Reason)
	p.add("flag", it.Flag)
	p.add("note", it.Note)
	for _, t := range it.Ties {
		p.add("tied", m.tied(t))
	}
	for _, wrong := range problemsOf(m.doc, it) {
		p.add("wrong", wrong.Message+": "+wrong.Fix)
	}
}

func (m *Model) wholeQuestion(p *wholePage) {
	q := m.question()
	if q == nil {
		return
	}
	p.title("The question")
	p.add("text", q.Text)
	p.add("in", q.Doc)
	p.add("why now", q.About)
	if q.Alike > 0 && m.onQuestion() {
		p.add("alike", fmt.Sprintf("%d more read the same: %s decides them, too", q.Alike, m.keys.Everywhere.Help().Key))
	}
}

// tied says a relation or an event in a line, from the mention's own end.
func (m *Model) tied(t workbench.Tie) string {
	arrow := m.styles.Glyphs.Arrow
	parts := []string{t.Type}
	if t.Role != "" {
		parts[0] += " (" + t.Role + ")"
	}
	for _, e := range t.With {
		role := e.Role
		if role != "" {
			role += " "
		}
		parts = append(parts, arrow+" "+role+`"`+e.Text+`"`)
	}
	parts = append(parts, t.Attributes...)
	if t.Note != "" {
		parts = append(parts, "note: "+t.Note)
	}
	return strings.Join(parts, " ")
}

func (m *Model) wholeDocument(p *wholePage) {
	d := m.doc
	if d == nil {
		return
	}
	p.title("The document")
	p.add("name", d.Name)
	if by := m.orderedBy(); by != "" {
		p.add("order", fmt.Sprintf("%d of %d%s (%s changes it)", m.at+1, len(m.docs), by, m.keys.Order.Help().Key))
		p.add("why now", m.docs[m.at].About)
	}
	p.add("read-only", d.ReadOnly)
	p.add("language", d.Language)
	if d.Letters {
		p.add("suggestions", "by letters: the model does not know the language")
	}
	p.add("refused", refusedText(d))
	for _, wrong := range d.Problems {
		p.add(fmt.Sprintf("line %d", wrong.Line), wrong.Message+": "+wrong.Fix)
	}
}

func refusedText(d *workbench.Doc) string {
	if n := len(d.Rejected); n > 0 {
		return fmt.Sprintf("%d suggestions, marked in the text", n)
	}
	return ""
}

func (m *Model) wholeMessages(p *wholePage) {
	m.remember(m.status.Message)
	if len(m.log) == 0 {
		return
	}
	p.title("Messages, the newest first")
	for i := len(m.log) - 1; i >= 0; i-- {
		p.add(fmt.Sprintf("%d", len(m.log)-i), m.log[i])
	}
}
