package batch

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// ErrOutput is an output directory that holds someone's work.
var ErrOutput = errors.New("not a place for results")

// safe refuses an output directory in which annotations would be overwritten.
func safe(in, out string) error {
	a, err := os.Stat(in)
	if err != nil {
		return fmt.Errorf("read the collection: %w", err)
	}
	b, err := os.Stat(out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the output directory: %w", err)
	}
	switch {
	case !b.IsDir():
		return fmt.Errorf("%s: %w: it is a file; name a directory", out, ErrOutput)
	case os.SameFile(a, b):
		return fmt.Errorf("%s: %w: it is the collection itself; name another directory", out, ErrOutput)
	}
	if _, err := os.Stat(filepath.Join(out, ".gloss")); err == nil {
		return fmt.Errorf("%s: %w: somebody annotated there (.gloss); name another directory", out, ErrOutput)
	}
	logs, _ := filepath.Glob(filepath.Join(out, "gloss*.jsonl"))
	anns, _ := filepath.Glob(filepath.Join(out, "*.ann"))
	if len(logs) == 0 && len(anns) > 0 {
		return fmt.Errorf("%s: %w: it holds .ann files of another origin; name another directory", out, ErrOutput)
	}
	return nil
}

// resultLog is gloss.jsonl, one line a document, written after its files.
type resultLog struct {
	f *os.File
}

// openLog opens the log of an output directory for appending, and returns the
// lines that an earlier run with the same key left. A line that was cut by a
// crash is removed.
func openLog(dir string, shard, shards int, key string) (*resultLog, map[string]Row, error) {
	name := "gloss.jsonl"
	if shards > 1 {
		name = fmt.Sprintf("gloss-%d-of-%d.jsonl", shard, shards)
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, fmt.Errorf("open the log of results: %w", err)
	}
	done, end, same, err := readLog(f, key)
	if err == nil && !same {
		done, end = map[string]Row{}, 0 // another model or other options: begin anew
	}
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read %s: %w", f.Name(), err), f.Close())
	}
	return &resultLog{f}, done, nil
}

// readLog reads whole lines, up to the first that is broken. same tells whether
// all have the key; end is the byte after the last good one.
func readLog(f io.Reader, key string) (done map[string]Row, end int64, same bool, err error) {
	done, same = map[string]Row{}, true
	in := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return done, end, same, nil
		}
		if err != nil {
			return nil, 0, false, err
		}
		var row Row
		if json.Unmarshal(line, &row) != nil {
			return done, end, same, nil
		}
		end += int64(len(line))
		same = same && row.Model == key
		done[row.Doc] = row
	}
}

// Append adds a document.
func (l *resultLog) Append(row Row) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(row); err != nil {
		return fmt.Errorf("log %s: %w", row.Doc, err)
	}
	if _, err := l.f.Write(b.Bytes()); err != nil {
		return fmt.Errorf("log %s: %w", row.Doc, err)
	}
	return nil
}

// Close makes the log durable and closes it.
func (l *resultLog) Close() error { return errors.Join(l.f.Sync(), l.f.Close()) }

// runKey identifies everything that the spans of a run depend on, but the texts.
func runKey(m *suggest.Models, o Options) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %q %q %q %g %d", m.Hash, m.KBHashes, m.Layers, o.Labels, o.MinScore, o.LinkStyle)
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func (r *run) path(name, ext string) string {
	return filepath.Join(r.o.Out, filepath.FromSlash(name)+ext)
}

// written tells whether the files of a document are there.
func (r *run) written(name string) bool {
	_, ann := os.Stat(r.path(name, ".ann"))
	_, txt := os.Stat(r.path(name, ".txt"))
	return ann == nil && txt == nil
}

// write writes the .ann file of a document, whole or not at all, and puts its
// text beside it.
func (r *run) write(name string, text corpus.Text, spans []Span) error {
	f, err := brat.Parse(nil, text)
	if err != nil {
		return err
	}
	for i := range spans {
		id, _, err := f.Add(spans[i].Mention, r.o.LinkStyle)
		if err != nil {
			return fmt.Errorf("write %q into %s.ann: %w", spans[i].Text, name, err)
		}
		spans[i].ID = id
	}
	if err := os.MkdirAll(filepath.Dir(r.path(name, "")), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := placeText(r.col.Path(name, ".txt"), r.path(name, ".txt"), text); err != nil {
		return fmt.Errorf("put the text of %s into the output: %w", name, err)
	}
	return writeFile(r.path(name, ".ann"), f.Bytes())
}

// placeText links a text into the output, or copies it where it cannot be linked.
func placeText(from, to string, text corpus.Text) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return writeFile(to, []byte(text.String()))
}

// writeFile writes a file by way of a temporary one, so that a reader never
// sees half of it. It is not made durable: a run can be repeated.
func writeFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".gloss-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

func hashText(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
