package workbench

import (
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
)

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
		if hidden := w.hidden(d); hidden != nil {
			c.Offer = &corpus.Offer{Model: w.models.Hash, Hidden: hidden}
			message += fmt.Sprintf("; what a probe had hidden (%d) is shown now", len(hidden))
		}
		w.passed[d.name] = true
	}
	seq := w.record(c)
	if kind == corpus.Finish {
		w.finishedOne()
	}
	return Result{Doc: d.name, Seq: seq, Message: message}, nil
}
