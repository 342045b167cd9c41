package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/sections"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// Options tells how to open a knowledge base. The zero value reads everything and
// scans on the processor.
type Options struct {
	// Embedder is what will embed mentions; nil where only letters are to be used.
	Embedder kb.Embedder
	// Scanner makes another scanner over the vectors, on a GPU for example.
	Scanner func(*vec.Vectors) (kb.Scanner, error)
	// Threads of the scan; 0 means one for each processor.
	Threads int
}

// KB is an open knowledge base. It is read-only and safe for concurrent use until Close.
type KB struct {
	dir     string
	meta    Meta
	db      *sql.DB
	table   *table
	index   *lexical.Index
	vectors *vec.Vectors // nil without vectors
	scanner kb.Scanner   // nil without vectors
	related bool         // whether there are relations
	whole   *KB          // of which this is a part, see Within; nil: of none
	types   []string     // of the part
}

// Open opens the knowledge base in a directory, in a time that does not depend on its
// size: its files are mapped, and read where they are looked at. It fails with ErrNotKB,
// ErrVersion or ErrDamaged, and with ErrEncoder where o.Embedder did not make its vectors.
func Open(dir string, o Options) (k *KB, err error) {
	m, err := ReadMeta(dir)
	if err != nil {
		return nil, err
	}
	if o.Embedder != nil && m.Encoder != "" && o.Embedder.Hash() != m.Encoder {
		return nil, fmt.Errorf("knowledge base %s was built with encoder %s, the encoder at hand is %s; build it again with this one, or choose the other: %w",
			dir, m.Encoder, o.Embedder.Hash(), ErrEncoder)
	}
	k = &KB{dir: dir, meta: m}
	defer func() {
		if err != nil {
			err = errors.Join(err, k.Close())
			k = nil
		}
	}()
	if err := k.load(context.Background()); err != nil {
		return k, err
	}
	if m.Dimensions == 0 {
		return k, nil
	}
	return k, k.openVectors(o)
}

func (k *KB) openVectors(o Options) (err error) {
	path := func(file string) string { return filepath.Join(k.dir, file) }
	k.vectors, err = vec.Open(path(f32File), path(i8File), k.meta.Names, k.meta.Dimensions)
	if err != nil {
		return fmt.Errorf("%w; build it again: %w", err, ErrDamaged)
	}
	if err := k.openBits(); err != nil {
		return err
	}
	switch {
	case o.Scanner != nil:
		if k.scanner, err = o.Scanner(k.vectors); err != nil {
			return fmt.Errorf("scanner of %s: %w", k.dir, err)
		}
	case k.meta.Index == IndexHNSW:
		sum, err := hashFile(path(graphFile))
		if err == nil && sum != k.meta.Graph {
			err = errors.New("SHA-256 differs from kb.json")
		}
		if err != nil {
			return fmt.Errorf("%s: %w; build it again: %w", path(graphFile), err, ErrDamaged)
		}
		if k.scanner, err = vec.LoadHNSW(path(graphFile), k.vectors); err != nil {
			return fmt.Errorf("%w; build it again: %w", err, ErrDamaged)
		}
	default:
		k.scanner = vec.NewExact(k.vectors, o.Threads)
	}
	return nil
}

// load opens the database and the index of the letters.
func (k *KB) load(ctx context.Context) error {
	path := filepath.Join(k.dir, dbFile)
	if err := wholeDB(path); err != nil {
		return fmt.Errorf("open %s: %w; build it again: %w", path, err, ErrDamaged)
	}
	// Immutable: no lock files, so that a read-only directory can be opened.
	db, err := openDB(path, url.Values{"mode": {"ro"}, "immutable": {"1"}}.Encode())
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	k.db = db
	// A connection now, so that this file stays when the knowledge base is replaced.
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("open %s: %w; build it again: %w", path, err, ErrDamaged)
	}
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM relations)").Scan(&k.related); err != nil {
		return fmt.Errorf("open %s: %w; build it again: %w", path, err, ErrDamaged)
	}
	err = k.openIndex()
	switch {
	case errors.Is(err, sections.ErrVersion):
		return fmt.Errorf("%w; build %s again: %w", err, k.dir, ErrVersion)
	case err != nil:
		return fmt.Errorf("%s does not fit its kb.json; build it again: %w: %w", k.dir, err, ErrDamaged)
	}
	return nil
}

// queryer is a database or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls f for every row of a query.
func each(ctx context.Context, db queryer, query string, f func(*sql.Rows) error, args ...any) (err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Close releases the files; no method may be running or be called afterwards.
func (k *KB) Close() error {
	if k.whole != nil {
		return nil
	}
	var errs []error
	if k.db != nil {
		errs = append(errs, k.db.Close())
	}
	if k.vectors != nil {
		errs = append(errs, k.vectors.Close())
	}
	if k.index != nil {
		errs = append(errs, k.index.Close())
	}
	if k.table != nil {
		errs = append(errs, k.table.set.Close())
	}
	k.db, k.vectors, k.index, k.table = nil, nil, nil, nil
	return errors.Join(errs...)
}

// Meta is what kb.json says.
func (k *KB) Meta() Meta { return k.meta }

// Name is the name of the knowledge base, the DB of its links.
func (k *KB) Name() string { return k.meta.Name }

// Dir is where the knowledge base lies.
func (k *KB) Dir() string { return k.dir }

// Index finds names by their letters; its rows are those of ConceptOf.
func (k *KB) Index() *lexical.Index { return k.index }

// Scanner finds names by meaning, nil where the knowledge base has no vectors.
// Its rows are those of ConceptOf.
func (k *KB) Scanner() kb.Scanner { return k.scanner }

// Vectors are the vectors of the names, nil where there are none.
func (k *KB) Vectors() *vec.Vectors { return k.vectors }

// Has tells whether there is a concept of this identifier.
func (k *KB) Has(id string) bool { _, ok := k.table.lookup(id); return ok }

// ConceptOf is the number of the concept that a name belongs to, from 0.
func (k *KB) ConceptOf(row int32) int32 { return k.table.concept[row] }

// RowsOf are the rows of a concept's names by its number, ascending. They must not be
// changed, nor used after Close.
func (k *KB) RowsOf(n int32) []int32 { return k.table.rows[k.table.from[n]:k.table.from[n+1]] }

// Count is how often an annotated corpus wrote the name for its concept.
func (k *KB) Count(row int32) int { return int(k.table.count[row]) }

// Numbered is the identifier, preferred name and type of a concept by number.
func (k *KB) Numbered(n int32) (id, name, typ string) {
	return k.table.ids.At(n), k.table.names.At(n), k.table.typeOf(n)
}

// Lookup is the identifier's number, for Numbered.
func (k *KB) Lookup(id string) (n int32, ok bool) { return k.table.lookup(id) }

// Types are the semantic types of the concepts, each once, in the order of their first
// concept; one may be empty.
func (k *KB) Types() []string {
	out := make([]string, k.table.types.Len())
	for i := range out {
		out[i] = k.table.types.At(int32(i))
	}
	return out
}

// OfTypes tells of rows whether their concept is of one of the types; nil, which stands
// for all rows, where no type is given.
func (k *KB) OfTypes(types ...string) func(row int32) bool {
	if len(types) == 0 {
		return nil
	}
	want := make([]bool, k.table.types.Len())
	for _, name := range types {
		if id, ok := k.table.ofTypeID[name]; ok {
			want[id] = true
		}
	}
	return func(row int32) bool { return want[k.table.typ[k.table.concept[row]]] }
}

// Concept reads a whole concept; ErrNoConcept where there is none.
func (k *KB) Concept(ctx context.Context, id string) (kb.Concept, error) {
	c := kb.Concept{ID: id}
	var row int64
	var parents string
	err := k.db.QueryRowContext(ctx, "SELECT row, name, type, definition, parents FROM concepts WHERE id = ?", id).
		Scan(&row, &c.Name, &c.Type, &c.Definition, &parents)
	if errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("%s in %s: %w", id, k.meta.Name, ErrNoConcept)
	}
	if err == nil && parents != "" {
		err = json.NewDecoder(strings.NewReader(parents)).Decode(&c.Parents)
	}
	if err == nil {
		err = each(ctx, k.db, "SELECT text, lang, kind, count FROM names WHERE concept = ? ORDER BY row", func(rows *sql.Rows) error {
			var n kb.Name
			err := rows.Scan(&n.Text, &n.Lang, &n.Kind, &n.Count)
			c.Names = append(c.Names, n)
			return err
		}, row)
	}
	if err == nil {
		c.Relations, err = k.Related(ctx, id)
	}
	if err != nil {
		return c, fmt.Errorf("read concept %s of %s: %w", id, k.dir, err)
	}
	return c, nil
}

// IDs are the identifiers of all concepts, in their order.
func (k *KB) IDs() []string {
	ids := make([]string, k.meta.Concepts)
	for i := range ids {
		ids[i] = k.table.ids.At(int32(i))
	}
	return ids
}

// Concepts streams all concepts, whole, in the order of the KB: what a build with
// additions, a comparison or an export starts from. A pair with an error is the last.
func (k *KB) Concepts(ctx context.Context) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		for i := range int32(k.meta.Concepts) {
			got, err := k.Concept(ctx, k.table.ids.At(i))
			if !yield(got, err) || err != nil {
				return
			}
		}
	}
}
