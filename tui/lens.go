package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

var groupLens = group{title: "Where two sides differ (gloss errors --open)"}

func lensCommands(k *KeyMap) []action {
	return groupLens.has([]action{
		{key: &k.TakeOther, name: "take-other", keys: "y", hint: "take the other side",
			about: "say what the other side says here", why: needCase,
			run: plain((*Model).takeOther)},
	})
}

// inLens is where one is among the cases of Options.Lens.
type inLens struct {
	queue, at int
	coming    bool // the document of the case, or its mentions, are still on their way
}

func needLens(m *Model) string {
	if m.opt.Lens == nil {
		return "nothing is compared here: gloss errors --open shows where two sides differ"
	}
	return ""
}

func needCase(m *Model) string {
	if why := needLens(m); why != "" {
		return why
	}
	switch {
	case m.docName != m.lensCase().Doc:
		return "the error is in " + m.lensCase().Doc + ": " + m.keys.Next.Help().Key + " goes on"
	case m.lens.coming:
		return "the error is still being read"
	}
	return needWritable(m)
}

// lensQueue is the queue that one steps through.
func (m *Model) lensQueue() *LensQueue { return &m.opt.Lens.Queues[m.lens.queue] }

// lensCase is the case that is looked at.
func (m *Model) lensCase() *LensCase { return &m.opt.Lens.Cases[m.lensQueue().At[m.lens.at]] }

// beginLens goes to the first case.
func (m *Model) beginLens() {
	l := m.opt.Lens
	m.lens = inLens{queue: max(slices.IndexFunc(l.Queues, func(q LensQueue) bool { return q.Name == l.Begin }), 0)}
	m.showCase()
}

// stepCase goes to the next case of the queue, or the previous one.
func (m *Model) stepCase(n int) {
	q, k := m.lensQueue(), m.keys
	switch i := m.lens.at + n; {
	case i >= len(q.At):
		m.refuse("this is the last of " + q.Name + ": " + k.Queue.Help().Key + " chooses other errors")
	case i < 0:
		m.refuse("this is the first of " + q.Name + ": " + k.Queue.Help().Key + " chooses other errors")
	default:
		m.lens.at = i
		m.showCase()
	}
}

func (m *Model) showCase() {
	m.lens.coming = true
	if c := m.lensCase(); c.Doc != m.docName {
		m.enter(c.Doc, "")
	} else {
		m.moveOn()
		m.focusOn("")
	}
	m.reachCase()
}

// reachCase puts what the case is about in focus, once all that the other side says of
// the document is there: what comes while a mention has the focus would wait.
func (m *Model) reachCase() {
	c := m.lensCase()
	if !m.lens.coming || m.doc == nil || m.docName != c.Doc {
		return
	}
	m.mergeUnseen()
	m.text.Reveal(c.hull())
	if m.doc.Busy {
		return
	}
	m.lens.coming = false
	if key := m.itemOf(c); key != "" {
		m.focusOn(key)
	}
}

// itemOf is the mention of the document that the case is about: an annotation as it
// was compared, else a suggestion, else what overlaps it; "" for none.
func (m *Model) itemOf(c *LensCase) string {
	for _, fits := range []func(workbench.Item) bool{
		func(it workbench.Item) bool { return slices.ContainsFunc(c.Gold, it.Same) },
		func(it workbench.Item) bool { return slices.ContainsFunc(c.Pred, it.Same) },
		func(it workbench.Item) bool { return c.holds(it.Spans) },
	} {
		if i := slices.IndexFunc(m.doc.Items, fits); i >= 0 {
			return m.doc.Items[i].Key
		}
	}
	return ""
}

// afterCase goes on from a decision: to what the other side says here besides, else to
// the next case.
func (m *Model) afterCase() {
	m.reread()
	m.moveOn()
	c := m.lensCase()
	if c.Doc != m.docName { // one has gone elsewhere
		m.keepFocus()
		return
	}
	if i := slices.IndexFunc(m.doc.Items, func(it workbench.Item) bool {
		return it.State == workbench.Suggested && c.holds(it.Spans)
	}); i >= 0 {
		m.focusOn(m.doc.Items[i].Key)
		return
	}
	done := m.message
	if m.stepCase(1); m.wrong { // the last one: the cursor stays
		m.keepFocus()
		m.say(done + "   " + m.message)
	}
}

// followCase makes the case that the focus is on the one that is looked at: it may have
// been reached by an undo or by the mouse.
func (m *Model) followCase() {
	it := m.item()
	if m.opt.Lens == nil || it == nil || m.lens.coming {
		return
	}
	l, q := m.opt.Lens, m.lensQueue()
	on := func(at int) bool { return l.Cases[at].Doc == m.docName && l.Cases[at].holds(it.Spans) }
	if on(q.At[m.lens.at]) {
		return
	}
	if i := slices.IndexFunc(q.At, on); i >= 0 {
		m.lens.at = i
	}
}

// askQueue lists the queues.
func (m *Model) askQueue() tea.Cmd {
	queues := m.opt.Lens.Queues
	rows := make([]dialog.Entry, len(queues))
	for i, q := range queues {
		rows[i] = dialog.Entry{Title: fmt.Sprintf("%-20s %5d", q.Name, len(q.At)), Detail: q.About, Value: i}
	}
	list := dialog.NewFiltered("What to step through", "find: ", rows, m.lens.queue)
	m.box = box{Box: list, confirm: func() tea.Cmd {
		if row, ok := list.Chosen(); ok {
			m.lens.queue, m.lens.at = row.Value, 0
			m.showCase()
		}
		return nil
	}}
	return nil
}

// takeOther makes the document say here what the other side says.
func (m *Model) takeOther() tea.Cmd {
	c := m.lensCase()
	var a workbench.Action
	switch all := m.otherSays(c); len(all) {
	case 0:
		m.refuse("that is what the other side says here, too")
		return nil
	case 1:
		a = all[0]
	default:
		a = workbench.Bulk{Actions: all}
	}
	return m.do(a, onward)
}

// otherSays are the actions that make the annotations of a case those of the other side.
func (m *Model) otherSays(c *LensCase) []workbench.Action {
	var mine []workbench.Item // annotations, as they are now, that the other side does not have
	for _, it := range m.doc.Items {
		if it.State != workbench.Suggested && c.holds(it.Spans) && m.inCase(c, it) && !slices.ContainsFunc(c.Pred, it.Same) {
			mine = append(mine, it)
		}
	}
	var theirs []corpus.Mention // that are not annotated
	var all []workbench.Action
	at := func(it workbench.Item) workbench.At { return workbench.At{Doc: c.Doc, Key: it.Key} }
	for _, p := range c.Pred {
		i := slices.IndexFunc(m.doc.Items, func(it workbench.Item) bool { return it.State != workbench.Suggested && it.Same(p) })
		switch {
		case i < 0:
			theirs = append(theirs, p)
		case len(p.Links) > 0 && !slices.ContainsFunc(m.doc.Items[i].Links, func(l corpus.Link) bool { return l.ID == p.Links[0].ID }):
			all = append(all, workbench.Choose{At: at(m.doc.Items[i]), Candidate: conceptOf(p)})
		}
	}
	if len(mine) == 1 && len(theirs) == 1 { // one mention stays one, with its link and its notes
		switch mine, theirs := mine[0], theirs[0]; {
		case mine.Label == theirs.Label:
			return append(all, workbench.MoveSpan{At: at(mine), Spans: theirs.Spans})
		case mine.Spans.Equal(theirs.Spans):
			return append(all, workbench.SetLabel{At: at(mine), Label: theirs.Label})
		}
	}
	for _, it := range mine {
		all = append(all, workbench.Reject{At: at(it)})
	}
	for _, p := range theirs {
		all = append(all, m.add(c, p))
	}
	return all
}

// inCase tells whether an annotation is one that was compared in the case, perhaps with
// other edges or another label since: it is none of a case beside it.
func (m *Model) inCase(c *LensCase, it workbench.Item) bool {
	return slices.ContainsFunc(c.Gold, func(g corpus.Mention) bool {
		return it.Same(g) || it.ID != "" && it.ID == g.ID && it.Spans.Overlaps(g.Spans)
	})
}

// add annotates what the other side says: its suggestion where there is one.
func (m *Model) add(c *LensCase, p corpus.Mention) workbench.Action {
	i := slices.IndexFunc(m.doc.Items, func(it workbench.Item) bool { return it.Same(p) })
	switch linked := len(p.Links) > 0; {
	case i >= 0 && linked:
		return workbench.Choose{At: workbench.At{Doc: c.Doc, Key: m.doc.Items[i].Key}, Candidate: conceptOf(p)}
	case i >= 0:
		return workbench.Accept{At: workbench.At{Doc: c.Doc, Key: m.doc.Items[i].Key}}
	case linked:
		return workbench.CreateLinked{At: workbench.At{Doc: c.Doc}, Spans: p.Spans, Label: p.Label, Candidate: conceptOf(p)}
	}
	return workbench.Create{At: workbench.At{Doc: c.Doc}, Spans: p.Spans, Label: p.Label}
}

// conceptOf is the concept that a mention is linked to.
func conceptOf(p corpus.Mention) kb.Candidate {
	l := p.Links[0]
	return kb.Candidate{DB: l.DB, ID: l.ID, Name: l.Name, Score: corpus.NoScore}
}
