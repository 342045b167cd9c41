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
	same = true
	err = eachRow(l.f, func(row Row, line []byte) (bool, error) {
		if same = row.Model == key; same {
			l.note(row, len(line))
		}
		return same, nil
	})
	return same, err
}

// eachRow visits whole lines, up to the first that is broken or after which visit
// wants no more.
func eachRow(f *os.File, visit func(row Row, line []byte) (more bool, err error)) error {
	in := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var row Row
		if json.Unmarshal(line, &row) != nil {
			return nil
		}
		if more, err := visit(row, line); !more || err != nil {
			return err
		}
	}
}

// Adopt takes over the lines with the key that runs over other parts of the
// collection left in logs of their own beside this one, where they are of the
// documents and this log has none: after all shards, a run over everything has
// nothing left to compute.
func (l *resultLog) Adopt(key string, docs []string) error {
	dir, own := filepath.Split(l.f.Name())
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return fmt.Errorf("look for other logs: %w", err)
	}
	wanted := map[string]bool{}
	for _, doc := range docs {
		if _, there := l.rows[doc]; !there {
			wanted[doc] = true
		}
	}
	for _, e := range entries {
		if !isLog(e) || e.Name() == own || len(wanted) == 0 {
			continue
		}
		if err := l.adopt(filepath.Join(dir, e.Name()), key, wanted); err != nil {
			return fmt.Errorf("take over from %s: %w", filepath.Join(dir, e.Name()), err)
		}
	}
	return nil
}

// adopt takes the wanted lines of one other log, up to the first that is broken or
// of another key. What it takes is wanted no more.
func (l *resultLog) adopt(name, key string, wanted map[string]bool) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return eachRow(f, func(row Row, line []byte) (bool, error) {
		if row.Model != key {
			return false, nil
		}
		if !wanted[row.Doc] {
			return true, nil
		}
		delete(wanted, row.Doc)
		return true, l.append(row, line)
	})
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
		err = l.append(row, line)
	}
	if err != nil {
		return fmt.Errorf("log %s: %w", row.Doc, err)
	}
	return nil
}

func (l *resultLog) append(row Row, line []byte) error {
	if _, err := l.f.WriteAt(line, l.end); err != nil {
		return err
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
