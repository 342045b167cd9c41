package brat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// LinkStyle says how a corpus ties mentions to concepts.
type LinkStyle uint8

// The link styles.
const (
	StyleUnknown LinkStyle = iota // no links yet
	StyleN                        // N lines, brat's own
	StyleNote                     // the code alone in an AnnotatorNotes note
)

// String is the style as --link-style takes it; empty for unknown.
func (s LinkStyle) String() string { return [...]string{"", "n", "note"}[s] }

// AnnotatorNotes is the type of the notes that people write in brat.
const AnnotatorNotes = "AnnotatorNotes"

// A NoteLine is a note on an annotation.
type NoteLine struct{ ID, Type, Text string }

// An AttributeLine is an attribute of an annotation; Value is empty for a binary one.
type AttributeLine struct{ ID, Type, Value string }

// LinkStyle is the style that was set, or in which links were written since; else
// what the lines showed when they were read. A note that is written later is no sign of
// it: in a file without links a remark such as "J45" stays a remark.
func (f *File) LinkStyle() LinkStyle { return f.style }

// SetLinkStyle sets how links are read and written where an edit does not say
// so; StyleUnknown goes back to what the lines show. A collection sets its own.
func (f *File) SetLinkStyle(s LinkStyle) {
	if f.style = s; s == StyleUnknown {
		f.style = f.shownStyle()
	}
}

// shownStyle is the style that the lines show.
func (f *File) shownStyle() LinkStyle {
	var c styleCount
	for i := range f.lines {
		c.add(f.Line(i))
	}
	return c.style()
}

// StyleIn is the link style that the lines of an .ann file show.
func StyleIn(ann []byte) LinkStyle {
	var c styleCount
	c.addRaw(string(ann))
	return c.style()
}

// styleCount counts what tells the style of a file, or of a sample of files.
type styleCount struct{ mentions, norms, codes int }

func (c *styleCount) add(l Line) {
	switch {
	case l.Kind == Textbound:
		c.mentions++
	case l.Kind == Normalization:
		c.norms++
	case l.Kind == Note && l.Type == AnnotatorNotes && strings.HasPrefix(l.Target, "T") && isCode(l.Text):
		c.codes++
	}
}

// style: any N line decides; notes must be codes on most mentions, since a
// one-word remark looks like a code too.
func (c styleCount) style() LinkStyle {
	switch {
	case c.norms > 0:
		return StyleN
	case c.codes*2 > c.mentions:
		return StyleNote
	}
	return StyleUnknown
}

// isCode tells whether a note can be a concept's code: one word with a digit
// ("8000/6"), or in capitals ("NOMAP").
func isCode(s string) bool {
	if s == "" || len(s) > 200 || strings.ContainsFunc(s, isSpace) {
		return false
	}
	return strings.ContainsFunc(s, unicode.IsDigit) ||
		utf8.RuneCountInString(s) > 1 && strings.ContainsFunc(s, unicode.IsUpper) && !strings.ContainsFunc(s, unicode.IsLower)
}

// Mentions lists the text-bound annotations in the order of the file, with
// their links: N lines in their order and, in note style, codes in notes. A
// mention whose text field does not match its offsets is listed too, with the
// text that the offsets mark; one whose offsets cannot be used is not.
func (f *File) Mentions() []corpus.Mention {
	codes := f.LinkStyle() == StyleNote
	links := map[string][]corpus.Link{}
	n := 0
	f.each(func(_ int, l *line) {
		switch {
		case l.Kind == Textbound:
			n++
		case l.Kind == Normalization:
			links[l.Target] = append(links[l.Target], corpus.Link{DB: l.DB, ID: l.Ref, Name: l.Text})
		case codes && l.Kind == Note && l.Type == AnnotatorNotes && isCode(l.Text):
			links[l.Target] = append(links[l.Target], corpus.Link{ID: l.Text})
		}
	})
	out := make([]corpus.Mention, 0, n)
	f.each(func(_ int, l *line) {
		if l.Kind == Textbound {
			out = append(out, l.mention(links[l.ID]))
		}
	})
	return out
}

// Mention returns the text-bound annotation of that id, with its links.
func (f *File) Mention(id string) (corpus.Mention, bool) {
	i, ok := f.byID[id]
	if !ok || f.lines[i].Kind != Textbound {
		return corpus.Mention{}, false
	}
	codes := f.LinkStyle() == StyleNote
	var links []corpus.Link
	f.each(func(_ int, l *line) {
		switch {
		case l.Target != id:
		case l.Kind == Normalization:
			links = append(links, corpus.Link{DB: l.DB, ID: l.Ref, Name: l.Text})
		case codes && l.Kind == Note && l.Type == AnnotatorNotes && isCode(l.Text):
			links = append(links, corpus.Link{ID: l.Text})
		}
	})
	return f.lines[i].mention(links), true
}

func (l *line) mention(links []corpus.Link) corpus.Mention {
	return corpus.Mention{
		ID: l.ID, Label: l.Type, Spans: l.Spans.Clone(), Text: l.Text,
		Score: corpus.NoScore, Links: links,
	}
}

// Notes lists the notes on an annotation, in the order of the file. In note
// style the code is among them; IsCode tells.
func (f *File) Notes(id string) []NoteLine {
	var out []NoteLine
	f.each(func(_ int, l *line) {
		if l.Kind == Note && l.Target == id {
			out = append(out, NoteLine{ID: l.ID, Type: l.Type, Text: l.Text})
		}
	})
	return out
}

// Note is the remark that SetNote edits: the text of the first AnnotatorNotes
// note on the annotation that is not, in note style, its code.
func (f *File) Note(id string) string {
	if i := f.noteLine(id, f.LinkStyle() == StyleNote, false); i >= 0 {
		return f.lines[i].Text
	}
	return ""
}

// noteLine is the index of the first AnnotatorNotes line on id; where split is
// set, of one that holds a code (an empty note may become one) or of one that
// does not. It is -1 where there is none.
func (f *File) noteLine(id string, split, code bool) int {
	for i, l := range f.lines {
		if l.Kind != Note || l.Target != id || l.Type != AnnotatorNotes || f.dup[i] {
			continue
		}
		if !split || isCode(l.Text) == code || l.Text == "" {
			return i
		}
	}
	return -1
}

// IsCode tells whether the note holds a concept's code rather than a remark;
// it means so only in note style.
func (n NoteLine) IsCode() bool { return n.Type == AnnotatorNotes && isCode(n.Text) }

// Attributes lists the attributes of an annotation, in the order of the file.
func (f *File) Attributes(id string) []AttributeLine {
	var out []AttributeLine
	f.each(func(_ int, l *line) {
		if l.Kind == Attribute && l.Target == id {
			out = append(out, AttributeLine{ID: l.ID, Type: l.Type, Value: l.Value})
		}
	})
	return out
}
