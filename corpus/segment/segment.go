// Package segment cuts text into sentences, words and phrases with code-point offsets.
// It is the only place that cuts text. The sentence rule is the one that the
// NER recipe of engine/train was trained with (gloss_small/data.py), to the
// letter: a model must see at inference what it saw at training. Cutter is for
// everyone else.
package segment

import (
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// What a byte can be to the sentence rule. Most bytes of most texts are plain,
// and plain bytes cost one look-up.
const (
	plain   = iota
	ender   // . ! ?
	newline // \n \r
	wide    // part of a code point beyond ASCII
)

var class = func() (table [256]uint8) {
	for _, c := range ".!?" {
		table[c] = ender
	}
	table['\n'], table['\r'] = newline, newline
	for c := utf8.RuneSelf; c < len(table); c++ {
		table[c] = wide
	}
	return table
}()

// pos is a place in a text in both units, so that neither is ever searched for.
type pos struct {
	b int
	o corpus.Off
}

// next is the place after the code point at p, which has size bytes.
func (p pos) next(size int) pos { return pos{p.b + size, p.o + 1} }

// cutter walks one text from front to back.
type cutter struct {
	s     string
	line  int // byte where the current line begins
	start pos // where the current sentence begins, white space included
	found []corpus.Span
}

// Sentences returns the sentences of a text in order, trimmed of white space at
// both ends; pieces of nothing but white space are left out.
//
// A line break (\n or \r) always ends a sentence. Inside a line a sentence ends
// after a run of . ! ? … and any closing marks, where white space and then an
// upper-case or title-case letter, a decimal digit or an opening mark follows;
// but not after a single full stop behind an abbreviation.
func Sentences(t corpus.Text) []corpus.Span {
	c := cutter{s: t.String()}
	var p pos
	for p.b < len(c.s) {
		switch class[c.s[p.b]] {
		case plain:
			p = p.next(1)
		case newline:
			c.end(p)
			p = p.next(1)
			c.start, c.line = p, p.b
		case ender:
			p = c.afterRun(p)
		case wide:
			r, size := utf8.DecodeRuneInString(c.s[p.b:])
			if r == '…' {
				p = c.afterRun(p)
			} else {
				p = p.next(size)
			}
		}
	}
	c.end(p)
	return c.found
}

// afterRun looks at a run of sentence ends that begins at p, ends the sentence
// if the rule says so, and returns where to go on.
func (c *cutter) afterRun(p pos) pos {
	run := p
	i := c.skip(p, isEnder)
	after := c.skip(i, isCloser)
	following := c.skip(after, unicode.IsSpace)
	if following == after || !c.opensAt(following) {
		return i
	}
	single := i.b-run.b == 1 && c.s[run.b] == '.'
	if single && isAbbreviation(c.wordBefore(run.b)) {
		return i
	}
	c.end(after)
	c.start = after
	return after
}

// skip returns the first place from p on, in the same line, that is not one of those.
func (c *cutter) skip(p pos, those func(rune) bool) pos {
	for p.b < len(c.s) {
		r, size := utf8.DecodeRuneInString(c.s[p.b:])
		if r == '\n' || r == '\r' || !those(r) {
			break
		}
		p = p.next(size)
	}
	return p
}

// opensAt tells whether a sentence may begin with what stands at p; the end of
// a line is no beginning.
func (c *cutter) opensAt(p pos) bool {
	if p.b == len(c.s) {
		return false
	}
	switch r, _ := utf8.DecodeRuneInString(c.s[p.b:]); r {
	case '¿', '¡', '"', '(', '[', '«', '“':
		return true
	default:
		return unicode.IsUpper(r) || unicode.IsTitle(r) || unicode.IsDigit(r)
	}
}

// wordBefore is the run of letters, numbers and full stops of the current line
// that ends at the byte dot.
func (c *cutter) wordBefore(dot int) string {
	start := dot
	for start > c.line {
		r, size := utf8.DecodeLastRuneInString(c.s[c.line:start])
		if r != '.' && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			break
		}
		start -= size
	}
	return c.s[start:dot]
}

// end notes the sentence from start to p, trimmed.
func (c *cutter) end(p pos) {
	from := c.start
	for from.b < p.b {
		r, size := utf8.DecodeRuneInString(c.s[from.b:p.b])
		if !unicode.IsSpace(r) {
			break
		}
		from = from.next(size)
	}
	for p.b > from.b {
		r, size := utf8.DecodeLastRuneInString(c.s[from.b:p.b])
		if !unicode.IsSpace(r) {
			break
		}
		p = pos{p.b - size, p.o - 1}
	}
	if from.b < p.b {
		c.found = append(c.found, corpus.Span{Start: from.o, End: p.o})
	}
}

func isEnder(r rune) bool { return r == '.' || r == '!' || r == '?' || r == '…' }

func isCloser(r rune) bool {
	switch r {
	case ')', ']', '"', '\'', '»', '”', '’':
		return true
	}
	return false
}
