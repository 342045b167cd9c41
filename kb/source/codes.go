package source

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
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

// Keep tells whether a code is among them, or is made of codes that are (kb.CodeParts).
func (c Codes) Keep(id string) bool { return KeepParts(func(id string) bool { return c[id] })(id) }

// KeepParts widens a test of codes to the composites of those that pass it.
func KeepParts(has func(id string) bool) func(id string) bool {
	return func(id string) bool {
		if has(id) {
			return true
		}
		parts := kb.CodeParts(id)
		return len(parts) > 0 && !slices.ContainsFunc(parts, func(p string) bool { return !has(p) })
	}
}
