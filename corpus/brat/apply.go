package brat

import (
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
)

// Apply makes recorded edits again, in order, on the present lines. A line
// that has moved is found by its content, the nearest one first. The error
// wraps ErrConflict, and nothing changes, where a line is gone, an id would
// occur twice, or a removed id is still referred to.
func (f *File) Apply(edits []corpus.LineEdit) error {
	c := f.begin()
	for _, e := range edits {
		if err := c.redo(e.At, e.Old, e.New); err != nil {
			return fmt.Errorf("apply edits: %w", err)
		}
	}
	return c.finish("apply edits")
}

// Revert takes recorded edits back, the last one first; errors as for Apply.
// Reverted at once, the bytes are the same as before, but for one case: where
// a file without a final line feed lost all its lines and was written and read
// again in between, it gets one.
func (f *File) Revert(edits []corpus.LineEdit) error {
	c := f.begin()
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		if err := c.redo(e.At, e.New, e.Old); err != nil {
			return fmt.Errorf("revert edits: %w", err)
		}
	}
	return c.finish("revert edits")
}

// redo turns the line old into the line new near index at; nil means no line.
func (c *change) redo(at int, before, after *string) error {
	if before == nil {
		if after != nil {
			c.insert(min(max(at, 0), len(c.lines)), *after)
		}
		return nil
	}
	i := c.near(at, *before)
	if i < 0 {
		return fmt.Errorf("%w: the line %q is no longer there", ErrConflict, clip(*before))
	}
	if after == nil {
		c.remove(i)
	} else {
		c.swap(i, *after)
	}
	return nil
}

// near is the index of the line with that content that is closest to at, or -1.
func (c *change) near(at int, src string) int {
	at = min(max(at, 0), len(c.lines))
	for d := 0; d <= len(c.lines); d++ {
		if i := at + d; i < len(c.lines) && c.lines[i].src == src {
			return i
		}
		if i := at - d; i >= 0 && i < len(c.lines) && c.lines[i].src == src {
			return i
		}
	}
	return -1
}

// finish commits unless the edits clash with what else is in the file now.
func (c *change) finish(doing string) error {
	after := &File{lines: c.lines}
	after.index()
	count := map[string]int{} // second lines of an id
	for i := range after.dup {
		count[c.lines[i].ID]++
	}
	for i := range c.f.dup {
		count[c.f.lines[i].ID]--
	}
	for id, more := range count {
		if more > 0 {
			return fmt.Errorf("%s: %w: the id %s is in use by now", doing, ErrConflict, id)
		}
	}
	gone := map[string]bool{}
	for id := range c.f.byID {
		if _, ok := after.byID[id]; !ok {
			gone[id] = true
		}
	}
	var err error
	after.each(func(_ int, l *line) {
		l.refs(func(id, _ string) {
			if gone[id] && err == nil {
				err = fmt.Errorf("%s: %w: %s would go, but %s refers to it by now", doing, ErrConflict, id, l.name())
			}
		})
	})
	if err != nil {
		return err
	}
	c.commit()
	return nil
}

func (l *line) name() string {
	if l.ID == "*" {
		return "an equiv"
	}
	return l.ID
}
