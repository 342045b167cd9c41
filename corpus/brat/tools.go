package brat

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Tools is what tools.conf says.
type Tools struct {
	Validate       string // when brat validates: "all", "full" or "none"
	Tokenizer      string // "whitespace", "ptblike" or "mecab"
	Splitter       string // of sentences: "regex" or "newline"
	LogFile        string // where brat logs what annotators do; empty for nowhere
	Search         []Service
	Annotators     []Service
	Disambiguators []Service
	Normalization  []NormDB
}

// Service is a program on the web that brat can ask.
type Service struct {
	Name  string
	Tool  string // annotators and disambiguators only
	Model string // annotators and disambiguators only
	URL   string // with %s for the words to look up, where it is a search
	Line  int    // in tools.conf, from 1
}

// NormDB is a knowledge base that N lines may name.
type NormDB struct {
	Name    string // the DB of N lines
	DB      string // where brat keeps it; empty for its usual place
	URL     string // of its home page
	URLBase string // of an entry, with %s for its id
	Unicode bool
	Line    int // in tools.conf, from 1
}

func (c *Config) tools(p *confParser) {
	o := settings(p.entries("options"), slices.Clone[[]string])
	c.Tools = Tools{
		Validate:  option(o, "Validation", "validate", "none"),
		Tokenizer: option(o, "Tokens", "tokenizer", "whitespace"),
		Splitter:  option(o, "Sentences", "splitter", "regex"),
		LogFile:   option(o, "Annotation-log", "logfile", ""),
	}
	if c.Tools.LogFile == "<NONE>" {
		c.Tools.LogFile = ""
	}
	c.Tools.Search = services(p, "search")
	c.Tools.Annotators = services(p, "annotators", "tool", "model")
	c.Tools.Disambiguators = services(p, "disambiguators", "tool", "model")
	each(p.entries("normalization"), 0, func(e *entry, _ int) {
		if _, ok := e.arg("<URL>"); !ok {
			p.warn(e.line, e.terms[0]+" has no <URL>, so brat leaves it out", "add <URL>:http://...")
			return
		}
		c.Tools.Normalization = append(c.Tools.Normalization, NormDB{
			Name: e.terms[0], DB: e.value("DB"), URL: e.value("<URL>"), URLBase: e.value("<URLBASE>"),
			Unicode: strings.EqualFold(e.value("<UNICODE>"), "true"), Line: e.line,
		})
	})
}

// services are the entries of a section that have a <URL> and the keys.
func services(p *confParser, section string, keys ...string) []Service {
	var out []Service
	each(p.entries(section), 0, func(e *entry, _ int) {
		for _, key := range append([]string{"<URL>"}, keys...) {
			if _, ok := e.arg(key); !ok {
				p.warn(e.line, e.terms[0]+" has no "+key+", so brat leaves it out", "add "+key+":VALUE")
				return
			}
		}
		out = append(out, Service{Name: e.terms[0], Tool: e.value("tool"), Model: e.value("model"), URL: e.value("<URL>"), Line: e.line})
	})
	return out
}

// value is the first value of an argument; empty where it is missing.
func (e *entry) value(key string) string {
	if a, ok := e.arg(key); ok {
		return a.values[0]
	}
	return ""
}

// Shortcut is a key that chooses a type in brat.
type Shortcut struct {
	Key, Type string
	Line      int // in kb_shortcuts.conf, from 1
}

// shortcuts reads lines "KEY TYPE". A line of another form makes brat ignore
// the whole file; here it alone is left out.
func (c *Config) shortcuts(p *confParser, data []byte) {
	for n, l := range plainLines(p, data) {
		if l == "" || l[0] == '#' {
			continue
		}
		words := strings.FieldsFunc(l, func(r rune) bool { return r == ' ' || r == '\t' })
		if len(words) != 2 {
			p.fail(n, fmt.Sprintf("a shortcut of %d words, not two", len(words)), "write the key, a space and the type")
			continue
		}
		if i := slices.IndexFunc(c.Shortcuts, func(s Shortcut) bool { return s.Key == words[0] }); i >= 0 {
			p.warn(n, fmt.Sprintf("the key %s is taken by line %d, which counts", words[0], c.Shortcuts[i].Line), "use another key")
			continue
		}
		c.Shortcuts = append(c.Shortcuts, Shortcut{Key: words[0], Type: words[1], Line: n})
	}
}

// plainLines walks the lines of a file, trimmed, with their numbers from 1;
// none where it is not UTF-8.
func plainLines(p *confParser, data []byte) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		if err := CheckUTF8(p.file, data); err != nil {
			line := 1
			if u := (*UTF8Error)(nil); errors.As(err, &u) {
				line = u.Line
			}
			p.fail(line, "the file is not valid UTF-8", "convert the file to UTF-8")
			return
		}
		n := 0
		for l := range strings.SplitSeq(string(data), "\n") {
			n++
			if !yield(n, trimSpace(l)) {
				return
			}
		}
	}
}
