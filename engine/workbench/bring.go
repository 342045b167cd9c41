package workbench

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Ready tells whether Do(a) returns without reading a file: always, but for
// an undo, redo or bulk in documents that are not in memory.
func (w *Workbench) Ready(a Action) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.needs(a)
	return n.step == 0 && len(n.missing) == 0
}

// needs is what an action has to have in memory.
type needs struct {
	step    int64    // to be read from the journal; 0 for none
	missing []string // documents to be read
}

// needs looks up what an action needs and is not there. The lock is held.
func (w *Workbench) needs(a Action) needs {
	var n needs
	add := func(name string) {
		d := w.docs[name]
		_, known := w.place[name]
		if known && (d == nil || d.picture == nil) && !slices.Contains(n.missing, name) {
			n.missing = append(n.missing, name)
		}
	}
	switch a := a.(type) {
	case Undo:
		n.step = w.fold.UndoTarget()
		if a.Seq != 0 {
			n.step = cmp.Or(w.steps.holding(a.Seq), a.Seq) // else the journal may know it
		}
	case Redo:
		n.step = w.fold.RedoTarget()
	case Apply:
		for i := range a.Places {
			add(a.Places[i].Doc)
		}
	}
	if decisions, known := w.steps.known[n.step]; known {
		n.step = 0
		for _, c := range decisions {
			add(c.Doc)
		}
	}
	return n
}

// bring reads what an action needs, without the lock: no key waits for it. It
// holds the documents in memory until release is called.
func (w *Workbench) bring(ctx context.Context, a Action) (release func(), err error) {
	w.mu.Lock()
	n := w.needs(a)
	w.mu.Unlock()
	if n.step != 0 {
		if err := w.bringStep(ctx, a, n.step); err != nil {
			return func() {}, err
		}
		w.mu.Lock()
		n = w.needs(a)
		w.mu.Unlock()
	}
	if len(n.missing) == 0 {
		return func() {}, nil
	}
	w.mu.Lock()
	w.held++ // nothing is forgotten meanwhile
	w.mu.Unlock()
	err = parallel(ctx, len(n.missing), func(i int) {
		d := w.fetch(ctx, n.missing[i])
		w.mu.Lock()
		defer w.mu.Unlock()
		w.arrive(d)
	})
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.held--
	}, err
}

// bringStep reads the step of an undo or redo from the journal.
func (w *Workbench) bringStep(ctx context.Context, a Action, step int64) error {
	if u, ok := a.(Undo); ok && u.Seq != 0 {
		var err error
		if step, err = w.stepOnDisk(ctx, u.Seq); err != nil {
			return err
		}
	}
	decisions, err := w.journal.Step(ctx, step)
	if err != nil {
		return fmt.Errorf("read step %d of the journal: %w", step, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.steps.keep(step, decisions)
	return nil
}

// parallel calls f for 0..n-1 on all processors and stops early when ctx ends.
func parallel(ctx context.Context, n int, f func(i int)) error {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	all.Wait()
	return ctx.Err()
}
