package workbench

import (
	"fmt"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/order"
)

// drawing is a collection of eight notes by chance, with three suggestions each.
func drawing(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	for i := range 6 {
		r.write(fmt.Sprintf("n%d.txt", i), note)
	}
	r.write("a.ann", "")
	r.reopen()
	r.wait("the models are there", func() bool { return r.Status().Device != "" })
	r.arranged(order.Random)
	return r
}

// settles accepts what is suggested in a document, but for n refusals, and finishes it.
func (r *rig) settles(name string, refuse int) {
	r.t.Helper()
	for i, it := range r.view(name).Items {
		if i < refuse {
			r.do(Reject{At{name, it.Key}})
		} else {
			r.do(Accept{At{name, it.Key}})
		}
	}
	r.do(Finish{At{Doc: name}})
}

func (r *rig) overview() Overview {
	r.t.Helper()
	r.wait("all is saved", func() bool { return r.Status().Unsaved == 0 })
	o, err := r.Overview(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return o
}

func TestEstimateByWhatChanceDrew(t *testing.T) {
	r := drawing(t)
	var names []string
	for _, d := range r.Documents() {
		names = append(names, d.Name)
	}
	for i, name := range names[:5] {
		r.settles(name, i%2) // two of fifteen are wrong
	}
	o := r.overview()
	if e := o.Estimate; !e.Tells() || e.Documents != 5 || e.TP != 13 || e.FP != 2 || e.FN != 0 || o.Target != order.DefaultTarget || o.Order != order.Random {
		t.Errorf("%+v", o)
	}
	// An annotation that nobody had suggested is one that was missed, also once it is
	// written after the end, and what was finished again counts as it was first.
	r.view(names[0])
	r.do(Reopen{At{Doc: names[0]}})
	r.do(Create{At{Doc: names[0]}, corpus.One(0, 4), "SINTOMA"})
	if o := r.overview(); o.Estimate.Documents != 0 {
		t.Errorf("a sample with a gap: %+v", o.Estimate)
	}
	r.do(Finish{At{Doc: names[0]}})
	r.reopen()
	if o := r.overview(); o.Estimate.Documents != 5 || o.Estimate.TP != 13 || o.Estimate.FN != 1 {
		t.Errorf("after a restart: %+v", o.Estimate)
	}
}

// Documents that were chosen tell nothing, nor do those that somebody took out of turn.
func TestEstimateOfNoSample(t *testing.T) {
	r := drawing(t)
	r.arranged(order.File)
	for _, d := range r.Documents()[:6] {
		r.settles(d.Name, 0)
	}
	if o := r.overview(); o.Estimate.Documents != 0 || o.Order != order.File {
		t.Errorf("as they lie: %+v", o.Estimate)
	}
	r = drawing(t)
	for _, d := range r.Documents()[2:] {
		r.settles(d.Name, 0)
	}
	if o := r.overview(); o.Estimate.Documents != 0 {
		t.Errorf("out of turn: %+v", o.Estimate)
	}
}
