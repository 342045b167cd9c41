package brat

import (
	"math"
	"strings"
	"unicode"
)

// brat is a Python program, and its idea of white space, lines and integers is
// Python's. The functions here are the only place that knows the differences.

// isSpace tells whether Python's str.isspace holds for r.
func isSpace(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }

// isBreak tells whether r ends a line for Python's str.splitlines.
func isBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// isDigit tells whether Python's str.isdigit holds for r; it is wider than the
// decimal digits, and an id that begins with one makes brat refuse a document.
func isDigit(r rune) bool {
	return unicode.IsDigit(r) || r == '²' || r == '³' || r == '¹' ||
		r == 0x2070 || 0x2074 <= r && r <= 0x2079 || 0x2080 <= r && r <= 0x2089
}

func trimSpace(s string) string { return strings.TrimFunc(s, isSpace) }

func fields(s string) []string { return strings.FieldsFunc(s, isSpace) }

// parseInt reads what Python's int() reads: a sign, leading zeros, single
// underscores between digits, decimal digits of any script. A number too large
// for an offset becomes the largest one, which no text contains.
func parseInt(s string) (int, bool) {
	s = trimSpace(s)
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	n, digit := 0, false
	for _, r := range s {
		if r == '_' {
			if !digit {
				return 0, false
			}
			digit = false
			continue
		}
		d, ok := digitValue(r)
		if !ok {
			return 0, false
		}
		digit = true
		if n > (math.MaxInt32-d)/10 {
			n = math.MaxInt32
			continue
		}
		n = n*10 + d
	}
	if negative {
		n = -n
	}
	return n, digit
}

// digitValue is the value of a decimal digit of any script. Unicode keeps the
// digits of a script together, in order, from zero.
func digitValue(r rune) (int, bool) {
	if '0' <= r && r <= '9' {
		return int(r - '0'), true
	}
	if r < 0x80 {
		return 0, false
	}
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10, true
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10, true
		}
	}
	return 0, false
}

// oneLine makes s fit into one line of a file: every line break becomes a
// space, a run of CR LF only one, and the ends are trimmed.
func oneLine(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if isBreak(r) {
			return ' '
		}
		return r
	}, s)
	return trimSpace(s)
}
