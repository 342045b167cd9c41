package brat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// Delete removes an annotation with its attributes, links and notes, and with
// the notes on those; an equiv loses the member, or goes where fewer than two
// are left. A deleted event takes its trigger along, unless something else
// uses it. Nothing changes where the error wraps ErrInUse (a relation or an
// event refers to it), ErrNoID (it is not there) or ErrInvalid (a line that
// would go shares its id with a later one, which would come alive).
func (f *File) Delete(id string) ([]corpus.LineEdit, error) {
	at, ok := f.byID[id]
	if !ok {
		return nil, fmt.Errorf("delete: %w: %s", ErrNoID, id)
	}
	if by := f.usedBy(id, ""); by != "" {
		return nil, fmt.Errorf("delete %s: %w: %s uses it; delete %s first", id, ErrInUse, by, by)
	}
	c := f.begin()
	ids := []string{id}
	if l := f.lines[at]; l.Kind == Event && f.usedBy(l.Trigger, id) == "" && !f.keepsTrigger(l.Trigger) {
		if _, err := f.textboundAt(l.Trigger); err == nil {
			ids = append(ids, l.Trigger)
		}
	}
	c.cascade(ids...)
	return c.finishEdit("delete " + id)
}

// keepsTrigger tells whether an equiv holds on to a trigger.
func (f *File) keepsTrigger(id string) bool {
	return slices.ContainsFunc(f.lines, func(l *line) bool { return l.Kind == Equiv && l.refersTo(id) })
}

// usedBy is the id of a relation or event other than except that refers to id; empty where there is none.
func (f *File) usedBy(id, except string) string {
	by := ""
	f.each(func(_ int, l *line) {
		if by == "" && l.ID != except && (l.Kind == Relation || l.Kind == Event) && l.refersTo(id) {
			by = l.ID
		}
	})
	return by
}

// cascade removes the lines of the ids and what hangs on them. It goes from
// the bottom up, so that the indexes of lines still to be visited stay right.
func (c *change) cascade(ids ...string) {
	doomed := map[string]bool{}
	for _, id := range ids {
		doomed[id] = true
	}
	// Notes may stand before what they refer to, and refer to one another.
	for grown := true; grown; {
		grown = false
		for i, l := range c.lines {
			hangs := l.Kind == Attribute || l.Kind == Normalization || l.Kind == Note
			if hangs && doomed[l.Target] && !doomed[l.ID] && c.counts(i) {
				doomed[l.ID], grown = true, true
			}
		}
	}
	for i := len(c.lines) - 1; i >= 0; i-- {
		switch l := c.lines[i]; {
		case l.Kind == Equiv:
			c.leave(i, doomed)
		case doomed[l.ID] && c.counts(i):
			c.remove(i)
		}
	}
}

// leave takes members out of an equiv and keeps the rest of the line as it is.
func (c *change) leave(at int, gone map[string]bool) {
	l := c.lines[at]
	rest := slices.DeleteFunc(slices.Clone(l.Members), func(m string) bool { return gone[m] })
	if len(rest) == len(l.Members) {
		return
	}
	if len(rest) < 2 {
		c.remove(at)
		return
	}
	tail := ""
	if i := strings.IndexByte(l.Raw[2:], '\t'); i >= 0 {
		tail = l.Raw[2+i:]
	}
	c.replace(at, "*\t"+l.Type+" "+strings.Join(rest, " ")+tail)
}

// finishEdit commits unless the removal of a line would bring another line of
// its id to life: that edit could not be told from a clash when it is undone.
func (c *change) finishEdit(doing string) ([]corpus.LineEdit, error) {
	if len(c.f.dup) == 0 {
		return c.commit(), nil
	}
	old := map[*line]bool{}
	for i := range c.f.dup {
		old[c.f.lines[i]] = true
	}
	after := File{lines: c.lines}
	after.index()
	for id, at := range after.byID {
		if old[c.lines[at]] {
			return nil, fmt.Errorf("%s: %w: two lines have the id %s; give one of them another id first", doing, ErrInvalid, id)
		}
	}
	return c.commit(), nil
}
