package source

import (
	"fmt"
	"os"
	"strings"
)

// Codes are the identifiers that a task allows.
type Codes map[string]bool

// ReadCodes reads a list of codes: one a line, before the first tab where there is
// one. Blank lines and those that begin with "#" are skipped.
func ReadCodes(file string) (codes Codes, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("open codes: %w", err)
	}
	defer f.Close() // only read
	codes = Codes{}
	in := newLines(f)
	for in.next() {
		code, _, _ := strings.Cut(in.text, "\t")
		if code = strings.TrimSpace(code); code != "" && code[0] != '#' {
			codes[code] = true
		}
	}
	switch {
	case in.err != nil:
		return nil, fmt.Errorf("read %s: %w", file, in.err)
	case len(codes) == 0:
		return nil, fmt.Errorf("%s: no codes; write one a line: %w", file, ErrFormat)
	}
	return codes, nil
}

// Keep tells whether a code is among them, or is made of codes that are: a
// composite of several ("a+b", "a|b"), one of a human ("9606|H"), one that is more
// specific than its code ("8140/3/H").
func (c Codes) Keep(id string) bool {
	if c[id] {
		return true
	}
	parts := strings.FieldsFunc(id, func(r rune) bool { return r == '+' || r == '|' })
	kept := 0
	for _, part := range parts {
		part = strings.TrimSuffix(strings.TrimSpace(part), "/H")
		switch {
		case part == "H":
		case !c[part]:
			return false
		default:
			kept++
		}
	}
	return kept > 0
}
