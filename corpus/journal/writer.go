package journal

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Writer appends to a journal in the background, so that no key ever waits for
// the disk. Its methods are safe for concurrent use; batches reach the disk in
// the order of Enqueue, and what waits together is synced together.
type Writer struct {
	j       *Journal
	onSaved func(seq int64)
	onErr   func(error)
	ended   chan struct{}

	mu      sync.Mutex
	changed sync.Cond // any field below has changed
	queue   []Batch   // not on disk, and not in the hands of the goroutine
	working bool      // the goroutine has taken the queue and has not reported yet
	err     error     // why nothing is written any more
	closed  bool
}

// NewWriter starts a writer on j, to which nobody else may append meanwhile.
// onSaved gets the last durable seq after each transaction, onErr the error
// that stopped the writer; either may be nil. They are called one at a time
// from the writer's goroutine: they may call Enqueue and Retry, but neither
// Drain nor Close. Close ends the writer and leaves the journal open.
func NewWriter(j *Journal, onSaved func(seq int64), onErr func(error)) *Writer {
	w := &Writer{j: j, onSaved: onSaved, onErr: onErr, ended: make(chan struct{})}
	w.changed.L = &w.mu
	go w.run()
	return w
}

// Enqueue hands a batch over and never blocks; the caller must not change it
// afterwards. The error says that the batch will not reach the disk by itself:
// the writer has failed, and keeps the batch with the others for Retry, or it
// was closed, and drops it.
func (w *Writer) Enqueue(b Batch) error {
	if b.empty() {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	w.queue = append(w.queue, b)
	w.changed.Broadcast()
	return w.err
}

// Pending is the number of decisions that are not on disk yet.
func (w *Writer) Pending() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, b := range w.queue {
		n += len(b.Decisions)
	}
	return n
}

// Unsaved returns the batches that are not on disk, oldest first. While a
// transaction runs, its batches are among them.
func (w *Writer) Unsaved() []Batch {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.queue)
}

// Err is the error that stopped the writer, nil while it works.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Retry makes a writer that has failed try again, with all that it has kept.
func (w *Writer) Retry() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = nil
	w.changed.Broadcast()
}

// Drain waits until everything is on disk and reported. It returns early with
// the error that stopped the writer, or with that of ctx.
func (w *Writer) Drain(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.changed.Broadcast()
	})
	defer stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.busy() && ctx.Err() == nil {
		w.changed.Wait()
	}
	switch {
	case w.err != nil:
		return w.err
	case w.busy():
		return fmt.Errorf("wait for %d batches of decisions to be saved: %w", len(w.queue), ctx.Err())
	}
	return nil
}

// busy tells whether waiting may help: a failed writer does nothing by itself.
func (w *Writer) busy() bool { return w.working || w.err == nil && len(w.queue) > 0 }

// Close waits until everything is on disk, as Drain without a limit, and ends
// the writer. Where the error is not nil, Unsaved still has what is missing.
// It may be called twice.
func (w *Writer) Close() error {
	w.mu.Lock()
	w.closed = true
	w.changed.Broadcast()
	w.mu.Unlock()
	<-w.ended
	return w.Err()
}

// run is the writer's goroutine. It ends when the writer is closed and nothing
// is left that it could write.
func (w *Writer) run() {
	defer close(w.ended)
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		for !w.closed && (w.err != nil || len(w.queue) == 0) {
			w.changed.Wait()
		}
		if w.err != nil || len(w.queue) == 0 {
			return
		}
		w.write()
	}
}

// write saves what waits as one transaction. It is called with the lock held
// and gives it back while it works. The batches stay in the queue until they
// are durable, so that at no moment they are nowhere.
func (w *Writer) write() {
	group := slices.Clone(w.queue)
	w.working = true
	w.mu.Unlock()
	// Not cancellable: what was enqueued was decided.
	err := w.j.AppendBatch(context.Background(), group...)
	w.mu.Lock()
	if err == nil {
		w.queue = slices.Delete(w.queue, 0, len(group))
	}
	w.err = err
	w.mu.Unlock()
	if err != nil && w.onErr != nil {
		w.onErr(err)
	}
	if err == nil && w.onSaved != nil {
		w.onSaved(w.j.Last())
	}
	w.mu.Lock()
	w.working = false
	w.changed.Broadcast()
}
