package brat

import (
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// SetAttribute gives an annotation an attribute, in place where it has one of
// that type; an empty value makes it binary. The value may hold spaces. The
// error wraps ErrNoID or ErrInvalid, and then nothing has changed.
func (f *File) SetAttribute(id, label, value string) ([]corpus.LineEdit, error) {
	doing := "set attribute " + label + " of " + id
	if _, ok := f.byID[id]; !ok {
		return nil, fmt.Errorf("%s: %w", doing, ErrNoID)
	}
	if err := checkLabel(label); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	if value != oneLine(value) || strings.Contains(value, "\t") {
		return nil, fmt.Errorf("%s: %w: the value %q: use one line without tabs or spaces at its ends", doing, ErrInvalid, value)
	}
	if err := f.notTrigger(id); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	data := label + " " + id
	if value != "" {
		data += " " + value
	}
	c := f.begin()
	at := f.attributeLine(id, label)
	switch {
	case at < 0:
		raw := c.newID("A") + "\t" + data
		if c.crlf() {
			raw += "\t" // or brat would take the carriage return into the data
		}
		c.add(raw)
	case f.lines[at].ID[0] == 'M' && value != "":
		return nil, fmt.Errorf("%s: %w: %s is an old modifier and cannot have a value; delete it first", doing, ErrInvalid, f.lines[at].ID)
	default:
		l := f.lines[at]
		_, rest, _ := strings.Cut(l.Raw, "\t")
		tail := ""
		if i := strings.IndexByte(rest, '\t'); i >= 0 {
			tail = rest[i:]
		}
		c.replace(at, l.ID+"\t"+data+tail)
	}
	return c.commit(), nil
}

// RemoveAttribute takes an attribute from an annotation, with its notes; no
// edits where it has none of that type.
func (f *File) RemoveAttribute(id, label string) ([]corpus.LineEdit, error) {
	at := f.attributeLine(id, label)
	if at < 0 {
		return nil, nil
	}
	c := f.begin()
	c.cascade(f.lines[at].ID)
	return c.finishEdit("remove attribute " + label + " of " + id)
}

// attributeLine is the index of the first attribute of that type on id, or -1.
func (f *File) attributeLine(id, label string) int {
	for i, l := range f.lines {
		if l.Kind == Attribute && l.Target == id && l.Type == label && !f.dup[i] {
			return i
		}
	}
	return -1
}

// crlf tells whether the lines of the file end with CRLF: the first one decides.
func (c *change) crlf() bool {
	return len(c.lines) > 0 && strings.HasSuffix(c.lines[0].src, "\r")
}
