package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/tui/cells"
)

// then says where the cursor goes after an action.
type then int

const (
	stay   then = iota // it stays on the mention
	onward             // to the next undecided mention
	follow             // to what the action brought back, in whatever document
)

// didMsg is the outcome of an action that had to read a document first.
type didMsg struct {
	action workbench.Action
	result workbench.Result
	err    error
	then   then
}

// do carries an action out. One that needs a document which is not in memory runs
// beside Update, and keys that come meanwhile wait for it.
func (m *Model) do(a workbench.Action, t then) tea.Cmd {
	if !m.wb.Ready(a) {
		ctx, cancel := context.WithCancel(context.Background())
		m.acting, m.giveUp = true, cancel
		m.say("reading what it concerns: " + m.keys.Leave.Help().Key + " gives up")
		wb := m.wb
		return func() tea.Msg {
			defer cancel()
			res, err := wb.Do(ctx, a)
			return didMsg{a, res, err, t}
		}
	}
	res, err := m.wb.Do(context.Background(), a)
	m.did(a, res, err, t)
	return nil
}

// applyDid takes the outcome, and then the keys that waited for it.
func (m *Model) applyDid(msg didMsg) tea.Cmd {
	m.acting, m.giveUp = false, nil
	m.did(msg.action, msg.result, msg.err, msg.then)
	return m.pressQueued()
}

// pressQueued takes the keys that waited while something was read.
func (m *Model) pressQueued() tea.Cmd {
	var cmds []tea.Cmd
	for len(m.queue) > 0 && !m.acting {
		k := m.queue[0]
		m.queue = m.queue[1:]
		cmds = append(cmds, m.press(k))
	}
	return tea.Batch(append(cmds, m.leaveWhenSaved())...)
}

// did shows what an action did.
func (m *Model) did(a workbench.Action, res workbench.Result, err error, t then) {
	m.restate() // the list of documents follows with the workbench's own word
	if err != nil {
		m.refuse(explain(err))
		m.read()
		return
	}
	place := m.place
	if m.say(res.Message); res.Message == "" {
		m.say(m.describe(a, place))
	}
	switch {
	case t == follow:
		m.goTo(res)
	case t == onward:
		m.onward(res, place)
	default:
		m.reread()
		if res.Key != "" {
			m.focusOn(res.Key)
			return
		}
		m.keepFocus()
	}
}

// describe says what was decided, since the cursor goes on and leaves it behind.
func (m *Model) describe(a workbench.Action, on workbench.Item) string {
	g := m.styles.Glyphs
	text := `"` + clip(cells.Clean(on.Text), 40) + `"`
	switch a := a.(type) {
	case workbench.Accept:
		return "accepted " + text
	case workbench.Choose:
		return text + " " + g.Arrow + " " + cells.Clean(a.Candidate.ID+" "+a.Candidate.Name)
	case workbench.ChooseNIL:
		return text + ": no concept fits"
	case workbench.Reject:
		if on.State == workbench.Suggested {
			return "rejected " + text
		}
		return "deleted " + text
	case workbench.Unlink:
		return "unlinked " + text
	case workbench.SetLabel:
		return text + " is now " + m.labels.title(a.Label, 0)
	case workbench.Finish:
		return "finished: " + m.keys.NextDoc.Help().Key + " next document"
	case workbench.Reopen:
		return "opened again"
	}
	return ""
}

// reread takes the newest picture without looking for the focus.
func (m *Model) reread() {
	if d := m.wb.Doc(m.docName); d != nil && d != m.doc {
		m.doc = d
		m.showMentions()
	}
}

// goTo shows what an undo or redo brought back.
func (m *Model) goTo(res workbench.Result) {
	if res.Doc != "" && res.Doc != m.docName {
		m.open(res.Doc, res.Key)
		return
	}
	m.reread()
	if res.Key != "" {
		m.focusOn(res.Key)
		return
	}
	m.keepFocus()
}

// onward moves to the next undecided mention after the place of the one decided.
// It never leaves the document: that is asked for.
func (m *Model) onward(res workbench.Result, place workbench.Item) {
	if m.opt.Lens != nil {
		m.afterCase()
		return
	}
	if m.onQuestion() {
		m.afterQuestion()
		return
	}
	m.reread()
	m.moveOn()
	next := ""
	if _, i := m.doc.Item(res.Key); res.Key != "" && i >= 0 {
		next = m.nextUndecided(i, 1)
	} else {
		i := slices.IndexFunc(m.doc.Items, func(it workbench.Item) bool { return !before(it, place) })
		if i < 0 {
			i = 0
		}
		next = m.nextUndecided(i-1, 1)
	}
	switch {
	case next != "":
		m.focusOn(next)
	case res.Key != "":
		m.focusOn(res.Key)
		m.sayDone()
	default:
		m.place = place
		m.focusOn(m.nearest())
		m.sayDone()
	}
}

// sayDone tells what to do where nothing is left to decide.
func (m *Model) sayDone() {
	k := m.keys
	switch {
	case m.doc.Busy:
		m.say("all that is here so far is decided; suggestions are still coming")
	case m.doc.Finished:
		m.say("all is decided: " + k.NextDoc.Help().Key + " next document")
	default:
		m.say("all is decided: " + k.Finish.Help().Key + " finishes, " + k.NextDoc.Help().Key + " next document")
	}
}

// explain says what an error means to the annotator, and what to do.
func explain(err error) string {
	var depends *workbench.DependsError
	switch {
	case errors.Is(err, context.Canceled):
		return "given up: nothing has changed"
	case errors.As(err, &depends):
		return fmt.Sprintf("a later decision builds on it: take back first the %s of %q in %s", strings.TrimSpace(pastWord(depends.On.Kind)), clip(depends.On.Text, 40), depends.On.Doc)
	case errors.Is(err, workbench.ErrNothing):
		return err.Error()
	case errors.Is(err, workbench.ErrNoItem):
		return "this mention is gone: go to the next one"
	case errors.Is(err, workbench.ErrNotReady):
		return "the document is still being read; try again in a moment"
	}
	return err.Error()
}

// focused names the mention in focus.
func (m *Model) focused() workbench.At { return workbench.At{Doc: m.docName, Key: m.focus} }

// choose links the mention in focus to a candidate on the screen.
func (m *Model) choose(i int) tea.Cmd {
	it := m.item()
	switch {
	case len(it.Candidates) == 0 && !it.Ready:
		m.refuse("concepts are still being looked up")
	case len(it.Candidates) == 0:
		m.refuse(m.noConcept(it.Label))
	case i >= len(it.Candidates):
		m.refuse(fmt.Sprintf("there is no candidate %d", i+1))
	case i >= m.shown:
		m.refuse(fmt.Sprintf("candidate %d is not on the screen: make the window taller, or %s searches", i+1, m.keys.SearchKB.Help().Key))
	default:
		return m.do(workbench.Choose{At: m.focused(), Candidate: it.Candidates[i], Shown: m.offered(it)}, onward)
	}
	return nil
}

// whyNoConcept says why none is offered for a mention of the label.
func (m *Model) whyNoConcept(label string) string {
	switch {
	case !m.wb.Linkable(label):
		return "no knowledge base is open for " + m.labels.title(label, 0) + ": start gloss with --kb DIR, or name one under [kb] in gloss.toml"
	case m.status.Blind:
		return "--blind offers no concept"
	}
	return "no concept is offered"
}

// noConcept is whyNoConcept with what can be done all the same.
func (m *Model) noConcept(label string) string {
	why := m.whyNoConcept(label)
	if !m.wb.Linkable(label) {
		return why
	}
	return why + ": " + m.keys.SearchKB.Help().Key + " searches, " + m.keys.NIL.Help().Key + " says that none fits"
}

// offered are the candidates that the annotator sees.
func (m *Model) offered(it *workbench.Item) []kb.Candidate {
	return slices.Clone(it.Candidates[:min(m.shown, len(it.Candidates))])
}

// finish says that the document is done, or opens it again.
func (m *Model) finish() tea.Cmd {
	at := workbench.At{Doc: m.docName, Key: m.focus}
	if m.doc.Finished {
		return m.do(workbench.Reopen{At: at}, follow)
	}
	return m.do(workbench.Finish{At: at}, follow)
}
