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
	"fmt"
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
	if err := checkUTF8(ann); err != nil {
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

// Problems lists what is wrong, in the order of the lines: what brat itself
// fails on, and what it would silently rewrite.
func (f *File) Problems() []Problem {
	var out []Problem
	add := func(i int, p Problem) {
		p.Line = i + 1
		out = append(out, p)
	}
	triggers := f.triggers()
	for i, l := range f.lines {
		if f.dup[i] {
			add(i, Problem{Kind: DuplicateID, Level: Failed, ID: l.ID, Message: fmt.Sprintf(
				"the id %s is taken by line %d, so this line is not read: give it another id", l.ID, f.byID[l.ID]+1)})
			continue
		}
		for _, p := range l.problems {
			add(i, p)
		}
		if l.Kind == Event {
			if m := f.triggerProblem(l); m != "" {
				add(i, Problem{Kind: Unloadable, Level: Fatal, ID: l.ID, Message: m})
			}
		}
		seen := map[string]bool{}
		l.refs(func(id, by string) {
			if seen[id] {
				return
			}
			seen[id] = true
			if _, ok := f.byID[id]; !ok && by != "trigger" {
				add(i, Problem{Kind: Dangling, Level: Warning, ID: l.ID, Message: fmt.Sprintf(
					"the %s %s is not there: delete the line, or correct the id", by, id)})
			}
			if event, ok := triggers[id]; ok && (l.Kind == Attribute || l.Kind == Normalization || l.Kind == Note) {
				add(i, Problem{Kind: Unloadable, Level: Fatal, ID: l.ID, Message: fmt.Sprintf(
					"%s is the trigger of %s: brat cannot load the document; refer to %s instead", id, event, event)})
			}
		})
	}
	return out
}

// triggers maps the ids of triggers to one of their events.
func (f *File) triggers() map[string]string {
	var m map[string]string
	f.each(func(_ int, l *line) {
		if l.Kind == Event {
			if m == nil {
				m = map[string]string{}
			}
			m[l.Trigger] = l.ID
		}
	})
	return m
}

// triggerProblem says why brat would refuse an event's trigger; empty where it would not.
func (f *File) triggerProblem(l *line) string {
	t, ok := f.Find(l.Trigger)
	switch {
	case !ok:
		return fmt.Sprintf("the trigger %s is not there: brat cannot load the document; delete the event", l.Trigger)
	case t.Kind != Textbound || t.Failed:
		return fmt.Sprintf("the trigger %s is not a readable text-bound annotation: brat cannot load the document", l.Trigger)
	case t.Type != l.Type:
		return fmt.Sprintf("the event is %s but its trigger %s is %s: brat cannot load the document; use one type", l.Type, l.Trigger, t.Type)
	}
	return ""
}
