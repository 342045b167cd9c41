// Package textpane shows a document: its text wrapped by words, and its mentions
// marked in it. It is the one place of the terminal interface that turns code
// points into cells and back.
package textpane

import (
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// tabStop is how far tabulators are apart, from the start of a line.
const tabStop = 8

// cluster is what a terminal shows as one sign: one or more code points.
type cluster struct {
	bytes, runes int
	width        int  // cells; a tabulator's depends on where it stands and is -1 here
	kind         kind //
}

type kind uint8

const (
	word    kind = iota // part of a word: no line ends after it
	blank               // a line may end after it, and it may hang over the edge
	wide                // a line may end after it: scripts without blanks
	hyphen              // a line may end after it
	seam                // a line may end after it where it can nowhere else
	newline             // a line ends after it
	hidden              // never sent to the terminal: control characters, bidirectional overrides
)

// next reads the first cluster of s, which is not empty. Latin text does not pay
// for the rules of grapheme clusters.
func next(m ansi.Method, s string) cluster {
	if b := s[0]; b <= ' ' || b == 0x7f || b < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return nextASCII(b, s)
	}
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 {
		return cluster{1, 1, 1, hidden}
	}
	if simple(r) && (len(s) == size || alone(s[size:])) {
		return cluster{size, 1, 1, kindOf(r)}
	}
	if k := kindOf(r); k == blank || k == newline || k == hidden {
		width := 0
		if k == blank {
			width = 1
		}
		return cluster{size, 1, width, k}
	}
	text, width := ansi.FirstGraphemeCluster(s, m)
	c := cluster{len(text), utf8.RuneCountInString(text), width, word}
	if width > 1 {
		c.kind = wide
	}
	return c
}

func nextASCII(b byte, s string) cluster {
	switch {
	case b == '\n':
		return cluster{1, 1, 0, newline}
	case b == '\r':
		if len(s) > 1 && s[1] == '\n' {
			return cluster{2, 2, 0, newline}
		}
		return cluster{1, 1, 0, newline}
	case b == '\t':
		return cluster{1, 1, -1, blank}
	case b < ' ' || b == 0x7f:
		return cluster{1, 1, 1, hidden}
	case b == ' ':
		return cluster{1, 1, 1, blank}
	case b == '-':
		return cluster{1, 1, 1, hyphen}
	case b == ',' || b == ';' || b == '/' || b == '.' || b == ':' || b == '_' || b == '=' || b == '&' || b == '|':
		return cluster{1, 1, 1, seam}
	}
	return cluster{1, 1, 1, word}
}

// simple tells whether r is one cell wide in every terminal.
func simple(r rune) bool {
	return ' ' <= r && r < 0x7f || 0xa1 <= r && r < 0x300 && r != 0xad
}

// alone tells whether what follows does not join the sign before it.
func alone(rest string) bool {
	if rest[0] < utf8.RuneSelf {
		return true
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return r < 0x300 || 0x2010 <= r && r <= 0x2027
}

func kindOf(r rune) kind {
	switch {
	case r == 0x85 || r == 0x2028 || r == 0x2029:
		return newline
	case r == 0x200b || r == 0xfeff || r == 0xad || unicode.Is(unicode.Bidi_Control, r):
		return hidden
	case 0x7f <= r && r < 0xa0:
		return hidden
	case r == '-':
		return hyphen
	case unicode.IsSpace(r) && r != 0xa0 && r != 0x202f && r != 0x3000:
		return blank
	}
	return word
}

// shown is the text that is sent to the terminal for a cluster.
func shown(c cluster, s, unknown string) string {
	switch {
	case c.kind == newline:
		return ""
	case c.kind == hidden:
		if c.width == 0 {
			return ""
		}
		return unknown
	case c.kind == blank:
		return " "
	case c.width == 0:
		return "" // a combining mark with nothing to stand on
	}
	return s
}
