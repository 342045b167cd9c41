package workbench

import (
	"context"
	"errors"
	"time"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

// settle is how long the .ann files wait for more decisions before they are
// written; the journal has each at once.
const settle = 300 * time.Millisecond

// writeLoop writes changed .ann files, a little after their decisions are safe
// in the journal, until ctx ends.
func (w *Workbench) writeLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.dirty:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(settle):
		}
		_ = w.writeAll() // failures show in the documents
	}
}

func (w *Workbench) wakeWriter() {
	select {
	case w.dirty <- struct{}{}:
	default:
	}
}

// writeAll writes every .ann file whose decisions are all in the journal.
func (w *Workbench) writeAll() error {
	// One after the other: of two that write a file at once, one would take the other for
	// another program.
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	var ready []*document
	for _, d := range w.docs {
		if w.writable(d) {
			ready = append(ready, d)
		}
	}
	w.mu.Unlock()
	var errs []error
	for _, d := range ready {
		errs = append(errs, w.write(d))
	}
	return errors.Join(errs...)
}

// writeRest writes what is left when the workbench closes. A merge is news for
// the journal, which has to be on disk before the file is written.
func (w *Workbench) writeRest(ctx context.Context) error {
	const most = 3 // another program may write all the time
	for range most {
		if err := errors.Join(w.writer.Drain(ctx), w.writeAll()); err != nil {
			return err
		}
		w.mu.Lock()
		left := false
		for _, d := range w.docs {
			left = left || d.dirty
		}
		w.mu.Unlock()
		if !left {
			break
		}
	}
	return nil
}

// write brings one .ann file to what is in memory. A file that another program
// changed meanwhile is joined with what was decided here, or left alone.
func (w *Workbench) write(d *document) error {
	if same, err := w.sameText(d); !same {
		w.mu.Lock()
		defer w.mu.Unlock()
		if err == nil {
			err = brat.ErrChanged
		}
		return w.refuse(d, otherText, err)
	}
	if err := w.takeLease(d); err != nil {
		return err
	}
	defer w.handBack(d)
	err := w.put(d)
	if !errors.Is(err, brat.ErrChanged) {
		return err
	}
	again, err := w.reconcile(d)
	if err != nil {
		return err
	}
	if again {
		err = w.put(d)
	}
	if errors.Is(err, brat.ErrChanged) {
		err = nil // they changed it once more
	}
	w.wakeWriter() // also where the journal must be told first
	return err
}

// put writes an .ann file. ErrChanged is for the caller; after any other
// failure the document is read-only, and its decisions are in the journal.
func (w *Workbench) put(d *document) error {
	w.mu.Lock()
	file, stamp, seq := d.file.Clone(), d.stamp, d.lastSeq
	w.mu.Unlock()
	written, err := brat.Write(d.path, file.Bytes(), stamp)
	if errors.Is(err, brat.ErrChanged) {
		return err
	}
	if err == nil {
		w.written.note(d.name, written.Sum)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		return w.refuse(d, "its .ann file cannot be written: "+err.Error(), err)
	}
	d.stamp, d.disk = written, file
	d.dirty = d.lastSeq > seq
	if d.dirty {
		w.wakeWriter()
	}
	w.notify()
	return nil
}
