package replay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// ErrOut says that the output directory cannot be used.
var ErrOut = errors.New("cannot replay there")

// Options say what to rebuild, and where.
type Options struct {
	Dir      string   // the collection
	Out      string   // a directory that is not there yet, or an empty one
	State    string   // where the journals lie; not copied
	Journals []string // their files
	At       At       // Seq with one journal only
}

// Report says what was rebuilt.
type Report struct {
	Documents int      `json:"documents"` // of the collection
	Rebuilt   []string `json:"rebuilt"`   // documents that the journals decide on
	Warnings  []string `json:"warnings"`
}

// Dir writes the collection as the journals have it: the .ann files of
// documents with decisions from the journals alone, every other file as it
// lies there. Texts are hard links where the file system has them. Out appears
// whole or not at all.
func Dir(ctx context.Context, o Options) (_ Report, err error) {
	col, err := brat.Open(o.Dir)
	if err != nil {
		return Report{}, err
	}
	if err := o.check(); err != nil {
		return Report{}, err
	}
	r := replayer{Options: o, col: col, report: Report{Documents: col.Len(), Rebuilt: []string{}, Warnings: []string{}}}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.open(ctx); err != nil {
		return Report{}, err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(o.Out)), ".gloss-replay-*")
	if err != nil {
		return Report{}, fmt.Errorf("replay: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	r.tmp = filepath.Join(tmp, "out")
	if err := r.copyAll(ctx); err != nil {
		return Report{}, fmt.Errorf("replay: %w", err)
	}
	if err := r.rebuildAll(ctx); err != nil {
		return Report{}, fmt.Errorf("replay: %w", err)
	}
	return r.report, os.Rename(r.tmp, o.Out)
}

func (o Options) check() error {
	if o.At.Seq > 0 && len(o.Journals) != 1 {
		return fmt.Errorf("%w: a sequence number belongs to one journal, and there are %d: name the annotator, or a time", ErrAt, len(o.Journals))
	}
	if entries, err := os.ReadDir(o.Out); err == nil && len(entries) > 0 {
		return fmt.Errorf("%w: %s is not empty: name a new directory", ErrOut, o.Out)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrOut, err)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return err
	}
	out, err := filepath.Abs(o.Out)
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(dir, out); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return fmt.Errorf("%w: %s lies inside the collection: name a directory beside it", ErrOut, o.Out)
	}
	return nil
}

type replayer struct {
	Options
	col      *brat.Collection
	tmp      string
	journals []*journal.Journal
	holders  map[string][]*journal.Journal // of decisions, by document
	report   Report
}

func (r *replayer) open(ctx context.Context) error {
	r.holders = map[string][]*journal.Journal{}
	for _, path := range r.Journals {
		j, err := journal.OpenFile(path)
		if err != nil {
			return err
		}
		r.journals = append(r.journals, j)
		docs, err := j.Docs(ctx)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			r.holders[doc] = append(r.holders[doc], j)
		}
	}
	return nil
}

func (r *replayer) close() error {
	var errs []error
	for _, j := range r.journals {
		errs = append(errs, j.Close())
	}
	return errors.Join(errs...)
}

// copyAll copies what is not hidden. Documents that lie behind symbolic links
// are found by the collection, not by the walk.
func (r *replayer) copyAll(ctx context.Context) error {
	err := filepath.WalkDir(r.Options.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		rel, err := filepath.Rel(r.Options.Dir, path)
		if err != nil {
			return err
		}
		if rel != "." && (strings.HasPrefix(e.Name(), ".") || filepath.Clean(path) == filepath.Clean(r.State)) {
			if e.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(r.tmp, rel), 0o755)
		}
		return r.place(path, rel)
	})
	if err != nil {
		return err
	}
	for _, name := range r.col.Names() {
		for _, ext := range []string{".txt", ".ann", ".a1", ".a2", ".co", ".rel"} {
			if err := r.place(r.col.Path(name, ext), filepath.FromSlash(name)+ext); err != nil {
				return err
			}
		}
	}
	return nil
}

// place copies one file unless it is there; what is no file is left out.
func (r *replayer) place(from, rel string) error {
	info, err := os.Stat(from)
	if err != nil || !info.Mode().IsRegular() {
		return nil // a link to nowhere, a socket, an extension that this document does not have
	}
	to := filepath.Join(r.tmp, rel)
	if _, err := os.Lstat(to); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	// Nothing ever writes a text in place, so both names may share one file.
	if real, err := filepath.EvalSymlinks(from); err == nil && filepath.Ext(rel) == ".txt" && os.Link(real, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

func (r *replayer) rebuildAll(ctx context.Context) error {
	docs := make([]string, 0, len(r.holders))
	for doc := range r.holders {
		docs = append(docs, doc)
	}
	slices.Sort(docs)
	for _, doc := range docs {
		if err := r.rebuild(ctx, doc); err != nil {
			return err
		}
	}
	return nil
}

func (r *replayer) rebuild(ctx context.Context, doc string) error {
	// A path that a strange journal names must not lead out of the directory.
	rel := filepath.FromSlash(doc) + ".ann"
	if !filepath.IsLocal(rel) {
		return fmt.Errorf("the journal names a document %q, which lies outside of every collection", doc)
	}
	txt, err := os.ReadFile(r.col.Path(doc, ".txt"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var states []state
	for _, j := range r.holders[doc] {
		s, err := rebuild(ctx, j, doc, corpus.NewText(strings.ToValidUTF8(string(txt), "\ufffd")), r.At)
		if err != nil {
			return err
		}
		states = append(states, s)
	}
	s := newest(states)
	if sum := sha256.Sum256(txt); err != nil {
		r.report.Warnings = append(r.report.Warnings, doc+": its text is no longer in the collection")
	} else if s.text != "" && s.text != hex.EncodeToString(sum[:]) {
		r.report.Warnings = append(r.report.Warnings, doc+": its text is not the one that was decided on")
	}
	r.report.Rebuilt = append(r.report.Rebuilt, doc)
	return r.writeAnn(doc, rel, s.ann)
}

// writeAnn replaces the copy. A document that has no file, and nothing to put
// into one, gets none.
func (r *replayer) writeAnn(doc, rel string, ann []byte) error {
	info, err := os.Stat(r.col.Path(doc, ".ann"))
	if err != nil && len(ann) == 0 {
		return nil
	}
	mode := fs.FileMode(0o644)
	if err == nil {
		mode = info.Mode().Perm()
	}
	to := filepath.Join(r.tmp, rel)
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, ann, mode)
}
