package source

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// readOBO reads an OBO file (format version 1.2 and 1.4): the [Term] stanzas with
// name, synonyms, is_a, def and namespace. Of an obsolete term what replaced it is
// told. An alt_id is no concept of its own: it names a term that was merged into this
// one.
func readOBO(in *lines, e *emitter) error {
	if e.o.Lang == "" {
		e.o.Lang = "en"
	}
	term := false // inside a [Term] stanza
	s := stanza{}
	seen := map[string]int{} // identifier -> line
	flush := func() bool {
		defer func() { s = stanza{} }()
		first, twice := seen[s.c.ID]
		switch {
		case !term:
			return true
		case s.c.ID == "":
			return e.problem(s.line, "term has no id")
		case s.obsolete:
			s.c.Name, s.c.Names, s.c.Parents, s.c.Definition = "", nil, nil, ""
			return len(s.c.Relations) == 0 || e.concept(s.c)
		case len(s.c.Names) == 0:
			return e.problem(s.line, "term %s has no name", s.c.ID)
		case twice:
			return e.problem(s.line, "term %s is defined twice, first in line %d", s.c.ID, first)
		}
		seen[s.c.ID] = s.line
		for _, id := range s.merged {
			if !e.concept(kb.Concept{ID: id, Relations: []kb.Relation{{Kind: kb.ReplacedBy, ID: s.c.ID}}}) {
				return false
			}
		}
		return e.concept(s.c)
	}
	in.back(in.text)
	for in.next() {
		text := strings.TrimSpace(in.text)
		if strings.HasPrefix(text, "[") {
			if !flush() {
				return nil
			}
			term, s.line = text == "[Term]", in.no
			continue
		}
		if text == "" || text[0] == '!' || !term {
			continue
		}
		err := errors.New("not UTF-8")
		if in.valid() {
			err = s.add(text)
		}
		if err != nil {
			if !e.problem(in.no, "%w", err) {
				return nil
			}
		}
	}
	if in.err != nil {
		return e.readError(in)
	}
	flush()
	return nil
}

// stanza is one term as far as it has been read.
type stanza struct {
	c        kb.Concept
	merged   []string // alt_id
	line     int
	obsolete bool
}

// add reads one tag-value pair; tags that say nothing about names are skipped.
func (s *stanza) add(text string) error {
	tag, value, ok := strings.Cut(text, ":")
	if !ok {
		return fmt.Errorf("%q is no tag: value", text)
	}
	value = strings.TrimSpace(value)
	switch tag {
	case "id":
		s.c.ID = stripComment(value)
	case "name":
		s.c.Name = lexical.Clean(unescape(value))
		s.name(s.c.Name, "preferred")
	case "synonym", "exact_synonym", "related_synonym", "narrow_synonym", "broad_synonym":
		text, rest, err := oboString(value)
		if err != nil {
			return fmt.Errorf("%s: %w", tag, err)
		}
		kind := "synonym"
		if strings.Contains(strings.ToLower(rest), "abbreviation") || strings.Contains(rest, "ACRONYM") {
			kind = "abbreviation"
		}
		s.name(lexical.Clean(text), kind)
	case "def":
		text, _, err := oboString(value)
		if err != nil {
			return fmt.Errorf("def: %w", err)
		}
		s.c.Definition = lexical.Clean(text)
	case "is_a":
		s.c.Parents = append(s.c.Parents, stripComment(value))
	case "alt_id":
		s.merged = append(s.merged, stripComment(value))
	case "replaced_by":
		s.c.Relations = append(s.c.Relations, kb.Relation{Kind: kb.ReplacedBy, ID: stripComment(value)})
	case "consider":
		s.c.Relations = append(s.c.Relations, kb.Relation{Kind: kb.MaybeSame, ID: stripComment(value)})
	case "namespace":
		s.c.Type = stripComment(value)
	case "is_obsolete":
		s.obsolete = strings.HasPrefix(value, "true")
	}
	return nil
}

func (s *stanza) name(text, kind string) {
	if text != "" {
		s.c.Names = append(s.c.Names, kb.Name{Text: text, Kind: kind})
	}
}

// stripComment takes a trailing modifier or "! comment" off an identifier.
func stripComment(s string) string {
	s, _, _ = strings.Cut(s, "!")
	s, _, _ = strings.Cut(s, "{")
	return strings.TrimSpace(s)
}

// oboString reads a quoted string with its escapes, and what follows it.
func oboString(s string) (text, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		return "", "", errors.New("the text is not in quotes")
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return unescape(s[1:i]), s[i+1:], nil
		}
	}
	return "", "", errors.New("the quotes are not closed")
}

var oboEscapes = strings.NewReplacer(`\n`, " ", `\W`, " ", `\t`, " ", `\:`, ":", `\,`, ",", `\"`, `"`, `\\`, `\`,
	`\(`, "(", `\)`, ")", `\[`, "[", `\]`, "]", `\{`, "{", `\}`, "}")

func unescape(s string) string { return oboEscapes.Replace(s) }
