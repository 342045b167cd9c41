package tui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/overview"
	"github.com/gloss-nlp/gloss/tui/style"
)

// dashboard is the overview, and the work that was asked for besides.
type dashboard struct {
	page   *dialog.Page // nil: it was never open
	counts *workbench.Overview
	err    error
	busy   bool // the decisions are being counted
	saved  int  // decisions of this run that counts knows of
	meter  overview.Meter
	asked  asked

	training context.CancelFunc // stops the training, beside which other work can be asked for; nil: none goes on
}

// asked is the work that was asked for; none where stop is nil. There is one at a time.
type asked struct {
	stop  context.CancelFunc
	task  string // title of its task
	doing string // what it does, in a sentence
}

// countedMsg is what Overview said.
type countedMsg struct {
	counts workbench.Overview
	err    error
	saved  int
}

// suggestedMsg says that SuggestAll has ended.
type suggestedMsg struct {
	failed int
	err    error
	beside bool // for the queue: nobody waits for the word that all is well
}

func overviewActions(k *KeyMap) []action {
	return groupOther.has([]action{
		{key: &k.Overview, name: "overview", keys: "O", hint: "overview",
			about: "progress, pace, agreement, time left",
			run:   plain((*Model).showOverview)},
		{key: &k.SuggestAll, name: "suggest-all", keys: "E", hint: "suggest all",
			about: "compute suggestions everywhere", why: needModels,
			run: plain((*Model).suggestAll)},
		{key: &k.Stop, name: "stop", keys: "X", hint: "stop",
			about: "stop what was asked for besides", why: needWork,
			run: quiet((*Model).stopWork)},
	})
}

func needModels(m *Model) string {
	switch {
	case m.dash.asked.stop != nil:
		return m.dash.asked.doing + ": " + m.keys.Stop.Help().Key + " stops that"
	case m.status.Device == "" && len(m.status.Tasks) > 0:
		return "the models are still being loaded"
	case m.status.Device == "":
		return "there is no model to compute with"
	}
	return ""
}

func needWork(m *Model) string {
	if m.dash.asked.stop == nil && m.dash.training == nil {
		return "nothing runs that was asked for"
	}
	return ""
}

// stopWork stops what was asked for last: a training goes on while other work does.
func (m *Model) stopWork() {
	if stop := m.dash.asked.stop; stop != nil {
		stop()
		return
	}
	m.dash.training()
}

// showOverview opens the overview; the decisions are counted beside.
func (m *Model) showOverview() tea.Cmd {
	m.dash.page = dialog.NewPage("Overview", m.keys.Overview, func(s *style.Styles, w int) []string {
		return overview.Rows(s, m.dashData(), w)
	})
	m.box = box{Box: m.dash.page, confirm: func() tea.Cmd { return nil }}
	m.dash.counts = nil
	return m.countCmd()
}

func (m *Model) dashData() overview.Data {
	work := m.dash.meter.Work()
	for i := range work {
		title := work[i].Title
		work[i].CanStop = m.dash.asked.stop != nil && title == m.dash.asked.task || m.dash.training != nil && title == workbench.TrainTitle
	}
	return overview.Data{
		Counts: m.dash.counts, Err: m.dash.err, Work: work, Stop: m.keys.Stop.Help().Key,
		Order: m.keys.Order.Help().Key, Queue: m.keys.Queue.Help().Key,
		Label: func(name string, w int) (string, style.Paint) {
			title, l := m.label(name, w)
			return title, l.Chip
		},
	}
}

// countCmd counts the decisions off the event loop.
func (m *Model) countCmd() tea.Cmd {
	if m.dash.busy {
		return nil
	}
	m.dash.busy = true
	wb, saved := m.wb, m.status.Saved
	return func() tea.Msg {
		counts, err := wb.Overview(context.Background())
		return countedMsg{counts, err, saved}
	}
}

// apply shows what was counted.
func (msg countedMsg) apply(m *Model) tea.Cmd {
	m.dash.busy, m.dash.saved, m.dash.err = false, msg.saved, msg.err
	if m.dash.counts = nil; msg.err == nil {
		m.dash.counts = &msg.counts
	}
	return m.recountCmd()
}

// recountCmd counts again where the open overview does not know every decision.
func (m *Model) recountCmd() tea.Cmd {
	if m.dash.page == nil || m.box.Box != m.dash.page || m.dash.saved == m.status.Saved {
		return nil
	}
	return m.countCmd()
}

// noteWork measures what runs in the background.
func (m *Model) noteWork() { m.dash.meter.Note(m.status.Tasks, time.Now()) }

// ask begins work that X can stop.
func (m *Model) ask(task, doing string) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	m.dash.asked = asked{cancel, task, doing}
	return ctx
}

// answered says that the work that was asked for has ended.
func (m *Model) answered() {
	m.dash.asked.stop()
	m.dash.asked = asked{}
	m.status = m.wb.Status()
	m.noteWork()
}

// suggestAll computes the suggestions of every document, until it is done or stopped.
func (m *Model) suggestAll() tea.Cmd {
	ctx := m.ask(workbench.SuggestAllTitle, "suggestions are being computed for every document")
	m.say("computing suggestions for every document: " + m.keys.Overview.Help().Key + " shows how far, " + m.keys.Stop.Help().Key + " stops it")
	wb := m.wb
	return func() tea.Msg {
		failed, err := wb.SuggestAll(ctx)
		return suggestedMsg{failed: failed, err: err}
	}
}

// apply says how SuggestAll ended.
func (msg suggestedMsg) apply(m *Model) tea.Cmd {
	m.answered()
	m.asking.dry = false
	switch {
	case errors.Is(msg.err, context.Canceled):
		m.say("stopped: what was computed is kept")
	case msg.failed > 0:
		m.refuse(fmt.Sprintf("%d documents could not be computed: %v", msg.failed, msg.err))
	case msg.err != nil:
		m.refuse(explain(msg.err))
	case !msg.beside:
		m.say("suggestions for every document are computed")
	}
	return m.moreQuestions()
}
