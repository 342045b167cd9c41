package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// BuildOptions says what to build. Name and Concepts are required.
type BuildOptions struct {
	Name      string
	Licence   string
	CreatedBy string // program and version
	Sources   []Source
	// Concepts may give an identifier several times; its names are put together, equal
	// ones counted once with their Counts added, and the first preferred name, type,
	// definition and parents stay.
	Concepts iter.Seq2[kb.Concept, error]
	Embedder kb.Embedder          // nil: letters only
	Index    string               // IndexExact (default) or IndexHNSW, which is used only where its recall is measured good
	Keep     func(id string) bool // whether a concept of this identifier is wanted; nil: all are
	// Progress is told what is being done; total is 0 where it is not known. nil: nobody.
	Progress func(stage string, done, total int)
}

// embedChunk is how many names are embedded between two looks at the context.
const embedChunk = 1024

// graphTime is how long the building and measuring of a graph may take together.
const graphTime = 5 * time.Minute

// Build makes a knowledge base in dir, which must not exist, be empty, or be a
// knowledge base that is then replaced as a whole once the new one has found its own
// names. On any error dir is as it was. The Meta returned is what was written; its
// Warnings are for the user.
func Build(ctx context.Context, dir string, o BuildOptions) (m Meta, err error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	if err := o.validate(dir); err != nil {
		return m, err
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return m, fmt.Errorf("build knowledge base: %w", err)
	}
	tmp, err := os.MkdirTemp(parent, "."+filepath.Base(filepath.Clean(dir))+".new-")
	if err != nil {
		return m, fmt.Errorf("build knowledge base: %w", err)
	}
	defer func() {
		if rm := os.RemoveAll(tmp); rm != nil && err == nil {
			err = fmt.Errorf("remove %s: %w", tmp, rm)
		}
	}()
	if err := os.Chmod(tmp, 0o755); err != nil {
		return m, fmt.Errorf("build knowledge base: %w", err)
	}
	if m, err = buildIn(ctx, tmp, o); err != nil {
		return m, fmt.Errorf("build %s: %w", dir, err)
	}
	return m, replace(tmp, dir)
}

func (o *BuildOptions) validate(dir string) error {
	switch {
	case o.Name == "":
		return errors.New("build knowledge base: no name")
	case o.Concepts == nil:
		return errors.New("build knowledge base: no concepts")
	case o.Index == "":
		o.Index = IndexExact
	case o.Index != IndexExact && o.Index != IndexHNSW:
		return fmt.Errorf("build knowledge base: unknown index %q; kinds are %s, %s", o.Index, IndexExact, IndexHNSW)
	}
	return replaceable(dir)
}

// buildIn fills an empty directory.
func buildIn(ctx context.Context, tmp string, o BuildOptions) (Meta, error) {
	m := Meta{Version: Version, Name: o.Name, CreatedBy: o.CreatedBy, Licence: o.Licence, Sources: o.Sources, Index: IndexExact}
	if m.Sources == nil {
		m.Sources = []Source{}
	}
	if o.Embedder != nil {
		m.Encoder, m.Dimensions = o.Embedder.Hash(), o.Embedder.Dimensions()
	}
	db := filepath.Join(tmp, dbFile)
	var err error
	m.Warnings, err = fill(ctx, db, o.Concepts, o.Keep, func(done int) { o.Progress("read", done, 0) })
	if err != nil {
		return m, err
	}
	if err := count(ctx, db, &m); err != nil {
		return m, err
	}
	if o.Embedder != nil {
		if err := embed(ctx, tmp, m, o); err != nil {
			return m, err
		}
		if o.Index == IndexHNSW {
			if err := graph(ctx, tmp, &m, o); err != nil {
				return m, err
			}
		}
	}
	if err := writeMeta(tmp, m); err != nil {
		return m, err
	}
	if err := selfCheck(ctx, tmp, o); err != nil {
		return m, err
	}
	return m, syncDir(tmp)
}

// count fills in the numbers and the hash of a database.
func count(ctx context.Context, path string, m *Meta) (err error) {
	db, err := openDB(path, "mode=ro&immutable=1")
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	row := db.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM concepts), count(*), coalesce(sum(count > 0), 0) FROM names")
	if err := row.Scan(&m.Concepts, &m.Names, &m.Mentions); err != nil {
		return fmt.Errorf("count names: %w", err)
	}
	if m.Names == 0 {
		return fmt.Errorf("nothing to build from the sources: %w", ErrEmpty)
	}
	m.Hash, err = contentHash(ctx, db, m.Encoder)
	return err
}

// embed writes the vectors of all names, in the order of their rows.
func embed(ctx context.Context, dir string, m Meta, o BuildOptions) (err error) {
	k := &KB{dir: dir, meta: m}
	if err := k.load(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	w, err := vec.Create(filepath.Join(dir, f32File), filepath.Join(dir, i8File), m.Names, m.Dimensions)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, w.Abort())
		}
	}()
	for at := 0; at < m.Names; at += embedChunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, err := embedRows(ctx, k, at, min(at+embedChunk, m.Names), o.Embedder)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := w.Add(row); err != nil {
				return err
			}
		}
		o.Progress("embed", min(at+embedChunk, m.Names), m.Names)
	}
	done = true
	return w.Close()
}

// embedRows embeds the names [lo, hi), each distinct text once.
func embedRows(ctx context.Context, k *KB, lo, hi int, e kb.Embedder) ([][]float32, error) {
	at := map[string]int{}
	var texts []string
	which := make([]int, 0, hi-lo)
	for row := lo; row < hi; row++ {
		text := k.index.Name(int32(row))
		i, ok := at[text]
		if !ok {
			i = len(texts)
			at[text] = i
			texts = append(texts, text)
		}
		which = append(which, i)
	}
	vectors, err := e.Embed(ctx, texts)
	if err != nil {
		return nil, fmt.Errorf("embed names %d to %d: %w", lo, hi, err)
	}
	if len(vectors) != len(texts) {
		return nil, fmt.Errorf("embed names: %d vectors for %d texts", len(vectors), len(texts))
	}
	out := make([][]float32, len(which))
	for i, w := range which {
		out[i] = vectors[w]
	}
	return out, nil
}

// graph builds a graph and keeps it where its recall is good enough; what it costs
// otherwise is a warning, never the build.
func graph(ctx context.Context, dir string, m *Meta, o BuildOptions) (err error) {
	v, err := vec.Open(filepath.Join(dir, f32File), filepath.Join(dir, i8File), m.Names, m.Dimensions)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	deadline := time.Now().Add(graphTime)
	h, err := vec.BuildHNSW(ctx, v, deadline, func(done int) { o.Progress("graph", done, m.Names) })
	var recall float64
	n := 0
	if err == nil {
		recall, n, err = vec.Recall(ctx, vec.NewExact(v, 0), h, sampleVectors(v, 300), 25, deadline)
	}
	if keep, err := judge(m, recall, n, err); err != nil || !keep {
		return err
	}
	path := filepath.Join(dir, graphFile)
	if err := h.Save(path); err != nil {
		return err
	}
	m.Index, m.Recall = IndexHNSW, recall
	m.Graph, err = hashFile(path)
	return err
}

// judge decides whether a graph of this recall over n queries is kept, and writes a
// warning where it is not.
func judge(m *Meta, recall float64, n int, err error) (keep bool, _ error) {
	switch {
	case errors.Is(err, vec.ErrTime):
		m.Warnings = append(m.Warnings, fmt.Sprintf("index hnsw was not ready after %v; the exact scan is used", graphTime))
		return false, nil
	case err != nil:
		return false, err
	case recall < vec.MinRecall:
		m.Warnings = append(m.Warnings, fmt.Sprintf("index hnsw finds a share of %.3f of the 25 nearest names of %d queries, less than %.2f; the exact scan is used",
			recall, n, vec.MinRecall))
		return false, nil
	}
	return true, nil
}

// sampleVectors are up to n rows, evenly spaced.
func sampleVectors(v *vec.Vectors, n int) [][]float32 {
	var out [][]float32
	for _, row := range sampleRows(v.Rows(), n) {
		out = append(out, v.Row(row))
	}
	return out
}

// sampleRows are up to n of the rows 0..size-1, evenly spaced.
func sampleRows(size, n int) []int32 {
	n = min(n, size)
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i * size / n)
	}
	return out
}
