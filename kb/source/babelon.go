package source

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// Predicates of Babelon files.
const (
	labelPredicate      = "rdfs:label"
	definitionPredicate = "IAO:0000115"
	notTranslated       = "NOT_TRANSLATED"
)

// unofficial are the states of a translation that somebody proposed and nobody has
// made official.
var unofficial = []string{"CANDIDATE", "UNDER_REVIEW"}

// babelonHeader tells a Babelon file (a translated label or definition a line) and
// the synonym tables that HPO keeps beside them (a ROBOT template: the second line
// says which property and language the columns are).
func babelonHeader(header []string) bool {
	return slices.Contains(header, "subject_id") && slices.Contains(header, "translation_value")
}

// babelon reads one file. Columns that the file lacks are empty.
type babelon struct {
	column func(fields []string, name string) string
	lang   string // of a synonym table
	split  string // separates several synonyms in one cell
}

func readBabelon(in *lines, e *emitter, header []string, sep byte) error {
	b := babelon{column: func(fields []string, name string) string {
		if i := slices.Index(header, name); i >= 0 && i < len(fields) {
			return lexical.Clean(fields[i])
		}
		return ""
	}}
	for in.next() {
		if strings.TrimSpace(in.text) == "" {
			continue
		}
		fields, err := record(in, sep, false)
		var c kb.Concept
		switch {
		case err != nil:
		case !validAll(fields):
			err = errors.New("not UTF-8")
		case b.template(fields):
			continue
		default:
			c, err = b.concept(fields)
		}
		if err != nil {
			if !e.problem(in.no, "%w", err) {
				return nil
			}
			continue
		}
		if (len(c.Names) > 0 || c.Definition != "") && !e.concept(c) {
			return nil
		}
	}
	return e.readError(in)
}

func validAll(fields []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return !utf8.ValidString(f) })
}

// template reads the second line of a synonym table ("AL oboInOwl:hasExactSynonym@de SPLIT=|").
func (b *babelon) template(fields []string) bool {
	if b.column(fields, "subject_id") != "ID" {
		return false
	}
	for part := range strings.FieldsSeq(b.column(fields, "translation_value")) {
		if sep, ok := strings.CutPrefix(part, "SPLIT="); ok {
			b.split = sep
		} else if _, lang, ok := strings.Cut(part, "@"); ok {
			b.lang = lang
		}
	}
	return true
}

// concept is what a line says; without names or definition where it says nothing.
func (b *babelon) concept(fields []string) (kb.Concept, error) {
	c := kb.Concept{ID: b.column(fields, "subject_id")}
	value := b.column(fields, "translation_value")
	lang := b.column(fields, "translation_language")
	predicate := b.column(fields, "predicate_id")
	// The synonym tables have the state in columns of various names.
	candidate := slices.ContainsFunc(fields, func(f string) bool { return slices.Contains(unofficial, strings.TrimSpace(f)) })
	switch {
	case c.ID == "":
		return c, errors.New("no subject_id")
	case value == "", slices.Contains(fields, notTranslated), value == "NA":
		return kb.Concept{}, nil
	case predicate == definitionPredicate:
		c.Definition = value
	case predicate == labelPredicate && candidate:
		c.Names = []kb.Name{{Text: value, Lang: lang, Kind: "candidate"}}
	case predicate == labelPredicate:
		c.Name = value
		c.Names = []kb.Name{{Text: value, Lang: lang, Kind: "preferred"}}
	case predicate == "":
		values := []string{value}
		if b.split != "" {
			values = strings.Split(value, b.split)
		}
		for _, v := range values {
			n := kb.Name{Text: lexical.Clean(v), Lang: b.lang, Kind: "synonym"}
			if candidate {
				n.Kind = "candidate"
			}
			if n.Text != "" {
				c.Names = append(c.Names, n)
			}
		}
	}
	return c, nil
}
