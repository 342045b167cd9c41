package workbench

import (
	"context"
	"errors"
	"fmt"
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
	w.mu.Lock()
	var ready []*document
	for _, d := range w.docs {
		if d.dirty && d.lastSeq <= w.synced {
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

// write brings one .ann file to what is in memory. A file that someone else
// changed is left alone: the document becomes read-only, and its decisions stay
// in the journal.
func (w *Workbench) write(d *document) error {
	w.mu.Lock()
	data, stamp, seq := d.file.Bytes(), d.stamp, d.lastSeq
	w.mu.Unlock()
	written, err := brat.Write(d.path, data, stamp)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		d.stamp = written
		d.dirty = d.lastSeq > seq
		if d.dirty {
			w.wakeWriter()
		}
		w.notify()
		return nil
	case errors.Is(err, brat.ErrChanged):
		d.readOnly = "another program changed its .ann file; your decisions are in the journal. Start gloss again to read it anew"
	default:
		d.readOnly = "its .ann file cannot be written: " + err.Error()
	}
	d.dirty = false
	err = fmt.Errorf("%s: %w", d.name, err)
	w.message = d.name + ": " + d.readOnly
	w.draw(d)
	return err
}
