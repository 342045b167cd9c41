package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
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
	// Base is the directory of a knowledge base to begin from: Concepts add to what it has,
	// and Sources to its own. Empty: from nothing.
	Base   string
	Strict bool // a cycle among parents is an ErrCycle; otherwise it is opened, with a warning
	// Notes are asked for once Concepts has ended; they become warnings. nil: there are none.
	Notes func() []string
	// Progress is told what is being done; total is 0 where it is not known. nil: nobody.
	Progress func(stage string, done, total int)
}

// graphTime is how long the building and measuring of a graph may take together.
const graphTime = 5 * time.Minute

// Build makes a knowledge base in dir, which must not exist, be empty, or be a
// knowledge base that is then replaced as a whole once the new one has found its own
// names. On any error dir is as it was. The Meta returned is what was written; its
// Warnings are for the user.
//
// Names are streamed, so that memory does not grow with them but for indexes. What is
// embedded is kept beside dir until the build is through: one that was interrupted
// does not embed it again, and neither does one that replaces a knowledge base of the
// same encoder. A build waits for another one of the same dir.
func Build(ctx context.Context, dir string, o BuildOptions) (m Meta, err error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	if err := o.validate(dir); err != nil {
		return m, err
	}
	target := filepath.Clean(dir)
	// dir may be a symbolic link: what it points to is replaced, the link stays.
	if real, err := filepath.EvalSymlinks(target); err == nil {
		target = real
	}
	w, err := openWorkspace(ctx, target)
	if err != nil {
		return m, err
	}
	b := &builder{BuildOptions: o, target: target, work: w, unfinished: w.hasVectors()}
	defer func() { err = errors.Join(err, w.close(b.unfinished)) }()
	tmp, err := w.fresh()
	if err != nil {
		return m, err
	}
	if m, err = b.build(ctx, tmp); err != nil {
		return m, fmt.Errorf("build %s: %w", dir, err)
	}
	return m, replace(tmp, target)
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

// builder is a build that is under way.
type builder struct {
	BuildOptions
	target     string
	work       *workspace
	unfinished bool // there are vectors that a later build can use
}

// build fills an empty directory.
func (b *builder) build(ctx context.Context, tmp string) (Meta, error) {
	m, err := b.begin(tmp)
	if err != nil {
		return m, err
	}
	db := filepath.Join(tmp, dbFile)
	m.Warnings, err = fill(ctx, db, b.BuildOptions)
	if err != nil {
		return m, err
	}
	if b.Notes != nil {
		m.Warnings = append(m.Warnings, b.Notes()...)
	}
	if err := count(ctx, db, &m); err != nil {
		return m, err
	}
	b.Progress("index", 0, m.Names)
	if err := writeIndex(ctx, tmp, &m); err != nil {
		return m, err
	}
	if b.Embedder != nil {
		if err := b.embed(ctx, tmp, &m); err != nil {
			return m, err
		}
		if vec.WorthCodes(m.Names, m.Dimensions) {
			if err := bits(ctx, tmp, &m, b.Progress); err != nil {
				return m, err
			}
		}
		if b.Index == IndexHNSW {
			if err := graph(ctx, tmp, &m, b.BuildOptions); err != nil {
				return m, err
			}
		}
	}
	if err := writeMeta(tmp, m); err != nil {
		return m, err
	}
	if err := selfCheck(ctx, tmp, b.BuildOptions); err != nil {
		if errors.Is(err, ErrSelfCheck) {
			b.unfinished = false // nobody should use such vectors
		}
		return m, err
	}
	b.unfinished = false
	return m, syncDir(tmp)
}

// begin is the description of what is to be built; it copies the base.
func (b *builder) begin(tmp string) (Meta, error) {
	m := Meta{Version: Version, Name: b.Name, CreatedBy: b.CreatedBy, Licence: b.Licence, Sources: b.Sources, Index: IndexExact}
	if m.Sources == nil {
		m.Sources = []Source{}
	}
	if b.Embedder != nil {
		m.Encoder, m.Dimensions = b.Embedder.Hash(), b.Embedder.Dimensions()
		if named, ok := b.Embedder.(interface{ Name() string }); ok {
			m.EncoderName = named.Name()
		}
	}
	if b.Base == "" {
		return m, nil
	}
	base, err := ReadMeta(b.Base)
	if err != nil {
		return m, err
	}
	if base.Encoder != m.Encoder {
		return m, fmt.Errorf("knowledge base %s was built with encoder %s, the encoder at hand is %s; choose that one, or build it again: %w",
			b.Base, cmp.Or(base.Encoder, "none"), cmp.Or(m.Encoder, "none"), ErrEncoder)
	}
	m.Sources = append(slices.Clone(base.Sources), m.Sources...)
	m.Tuned = base.Tuned
	if m.Licence == "" {
		m.Licence = base.Licence
	}
	return m, copyFile(filepath.Join(b.Base, dbFile), filepath.Join(tmp, dbFile))
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy knowledge base: %w: %w", err, ErrDamaged)
	}
	defer in.Close() // only read
	out, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("copy knowledge base: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}

// embed writes the vectors of all names. Those of the knowledge base that is replaced
// or begun from, and of an interrupted build, are used again.
func (b *builder) embed(ctx context.Context, tmp string, m *Meta) (err error) {
	keep, err := openCheckpoint(b.work.dir, m.Encoder, m.Dimensions)
	if err != nil {
		return err
	}
	e := &embedding{embedder: b.Embedder, memos: []*memo{&keep.memo}, keep: keep}
	defer func() {
		b.unfinished = b.unfinished || keep.n > 0
		for _, m := range e.memos[1:] {
			err = errors.Join(err, m.Close())
		}
		err = errors.Join(err, keep.Close())
	}()
	for _, dir := range []string{b.target, b.Base} {
		old, err := remembered(ctx, dir, m.Encoder)
		if err != nil {
			return err
		}
		if old != nil {
			e.memos = append(e.memos, old)
		}
	}
	if err := e.embed(ctx, tmp, *m, func(done int) { b.Progress("embed", done, m.Names) }); err != nil {
		return err
	}
	m.Vectors, err = hashFile(filepath.Join(tmp, f32File))
	return err
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
