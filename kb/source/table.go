package source

import (
	"errors"
	"fmt"
	"slices"
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
	Kind       string // of the names: "preferred", "synonym", "abbreviation", "mention"
	Definition string
	Parent     string // identifiers of broader concepts, separated by "|"
}

// ParseColumns reads the form of the command line: "id=Code,name=Term|Synonym,type=Group".
// Fields are id, name, type, lang, kind, def and parent.
func ParseColumns(spec string) (*Columns, error) {
	c := &Columns{}
	for part := range strings.SplitSeq(spec, ",") {
		key, value, ok := strings.Cut(part, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || value == "" {
			return nil, fmt.Errorf("columns %q: %q is no field=column", spec, part)
		}
		single := map[string]*string{"id": &c.ID, "type": &c.Type, "lang": &c.Lang, "kind": &c.Kind,
			"def": &c.Definition, "parent": &c.Parent}
		switch {
		case key == "name":
			c.Names = strings.Split(value, "|")
		case single[key] != nil:
			*single[key] = value
		default:
			return nil, fmt.Errorf("columns %q: unknown field %q; fields are id, name, type, lang, kind, def, parent", spec, key)
		}
	}
	if c.ID == "" || len(c.Names) == 0 {
		return nil, fmt.Errorf("columns %q: id and name are required", spec)
	}
	return c, nil
}

// own is the mapping of this project's own tables: of "id" and "name", which must
// be there, and of whichever of the others are.
func own(header []string) Columns {
	has := func(name string) string {
		if slices.Contains(header, name) {
			return name
		}
		return ""
	}
	return Columns{
		ID: "id", Names: []string{"name"}, Lang: has("lang"), Kind: has("kind"), Type: has("type"),
		Definition: has("definition"), Parent: has("parent"),
	}
}

// known are the headers that need no mapping besides our own: of the two editions
// of the Spanish CIE-O-3.1 morphology.
var known = []struct {
	columns Columns
	lang    string
}{
	{Columns{ID: "codigo", Names: []string{"descriptor completo", "descriptor corto"}}, "es"},
	{Columns{ID: "codigo", Names: []string{"descriptor completo", "descriptor abreviado"}}, "es"},
}

// layout is a Columns with positions; -1 where there is no such column.
type layout struct {
	id, typ, lang, kind, def, parent int
	names                            []int
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
		switch {
		case err != nil:
			if !e.problem(line, "%w", err) {
				return nil
			}
		case !e.concept(c):
			return nil
		}
	}
	return e.readError(in)
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
	if lay, missing := place(own(header), header); missing == "" {
		return lay, nil
	}
	for _, k := range known {
		if lay, missing := place(k.columns, header); missing == "" {
			if e.o.Lang == "" {
				e.o.Lang = k.lang
			}
			return lay, nil
		}
	}
	return layout{}, fmt.Errorf("%s: columns are %s; say which hold what: --columns id=..,name=..: %w", e.file, list(header), ErrFormat)
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
	lay = layout{id: find(c.ID), typ: find(c.Type), lang: find(c.Lang), kind: find(c.Kind),
		def: find(c.Definition), parent: find(c.Parent)}
	for _, name := range c.Names {
		lay.names = append(lay.names, find(name))
	}
	return lay, missing
}

func (l layout) concept(fields []string) (kb.Concept, error) {
	get := func(i int) string {
		if i < 0 || i >= len(fields) {
			return ""
		}
		return lexical.Clean(fields[i])
	}
	c := kb.Concept{ID: get(l.id), Type: get(l.typ), Definition: get(l.def)}
	if c.ID == "" {
		return c, errors.New("no identifier")
	}
	kind := strings.ToLower(get(l.kind))
	if !slices.Contains([]string{"", "preferred", "synonym", "abbreviation", "mention"}, kind) {
		return c, fmt.Errorf("unknown kind of name %q; kinds are preferred, synonym, abbreviation, mention", kind)
	}
	for i, col := range l.names {
		name := kb.Name{Text: get(col), Lang: get(l.lang), Kind: kind}
		if name.Text == "" || slices.ContainsFunc(c.Names, func(n kb.Name) bool { return n.Text == name.Text }) {
			continue
		}
		if name.Kind == "" {
			name.Kind = "synonym"
			if i == 0 && l.kind < 0 {
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
	for p := range strings.SplitSeq(get(l.parent), "|") {
		if p = strings.TrimSpace(p); p != "" {
			c.Parents = append(c.Parents, p)
		}
	}
	return c, nil
}
