package tui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

// Trainer trains further models from what was finished, and exchanges them.
type Trainer interface {
	Train(ctx context.Context) (suggest.Bundle, error)
	Models(ctx context.Context) ([]suggest.Bundle, error)
	UseModel(ctx context.Context, b suggest.Bundle) (report string, err error)
}

// trainedMsg says what came of a training.
type trainedMsg struct {
	bundle suggest.Bundle
	err    error
}

// modelsMsg brings the models to choose from. Where there are both, err says why they
// could not be compared.
type modelsMsg struct {
	bundles []suggest.Bundle
	err     error
}

func trainingActions(k *KeyMap) []action {
	return groupOther.has([]action{
		{key: &k.Train, name: "train", keys: "K", hint: "train",
			about: "train a model from what is finished", why: needNoTraining,
			run: plain((*Model).train)},
		{key: &k.Models, name: "models", keys: "Y", hint: "models",
			about: "compare models, and switch", why: needModels,
			run: plain((*Model).askModels)},
	})
}

func needNoTraining(m *Model) string {
	if m.dash.training != nil {
		return "a model is being trained: " + m.keys.Stop.Help().Key + " stops that"
	}
	return needModels(m)
}

// train trains a model from finished documents, until it is done or stopped. That takes
// minutes, in which other work can be asked for.
func (m *Model) train() tea.Cmd {
	ctx, cancel := context.WithCancel(context.Background())
	m.dash.training = cancel
	m.say("training from the finished documents: " + m.keys.Overview.Help().Key + " shows how far, " + m.keys.Stop.Help().Key + " stops it")
	wb := m.wb
	return func() tea.Msg {
		b, err := wb.Train(ctx)
		return trainedMsg{b, err}
	}
}

// apply says how good the model is that was trained, and offers it only where it is better.
func (msg trainedMsg) apply(m *Model) tea.Cmd {
	m.dash.training()
	m.dash.training = nil
	m.status = m.wb.Status()
	m.noteWork()
	b := msg.bundle
	switch {
	case errors.Is(msg.err, context.Canceled):
		m.say("stopped: " + m.keys.Train.Help().Key + " goes on from there, in this session or another")
	case msg.err != nil:
		m.refuse(explain(msg.err))
	case b.Comparison == nil:
		m.say(fmt.Sprintf("the model %s is trained: %s lists it", b.Title, m.keys.Models.Help().Key))
	case b.Comparison.Better:
		m.say(fmt.Sprintf("%s switches to the model %s, %s", m.keys.Models.Help().Key, b.Title, b.Comparison))
	default:
		m.say(fmt.Sprintf("the model %s is not offered, though %s lists it; %s", b.Title, m.keys.Models.Help().Key, b.Comparison))
	}
	return nil
}

// askModels compares the models, and then lists them.
func (m *Model) askModels() tea.Cmd {
	ctx := m.ask(workbench.CompareTitle, "models are being compared")
	wb := m.wb
	return func() tea.Msg {
		all, err := wb.Models(ctx)
		return modelsMsg{all, err}
	}
}

// apply opens the list, unless another box is open by now.
func (msg modelsMsg) apply(m *Model) tea.Cmd {
	m.answered()
	switch {
	case errors.Is(msg.err, context.Canceled):
		m.say("stopped")
		return nil
	case len(msg.bundles) == 0:
		m.refuse(explain(msg.err))
		return nil
	case !m.free():
		m.say("the models are compared: " + m.keys.Models.Help().Key + " lists them")
		return nil
	}
	if msg.err != nil {
		m.say("not compared: " + explain(msg.err))
	}
	rows := make([]dialog.Entry, len(msg.bundles))
	for i, b := range msg.bundles {
		rows[i] = dialog.Entry{Title: b.Title, Detail: verdict(b), Faint: b.Err != nil, Value: i}
	}
	list := dialog.NewList("Models, by the documents that are held out", rows, likely(msg.bundles))
	m.box = box{Box: list, confirm: func() tea.Cmd {
		e, _ := list.Chosen()
		return m.useModel(msg.bundles[e.Value])
	}}
	return nil
}

// verdict is what the list says of a model.
func verdict(b suggest.Bundle) string {
	c := b.Comparison
	switch {
	case b.Err != nil:
		return "broken: " + b.Err.Error()
	case b.Used && c == nil:
		return "in use"
	case c == nil:
		return ""
	case b.Used:
		return fmt.Sprintf("F1 %.2f, in use", figure(c.New.F1))
	}
	said := fmt.Sprintf("F1 %.2f, %+.2f (%+.2f to %+.2f)", figure(c.New.F1), figure(c.Old.Diff),
		figure(c.Old.Diff95[0]), figure(c.Old.Diff95[1]))
	switch {
	case c.Better:
		return said + " better"
	case c.Worse:
		return said + " worse"
	}
	return said + " no better"
}

// figure is a ratio as it is shown: where nothing was found, it is 0.
func figure(s corpus.Score) float64 {
	if !s.Known() {
		return 0
	}
	return float64(s)
}

// likely is the place of the model that one would switch to: the best that is better,
// else the first that is not in use.
func likely(all []suggest.Bundle) int {
	at := -1
	for i, b := range all {
		if c := b.Comparison; c != nil && c.Better && !b.Used && b.Err == nil && (at < 0 || c.New.F1 > all[at].Comparison.New.F1) {
			at = i
		}
	}
	for i := 0; at < 0 && i < len(all); i++ {
		if !all[i].Used && all[i].Err == nil {
			at = i
		}
	}
	return max(at, 0)
}

// useModel switches to a model.
func (m *Model) useModel(b suggest.Bundle) tea.Cmd {
	if b.Used {
		m.say("the model " + b.Title + " is in use")
		return nil
	}
	ctx := m.ask("", "the model is being switched")
	wb := m.wb
	return func() tea.Msg {
		report, err := wb.UseModel(ctx, b)
		return learntMsg{report, err}
	}
}
