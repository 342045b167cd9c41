package workbench

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// repeat gives an item the label and the link of the last decision that settled one.
func (w *Workbench) repeat(a Repeat) (Result, error) {
	d, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	last, ok := w.lastSettled(d, it)
	if !ok {
		return Result{}, errors.New("nothing was decided on another mention lately, so there is nothing to repeat")
	}
	var key string
	seq, err := w.together(d.name, fmt.Sprintf("repeat on %q", it.Text), func() (err error) {
		key, err = w.settleAs(d, it, last)
		return err
	})
	if err != nil {
		return Result{}, fmt.Errorf("repeat on %q in %s: %w", it.Text, d.name, err)
	}
	message := fmt.Sprintf("%q: %s, as before", it.Text, last.After.Label)
	if links := last.After.Links; len(links) > 0 {
		message = fmt.Sprintf("%q → %s %s, as before", it.Text, links[0].ID, links[0].Name)
	}
	return Result{Doc: d.name, Key: key, Seq: seq, Message: message}, nil
}

// recentSteps is how many steps Repeat looks back.
const recentSteps = 200

// settles tells whether a decision settled a mention.
func settles(c corpus.Decision) bool {
	switch c.Kind {
	case corpus.Accept, corpus.SetLink, corpus.NIL, corpus.Create, corpus.SetLabel:
		return c.After != nil
	}
	return false
}

// lastSettled is the newest decision in force that settled a mention other than the item:
// of this run, else of the end of the one before.
func (w *Workbench) lastSettled(d *document, it Item) (corpus.Decision, bool) {
	other := func(c corpus.Decision) bool { return settles(c) && !(c.Doc == d.name && c.After.ID == it.ID) }
	for _, step := range w.fold.UndoTargets(recentSteps) {
		for _, c := range slices.Backward(w.steps.known[step]) {
			if other(c) {
				return c, true
			}
		}
	}
	for _, c := range slices.Backward(w.settled) {
		if other(c) && !w.fold.Undone(c.Step) {
			return c, true
		}
	}
	return corpus.Decision{}, false
}

// settleAs gives an item the label of a decision and what it decided on the link.
func (w *Workbench) settleAs(d *document, it Item, as corpus.Decision) (string, error) {
	m, before := it.Mention.Clone(), it.Mention.Clone()
	if it.State == Suggested {
		m.Label, m.Links = as.After.Label, nil
		id, edit, err := d.file.Add(m, d.file.LinkStyle())
		if err != nil {
			return "", err
		}
		m.ID = id
		after := m.Clone()
		w.record(corpus.Decision{Doc: d.name, Kind: corpus.Accept, Before: &before, After: &after, Edit: edit, Offer: w.offer(it, it.Candidates)})
	} else if relabelled, err := w.relabel(d, m, as.After.Label); err != nil {
		return "", err
	} else {
		m = relabelled
	}
	switch {
	case len(as.After.Links) > 0:
		return m.ID, w.linkTo(d, m, slices.Clone(as.After.Links), w.offer(it, it.Candidates))
	case as.Kind == corpus.NIL:
		before, after := m.Clone(), m.Clone()
		after.Links = nil
		edit, err := d.file.SetLinks(m.ID, nil, d.file.LinkStyle())
		if err != nil {
			return "", err
		}
		w.record(corpus.Decision{Doc: d.name, Kind: corpus.NIL, Before: &before, After: &after, Edit: edit, Note: as.Note})
	case it.State != Suggested && as.Kind == corpus.Accept:
		after := m.Clone()
		w.record(corpus.Decision{Doc: d.name, Kind: corpus.Accept, Before: &m, After: &after})
	}
	return m.ID, nil
}
