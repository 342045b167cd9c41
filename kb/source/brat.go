package source

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	_ "github.com/mattn/go-sqlite3" // the "sqlite3" driver

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

const sqliteMagic = "SQLite format 3\x00"

// bratLine is the form that brat builds its normalization databases from: an
// identifier, then fields TYPE:LABEL:STRING.
var bratLine = regexp.MustCompile(`^[^\t]+\t(name|attr|info):[^\t:]*:`)

func isBratLine(line string) bool { return bratLine.MatchString(line) }

func readBratLines(in *lines, e *emitter) error {
	seen := map[string]int{} // identifier -> line
	in.back(in.text)
	for in.next() {
		if strings.TrimSpace(in.text) == "" {
			continue
		}
		c, err := bratConcept(in)
		if first, twice := seen[c.ID]; err == nil && twice {
			err = fmt.Errorf("%s is there twice, first in line %d", c.ID, first)
		}
		if err != nil {
			if !e.problem(in.no, "%w", err) {
				return nil
			}
			continue
		}
		seen[c.ID] = in.no
		if !e.concept(c) {
			return nil
		}
	}
	return e.readError(in)
}

func bratConcept(in *lines) (c kb.Concept, err error) {
	if !in.valid() {
		return c, errors.New("not UTF-8")
	}
	f := strings.Split(in.text, "\t")
	if c.ID = strings.TrimSpace(f[0]); c.ID == "" {
		return c, errors.New("no identifier")
	}
	for _, field := range f[1:] {
		part := strings.SplitN(field, ":", 3)
		if len(part) < 3 {
			return c, fmt.Errorf("%q is no TYPE:LABEL:STRING", field)
		}
		if text := lexical.Clean(part[2]); part[0] == "name" && text != "" {
			addBratName(&c, text)
		}
	}
	if len(c.Names) == 0 {
		return c, fmt.Errorf("concept %q has no name", c.ID)
	}
	return c, nil
}

// addBratName adds a name; the first is the one that brat shows.
func addBratName(c *kb.Concept, text string) {
	kind := "synonym"
	if len(c.Names) == 0 {
		c.Name, kind = text, "preferred"
	}
	c.Names = append(c.Names, kb.Name{Text: text, Kind: kind})
}

// readBratDB reads the SQLite database of a normalization resource.
func readBratDB(e *emitter, file string) (err error) {
	db, err := sql.Open("sqlite3", "file:"+strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(file))+"?"+
		url.Values{"mode": {"ro"}, "immutable": {"1"}}.Encode())
	if err != nil {
		return fmt.Errorf("open %s: %w", file, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.Query("SELECT e.uid, n.value FROM entities e JOIN names n ON n.entity_id = e.id ORDER BY e.id, n.id")
	if err != nil {
		return fmt.Errorf("%s: no normalization database of brat (%w): %w; formats are %s", file, err, ErrFormat, Formats)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var c kb.Concept
	for rows.Next() {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		if id != c.ID {
			if c.ID != "" && !e.concept(c) {
				return nil
			}
			c = kb.Concept{ID: id}
		}
		if text = lexical.Clean(text); text != "" {
			addBratName(&c, text)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	if c.ID != "" {
		e.concept(c)
	}
	return nil
}

// readToolsConf reads the database that a tools.conf names: the only one, or the one
// of Options.DB.
func readToolsConf(e *emitter) error {
	all := brat.ReadConfig(filepath.Dir(e.file)).Tools.Normalization
	chosen := slices.IndexFunc(all, func(n brat.NormDB) bool { return n.Name == e.o.DB })
	switch {
	case len(all) == 0:
		return fmt.Errorf("%s: no database in a section [normalization]: %w", e.file, ErrFormat)
	case chosen < 0 && len(all) > 1:
		var names []string
		for _, n := range all {
			names = append(names, n.Name)
		}
		return fmt.Errorf("%s names several databases, build one knowledge base of each and choose it by its name (--name): %s", e.file, strings.Join(names, ", "))
	}
	n := all[max(chosen, 0)]
	file := findBratDB(filepath.Dir(e.file), n)
	if file == "" {
		return &Problem{e.file, n.Line, fmt.Errorf("database %s is not here: there is no %s.db in this directory, its work, or those above it", n.Name, bratPath(n))}
	}
	return readBratDB(e, file)
}

func bratPath(n brat.NormDB) string {
	if n.DB != "" {
		return n.DB
	}
	return n.Name
}

// findBratDB looks where brat keeps a database: a path from its root, or a name in its
// directory "work". The root is some directory above the collection.
func findBratDB(dir string, n brat.NormDB) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		for _, file := range []string{filepath.Join(dir, bratPath(n)+".db"), filepath.Join(dir, "work", bratPath(n)+".db")} {
			if info, err := os.Stat(file); err == nil && !info.IsDir() {
				return file
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
