package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"github.com/gloss-nlp/gloss/kb"
)

// Reader reads the concepts of a knowledge base of any size without its indexes: for
// comparing, adding and exporting. It takes no memory that grows with it, and is safe
// for concurrent use until Close.
type Reader struct {
	dir  string
	meta Meta
	db   *sql.DB
}

// OpenReader opens a knowledge base for reading its concepts. It fails with ErrNotKB,
// ErrVersion or ErrDamaged.
func OpenReader(dir string) (*Reader, error) {
	m, err := ReadMeta(dir)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, dbFile)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open knowledge base: %w: %w", err, ErrDamaged)
	}
	db, err := openDB(path, "mode=ro&immutable=1")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &Reader{dir, m, db}, nil
}

// Close releases the file; no method may be running or be called afterwards.
func (r *Reader) Close() error { return r.db.Close() }

// Meta is what kb.json says.
func (r *Reader) Meta() Meta { return r.meta }

// Has tells whether there is a concept of this identifier.
func (r *Reader) Has(ctx context.Context, id string) (bool, error) {
	var n int
	if err := r.db.QueryRowContext(ctx, "SELECT count(*) FROM concepts WHERE id = ?", id).Scan(&n); err != nil {
		return false, r.failed(err)
	}
	return n > 0, nil
}

// Concept reads a whole concept; ErrNoConcept where there is none.
func (r *Reader) Concept(ctx context.Context, id string) (kb.Concept, error) {
	k := KB{dir: r.dir, meta: r.meta, db: r.db}
	return k.Concept(ctx, id)
}

// Related are the relations that lead from a concept or a retired identifier.
func (r *Reader) Related(ctx context.Context, id string) ([]kb.Relation, error) {
	k := KB{dir: r.dir, db: r.db}
	return k.Related(ctx, id)
}

// ByID streams all concepts in the order of their identifiers, without relations. A
// pair with an error is the last.
func (r *Reader) ByID(ctx context.Context) iter.Seq2[kb.Concept, error] {
	const query = `SELECT c.id, c.name, c.type, c.definition, c.parents, n.text, n.lang, n.kind, n.count
		FROM concepts c JOIN names n ON n.concept = c.row ORDER BY c.id, n.row`
	stopped := errors.New("stopped")
	return func(yield func(kb.Concept, error) bool) {
		var now kb.Concept
		err := each(ctx, r.db, query, func(rows *sql.Rows) error {
			var c kb.Concept
			var n kb.Name
			var parents string
			if err := rows.Scan(&c.ID, &c.Name, &c.Type, &c.Definition, &parents, &n.Text, &n.Lang, &n.Kind, &n.Count); err != nil {
				return err
			}
			if c.ID != now.ID {
				if now.ID != "" && !yield(now, nil) {
					return stopped
				}
				if parents != "" {
					if err := json.Unmarshal([]byte(parents), &c.Parents); err != nil {
						return err
					}
				}
				now = c
			}
			now.Names = append(now.Names, n)
			return nil
		})
		switch {
		case errors.Is(err, stopped):
		case err != nil:
			yield(kb.Concept{}, r.failed(err))
		case now.ID != "":
			yield(now, nil)
		}
	}
}

// EachName calls f for every name with the identifier of its concept, in the order of
// rows.
func (r *Reader) EachName(ctx context.Context, f func(id, text string)) error {
	err := each(ctx, r.db, "SELECT c.id, n.text FROM names n JOIN concepts c ON c.row = n.concept ORDER BY n.row", func(rows *sql.Rows) error {
		var id, text string
		err := rows.Scan(&id, &text)
		if err == nil {
			f(id, text)
		}
		return err
	})
	if err != nil {
		return r.failed(err)
	}
	return nil
}

func (r *Reader) failed(err error) error {
	return fmt.Errorf("read %s: %w: %w", filepath.Join(r.dir, dbFile), err, ErrDamaged)
}
