package brat

import (
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// SetLinks makes the links of a mention the given ones; none unlinks it. In
// style N, lines of links that stay are not touched and the ids of others are
// used again; in note style the code note is edited in place, several ids are
// joined by "+", and a remark in another note stays. Links of the other style
// are removed, so that a mention has one truth. StyleUnknown is the style of
// the file, else N.
func (f *File) SetLinks(id string, links []corpus.Link, style LinkStyle) ([]corpus.LineEdit, error) {
	if _, err := f.textboundAt(id); err != nil {
		return nil, fmt.Errorf("set links: %w", err)
	}
	wasNote := f.LinkStyle() == StyleNote
	style, err := f.checkLinks(links, style)
	if err != nil {
		return nil, fmt.Errorf("set links of %s: %w", id, err)
	}
	if len(links) > 0 {
		if err := f.notTrigger(id); err != nil {
			return nil, fmt.Errorf("set links of %s: %w", id, err)
		}
	}
	c := f.begin()
	norms := links
	if style == StyleNote {
		c.setCode(id, links)
		norms = nil
	} else if wasNote {
		c.setCode(id, nil)
	}
	c.setNorms(id, norms)
	edit, err := c.finishEdit("set links of " + id)
	if err == nil {
		f.wrote(links, style)
	}
	return edit, err
}

// setCode makes the code note of id hold the links, or removes it.
func (c *change) setCode(id string, links []corpus.Link) {
	at := c.f.noteLine(id, true, true)
	switch {
	case at < 0 && len(links) > 0:
		c.add(noteRaw(c.newID("#"), id, joinCodes(links)))
	case at >= 0 && len(links) > 0:
		c.replace(at, noteRaw(c.lines[at].ID, id, joinCodes(links)))
	case at >= 0 && isCode(c.lines[at].Text):
		c.cascade(c.lines[at].ID)
	}
}

// setNorms makes the N lines of id say the links.
func (c *change) setNorms(id string, links []corpus.Link) {
	left := slices.Clone(links)
	var spare []string // ids of lines whose link goes
	for i, l := range c.lines {
		if l.Kind != Normalization || l.Target != id || !c.counts(i) {
			continue
		}
		k := slices.IndexFunc(left, func(k corpus.Link) bool { return k.DB == l.DB && k.ID == l.Ref })
		if k < 0 {
			spare = append(spare, l.ID)
			continue
		}
		if name := oneLine(left[k].Name); name != "" && name != l.Text {
			c.replace(i, normRaw(l.ID, l.Type, id, left[k]))
		}
		left = slices.Delete(left, k, k+1)
	}
	for _, k := range left {
		if len(spare) == 0 {
			c.add(normRaw(c.newID("N"), "Reference", id, k))
			continue
		}
		at := c.find(spare[0])
		c.replace(at, normRaw(spare[0], c.lines[at].Type, id, k))
		spare = spare[1:]
	}
	if len(spare) > 0 {
		c.cascade(spare...)
	}
}

// find is the index of the first line with the id, or -1.
func (c *change) find(id string) int {
	return slices.IndexFunc(c.lines, func(l *line) bool { return l.ID == id })
}

// counts tells whether the line at i is the first of its id.
func (c *change) counts(i int) bool { return c.find(c.lines[i].ID) == i }

// SetNote sets the AnnotatorNotes remark of an annotation of any kind, in
// place where there is one; an empty text deletes it. In note style the code
// of a mention is not touched; a remark there must not look like a code, since
// it would be read as one, and is refused with ErrInvalid. Line breaks become
// spaces.
func (f *File) SetNote(id, text string) ([]corpus.LineEdit, error) {
	if _, ok := f.byID[id]; !ok {
		return nil, fmt.Errorf("set note: %w: %s", ErrNoID, id)
	}
	text = oneLine(text)
	note := f.LinkStyle() == StyleNote
	if note && isCode(text) {
		return nil, fmt.Errorf("set note of %s: %w: in this corpus a note such as %q is read as a concept; write more than one word", id, ErrInvalid, text)
	}
	if text != "" {
		if err := f.notTrigger(id); err != nil {
			return nil, fmt.Errorf("set note of %s: %w", id, err)
		}
	}
	at := f.noteLine(id, note, false)
	c := f.begin()
	switch {
	case at < 0 && text != "":
		c.add(noteRaw(c.newID("#"), id, text))
	case at >= 0 && text != "":
		c.replace(at, noteRaw(c.lines[at].ID, id, text))
	case at >= 0:
		c.cascade(c.lines[at].ID)
	}
	return c.finishEdit("set note of " + id)
}
