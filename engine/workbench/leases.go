package workbench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gloss-nlp/gloss/corpus/lease"
)

// noLocks is said once where leases cannot keep two people apart for sure.
const noLocks = "this file system does not keep programs of other machines apart for sure: before you decide on a document, " +
	"make sure that nobody else does. Both journals keep everything in any case"

// leaseLoop renews leases, and looks whether those of others have ended.
func (w *Workbench) leaseLoop(ctx context.Context) {
	beat := time.NewTicker(lease.Renewal)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			w.tendLeases(ctx)
		}
	}
}

// tendLeases gives back the leases of documents that nobody works on here any
// more, renews the others, and opens documents whose holder is gone.
func (w *Workbench) tendLeases(ctx context.Context) {
	var over, waiting []*document
	w.mu.Lock()
	for _, d := range w.docs {
		switch {
		case d.lent:
			waiting = append(waiting, d)
		case d.leased && !d.dirty && w.look.Doc != d.name:
			d.leased = false
			over = append(over, d)
		}
	}
	w.mu.Unlock()
	for _, d := range over {
		_ = w.leases.Release(d.name) // it expires by itself too
	}
	_ = w.leases.Renew() // a lease that could not be renewed is taken again before the next write
	for _, d := range waiting {
		if _, held := w.leases.Holder(d.name); !held {
			w.reread(ctx, d)
		}
	}
}

// lend makes a document read-only that somebody else decides on. The lock is
// held, or nobody knows d yet.
func (d *document) lend(h lease.Holder) {
	d.lent = true
	d.readOnly = fmt.Sprintf("%s is deciding on it; it opens for you when they are done", h)
}

// atOnce is how many documents of one step get their leases with the decision. Each
// lease is an open file: those of a larger bulk are taken one by one, while its file
// is written.
const atOnce = 64

// lease takes the lease of one of n documents that were just decided on, in the
// background: no key waits for it, and nothing is written without it.
func (w *Workbench) lease(d *document, n int) {
	switch {
	case d.leased:
	case n > atOnce:
		d.brief = true
	default:
		d.leased = true
		w.loops.Go(func() { _ = w.takeLease(d) })
	}
}

// handBack gives back a lease that was taken to write a file.
func (w *Workbench) handBack(d *document) {
	w.mu.Lock()
	over := d.brief && !d.dirty && w.look.Doc != d.name
	if over {
		d.brief, d.leased = false, false
	}
	w.mu.Unlock()
	if over {
		_ = w.leases.Release(d.name) // it expires by itself too
		w.notify()
	}
}

// takeLease takes or renews the lease of a document. Where somebody else was
// faster the document becomes read-only: what was decided is in the journal, and
// joined with theirs when they are done.
func (w *Workbench) takeLease(d *document) error {
	err := w.leases.Take(d.name)
	w.mu.Lock()
	defer w.mu.Unlock()
	if (w.leases.Unsafe() || w.journal.Network()) && !w.warned {
		w.warned = true
		w.message = noLocks
		w.notify()
	}
	var held *lease.HeldError
	if !errors.As(err, &held) {
		d.leased = true
		return nil // where leases cannot be written, the check of the file is left
	}
	d.leased = false
	d.lend(held.Holder)
	return w.refuse(d, d.readOnly, held)
}

// reread reads a document again that somebody else has decided on.
func (w *Workbench) reread(ctx context.Context, d *document) {
	fresh := w.fetch(ctx, d.name)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || !d.lent || fresh.lent || fresh.err != nil {
		return
	}
	if fresh.hash != d.hash {
		d.lent, d.readOnly = false, otherText
		w.draw(d)
		return
	}
	d.file, d.disk, d.stamp, d.txt, d.met = fresh.file, fresh.disk, fresh.stamp, fresh.txt, fresh.met
	d.begun, d.base, d.dirty, d.lent, d.readOnly = fresh.begun, fresh.base, fresh.dirty, false, fresh.readOnly
	w.tellMeeting(d)
	if d.dirty {
		w.lease(d, 1)
		w.wakeWriter()
	}
	w.draw(d)
	w.wantCandidates(d)
}
