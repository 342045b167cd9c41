// Package brat reads and edits brat standoff annotations without losing a byte:
// what comes in goes out again, but for the lines that were touched. It also
// lists collections, writes files atomically, and reads brat's configuration.
//
// Ids, offsets and line numbers are brat's own: offsets are code points of the
// document's text, half-open; line numbers in messages count from 1, indexes
// of lines in corpus.LineEdit from 0.
package brat

import (
	"bytes"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// File is a parsed .ann file. It is not safe for concurrent use; a Clone may
// be handed to another goroutine.
type File struct {
	text    corpus.Text
	lines   []*line
	noFinal bool // the last line has no line feed
	style   LinkStyle

	// Derived from lines by index.
	byID map[string]int // first line of an id
	dup  map[int]bool   // lines whose id is taken by an earlier one
}

// Parse reads an .ann file that belongs to text. Every line is kept, whatever
// is wrong with it; see Problems. The only error is an *UTF8Error, which wraps
// ErrUTF8.
func Parse(ann []byte, text corpus.Text) (*File, error) {
	if err := CheckUTF8("", ann); err != nil {
		return nil, err
	}
	f := &File{text: text}
	if len(ann) > 0 {
		s := string(ann)
		f.noFinal = !strings.HasSuffix(s, "\n")
		for src := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
			f.lines = append(f.lines, parseLine(src, text))
		}
	}
	f.index()
	f.style = f.shownStyle()
	return f, nil
}

// Clone returns a copy that can be edited, or read by another goroutine, apart from f.
func (f *File) Clone() *File {
	c := *f
	c.lines = slices.Clone(f.lines)
	return &c // byID and dup are replaced, never changed
}

// Bytes is the file as it is to be written.
func (f *File) Bytes() []byte {
	var b bytes.Buffer
	for _, l := range f.lines {
		b.WriteString(l.src)
		b.WriteByte('\n')
	}
	// A blank last line exists only by its line feed.
	if n := len(f.lines); f.noFinal && n > 0 && f.lines[n-1].src != "" {
		b.Truncate(b.Len() - 1)
	}
	return b.Bytes()
}

// Text is the document's text.
func (f *File) Text() corpus.Text { return f.text }

// Len is the number of lines.
func (f *File) Len() int { return len(f.lines) }

// Line is the line of that index, from 0.
func (f *File) Line(i int) Line {
	l := f.lines[i].Line
	if f.dup[i] {
		return Line{Kind: Unknown, Raw: l.Raw, Failed: true}
	}
	return l
}

// Find returns the line that has the id. Of two lines with one id, the first counts.
func (f *File) Find(id string) (Line, bool) {
	i, ok := f.byID[id]
	if !ok {
		return Line{}, false
	}
	return f.lines[i].Line, true
}

// index rebuilds what is derived from the lines.
func (f *File) index() {
	f.byID = make(map[string]int, len(f.lines))
	f.dup = nil
	for i, l := range f.lines {
		if l.ID == "" || l.ID == "*" {
			continue
		}
		if _, taken := f.byID[l.ID]; taken {
			if f.dup == nil {
				f.dup = map[int]bool{}
			}
			f.dup[i] = true
			continue
		}
		f.byID[l.ID] = i
	}
}

// each calls fn for every line that counts, that is, not for second lines of an id.
func (f *File) each(fn func(i int, l *line)) {
	for i, l := range f.lines {
		if !f.dup[i] {
			fn(i, l)
		}
	}
}
