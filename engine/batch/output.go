package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// ErrOutput is an output directory that holds someone's work.
var ErrOutput = errors.New("not a place for results")

// safe refuses an output directory in which someone's work would be overwritten.
// One with a log is an earlier run's. It returns where in the collection the
// directory lies (see within).
func safe(col *brat.Collection, out string) (inside string, err error) {
	a, err := os.Stat(col.Dir())
	if err != nil {
		return "", fmt.Errorf("read the collection: %w", err)
	}
	inside, err = within(a, out)
	if err != nil {
		return "", fmt.Errorf("find the output directory: %w", err)
	}
	if inside == "." {
		return "", fmt.Errorf("%s: %w: it is the collection itself; name another directory", out, ErrOutput)
	}
	entries, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) {
		return inside, nil
	}
	if info, e := os.Stat(out); e == nil && !info.IsDir() {
		return "", fmt.Errorf("%s: %w: it is a file; name a directory", out, ErrOutput)
	}
	if err != nil {
		return "", fmt.Errorf("read the output directory: %w", err)
	}
	for _, e := range entries {
		if e.Name() == ".gloss" {
			return "", fmt.Errorf("%s: %w: somebody annotated there (.gloss); name another directory", out, ErrOutput)
		}
	}
	if slices.ContainsFunc(entries, isLog) {
		return inside, nil
	}
	if err := noAnnotations(out); err != nil {
		return "", err
	}
	return inside, noOtherTexts(col, out)
}

func isLog(e fs.DirEntry) bool {
	return strings.HasPrefix(e.Name(), "gloss") && strings.HasSuffix(e.Name(), ".jsonl")
}

// within is the path of a directory relative to the collection that it lies in,
// with slashes; "." for the collection itself, empty where it lies elsewhere.
func within(collection fs.FileInfo, dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	for inside := "."; ; {
		if info, err := os.Stat(dir); err == nil && os.SameFile(collection, info) {
			return inside, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", nil
		}
		dir, inside = up, path.Join(filepath.Base(dir), inside)
	}
}

// noAnnotations fails where a directory or one below has .ann files.
func noAnnotations(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read the output directory: %w", err)
		}
		if filepath.Ext(path) == ".ann" {
			return fmt.Errorf("%s: %w: it holds %s, of another origin; name another directory", dir, ErrOutput, path)
		}
		return nil
	})
}

// noOtherTexts fails where a text of the collection would replace another one.
func noOtherTexts(col *brat.Collection, dir string) error {
	for _, name := range col.Names() {
		there, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)+".txt"))
		if err != nil {
			continue // most likely there is none; else writing will tell
		}
		if text, err := os.ReadFile(col.Path(name, ".txt")); err == nil && !bytes.Equal(there, text) {
			return fmt.Errorf("%s: %w: it holds another %s.txt; name another directory", dir, ErrOutput, name)
		}
	}
	return nil
}

// runKey identifies everything that the spans of a run depend on, but the texts.
func runKey(m *suggest.Models, o Options) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %q %q %q %q %g %d", m.Hash, m.KBHashes, m.Linking, m.Layers, o.Labels, o.MinScore, o.LinkStyle)
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

// placeText links a text into the output, or copies it where it cannot be linked
// or the text of an earlier run stands there.
func placeText(from, to string, text corpus.Text) error {
	if os.Link(from, to) == nil {
		return nil
	}
	if there, err := os.ReadFile(to); err == nil && string(there) == text.String() {
		return nil
	}
	return writeFile(to, []byte(text.String()))
}

func writeFile(path string, data []byte) error {
	return replaceFile(path, func(w *os.File) error {
		_, err := w.Write(data)
		return err
	})
}

// replaceFile writes a file by way of a temporary one, so that a reader never
// sees half of it, and a file that is linked from elsewhere is left alone. It is
// not made durable: a run can be repeated.
func replaceFile(path string, write func(*os.File) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".gloss-*")
	if err != nil {
		return err
	}
	err = errors.Join(write(tmp), tmp.Chmod(0o644), tmp.Close())
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
