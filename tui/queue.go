package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
)

// asking is the queue of questions: undecided mentions of all documents, most worth
// asking first.
type asking struct {
	on     bool
	list   []workbench.Question // those that were asked, and a few that come next
	at     int                  // the one that is asked; len(list): the next one is still looked for
	step   int                  // 1 or -1: which way to pass those that were decided meanwhile
	coming bool                 // its document, or the mention, is still on its way
	stood  workbench.At         // where the annotator was when they began to wait for the next one
	picked time.Time            // when more were picked last
	busy   bool                 // more are being picked
	dry    bool                 // there were no more when they were picked last
	left   int                  // that are known besides
	blank  int                  // documents whose suggestions are not known
}

// pickedAtOnce is how many questions are picked at a time, and pickedAhead how many are
// kept ready: few, so that what was learnt meanwhile counts. Where there were none, more
// are looked for after pickPause at the soonest.
const (
	pickedAtOnce = 5
	pickedAhead  = 2
	pickPause    = 2 * time.Second
)

// questionsMsg are questions that were picked.
type questionsMsg struct {
	questions workbench.Questions
	err       error
}

func queueActions(k *KeyMap) []action {
	return groupMove.has([]action{
		{key: &k.Queue, name: "queue", keys: "Q", hint: "queue",
			about: "step through what to ask, or errors", why: needQueue,
			run: plain((*Model).toggleQueue)},
	})
}

func needQueue(m *Model) string {
	switch {
	case m.opt.Lens != nil || m.asking.on:
		return ""
	case m.docName == "":
		return needDoc(m)
	case m.status.Blind:
		return "--blind suggests nothing that could be asked"
	case m.status.Device == "" && len(m.status.Tasks) > 0:
		return "the models are still being loaded"
	case m.status.Device == "":
		return "there is no model that suggests what could be asked"
	}
	return ""
}

// toggleQueue begins to step through what is worth asking in all documents, or leaves
// that; in the lens it chooses among the errors. Documents without suggestions are
// computed beside, unless something else that was asked for runs.
func (m *Model) toggleQueue() tea.Cmd {
	a := &m.asking
	switch {
	case m.opt.Lens != nil:
		return m.askQueue()
	case a.on:
		m.leaveQueue()
		m.say("the queue is left: " + m.keys.Next.Help().Key + " goes through this document, " + m.keys.Queue.Help().Key + " back to the queue")
		return nil
	}
	a.on, a.dry, a.step = true, false, 1
	m.arrange()
	a.stood = m.focused()
	if a.at < len(a.list) {
		m.showQuestion()
	}
	return tea.Batch(m.suggestBeside(), m.pickCmd())
}

// suggestBeside computes the suggestions of all documents, so that they can be asked about.
func (m *Model) suggestBeside() tea.Cmd {
	if m.dash.asked.stop != nil {
		return nil
	}
	ctx := m.ask(workbench.SuggestAllTitle, "suggestions are being computed for the queue")
	wb := m.wb
	return func() tea.Msg {
		failed, err := wb.SuggestAll(ctx)
		return suggestedMsg{failed: failed, err: err, beside: true}
	}
}

func (m *Model) leaveQueue() {
	m.asking.on = false
	m.arrange()
	m.reveal()
}

// pickCmd picks more questions off the event loop.
func (m *Model) pickCmd() tea.Cmd {
	if m.asking.busy {
		return nil
	}
	m.asking.busy, m.asking.picked = true, time.Now()
	wb := m.wb
	return func() tea.Msg {
		q, err := wb.Questions(context.Background(), pickedAtOnce)
		return questionsMsg{q, err}
	}
}

// moreQuestions picks more where few are left, unless there were none and nothing is
// computed that could bring some.
func (m *Model) moreQuestions() tea.Cmd {
	a := &m.asking
	computing := m.dash.asked.task == workbench.SuggestAllTitle
	if !a.on || a.at+pickedAhead < len(a.list) || a.dry && (!computing || time.Since(a.picked) < pickPause) {
		return nil
	}
	return m.pickCmd()
}

// apply takes questions that were picked, and shows the first where one waits for it.
func (msg questionsMsg) apply(m *Model) tea.Cmd {
	a := &m.asking
	a.busy = false
	if msg.err != nil {
		if a.on {
			m.leaveQueue()
			m.refuse(msg.err.Error())
		}
		return nil
	}
	waited := a.at == len(a.list)
	a.list = append(a.list, msg.questions.List...)
	a.left, a.blank, a.dry = msg.questions.Left, msg.questions.Unknown, len(msg.questions.List) == 0
	if a.on && waited && !a.dry && m.free() && m.focused() == a.stood { // else n goes there
		m.showQuestion()
	}
	return nil
}

// question is the one that is asked; nil where none is.
func (m *Model) question() *workbench.Question {
	if a := &m.asking; a.on && a.at < len(a.list) {
		return &a.list[a.at]
	}
	return nil
}

// onQuestion tells whether the mention in focus is the one that is asked.
func (m *Model) onQuestion() bool {
	q := m.question()
	return q != nil && m.docName == q.Doc && m.focus == q.Key
}

// stepQuestion goes to the next question, or the previous one; back to the one that is
// asked where one went elsewhere.
func (m *Model) stepQuestion(n int) tea.Cmd {
	if q := m.question(); q != nil && !m.onQuestion() && (!m.asking.coming || m.docName != q.Doc) {
		m.asking.step = n
		m.showQuestion()
	} else {
		m.nextQuestion(n)
	}
	m.asking.dry = false // who asks again wants to know again
	return m.moreQuestions()
}

// nextQuestion goes to the next question, or the previous one.
func (m *Model) nextQuestion(n int) {
	a := &m.asking
	a.step = n
	switch at := a.at + n; {
	case at < 0:
		a.coming = false
		m.refuse("this is the first question")
	case at >= len(a.list):
		a.at, a.coming, a.stood = len(a.list), false, m.focused()
	default:
		a.at = at
		m.showQuestion()
	}
}

func (m *Model) showQuestion() {
	m.asking.coming = true
	if q := m.question(); q.Doc != m.docName {
		m.enter(q.Doc, "")
	} else {
		m.moveOn()
		m.focusOn("")
	}
	m.reachQuestion()
}

// reachQuestion puts the question in focus as soon as its mention is there. One that is
// gone or was decided meanwhile is passed; on the way back what was decided is shown.
func (m *Model) reachQuestion() {
	a, q := &m.asking, m.question()
	if !a.coming || q == nil || m.doc == nil || m.docName != q.Doc {
		return
	}
	m.mergeUnseen()
	m.text.Reveal(q.Spans.Hull())
	switch it, i := m.itemAsked(q); {
	case i >= 0 && (it.State.Undecided() || a.step < 0):
		a.coming, q.Key = false, it.Key
		m.focusOn(q.Key)
	case i < 0 && (m.doc.Busy || m.status.Device == ""):
	default:
		m.nextQuestion(a.step)
	}
}

// itemAsked is the mention of a question: a suggestion that was accepted has another key.
func (m *Model) itemAsked(q *workbench.Question) (workbench.Item, int) {
	if it, i := m.doc.Item(q.Key); i >= 0 {
		return it, i
	}
	for i, it := range m.doc.Items {
		if it.Label == q.Label && it.Spans.Equal(q.Spans) {
			return it, i
		}
	}
	return workbench.Item{}, -1
}

// afterQuestion goes on from a decision on what was asked.
func (m *Model) afterQuestion() {
	m.reread()
	m.moveOn()
	done := m.message
	m.nextQuestion(1)
	if m.question() == nil {
		m.keepFocus()
		m.asking.stood = m.focused()
	}
	m.say(done)
}

// queueRows is how many rows the queue takes below the text.
func (m *Model) queueRows() int {
	if !m.asking.on || m.tour.on {
		return 0
	}
	return 2
}

// queueView are the rows of the queue in w cells: which question it is, and why it is asked.
func (m *Model) queueView(w int) []string {
	if m.queueRows() == 0 {
		return nil
	}
	s, g, a := m.styles, m.styles.Glyphs, &m.asking
	n := a.at + 1
	head := fmt.Sprintf("%s%s question %d ", g.Horizontal, g.Horizontal, n)
	if m.question() == nil {
		head = fmt.Sprintf("%s%s queue ", g.Horizontal, g.Horizontal)
	}
	if left := a.left + len(a.list) - n; left > 0 {
		head += fmt.Sprintf("%s %d more ", g.Dot, left)
	}
	ways := fmt.Sprintf(" %s next %s %s leaves ", m.keys.Next.Help().Key, g.Dot, m.keys.Queue.Help().Key)
	rule := strings.Repeat(g.Horizontal, max(w-cells.Width(head)-cells.Width(ways), 0))
	text, paint := m.asksWhy(), s.Text
	switch q := m.question(); {
	case q == nil:
		paint = s.Muted
	case q.Chance:
		paint = s.Accent
	case q.Alike > 0 && m.onQuestion():
		if all := text + " (" + m.keys.Everywhere.Help().Key + " decides all)"; cells.Width(all) <= w-2 {
			text = all
		}
	}
	return []string{
		cells.Fit(s.Accent.Render(head)+s.Rule.Render(rule)+s.Muted.Render(ways), w, g.Ellipsis),
		cells.Fit(" "+paint.Render(cells.Cut(cells.Clean(text), w-2, g.Ellipsis)), w, ""),
	}
}

// asksWhy is why the question is asked, or where it is; or why there is none.
func (m *Model) asksWhy() string {
	a := &m.asking
	q := m.question()
	switch {
	case q != nil && m.docName != q.Doc:
		return "it is in " + q.Doc
	case q != nil && a.coming:
		return "reading " + q.Doc
	case q != nil && !m.onQuestion():
		return fmt.Sprintf("it is %q, above or below", q.Text)
	case q != nil:
		return q.Reason
	case a.busy || !a.dry:
		return "looking for what to ask"
	case m.dash.asked.task == workbench.SuggestAllTitle:
		return fmt.Sprintf("nothing to ask yet: %s to compute", plural(a.blank, "document", "documents"))
	case a.blank > 0:
		return fmt.Sprintf("no more is known: %s computes %s", m.keys.SuggestAll.Help().Key, plural(a.blank, "document", "documents"))
	}
	return "all is asked: the rest reads alike"
}
