package batch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// resultLog is gloss.jsonl, one line a document, written after its files.
type resultLog struct {
	f    *os.File
	end  int64
	rows map[string]entry // the last line of each document
}

// entry is a line of the log: what is needed of it, and where to find the rest.
type entry struct {
	tally
	hash     string // of the text
	at, size int64
}

// openLog opens the log of an output directory for appending, with the lines
// that an earlier run with the same key left. A line that was cut by a crash is
// removed.
func openLog(dir string, shard, shards int, key string) (*resultLog, error) {
	name := "gloss.jsonl"
	if shards > 1 {
		name = fmt.Sprintf("gloss-%d-of-%d.jsonl", shard, shards)
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the log of results: %w", err)
	}
	l := &resultLog{f: f, rows: map[string]entry{}}
	same, err := l.read(key)
	if err == nil && !same {
		l.rows, l.end = map[string]entry{}, 0 // another model or other options: begin anew
	}
	if err == nil {
		err = f.Truncate(l.end)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", f.Name(), err), f.Close())
	}
	return l, nil
}

// read reads whole lines, up to the first that is broken, and tells whether all
// have the key.
func (l *resultLog) read(key string) (same bool, err error) {
	in := bufio.NewReaderSize(l.f, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		var row Row
		if json.Unmarshal(line, &row) != nil {
			return true, nil
		}
		if row.Model != key {
			return false, nil
		}
		l.note(row, len(line))
	}
}

// note remembers the line of a row at the end of the log.
func (l *resultLog) note(row Row, size int) {
	l.rows[row.Doc] = entry{tally: row.tally(), hash: row.TextHash, at: l.end, size: int64(size)}
	l.end += int64(size)
}

// Append adds a document.
func (l *resultLog) Append(row Row) error {
	line, err := plainJSON(row)
	if err == nil {
		_, err = l.f.WriteAt(line, l.end)
	}
	if err != nil {
		return fmt.Errorf("log %s: %w", row.Doc, err)
	}
	l.note(row, len(line))
	return nil
}

// plainJSON is one line of JSON in which <, > and & stay as they are.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// Arrange leaves one line for each of the documents, in that order, and no
// other: a run that was interrupted leaves gaps that the next one fills at the
// end, and a text that has changed leaves its old line.
func (l *resultLog) Arrange(docs []string) error {
	var want int64 // where the next line is to begin
	inOrder := true
	for _, doc := range docs {
		e := l.rows[doc]
		inOrder = inOrder && e.at == want
		want += e.size
	}
	if inOrder && want == l.end {
		return nil
	}
	err := replaceFile(l.f.Name(), func(w *os.File) error {
		for _, doc := range docs {
			e := l.rows[doc]
			if _, err := io.Copy(w, io.NewSectionReader(l.f, e.at, e.size)); err != nil {
				return err
			}
		}
		return w.Sync()
	})
	if err != nil {
		return fmt.Errorf("put %s in order: %w", l.f.Name(), err)
	}
	return nil
}

// Close makes the log durable and closes it.
func (l *resultLog) Close() error { return errors.Join(l.f.Sync(), l.f.Close()) }
