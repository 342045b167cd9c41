package workbench

import (
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// revealed says how many suggestions appear that a probe had hidden; "" for none.
func revealed(hidden []corpus.Hidden) string {
	n := 0
	for _, h := range hidden {
		if h.Found == nil {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; what a probe had hidden (%d) is shown now", n)
}

// offered is what was suggested in a document, once all of it is known; else nil.
func (w *Workbench) offered(d *document) *corpus.Offer {
	hidden := w.hidden(d)
	if whole := d.asked && d.chunks == 0 && !w.opts.Blind && w.models != nil && w.models.Recognizer != nil && !d.letters; !whole && hidden == nil {
		return nil
	}
	o := &corpus.Offer{Model: d.model, Hidden: hidden, Drawn: w.reasons[d.name].chance}
	for _, s := range slices.Concat(d.suggestions, d.waiting) {
		o.Suggested = append(o.Suggested, s.Mention.Clone())
	}
	return o
}

// finish marks a document as done, or as open again.
func (w *Workbench) finish(doc string, kind corpus.Kind) (Result, error) {
	d, err := w.loaded(doc)
	if err != nil {
		return Result{}, err
	}
	message := d.name + " is finished"
	if kind == corpus.Reopen {
		message = d.name + " is open again"
	}
	if d.picture.Finished == (kind == corpus.Finish) {
		return Result{Doc: d.name, Message: message + " already"}, nil
	}
	c := corpus.Decision{Doc: d.name, Kind: kind}
	if kind == corpus.Finish {
		c.Offer = w.offered(d)
		if c.Offer != nil {
			message += revealed(c.Offer.Hidden)
		}
		w.passed[d.name] = true
	}
	seq := w.record(c)
	if kind == corpus.Finish {
		w.finishedOne()
	}
	return Result{Doc: d.name, Seq: seq, Message: message}, nil
}
