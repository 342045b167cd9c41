package tui

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

func orderActions(k *KeyMap) []action {
	return groupMove.has([]action{
		{key: &k.Order, name: "order", keys: "V", hint: "order",
			about: "put the documents in another order", why: needOrder,
			run: plain((*Model).askOrder)},
	})
}

// documentOrder is an order of the documents as a person is asked for it.
type documentOrder struct {
	mode       order.Mode
	key, title string
	about      string
}

var documentOrders = []documentOrder{
	{order.File, "f", "as they lie", "file: as the collection has them"},
	{order.Uncertain, "u", "by doubt", "uncertain: most to ask first"},
	{order.Value, "v", "by value", "value: most to ask in a minute first"},
	{order.Random, "r", "by chance", "random: none before another"},
}

// orderOf is the order of a mode.
func orderOf(mode order.Mode) documentOrder {
	i := slices.IndexFunc(documentOrders, func(o documentOrder) bool { return o.mode == mode })
	return documentOrders[max(i, 0)]
}

// orderedBy is what the first line says of the order; "" of the collection's own.
func (m *Model) orderedBy() string {
	if o := orderOf(m.status.Order); o.mode != order.File {
		return " " + o.title
	}
	return ""
}

// arrangedMsg says what came of ordering.
type arrangedMsg struct {
	mode order.Mode
	err  error
}

func needOrder(m *Model) string {
	switch {
	case m.opt.Lens != nil:
		return "the lens has its own order: " + m.keys.Queue.Help().Key + " chooses what to step through"
	case m.dash.asked.stop != nil:
		return m.dash.asked.doing + ": " + m.keys.Stop.Help().Key + " stops that"
	}
	return ""
}

// askOrder lists the orders.
func (m *Model) askOrder() tea.Cmd {
	rows := make([]dialog.Entry, len(documentOrders))
	at := 0
	for i, o := range documentOrders {
		rows[i] = dialog.Entry{Key: o.key, Title: o.title, Detail: o.about, Value: i}
		if asksModels := o.mode == order.Uncertain || o.mode == order.Value; asksModels && needModels(m) != "" {
			rows[i].Faint, rows[i].Detail = true, needModels(m)
		}
		if o.mode == m.status.Order {
			at = i
		}
	}
	list := dialog.NewList("Order of the documents", rows, at)
	m.box = box{Box: list, confirm: func() tea.Cmd {
		row, ok := list.Chosen()
		switch {
		case !ok:
		case row.Faint:
			m.refuse(row.Detail)
		default:
			return m.arrangeDocuments(documentOrders[row.Value].mode)
		}
		return nil
	}}
	return nil
}

// arrangeDocuments puts the documents in another order, until that is done or stopped.
func (m *Model) arrangeDocuments(mode order.Mode) tea.Cmd {
	ctx := m.ask(workbench.ArrangeTitle, "the documents are being ordered")
	m.say("ordering the documents: go on meanwhile, " + m.keys.Stop.Help().Key + " stops it")
	wb := m.wb
	return func() tea.Msg { return arrangedMsg{mode, wb.Arrange(ctx, mode)} }
}

// apply says how ordering ended.
func (msg arrangedMsg) apply(m *Model) tea.Cmd {
	m.answered()
	switch {
	case errors.Is(msg.err, context.Canceled):
		m.say("stopped: the order is as it was")
		return nil
	case msg.err != nil:
		m.refuse(explain(msg.err))
		return nil
	}
	m.refresh()
	m.say("documents " + orderOf(msg.mode).title + ": " + m.keys.NextDoc.Help().Key + " goes on")
	return nil
}

// whyHere is the reason for the document on the screen to come now, in a few words; ""
// where it has none.
func (m *Model) whyHere() string {
	if m.at < len(m.docs) && m.docs[m.at].Name == m.docName {
		return m.docs[m.at].Reason
	}
	return ""
}
