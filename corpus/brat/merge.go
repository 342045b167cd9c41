package brat

import (
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// Merge joins two files that began as base: what mine has done since is done
// again on theirs, line by line, wherever the lines stand and whatever ids
// they have there. It returns the result and the ids of mine that are others
// in it. The error wraps ErrConflict, and says which line, where both changed
// the same one, where theirs took away what mine refers to, or where theirs
// does not look whole. No argument is changed.
func Merge(base, mine, theirs *File) (*File, map[string]string, error) {
	if err := anchors(base, theirs); err != nil {
		return nil, nil, err
	}
	ids := renumbered(base, theirs)
	merged := theirs.Clone()
	if _, err := merged.Rebase(Diff(base, mine), ids); err != nil {
		return nil, nil, err
	}
	for id, to := range ids {
		if id == to {
			delete(ids, id) // added under its own id
		}
	}
	return merged, ids, nil
}

// anchors tells whether theirs can be trusted to be a file that someone meant
// to write: not emptied, not cut off, and without lines that cannot be read
// but for those of base.
func anchors(base, theirs *File) error {
	switch {
	case base.Len() > 0 && theirs.Len() == 0:
		return fmt.Errorf("%w: the file is empty now", ErrConflict)
	case base.Len() > 0 && !base.noFinal && theirs.noFinal:
		return fmt.Errorf("%w: the file ends in the middle of a line now", ErrConflict)
	}
	known := map[string]bool{}
	for _, p := range base.Problems() {
		known[base.lines[p.Line-1].src] = true
	}
	for _, p := range theirs.Problems() {
		if p.Level > Warning && !known[theirs.lines[p.Line-1].src] {
			return fmt.Errorf("%w: %s", ErrConflict, p)
		}
	}
	return nil
}

// Diff is how one file becomes another: lines changed, by their ids, then
// lines removed, then lines added. Places are those of lines alone: what was
// only moved is the same.
func Diff(from, to *File) []corpus.LineEdit {
	count := to.count()
	removed := map[string]int{} // index by id
	var gone, changes, additions []corpus.LineEdit
	for i, l := range from.lines {
		if count[l.src]--; count[l.src] >= 0 {
			continue
		}
		if _, taken := removed[l.ID]; l.ID != "" && l.ID != "*" && !taken {
			removed[l.ID] = i
			continue
		}
		gone = append(gone, corpus.LineEdit{At: i, Old: &l.src})
	}
	count = from.count()
	for i, l := range to.lines {
		if count[l.src]--; count[l.src] >= 0 {
			continue
		}
		if at, ok := removed[l.ID]; ok {
			delete(removed, l.ID)
			changes = append(changes, corpus.LineEdit{At: at, Old: &from.lines[at].src, New: &l.src})
			continue
		}
		additions = append(additions, corpus.LineEdit{At: i, New: &l.src})
	}
	for i, l := range from.lines {
		if at, ok := removed[l.ID]; ok && at == i {
			gone = append(gone, corpus.LineEdit{At: i, Old: &l.src})
		}
	}
	return append(append(changes, gone...), additions...)
}

// count tells how often each line occurs.
func (f *File) count() map[string]int {
	m := map[string]int{}
	for _, l := range f.lines {
		m[l.src]++
	}
	return m
}

// renumbered finds what theirs holds under other ids: lines of base whose
// content, but for the id, occurs once in both.
func renumbered(base, theirs *File) map[string]string {
	ids := map[string]string{}
	for _, textbounds := range []bool{true, false} { // what refers comes after what it refers to
		from, to := base.contents(ids, textbounds), theirs.contents(nil, textbounds)
		for content, id := range from {
			if there := to[content]; id != "" && there != "" && there != id {
				ids[id] = there
			}
		}
	}
	return ids
}

// contents maps what lines say, ids of their own left out, to their id; to ""
// where several say the same.
func (f *File) contents(ids map[string]string, textbounds bool) map[string]string {
	m := map[string]string{}
	f.each(func(_ int, l *line) {
		if l.Kind == Unknown || l.Kind == Unparsed || l.ID == "*" || (l.Kind == Textbound) != textbounds {
			return
		}
		content := l.content(ids)
		if _, again := m[content]; again {
			m[content] = ""
			return
		}
		m[content] = l.ID
	})
	return m
}

// content is what a line says without its id, which only its first sign
// remains of; the ids that it refers to are replaced.
func (l *line) content(ids map[string]string) string {
	return l.ID[:1] + strings.TrimPrefix(l.rename(ids), rewritten(ids, l.ID))
}

func rewritten(ids map[string]string, id string) string {
	if to, ok := ids[id]; ok {
		return to
	}
	return id
}

// rename writes a line with other ids: its own, and those that it refers to.
func (l *line) rename(ids map[string]string) string {
	touched := ids[l.ID] != ""
	l.refs(func(id, _ string) { touched = touched || ids[id] != "" })
	if !touched || l.ID == "" {
		return l.src
	}
	rest := strings.TrimPrefix(l.src, l.ID+"\t")
	data, tail := rest, ""
	if i := strings.IndexByte(rest, '\t'); i >= 0 {
		data, tail = rest[:i], rest[i:]
	}
	words := strings.Split(data, " ")
	for i, word := range words {
		bare := strings.TrimSuffix(word, "\r")
		end := word[len(bare):]
		switch role, id, ok := cutLast(bare, ":"); {
		case (l.Kind == Event || l.Kind == Relation) && ok:
			words[i] = role + ":" + rewritten(ids, id) + end
		case l.Kind == Equiv && i > 0, l.hangs() && i == 1:
			words[i] = rewritten(ids, bare) + end
		}
	}
	return rewritten(ids, l.ID) + "\t" + strings.Join(words, " ") + tail
}

// hangs tells whether the second word of the line is what it is about.
func (l *line) hangs() bool {
	return l.Kind == Attribute || l.Kind == Normalization || l.Kind == Note
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// Rebase makes recorded edits again on a file that others have changed since.
// Lines are found by what they say. An added line whose id is taken gets a new
// one; one that says what a line says already is not added again; one that was
// to be removed and is gone is no loss. ids says what ids of the edits are
// called here, and learns those of added lines. Rebase returns the edits as made. The
// error wraps ErrConflict where a line to be changed is another by now, or
// what a new line refers to is gone; then the file has not changed.
func (f *File) Rebase(edits []corpus.LineEdit, ids map[string]string) ([]corpus.LineEdit, error) {
	c := f.begin()
	for _, e := range edits {
		if err := c.rebase(e, ids); err != nil {
			return nil, fmt.Errorf("merge: %w", err)
		}
	}
	for _, e := range c.edits {
		if err := c.refersToWhatIsThere(e); err != nil {
			return nil, fmt.Errorf("merge: %w", err)
		}
	}
	if err := c.finish("merge"); err != nil {
		return nil, err
	}
	return c.edits, nil
}

func (c *change) rebase(e corpus.LineEdit, ids map[string]string) error {
	if e.Old == nil {
		if e.New != nil {
			c.addAnew(e.At, parseLine(*e.New, c.f.text), ids)
		}
		return nil
	}
	before := parseLine(*e.Old, c.f.text)
	old := before.rename(ids)
	at := c.near(e.At, old)
	id := rewritten(ids, before.ID)
	if e.New == nil {
		switch {
		case at >= 0:
			c.remove(at)
		case id != "" && c.find(id) >= 0:
			return fmt.Errorf("%w: the line %q, which was deleted here, is %q there", ErrConflict, clip(old), clip(c.lines[c.find(id)].src))
		}
		return nil
	}
	after := parseLine(*e.New, c.f.text).rename(ids)
	switch {
	case at >= 0:
		c.swap(at, after)
	case c.near(e.At, after) >= 0: // they made the same change
	case id != "" && c.find(id) >= 0:
		return fmt.Errorf("%w: the line %q was changed to %q here and to %q there", ErrConflict, clip(old), clip(after), clip(c.lines[c.find(id)].src))
	default:
		return fmt.Errorf("%w: the line %q was changed to %q here and deleted there", ErrConflict, clip(old), clip(after))
	}
	return nil
}

// addAnew adds a line unless it is there already.
func (c *change) addAnew(at int, l *line, ids map[string]string) {
	if l.ID == "" || l.ID == "*" {
		if src := l.rename(ids); c.near(at, src) < 0 {
			c.insert(min(at, len(c.lines)), src)
		}
		return
	}
	mine := map[string]bool{} // what was added here is not "there already"
	for _, id := range ids {
		mine[id] = true
	}
	says := l.content(ids)
	for _, there := range c.lines {
		if there.ID != "" && there.Kind == l.Kind && !mine[there.ID] && there.content(nil) == says {
			ids[l.ID] = there.ID
			return
		}
	}
	ids[l.ID] = rewritten(ids, l.ID)
	if c.find(ids[l.ID]) >= 0 {
		ids[l.ID] = c.newID(strings.TrimRight(l.ID, "0123456789"))
	}
	c.insert(min(at, len(c.lines)), l.rename(ids))
}

// refersToWhatIsThere refuses a new line that would dangle.
func (c *change) refersToWhatIsThere(e corpus.LineEdit) (err error) {
	if e.New == nil {
		return nil
	}
	parseLine(*e.New, c.f.text).refs(func(id, _ string) {
		if err == nil && c.find(id) < 0 {
			err = fmt.Errorf("%w: the line %q refers to %s, which was deleted there", ErrConflict, clip(*e.New), id)
		}
	})
	return err
}
