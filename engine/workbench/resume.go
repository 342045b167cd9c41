package workbench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/order"
)

// placePause is how long the place waits for the annotator to stop moving before
// it is written.
const placePause = time.Second

// kept is the file of the place: where the annotator was looking when it was written,
// and the order of the documents that they had chosen.
type kept struct {
	Doc    string      `json:"doc"`
	Key    string      `json:"key,omitempty"`
	Screen corpus.Span `json:"screen"`
	Filter string      `json:"filter,omitempty"`
	Order  order.Mode  `json:"order,omitempty"`
}

// Resume is where this annotator left the collection: the zero Look where they were
// never here, or where the document is gone.
func (w *Workbench) Resume() Look { return w.resumed }

// placePath is the file beside the journal that says where its annotator was.
func placePath(journal string) string {
	return strings.TrimSuffix(journal, filepath.Ext(journal)) + ".place"
}

// readPlace reads where the annotator was. It is no more than a convenience: a file
// that cannot be read is none.
func (w *Workbench) readPlace() (Look, order.Mode) {
	data, err := os.ReadFile(placePath(w.journal.Path()))
	if err != nil {
		return Look{}, ""
	}
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return Look{}, ""
	}
	mode := k.Order
	if !slices.Contains(order.Modes(), mode) {
		mode = ""
	}
	if _, here := w.place[k.Doc]; !here {
		return Look{}, mode
	}
	return Look{Doc: k.Doc, Key: k.Key, Screen: k.Screen, Filter: k.Filter}, mode
}

// placeLoop writes where the annotator is, a little after they moved, until ctx ends.
func (w *Workbench) placeLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.moved:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(placePause):
		}
		_ = w.writePlace() // the next move tries again
	}
}

// wakePlace has the place written soon.
func (w *Workbench) wakePlace() {
	select {
	case w.moved <- struct{}{}:
	default:
	}
}

// writePlace writes where the annotator is, by renaming; nothing is lost where a power
// cut takes it.
func (w *Workbench) writePlace() error {
	w.mu.Lock()
	l, mode := w.look, w.chosen
	w.mu.Unlock()
	if l.Doc == "" {
		return nil // they have not been anywhere
	}
	data, err := json.Marshal(kept{l.Doc, l.Key, l.Screen, l.Filter, mode})
	if err != nil {
		return fmt.Errorf("keep the place: %w", err)
	}
	path := placePath(w.journal.Path())
	if err := os.WriteFile(path+".tmp", append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("keep the place: %w", err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return fmt.Errorf("keep the place: %w", err)
	}
	return nil
}
