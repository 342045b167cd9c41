package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/gloss-nlp/gloss/kb/internal/sections"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// writeIndex writes the files that make a knowledge base open at once: the index of its
// letters, and the table of its names and concepts. It puts their sums into m.
func writeIndex(ctx context.Context, dir string, m *Meta) (err error) {
	db, err := openDB(filepath.Join(dir, dbFile), "mode=ro&immutable=1")
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	set, err := sections.Create(filepath.Join(dir, tableFile), tableKind, tableVersion)
	if err != nil {
		return err
	}
	if _, err := writeTable(ctx, set, db, *m); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", tableFile, err), set.Close())
	}
	if err := set.Finish(); err != nil {
		return err
	}
	letters := filepath.Join(dir, lettersFile)
	if err := lexical.Build(letters, namesOf(ctx, db)); err != nil {
		return err
	}
	x, err := lexical.Open(letters)
	if err != nil {
		return err
	}
	t, err := openTable(filepath.Join(dir, tableFile), m.Concepts, m.Names)
	if err != nil {
		return errors.Join(err, x.Close())
	}
	m.Letters, m.Table = x.Sum(), t.set.Sum()
	return errors.Join(x.Close(), t.set.Close())
}

// namesOf ranges over the texts of the names in the order of their rows.
func namesOf(ctx context.Context, db *sql.DB) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var err error
		for text := range column1(ctx, db, "SELECT text FROM names ORDER BY row", &err) {
			if !yield(text, nil) {
				return
			}
		}
		if err != nil {
			yield("", err)
		}
	}
}

// openIndex maps the files of writeIndex.
func (k *KB) openIndex() (err error) {
	if k.index, err = lexical.Open(filepath.Join(k.dir, lettersFile)); err != nil {
		return err
	}
	if k.table, err = openTable(filepath.Join(k.dir, tableFile), k.meta.Concepts, k.meta.Names); err != nil {
		return err
	}
	if k.index.Sum() != k.meta.Letters || k.table.set.Sum() != k.meta.Table || k.index.Len() != k.meta.Names {
		return fmt.Errorf("%s and %s are not those that kb.json tells of", lettersFile, tableFile)
	}
	return nil
}

// wholeDB tells whether a SQLite file has the size that its header says, without
// reading it. The format: https://www.sqlite.org/fileformat.html, 1.3.
func wholeDB(path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() // only read
	var head [100]byte
	if _, err := io.ReadFull(f, head[:]); err != nil || string(head[:16]) != "SQLite format 3\x00" {
		return errors.New("not a database")
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	if pages := int64(binary.BigEndian.Uint32(head[28:])); info.Size() != page*pages {
		return fmt.Errorf("%d bytes, should be %d", info.Size(), page*pages)
	}
	return nil
}
