package pace

import (
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func drawn(ids ...string) *corpus.Offer {
	o := offer(ids...)
	o.Drawn = true
	return o
}

// What chance drew tells how often suggestions are right; what was chosen does not.
func TestDrawn(t *testing.T) {
	l := &log{undone: map[int64]bool{}}
	said := func(kind corpus.Kind, after *corpus.Mention, o *corpus.Offer) int64 {
		d := l.step(kind, 1, mention("", "A", 0, 5), after)
		d.Offer = o
		return d.Seq
	}
	said(corpus.Accept, mention("T1", "A", 0, 5), drawn())
	said(corpus.SetLink, linked(mention("T2", "A", 0, 5), "x"), drawn("x", "y"))
	said(corpus.SetLink, linked(mention("T3", "A", 0, 5), "y"), drawn("x", "y"))
	said(corpus.NIL, mention("T4", "A", 0, 5), drawn("x"))
	said(corpus.SetSpan, mention("T5", "A", 0, 7), drawn("x"))
	said(corpus.Reject, nil, drawn("x"))
	said(corpus.Reject, nil, offer("x"))                  // it was chosen
	l.undone[said(corpus.Reject, nil, drawn("x"))] = true // and this taken back
	shuffled := drawn("y", "x")
	shuffled.Ranks = []int{2, 1}
	said(corpus.SetLink, linked(mention("T6", "A", 0, 5), "y"), shuffled)                                         // the order is a probe's
	l.step(corpus.SetLink, 1, mention("T9", "A", 0, 5), linked(mention("T9", "A", 0, 5), "x")).Offer = drawn("x") // annotated before
	if r := l.count(t); r.Drawn != (Rate{5, 7}) || r.DrawnFirst != (Rate{2, 4}) {
		t.Errorf("%+v, %+v", r.Drawn, r.DrawnFirst)
	}
}
