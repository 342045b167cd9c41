package workbench

import (
	"fmt"

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
			message += revealed(hidden)
		}
		w.passed[d.name] = true
	}
	seq := w.record(c)
	if kind == corpus.Finish {
		w.finishedOne()
	}
	return Result{Doc: d.name, Seq: seq, Message: message}, nil
}
