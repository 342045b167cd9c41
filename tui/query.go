package tui

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// query is what the search line asks for: stretches of the text, or mentions.
type query struct {
	text    string                                          // plain text, folded
	pattern *regexp.Regexp                                  // of "re:"
	mention func(d *workbench.Doc, it *workbench.Item) bool // of "label:", "concept:" and "is:"
}

// empty tells whether nothing is asked for yet.
func (q query) empty() bool { return q.text == "" && q.pattern == nil && q.mention == nil }

// queryForms is what can be typed in the search line.
const queryForms = "text, or re:PATTERN label:NAME concept:ID is:STATE"

// count is how many hits a document has. It is safe for concurrent use.
func (q query) count(d *workbench.Doc) int {
	switch {
	case q.pattern != nil:
		return len(matches(q.pattern, d.Text))
	case q.mention != nil:
		n := 0
		for i := range d.Items {
			if q.mention(d, &d.Items[i]) {
				n++
			}
		}
		return n
	case q.text != "":
		return strings.Count(foldRunes(d.Text.String()), q.text)
	}
	return 0
}

// parseQuery reads the search line. A pattern without capitals does not care for letter
// case. What is half typed is an error that says what is missing.
func parseQuery(s string, l labels) (query, error) {
	kind, rest, ok := strings.Cut(s, ":")
	if !ok {
		return query{text: foldRunes(s)}, nil
	}
	word := foldRunes(strings.TrimSpace(rest))
	switch kind {
	case "re":
		return parsePattern(rest)
	case "label":
		return mentions(word, func(_ *workbench.Doc, it *workbench.Item) bool {
			return strings.HasPrefix(foldRunes(it.Label), word) || strings.Contains(foldRunes(l.title(it.Label, 0)), word)
		}), nil
	case "concept":
		return mentions(word, func(_ *workbench.Doc, it *workbench.Item) bool {
			for _, l := range it.Links {
				if strings.HasPrefix(foldRunes(l.ID), word) || strings.Contains(foldRunes(l.Name), word) {
					return true
				}
			}
			return false
		}), nil
	case "is":
		return parseState(word)
	}
	return query{text: foldRunes(s)}, nil // a colon of the text
}

func mentions(word string, f func(*workbench.Doc, *workbench.Item) bool) query {
	if word == "" {
		return query{}
	}
	return query{mention: f}
}

func parsePattern(s string) (query, error) {
	if s == "" {
		return query{}, nil
	}
	flags := "(?m)"
	if strings.IndexFunc(s, unicode.IsUpper) < 0 {
		flags = "(?mi)"
	}
	p, err := regexp.Compile(flags + s)
	if err != nil {
		return query{}, fmt.Errorf("no regular expression yet: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return query{pattern: p}, nil
}

// states are what "is:" knows.
var states = []struct {
	name string
	is   func(d *workbench.Doc, it *workbench.Item) bool
}{
	{"suggested", hasState(workbench.Suggested)},
	{"pending", func(_ *workbench.Doc, it *workbench.Item) bool { return it.State.Undecided() }},
	{"accepted", hasState(workbench.Accepted)},
	{"linked", hasState(workbench.Linked)},
	{"nil", hasState(workbench.NIL)},
	{"flagged", func(_ *workbench.Doc, it *workbench.Item) bool { return it.Flag != "" }},
	{"noted", func(_ *workbench.Doc, it *workbench.Item) bool { return it.Note != "" }},
	{"broken", func(d *workbench.Doc, it *workbench.Item) bool { return len(problemsOf(d, it)) > 0 }},
}

func hasState(s workbench.State) func(*workbench.Doc, *workbench.Item) bool {
	return func(_ *workbench.Doc, it *workbench.Item) bool { return it.State == s }
}

func parseState(word string) (query, error) {
	var names []string
	for _, s := range states {
		if s.name == word {
			return query{mention: s.is}, nil
		}
		names = append(names, s.name)
	}
	return query{}, fmt.Errorf("is: one of %s", strings.Join(names, " "))
}

// mostHits is how many places of a pattern are kept; nobody steps through more.
const mostHits = 10000

// matches are the places of a pattern. It takes about 50 ms for a book.
func matches(p *regexp.Regexp, t corpus.Text) []corpus.Span {
	s := t.String()
	var hits []corpus.Span
	at, off := 0, corpus.Off(0) // the same place in bytes and in code points
	to := func(b int) corpus.Off {
		off += corpus.Off(utf8.RuneCountInString(s[at:b]))
		at = b
		return off
	}
	for _, m := range p.FindAllStringIndex(s, mostHits) {
		if m[0] < m[1] {
			start := to(m[0])
			hits = append(hits, corpus.Span{Start: start, End: to(m[1])})
		}
	}
	return hits
}
