package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/gloss-nlp/gloss/kb/internal/sections"
)

// A table file is of this kind and version.
const (
	tableKind    = "GLOSSTAB"
	tableVersion = 1
)

// table holds what is asked of names and concepts by number, in a mapped file or in
// memory. Concepts are numbered from 0 in the order of their rows in kb.db.
type table struct {
	set      *sections.Set
	concept  []int32 // row of a name -> its concept
	count    []int32 // row of a name -> how often a corpus wrote it
	from     []int32 // concept -> where its rows begin in rows; one more at the end
	rows     []int32 // rows by concept, ascending
	ids      sections.Texts
	names    sections.Texts
	typ      []int32 // concept -> its type
	types    sections.Texts
	byID     []int32          // concepts by identifier, in byte order
	ofTypeID map[string]int32 // type -> its place in types
}

// openTable maps the table in a file.
func openTable(path string, concepts, names int) (*table, error) {
	set, err := sections.Open(path, tableKind, tableVersion)
	if err != nil {
		return nil, err
	}
	t, err := loadTable(set, concepts, names)
	if err != nil {
		return nil, errors.Join(err, set.Close())
	}
	return t, nil
}

func loadTable(set *sections.Set, concepts, names int) (t *table, err error) {
	t = &table{set: set}
	get := func(name string, n int) (out []int32) {
		if err == nil {
			out, err = sections.Get[int32](set, name, n)
		}
		return out
	}
	texts := func(name string, n int) (out sections.Texts) {
		if err == nil {
			out, err = sections.GetTexts(set, name, n)
		}
		return out
	}
	t.concept, t.count = get("name.concept", names), get("name.count", names)
	t.from, t.rows = get("concept.from", concepts+1), get("concept.rows", names)
	t.ids, t.names = texts("id", concepts), texts("name", concepts)
	t.typ, t.types = get("type", concepts), texts("types", -1)
	t.byID = get("by id", concepts)
	if err != nil {
		return nil, err
	}
	t.ofTypeID = make(map[string]int32, t.types.Len())
	for i := range int32(t.types.Len()) {
		t.ofTypeID[t.types.At(i)] = i
	}
	return t, nil
}

// lookup finds the concept of an identifier.
func (t *table) lookup(id string) (n int32, ok bool) {
	at, ok := slices.BinarySearchFunc(t.byID, id, func(c int32, id string) int { return cmp.Compare(t.ids.View(c), id) })
	if !ok {
		return 0, false
	}
	return t.byID[at], true
}

// typeOf is the type of a concept.
func (t *table) typeOf(n int32) string { return t.types.At(t.typ[n]) }

// writeTable fills a set from a database, which it reads twice.
func writeTable(ctx context.Context, set *sections.Set, db *sql.DB, m Meta) (*table, error) {
	w := &tableWriter{ctx: ctx, set: set, db: db, meta: m}
	for _, step := range []func() error{w.concepts, w.order, w.ofNames} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return loadTable(set, m.Concepts, m.Names)
}

type tableWriter struct {
	ctx  context.Context
	set  *sections.Set
	db   *sql.DB
	meta Meta
	ids  sections.Texts
	at   []int64 // concept -> its row in kb.db, ascending
}

// texts stores a column of the concepts.
func (w *tableWriter) texts(section, column string) (sections.Texts, error) {
	var size sql.NullInt64
	if err := w.db.QueryRowContext(w.ctx, "SELECT sum(length(CAST("+column+" AS BLOB))) FROM concepts").Scan(&size); err != nil {
		return sections.Texts{}, err
	}
	var broken error
	t, err := sections.MakeTexts(w.set, section, w.meta.Concepts, int(size.Int64), column1(w.ctx, w.db, "SELECT "+column+" FROM concepts ORDER BY row", &broken))
	return t, errors.Join(broken, err)
}

// column1 ranges over the first column of a query, and puts what went wrong into err.
func column1(ctx context.Context, db *sql.DB, query string, err *error) iter.Seq[string] {
	return func(yield func(string) bool) {
		stop := errors.New("stop")
		var text string
		e := each(ctx, db, query, func(rows *sql.Rows) error {
			if err := rows.Scan(&text); err != nil {
				return err
			}
			if !yield(text) {
				return stop
			}
			return nil
		})
		if !errors.Is(e, stop) {
			*err = e
		}
	}
}

func (w *tableWriter) concepts() (err error) {
	if w.ids, err = w.texts("id", "id"); err != nil {
		return err
	}
	if _, err = w.texts("name", "name"); err != nil {
		return err
	}
	typ, err := sections.Make[int32](w.set, "type", w.meta.Concepts)
	if err != nil {
		return err
	}
	w.at = make([]int64, 0, w.meta.Concepts)
	place := map[string]int32{}
	var types []string
	size := 0
	err = each(w.ctx, w.db, "SELECT row, type FROM concepts ORDER BY row", func(rows *sql.Rows) error {
		var row int64
		var name string
		if err := rows.Scan(&row, &name); err != nil {
			return err
		}
		id, ok := place[name]
		if !ok {
			id = int32(len(types))
			place[name] = id
			types = append(types, name)
			size += len(name)
		}
		if len(w.at) == len(typ) {
			return errors.New("more concepts than were counted")
		}
		typ[len(w.at)] = id
		w.at = append(w.at, row)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = sections.MakeTexts(w.set, "types", len(types), size, slices.Values(types))
	return err
}

// order sorts the concepts by identifier.
func (w *tableWriter) order() error {
	byID, err := sections.Make[int32](w.set, "by id", w.meta.Concepts)
	if err != nil {
		return err
	}
	for i := range byID {
		byID[i] = int32(i)
	}
	slices.SortFunc(byID, func(a, b int32) int { return cmp.Compare(w.ids.View(a), w.ids.View(b)) })
	return nil
}

// ofNames stores the concept of each name, and the names of each concept.
func (w *tableWriter) ofNames() (err error) {
	var concept, count, from, rows []int32
	for _, a := range []struct {
		to   *[]int32
		name string
		n    int
	}{{&concept, "name.concept", w.meta.Names}, {&count, "name.count", w.meta.Names},
		{&from, "concept.from", w.meta.Concepts + 1}, {&rows, "concept.rows", w.meta.Names}} {
		if *a.to, err = sections.Make[int32](w.set, a.name, a.n); err != nil {
			return err
		}
	}
	n := 0
	err = each(w.ctx, w.db, "SELECT row, concept, count FROM names ORDER BY row", func(r *sql.Rows) error {
		var row, of int64
		var times int32
		if err := r.Scan(&row, &of, &times); err != nil {
			return err
		}
		at, ok := slices.BinarySearch(w.at, of)
		if !ok || n == len(concept) || row != int64(n)+1 {
			return fmt.Errorf("name %d is out of place", row)
		}
		concept[n], count[n] = int32(at), times
		from[at+1]++
		n++
		return nil
	})
	if err != nil {
		return err
	}
	if n != w.meta.Names {
		return fmt.Errorf("%d names, %d were counted", n, w.meta.Names)
	}
	for i := range w.meta.Concepts {
		from[i+1] += from[i]
	}
	next := slices.Clone(from)
	for row, c := range concept {
		rows[next[c]] = int32(row)
		next[c]++
	}
	return nil
}
