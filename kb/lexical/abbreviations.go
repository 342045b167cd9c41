package lexical

import (
	"bufio"
	_ "embed" // the abbreviations that come with gloss
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed abbreviations.tsv
var clinical string

// Limits of Expand: how many texts it returns, and of how many words an
// abbreviation may consist.
const (
	maxExpansions   = 16
	maxShortWords   = 3
	minFoldedLength = 3
)

// Abbreviations knows what short forms stand for. It is immutable; the zero value and
// nil know nothing.
type Abbreviations struct {
	// long has two kinds of keys: a short form as it is written, and, for those of
	// three letters or more, which are unlikely to be ordinary words, its folded form
	// after a space, which begins no Clean text.
	long map[string][]string
}

// ClinicalAbbreviations are the Spanish and English ones that come with gloss.
var ClinicalAbbreviations = sync.OnceValue(func() *Abbreviations {
	a, err := ReadAbbreviations(strings.NewReader(clinical), "abbreviations.tsv")
	if err != nil {
		panic(err) // a test reads the file
	}
	return a
})

// ReadAbbreviations reads lines of an abbreviation, a language (ISO 639-1, or empty)
// and its expansions, separated by tabs; several expansions, the likeliest first, are
// separated by "|". Empty lines and those that begin with # are skipped. Errors name
// the file as name, and the line. With languages given, lines of others are left out.
func ReadAbbreviations(r io.Reader, name string, languages ...string) (*Abbreviations, error) {
	a := &Abbreviations{long: map[string][]string{}}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 || Clean(f[0]) == "" || Clean(f[2]) == "" || !utf8.ValidString(line) {
			return nil, fmt.Errorf("%s:%d: not an abbreviation, a language and its expansions, separated by tabs", name, n)
		}
		if f[1] != "" && len(languages) > 0 && !slices.Contains(languages, f[1]) {
			continue
		}
		for _, long := range strings.Split(f[2], "|") {
			if long = Clean(long); long == "" {
				return nil, fmt.Errorf("%s:%d: an expansion is empty", name, n)
			}
			a.add(Clean(f[0]), long)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read abbreviations %s: %w", name, err)
	}
	return a, nil
}

// add appends an expansion to those that a short form has.
func (a *Abbreviations) add(short, long string) {
	short = strings.TrimSuffix(short, ".")
	for _, key := range []string{short, foldedKey(short)} {
		if key != "" && !slices.Contains(a.long[key], long) {
			a.long[key] = append(a.long[key], long)
		}
	}
}

// foldedKey is under what a short form is found in other case; empty where it is too
// short for that.
func foldedKey(short string) string {
	if utf8.RuneCountInString(short) < minFoldedLength {
		return ""
	}
	return " " + Fold(short)
}

// With returns a set that also knows others, whose expansions come first: the user's
// before those that come with gloss, a document's own before both.
func (a *Abbreviations) With(others ...*Abbreviations) *Abbreviations {
	out := &Abbreviations{long: map[string][]string{}}
	for _, set := range append(slices.Clone(others), a) {
		if set == nil {
			continue
		}
		for key, longs := range set.long {
			for _, long := range longs {
				if !slices.Contains(out.long[key], long) {
					out.long[key] = append(out.long[key], long)
				}
			}
		}
	}
	return out
}

// WithDefined returns a set in which what a document itself defines comes first.
func (a *Abbreviations) WithDefined(definitions ...Definition) *Abbreviations {
	own := &Abbreviations{long: map[string][]string{}}
	for _, d := range definitions {
		own.add(Clean(d.Short), Clean(d.Long))
	}
	return a.With(own)
}

// Len is the number of short forms.
func (a *Abbreviations) Len() int {
	if a == nil {
		return 0
	}
	n := 0
	for key := range a.long {
		if !strings.HasPrefix(key, " ") {
			n++
		}
	}
	return n
}

// Expand returns what a text may read with its abbreviations written out, the
// likeliest first, without the text itself; at most 16, none where there is nothing
// to write out. Short forms must be words of their own; those of fewer than three
// letters must be written as they are known. In a text of several words without small
// letters case says nothing, and those are left alone.
func (a *Abbreviations) Expand(text string) []string {
	if a == nil || len(a.long) == 0 {
		return nil
	}
	text = Clean(text)
	toks := tokenize(text)
	loud := len(toks) > 1 && shouted(text)
	out := []string{""}
	at, expanded := 0, false
	for i := 0; i < len(toks); {
		longs, end := a.longest(text, toks, i, loud)
		if end == i {
			i++
			continue
		}
		before := text[at:toks[i].start]
		at = toks[end-1].end
		if strings.HasPrefix(text[at:], ".") {
			at++ // "ca. de mama"
		}
		var next []string
		for _, o := range out {
			for _, long := range longs {
				next = append(next, o+before+long)
			}
		}
		out, expanded = next[:min(len(next), maxExpansions)], true
		i = end
	}
	if !expanded {
		return nil
	}
	for i := range out {
		out[i] = Clean(out[i] + text[at:])
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == text })
}

// longest finds the longest short form at token i and the token after it; i itself
// where there is none.
func (a *Abbreviations) longest(text string, toks []token, i int, loud bool) (longs []string, end int) {
	for end = min(i+maxShortWords, len(toks)); end > i; end-- {
		short := text[toks[i].start:toks[end-1].end]
		if longs = a.long[short]; longs == nil || loud && utf8.RuneCountInString(short) < minFoldedLength {
			longs = nil
			if key := foldedKey(short); key != "" {
				longs = a.long[key]
			}
		}
		if longs != nil {
			return longs, end
		}
	}
	return nil, i
}

// shouted tells whether a text has capitals and no small letters.
func shouted(s string) bool {
	return strings.ContainsFunc(s, unicode.IsUpper) && !strings.ContainsFunc(s, unicode.IsLower)
}
