package workbench

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// written remembers what this annotator's gloss last wrote to each .ann file,
// so that a file which another program changed can be compared with the state
// that it had before. It is a log of lines beside the journal, "sum TAB
// document"; the last one of a document counts. It may lag behind: what was
// written and not noted is recognised in the file when it is done again. It is
// safe for concurrent use.
type written struct {
	mu   sync.Mutex
	sums map[string]string // SHA-256 of the content, by document
	log  *os.File
}

// openWritten reads the log and writes it anew without what no longer counts.
func openWritten(journal string) (_ *written, err error) {
	path := strings.TrimSuffix(journal, filepath.Ext(journal)) + ".written"
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read what was written: %w", err)
	}
	w := &written{sums: map[string]string{}}
	for line := range strings.Lines(string(data)) {
		// A line without an end was cut off by a crash.
		if sum, doc, ok := strings.Cut(line, "\t"); ok && strings.HasSuffix(doc, "\n") {
			w.sums[strings.TrimSuffix(doc, "\n")] = sum
		}
	}
	var b strings.Builder
	for doc, sum := range w.sums {
		b.WriteString(sum + "\t" + doc + "\n")
	}
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, []byte(b.String()), 0o600); err != nil {
		return nil, fmt.Errorf("keep what was written: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return nil, fmt.Errorf("keep what was written: %w", err)
	}
	if w.log, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, fmt.Errorf("keep what was written: %w", err)
	}
	return w, nil
}

// note remembers the content of a file. A failure makes a later merge compare
// with an older state, which is no reason to stop.
func (w *written) note(doc, sum string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sums[doc] = sum
	_, _ = w.log.WriteString(sum + "\t" + doc + "\n")
}

// sum is the SHA-256 of what was last written, hexadecimal; "" where that is not known.
func (w *written) sum(doc string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sums[doc]
}

func (w *written) close() error { return w.log.Close() }
