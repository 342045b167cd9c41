package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/docpane"
	"github.com/gloss-nlp/gloss/tui/textpane"
)

// refresh reads the workbench anew after it said that something changed. Who waits
// for "idle" wants to see what the last task brought, too: nothing may have run
// either before the documents were read or after.
func (m *Model) refresh() {
	if m.early = m.size.width == 0; m.early {
		return // what is on the screen cannot be said yet; the size brings it
	}
	before := m.wb.Status()
	m.status = before
	defer func() {
		m.begin()
		m.status = m.wb.Status()
		m.noteWork()
		m.settled = before.Idle() && m.status.Idle()
		m.pacing.shown, m.pacing.since = time.Now(), time.Time{}
	}()
	docs := m.wb.Documents()
	same := slices.EqualFunc(docs, m.docs, func(a, b workbench.Info) bool { return a.Name == b.Name })
	m.docs = docs
	if !same {
		m.list.SetDocuments(docs)
	}
	m.count()
	m.countChecked()
	if m.docName == "" {
		m.openFirst()
		return
	}
	m.read()
}

// count remembers where the open document stands and how many are finished; a
// collection may be too long to count for every frame.
func (m *Model) count() {
	m.at, m.finished = 0, 0
	for i := range m.docs {
		if m.docs[i].Name == m.docName {
			m.at = i
		}
		if m.docs[i].Finished {
			m.finished++
		}
	}
}

// open goes to a document, and to the mention with the key where there is one.
func (m *Model) open(name, key string) {
	if name == m.docName && m.doc != nil {
		m.focusOn(key)
		return
	}
	m.enter(name, key)
	m.begin()
}

// enter opens a document, whose first picture may be there at once.
func (m *Model) enter(name, key string) {
	m.moveOn() // what waited in the document that is left is shown on return
	m.closeModes()
	m.docName, m.doc, m.wanted, m.touched = name, nil, key, false
	m.focus, m.place = "", workbench.Item{}
	m.text.SetText(corpus.Text{})
	m.list.SetCurrent(name)
	if m.filter != docpane.All {
		m.list.SetDocuments(m.docs)
	}
	m.count()
	m.looked = workbench.Look{Doc: name}
	m.tell()
	m.read()
}

// read takes the newest picture of the open document.
func (m *Model) read() {
	d := m.wb.Doc(m.docName)
	if d == nil || d == m.doc {
		return
	}
	first := m.doc == nil
	changed := first || m.doc.Text.String() != d.Text.String()
	if changed || len(m.labels.order) == 0 { // the models bring some
		m.labels = newLabels(m.wb.Config(m.docName), m.wb.Labels(m.docName), m.styles)
	}
	if changed {
		m.text.SetText(d.Text)
	}
	m.doc = d
	m.showMentions()
	if first {
		m.arrive()
		return
	}
	m.keepFocus()
	if m.focus == "" && !m.reachWanted() {
		m.mergeUnseen()
	}
}

// keepFocus looks for a mention near by where the one in focus is gone.
func (m *Model) keepFocus() {
	if m.focus == "" {
		return
	}
	if it, i := m.doc.Item(m.focus); i >= 0 {
		m.place = it
		return
	}
	if m.concept != nil {
		m.leaveConcepts()
		m.refuse("the mention that you searched for is gone")
	}
	m.focusOn(m.nearest())
}

// nearest is the key of the mention at or after the place of the one that is gone,
// else of the last one before it; "" in a document without mentions.
func (m *Model) nearest() string {
	items := m.doc.Items
	if len(items) == 0 {
		return ""
	}
	i := slices.IndexFunc(items, func(it workbench.Item) bool { return !before(it, m.place) })
	if i < 0 {
		i = len(items) - 1
	}
	return items[i].Key
}

// before tells whether a comes before b in reading order.
func before(a, b workbench.Item) bool {
	x, y := a.Spans.Hull(), b.Spans.Hull()
	return x.Start < y.Start || x.Start == y.Start && x.End > y.End
}

// showMentions hands the mentions of the document to the text.
func (m *Model) showMentions() {
	if m.doc == nil {
		return
	}
	wrong := make(map[string]bool, len(m.doc.Problems))
	for i := range m.doc.Problems {
		wrong[m.doc.Problems[i].ID] = true
	}
	ms := make([]textpane.Mention, len(m.doc.Items))
	for i := range m.doc.Items {
		it := &m.doc.Items[i]
		ms[i] = textpane.Mention{Key: it.Key, Spans: it.Spans, State: it.State, Problem: wrong[it.Key], Paint: m.labels.paint(m.styles, it.Label)}
	}
	for _, r := range m.doc.Rejected {
		ms = append(ms, textpane.Mention{Spans: r.Spans, Rejected: true, Paint: m.labels.paint(m.styles, r.Label)})
	}
	m.text.SetMentions(ms)
	m.findAgain()
}

// problemsOf says what is wrong with a mention's line of the file.
func problemsOf(d *workbench.Doc, it *workbench.Item) []brat.Problem {
	var of []brat.Problem
	for _, p := range d.Problems {
		if p.ID != "" && p.ID == it.Key {
			of = append(of, p)
		}
	}
	return of
}

// focusOn puts a mention in focus and on the screen; "" takes the focus away.
func (m *Model) focusOn(key string) {
	m.focus, m.place = key, workbench.Item{}
	if m.doc != nil {
		if it, i := m.doc.Item(key); i >= 0 {
			m.place = it
		} else {
			m.focus = ""
		}
	}
	m.alike = 0
	if m.focus != "" {
		m.alike = m.wb.WouldDecide(m.focused())
	}
	m.text.SetFocus(m.focus)
	m.reveal()
}

func (m *Model) reveal() {
	if m.focus != "" {
		m.text.Reveal(m.place.Spans.Hull())
	}
}

// look tells the workbench what the annotator looks at, where that changed.
func (m *Model) look() {
	l := workbench.Look{Doc: m.docName, Key: m.focus, Screen: m.text.Visible(), Filter: m.filter.String()}
	if l.Doc != "" && l != m.looked {
		m.looked = l
		m.tell()
		m.followCase()
	}
}

// tell says what is looked at. That may start work, so what was idle is asked again.
func (m *Model) tell() {
	m.wb.Look(m.looked)
	m.restate()
	m.settled = m.settled && m.status.Idle()
}

// moveOn shows the results that waited for the cursor to leave the mention.
func (m *Model) moveOn() {
	if m.doc == nil {
		return
	}
	if m.doc.Waiting > 0 {
		m.wb.Merge(m.docName)
	}
	if d := m.wb.Doc(m.docName); d != nil && d != m.doc {
		m.doc = d
		m.showMentions()
	}
}

// step goes to the next mention in reading order, decided or not, or the previous one;
// in the lens to the next or previous error, in the queue to the next or previous question.
func (m *Model) step(n int) tea.Cmd {
	if m.opt.Lens != nil {
		m.stepCase(n)
		return nil
	}
	if m.asking.on {
		return m.stepQuestion(n)
	}
	m.moveOn()
	items := m.doc.Items
	if len(items) == 0 {
		m.refuse("no mention here yet")
		return nil
	}
	_, i := m.doc.Item(m.focus)
	switch {
	case m.focus != "" && i >= 0:
		i += n
	case n > 0:
		i = slices.IndexFunc(items, func(it workbench.Item) bool { return it.Spans.Hull().Start >= m.text.Visible().Start })
		if i < 0 {
			i = len(items)
		}
	default:
		i = slices.IndexFunc(items, func(it workbench.Item) bool { return it.Spans.Hull().Start >= m.text.Visible().End })
		if i < 0 {
			i = len(items)
		}
		i--
	}
	switch {
	case i >= len(items):
		m.refuse("this is the last mention: " + m.keys.NextDoc.Help().Key + " goes to the next document")
	case i < 0:
		m.refuse("this is the first mention: " + m.keys.PrevDoc.Help().Key + " goes to the previous document")
	default:
		m.focusOn(items[i].Key)
	}
	return nil
}

// stepUndecided goes to the next undecided mention, or the previous one, going round.
func (m *Model) stepUndecided(n int) tea.Cmd {
	m.moveOn()
	_, i := m.doc.Item(m.focus)
	if i < 0 && n < 0 {
		i = 0
	}
	if next := m.nextUndecided(i, n); next != "" {
		m.focusOn(next)
		if m.skipped[m.focused()] {
			m.say("only what was skipped is left here")
		}
		return nil
	}
	m.sayDone()
	return nil
}

// stepDocument opens the next document of the collection, or the previous one.
func (m *Model) stepDocument(n int) tea.Cmd {
	i := slices.IndexFunc(m.docs, func(d workbench.Info) bool { return d.Name == m.docName }) + n
	for 0 <= i && i < len(m.docs) && !m.filter.Passes(m.docs[i]) {
		i += n
	}
	among := ""
	if m.filter != docpane.All {
		among = " of those " + m.filter.String()
	}
	switch {
	case i >= len(m.docs):
		m.refuse("this is the last document" + among)
	case i < 0:
		m.refuse("this is the first document" + among)
	default:
		m.open(m.docs[i].Name, "")
	}
	return nil
}
