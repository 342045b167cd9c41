package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	_ "github.com/mattn/go-sqlite3" // the "sqlite3" driver

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// schema: rows count from 1 without gaps in names, whose row minus one is the row
// of the indexes. A concept's names are unique. A relation may lead from an
// identifier that is no concept any more.
const schema = `
CREATE TABLE concepts (
	row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL,
	definition TEXT NOT NULL, parents TEXT NOT NULL);
CREATE TABLE names (
	row INTEGER PRIMARY KEY, concept INTEGER NOT NULL, text TEXT NOT NULL, lang TEXT NOT NULL,
	kind TEXT NOT NULL, count INTEGER NOT NULL);
CREATE UNIQUE INDEX names_concept ON names (concept, text);
CREATE TABLE relations (
	source TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,
	PRIMARY KEY (source, kind, target)) WITHOUT ROWID;
CREATE INDEX relations_target ON relations (target);
`

// What a concept lacks is filled in by later rows of the same identifier; what it has stays.
const upsertConcept = `
INSERT INTO concepts (id, name, type, definition, parents) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
	name = CASE WHEN name = '' THEN excluded.name ELSE name END,
	type = CASE WHEN type = '' THEN excluded.type ELSE type END,
	definition = CASE WHEN definition = '' THEN excluded.definition ELSE definition END,
	parents = CASE WHEN parents = '' THEN excluded.parents ELSE parents END
RETURNING row`

const insertRelation = `INSERT OR IGNORE INTO relations (source, kind, target) VALUES (?, ?, ?)`

const upsertName = `
INSERT INTO names (concept, text, lang, kind, count) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (concept, text) DO UPDATE SET
	lang = CASE WHEN lang = '' THEN excluded.lang ELSE lang END,
	kind = CASE WHEN kind = 'mention' OR excluded.kind = 'preferred' THEN excluded.kind ELSE kind END,
	count = count + excluded.count`

// A preferred name is the first of kind preferred, else the one written most often.
const fillPreferred = `
UPDATE concepts SET name = (SELECT text FROM names WHERE concept = concepts.row
	ORDER BY CASE kind WHEN 'preferred' THEN 0 WHEN 'candidate' THEN 1 WHEN 'synonym' THEN 2 WHEN 'abbreviation' THEN 3 ELSE 4 END,
	count DESC, row LIMIT 1)
WHERE name = ''`

// Relations count that lead to a concept, at once or through others.
const pruneRelations = `
DELETE FROM relations WHERE target NOT IN (SELECT id FROM concepts) AND target NOT IN (SELECT source FROM relations)`

func openDB(path, params string) (*sql.DB, error) {
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
	return sql.Open("sqlite3", "file:"+escaped+"?"+params)
}

// ingest counts what it leaves out.
type ingest struct {
	keep                    func(id string) bool
	progress                func(done int)
	concept, name, relation *sql.Stmt
	names                   int
	noID, badText           int
	filtered, noName        int
	unwanted                []string // a few of the identifiers that were filtered out
}

// fill writes concepts to a database, a new one unless there is a base, and returns
// what it left out, in words.
func fill(ctx context.Context, path string, o BuildOptions) (warnings []string, err error) {
	// The cache, in KiB, bounds memory: names of one concept may come far apart.
	db, err := openDB(path, url.Values{"_journal": {"OFF"}, "_sync": {"FULL"}, "_cache_size": {"-65536"}}.Encode())
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if o.Base == "" {
		if _, err := db.ExecContext(ctx, schema); err != nil {
			return nil, fmt.Errorf("create %s: %w", path, err)
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	in := &ingest{keep: o.Keep, progress: func(done int) { o.Progress("read", done, 0) }}
	if err := in.run(ctx, tx, o.Concepts); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	note, err := openCycles(ctx, tx, o.Strict)
	if err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	warnings = in.warnings()
	if note != "" {
		warnings = append(warnings, note)
	}
	return warnings, nil
}

func (in *ingest) run(ctx context.Context, tx *sql.Tx, concepts iter.Seq2[kb.Concept, error]) (err error) {
	if in.concept, err = tx.PrepareContext(ctx, upsertConcept); err == nil {
		in.name, err = tx.PrepareContext(ctx, upsertName)
	}
	if err == nil {
		in.relation, err = tx.PrepareContext(ctx, insertRelation)
	}
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	for c, err := range concepts {
		if err != nil {
			return err
		}
		if err := in.add(ctx, c); err != nil {
			return fmt.Errorf("concept %q: %w", c.ID, err)
		}
	}
	res, err := tx.ExecContext(ctx, "DELETE FROM concepts WHERE row NOT IN (SELECT concept FROM names)")
	if err != nil {
		return fmt.Errorf("remove concepts without names: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("remove concepts without names: %w", err)
	}
	in.noName = int(n)
	if _, err := tx.ExecContext(ctx, pruneRelations); err != nil {
		return fmt.Errorf("remove relations that lead nowhere: %w", err)
	}
	if _, err := tx.ExecContext(ctx, fillPreferred); err != nil {
		return fmt.Errorf("choose preferred names: %w", err)
	}
	return nil
}

func (in *ingest) add(ctx context.Context, c kb.Concept) error {
	c.ID = strings.TrimSpace(c.ID)
	if c.ID == "" || !usable(c.ID) {
		in.noID++
		return nil
	}
	for _, r := range c.Relations {
		if r.ID = strings.TrimSpace(r.ID); r.ID == "" || r.ID == c.ID || !usable(r.ID) || in.keep != nil && !in.keep(r.ID) {
			continue
		}
		if _, err := in.relation.ExecContext(ctx, c.ID, r.Kind, r.ID); err != nil {
			return err
		}
	}
	switch {
	case in.keep != nil && !in.keep(c.ID):
		if in.filtered++; len(in.unwanted) < 3 && !slices.Contains(in.unwanted, c.ID) {
			in.unwanted = append(in.unwanted, c.ID)
		}
		return nil
	case len(c.Relations) > 0 && c.Name == "" && len(c.Names) == 0 && len(c.Parents) == 0 && c.Definition == "":
		return nil // a retired identifier
	}
	return in.addConcept(ctx, c)
}

func (in *ingest) addConcept(ctx context.Context, c kb.Concept) error {
	if c.Name = lexical.Clean(c.Name); !usable(c.Name) {
		c.Name = ""
	}
	if c.Name != "" && !slices.ContainsFunc(c.Names, func(n kb.Name) bool { return lexical.Clean(n.Text) == c.Name }) {
		c.Names = append([]kb.Name{{Text: c.Name, Kind: "preferred"}}, c.Names...)
	}
	parents, err := parentsText(c.Parents)
	if err != nil {
		return err
	}
	var row int64
	if err := in.concept.QueryRowContext(ctx, c.ID, c.Name, c.Type, c.Definition, parents).Scan(&row); err != nil {
		return err
	}
	for _, n := range c.Names {
		if n.Text = lexical.Clean(n.Text); n.Text == "" || !usable(n.Text) {
			in.badText++
			continue
		}
		if _, err := in.name.ExecContext(ctx, row, n.Text, n.Lang, n.Kind, n.Count); err != nil {
			return err
		}
		if in.names++; in.names%1000 == 0 {
			in.progress(in.names)
		}
	}
	return nil
}

// usable tells whether a text can be stored and given to a tokenizer.
func usable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func (in *ingest) warnings() []string {
	var out []string
	for _, w := range []struct {
		n    int
		what string
	}{
		{in.noID, "rows without identifier"},
		{in.badText, "names that are empty or no text"},
		{in.noName, "concepts without a name"},
	} {
		if w.n > 0 {
			out = append(out, fmt.Sprintf("left out %d %s", w.n, w.what))
		}
	}
	if in.filtered > 0 {
		out = append(out, fmt.Sprintf("left out %d rows of concepts that are not to be kept, such as %s", in.filtered, strings.Join(in.unwanted, ", ")))
	}
	return out
}

// contentHash identifies concepts, names and encoder.
func contentHash(ctx context.Context, db *sql.DB, encoder string) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "gloss-kb %d %q\n", Version, encoder)
	for _, query := range []string{
		"SELECT id, name, type, definition, parents, '' FROM concepts ORDER BY row",
		"SELECT c.id, n.text, n.lang, n.kind, n.count, '' FROM names n JOIN concepts c ON c.row = n.concept ORDER BY n.row",
		"SELECT source, kind, target, '', '', '' FROM relations ORDER BY source, kind, target",
	} {
		rows, err := db.QueryContext(ctx, query)
		if err != nil {
			return "", fmt.Errorf("hash content: %w", err)
		}
		var f [6]string
		for rows.Next() {
			if err = rows.Scan(&f[0], &f[1], &f[2], &f[3], &f[4], &f[5]); err != nil {
				break
			}
			fmt.Fprintf(h, "%q\n", f)
		}
		if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return "", fmt.Errorf("hash content: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
