package source

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// Columns says which columns of a table hold what, by their header, without
// regard to case. ID and the first of Names are required.
type Columns struct {
	ID         string
	Names      []string // the first is the preferred name, the others are synonyms
	Type       string
	Lang       string
	Kind       string // of the names: one of Kinds
	Main       string // whether the name is the preferred one: 1, true, yes or main
	Count      string // how often a corpus wrote the name
	DB         string // the knowledge base that the row is for
	Definition string
	Parent     string // identifiers of broader concepts, separated by "|"
}

// Kinds are the kinds of name that a table may give.
var Kinds = []string{"preferred", "synonym", "abbreviation", "candidate", "mention"}

// ParseColumns reads the form of the command line: "id=Code,name=Term|Synonym,type=Group".
// Fields are id, name, type, lang, kind, main, count, db, def and parent.
func ParseColumns(spec string) (*Columns, error) {
	c := &Columns{}
	for part := range strings.SplitSeq(spec, ",") {
		key, value, ok := strings.Cut(part, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || value == "" {
			return nil, fmt.Errorf("columns %q: %q is no field=column", spec, part)
		}
		single := map[string]*string{"id": &c.ID, "type": &c.Type, "lang": &c.Lang, "kind": &c.Kind,
			"main": &c.Main, "count": &c.Count, "db": &c.DB, "def": &c.Definition, "parent": &c.Parent}
		switch {
		case key == "name":
			c.Names = strings.Split(value, "|")
		case single[key] != nil:
			*single[key] = value
		default:
			return nil, fmt.Errorf("columns %q: unknown field %q; fields are id, name, type, lang, kind, main, count, db, def, parent", spec, key)
		}
	}
	if c.ID == "" || len(c.Names) == 0 {
		return nil, fmt.Errorf("columns %q: id and name are required", spec)
	}
	return c, nil
}

// known are the headers that need no mapping: of this project's own tables, the
// gazetteers of DisTEMIST, MedProcNER, SympTEMIST and LivingNER, and the two editions
// of the Spanish CIE-O-3.1 morphology. Identifier and names must be there, the others
// count where they are.
var known = []struct {
	columns Columns
	lang    string
}{
	{Columns{ID: "id", Names: []string{"name"}, Lang: "lang", Kind: "kind", Count: "count", DB: "db", Type: "type",
		Definition: "definition", Parent: "parent"}, ""},
	{Columns{ID: "code", Names: []string{"term"}, Lang: "language", Type: "semantic_tag", Main: "mainterm"}, ""},
	{Columns{ID: "codigo", Names: []string{"descriptor completo", "descriptor corto"}}, "es"},
	{Columns{ID: "codigo", Names: []string{"descriptor completo", "descriptor abreviado"}}, "es"},
}

// layout is a Columns with positions; -1 where there is no such column.
type layout struct {
	id, typ, lang, kind, main, count, db, def, parent int
	names                                             []int
}

// readTable reads the table whose header is the current line.
func readTable(in *lines, e *emitter) error {
	if !in.valid() {
		return fmt.Errorf("%s:%d: not UTF-8; convert the file first (iconv): %w", e.file, in.no, ErrFormat)
	}
	sep := separator(in.text)
	header, err := record(in, sep, false)
	if err != nil {
		return &Problem{e.file, in.no, fmt.Errorf("header: %w", err)}
	}
	for i := range header {
		header[i] = strings.ToLower(strings.TrimSpace(header[i]))
	}
	if e.o.Columns == nil && babelonHeader(header) {
		return readBabelon(in, e, header, sep)
	}
	lay, err := e.layoutOf(header)
	if err != nil {
		return err
	}
	preferred := &firsts{line: map[uint64]int{}, seed: maphash.MakeSeed()}
	for in.next() {
		line := in.no
		if strings.TrimSpace(in.text) == "" {
			continue
		}
		fields, err := record(in, sep, sep != '\t')
		if err == nil && !validAll(fields) {
			err = errors.New("not UTF-8")
		}
		var c kb.Concept
		if err == nil {
			c, err = lay.concept(fields)
		}
		if err == nil && lay.kind >= 0 {
			err = preferred.check(c, line)
		}
		switch {
		case err != nil:
			if !e.problem(line, "%w", err) {
				return nil
			}
		case e.o.DB != "" && lay.db >= 0 && field(fields, lay.db) != e.o.DB && field(fields, lay.db) != "":
		case !e.concept(c):
			return nil
		}
	}
	return e.readError(in)
}

// firsts are the lines with the preferred names so far, by identifier and language: a
// number of eight bytes each, so that millions fit.
type firsts struct {
	line map[uint64]int
	seed maphash.Seed
}

// check refuses a second preferred name.
func (f *firsts) check(c kb.Concept, line int) error {
	for _, n := range c.Names {
		if n.Kind != "preferred" {
			continue
		}
		key := maphash.String(f.seed, c.ID+"\x00"+n.Lang)
		if first, twice := f.line[key]; twice {
			return fmt.Errorf("concept %q has a preferred name in line %d already; make this one a synonym, or give it an identifier of its own", c.ID, first)
		}
		f.line[key] = line
		return nil
	}
	return nil
}

func (e *emitter) readError(in *lines) error {
	if in.err != nil {
		return fmt.Errorf("read %s: %w", e.file, in.err)
	}
	return nil
}

// separator is the one that occurs most in a header; a tab wins ties.
func separator(header string) byte {
	best := byte('\t')
	for _, sep := range []byte{',', ';'} {
		if strings.Count(header, string(sep)) > strings.Count(header, string(best)) {
			best = sep
		}
	}
	return best
}

func (e *emitter) layoutOf(header []string) (layout, error) {
	if e.o.Columns != nil {
		lay, missing := place(*e.o.Columns, header)
		if missing != "" {
			return lay, fmt.Errorf("%s: no column %q; columns are %s: %w", e.file, missing, list(header), ErrFormat)
		}
		return lay, nil
	}
	for _, k := range known {
		if lay, missing := place(optional(k.columns, header), header); missing == "" {
			if e.o.Lang == "" {
				e.o.Lang = k.lang
			}
			return lay, nil
		}
	}
	return layout{}, fmt.Errorf("%s: columns are %s; say which hold what: --columns id=..,name=..: %w; formats are %s",
		e.file, list(header), ErrFormat, Formats)
}

// optional takes the columns away that a header lacks, but for identifier and names.
func optional(c Columns, header []string) Columns {
	for _, name := range []*string{&c.Type, &c.Lang, &c.Kind, &c.Main, &c.Count, &c.DB, &c.Definition, &c.Parent} {
		if !slices.Contains(header, *name) {
			*name = ""
		}
	}
	return c
}

func list(header []string) string {
	var q []string
	for _, h := range header {
		if h != "" {
			q = append(q, fmt.Sprintf("%q", h))
		}
	}
	return strings.Join(q, ", ")
}

// place finds the columns in a header; missing names the first that is not there.
func place(c Columns, header []string) (lay layout, missing string) {
	find := func(name string) int {
		if name == "" {
			return -1
		}
		i := slices.Index(header, strings.ToLower(strings.TrimSpace(name)))
		if i < 0 && missing == "" {
			missing = name
		}
		return i
	}
	lay = layout{id: find(c.ID), typ: find(c.Type), lang: find(c.Lang), kind: find(c.Kind), main: find(c.Main),
		count: find(c.Count), db: find(c.DB), def: find(c.Definition), parent: find(c.Parent)}
	for _, name := range c.Names {
		lay.names = append(lay.names, find(name))
	}
	return lay, missing
}

// field is a value of a row, empty where the row is short or has no such column.
func field(fields []string, i int) string {
	if i < 0 || i >= len(fields) {
		return ""
	}
	return lexical.Clean(fields[i])
}

func (l layout) concept(fields []string) (kb.Concept, error) {
	c := kb.Concept{ID: field(fields, l.id), Type: field(fields, l.typ), Definition: field(fields, l.def)}
	if c.ID == "" {
		return c, errors.New("no identifier")
	}
	kind, count, err := l.kindAndCount(fields)
	if err != nil {
		return c, err
	}
	for i, col := range l.names {
		name := kb.Name{Text: field(fields, col), Lang: field(fields, l.lang), Kind: kind, Count: count}
		if name.Text == "" || slices.ContainsFunc(c.Names, func(n kb.Name) bool { return n.Text == name.Text }) {
			continue
		}
		if name.Kind == "" {
			name.Kind = "synonym"
			if i == 0 && l.kind < 0 && l.main < 0 {
				name.Kind = "preferred"
			}
		}
		if name.Kind == "preferred" && c.Name == "" {
			c.Name = name.Text
		}
		c.Names = append(c.Names, name)
	}
	if len(c.Names) == 0 {
		return c, fmt.Errorf("concept %q has no name", c.ID)
	}
	for p := range strings.SplitSeq(field(fields, l.parent), "|") {
		if p = strings.TrimSpace(p); p != "" {
			c.Parents = append(c.Parents, p)
		}
	}
	return c, nil
}

// kindAndCount are those of the names of a row; the kind is empty where it tells none.
func (l layout) kindAndCount(fields []string) (kind string, count int, err error) {
	kind = strings.ToLower(field(fields, l.kind))
	if kind != "" && !slices.Contains(Kinds, kind) {
		return "", 0, fmt.Errorf("unknown kind of name %q; kinds are %s", kind, strings.Join(Kinds, ", "))
	}
	if slices.Contains([]string{"1", "true", "yes", "main", "t"}, strings.ToLower(field(fields, l.main))) {
		kind = "preferred"
	}
	if n := field(fields, l.count); n != "" {
		if count, err = strconv.Atoi(n); err != nil || count < 0 {
			return "", 0, fmt.Errorf("count %q is no whole number", n)
		}
	}
	return kind, count, nil
}
