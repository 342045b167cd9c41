package workbench

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
)

// Keys go on while previews, bulks and the history read the collection; at the end
// all agree.
func TestManyThingsAtOnce(t *testing.T) {
	r := newRig(t)
	r.view("b")
	r.view("a")
	var all sync.WaitGroup
	actions := make(chan Action)
	for range 2 {
		all.Go(func() {
			for a := range actions {
				_, _ = r.Do(context.Background(), a) // what cannot be done is no failure
			}
		})
	}
	all.Go(func() {
		for i := range 40 {
			p, err := r.Occurrences(t.Context(), inCorpus)
			if err == nil && len(p.Places) > 0 {
				_, err = r.Do(t.Context(), Apply{Places: p.Places[:1+i%len(p.Places)]})
				_ = err // the places may be gone by now
			}
			if _, err := r.History(t.Context(), HistoryQuery{Limit: 10}); err != nil {
				t.Error(err)
			}
		}
	})
	all.Go(func() {
		for i := range 200 {
			doc := []string{"a", "b"}[i%2]
			r.Look(Look{Doc: doc, Key: "T1"})
			r.WouldDecide(At{doc, "T1"})
			r.Merge(doc)
			r.Status()
			r.Documents()
		}
	})
	rnd := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		actions <- r.any(rnd)
	}
	close(actions)
	all.Wait()
	if err := r.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
