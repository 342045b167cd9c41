package tui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// learntMsg says what came of learning, or of switching.
type learntMsg struct {
	report string
	err    error
}

func learningActions(k *KeyMap) []action {
	return groupOther.has([]action{
		{key: &k.Learn, name: "learn", keys: "R", hint: "learn",
			about: "learn from what is finished, now", why: needModels,
			run: plain((*Model).learn)},
		{key: &k.Switch, name: "switch-learnt", keys: "S", hint: "switch model",
			about: "lay what was learnt aside, or use it", why: needModels,
			run: plain((*Model).switchLearnt)},
	})
}

// learn has the models learn from finished documents, until it is done or stopped.
func (m *Model) learn() tea.Cmd {
	ctx := m.ask(workbench.LearnTitle, "the model is learning")
	m.say("learning from the finished documents: go on meanwhile, " + m.keys.Stop.Help().Key + " stops it")
	wb := m.wb
	return func() tea.Msg {
		report, err := wb.Learn(ctx)
		return learntMsg{report, err}
	}
}

// switchLearnt changes between the model as it was shipped and with what was learnt.
func (m *Model) switchLearnt() tea.Cmd {
	ctx := m.ask("", "the model is being switched")
	wb := m.wb
	return func() tea.Msg {
		report, err := wb.SwitchLearnt(ctx)
		return learntMsg{report, err}
	}
}

// apply says what came of it.
func (msg learntMsg) apply(m *Model) tea.Cmd {
	m.answered()
	switch {
	case errors.Is(msg.err, context.Canceled):
		m.say("stopped: the model is as it was")
	case msg.err != nil:
		m.refuse(explain(msg.err))
	default:
		m.say(msg.report)
	}
	return nil
}
