package workbench

import (
	"cmp"
	"context"
	"fmt"

	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/corpus/pace"
	"github.com/gloss-nlp/gloss/engine/order"
)

// Overview is how far the collection has come, how fast, and what is left.
type Overview struct {
	pace.Report // of this annotator's journal, all sessions

	Documents int
	Finished  int
	Begun     int // not finished, and decided on by this annotator
	Flagged   int // mentions marked for discussion
	Left      int // mentions that wait in documents that are not finished
	Counted   int // of those documents, how many were counted; Left guesses the others from them

	// Estimate is how good the suggestions are, by the documents that chance drew, as they
	// were suggested before they were annotated; Target the F1 from which on one may stop.
	Estimate order.Estimate
	Target   float64
	Order    order.Mode // of the documents now: in that of the collection chance draws none
}

// Open are the documents that are not finished.
func (o Overview) Open() int { return o.Documents - o.Finished }

// SecondsLeft is how long what is left takes at the pace so far; 0 where nothing
// was timed.
func (o Overview) SecondsLeft() float64 { return o.PerMention() * float64(o.Left) }

// Overview reads the journal of this annotator, so call it off the event loop.
func (w *Workbench) Overview(ctx context.Context) (Overview, error) {
	undone := func(step int64) bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.fold.Undone(step)
	}
	ends := finished{}
	r, err := pace.Count(ends.in(w.journal.All(ctx, journal.Filter{})), undone)
	if err != nil {
		return Overview{}, fmt.Errorf("count the decisions: %w", err)
	}
	estimate, err := w.estimate(ends)
	if err != nil {
		return Overview{}, err
	}
	begun, err := w.journal.Docs(ctx)
	if err != nil {
		return Overview{}, fmt.Errorf("list the documents of the journal: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	o := Overview{
		Report: r, Documents: len(w.names), Flagged: len(w.fold.Flagged()),
		Estimate: estimate, Target: cmp.Or(w.opts.Target, order.DefaultTarget), Order: w.arranged,
	}
	for _, name := range begun {
		if _, here := w.place[name]; here && !w.fold.Finished(name) {
			o.Begun++
		}
	}
	w.countLeft(&o)
	return o, nil
}

// countLeft counts what waits in the documents in memory, and guesses the others from
// how many mentions those have. The lock is held.
func (w *Workbench) countLeft(o *Overview) {
	mentions, read := 0, 0
	for _, name := range w.names {
		d := w.docs[name]
		known := d != nil && d.picture != nil && d.err == nil && d.asked && d.chunks == 0
		if known {
			read++
			mentions += len(d.picture.Items)
		}
		switch {
		case w.fold.Finished(name):
			o.Finished++
		case known:
			o.Counted++
			o.Left += d.picture.Undecided()
		}
	}
	if others := o.Open() - o.Counted; others > 0 && read > 0 {
		o.Left += (others*mentions + read/2) / read
	}
}
