package brat

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// change collects the edits of one operation on a copy of the lines; nothing
// reaches the file before commit.
type change struct {
	f     *File
	lines []*line
	edits []corpus.LineEdit
}

func (f *File) begin() *change { return &change{f: f, lines: slices.Clone(f.lines)} }

func (c *change) commit() []corpus.LineEdit {
	c.f.lines = c.lines
	c.f.index()
	return c.edits
}

// insert puts a line before index at.
func (c *change) insert(at int, src string) {
	c.lines = slices.Insert(c.lines, at, parseLine(src, c.f.text))
	c.edits = append(c.edits, corpus.LineEdit{At: at, New: &src})
}

func (c *change) remove(at int) {
	old := c.lines[at].src
	c.lines = slices.Delete(c.lines, at, at+1)
	c.edits = append(c.edits, corpus.LineEdit{At: at, Old: &old})
}

// replace rewrites a line and keeps its carriage return; it records nothing where nothing changes.
func (c *change) replace(at int, raw string) {
	l := c.lines[at]
	c.swap(at, raw+l.src[len(l.Raw):])
}

func (c *change) swap(at int, src string) {
	old := c.lines[at].src
	if old == src {
		return
	}
	c.lines[at] = parseLine(src, c.f.text)
	c.edits = append(c.edits, corpus.LineEdit{At: at, Old: &old, New: &src})
}

// add puts a line at the end, with the line end of the file.
func (c *change) add(raw string) {
	n := len(c.lines)
	if c.crlf() {
		if last := c.lines[n-1].src; c.f.noFinal && !strings.HasSuffix(last, "\r") {
			c.swap(n-1, last+"\r") // it had no line end at all, and now is not the last
		}
		if !c.f.noFinal {
			raw += "\r"
		}
	}
	c.insert(n, raw)
}

// newID is the lowest free number from 1 for the prefix, as in brat. An id that
// a dangling reference names is not free: its line would silently attach
// itself to the new annotation.
func (c *change) newID(prefix string) string {
	used := map[string]bool{}
	for _, l := range c.lines {
		if strings.HasPrefix(l.ID, prefix) {
			used[l.ID] = true
		}
		l.refs(func(id, _ string) { used[id] = true })
	}
	for n := 1; ; n++ {
		if id := prefix + strconv.Itoa(n); !used[id] {
			return id
		}
	}
}

// Add writes a mention with its links in the given style (StyleUnknown: the
// style of the file, else N lines) and returns its new id. Spans that cross
// line breaks become fragments. Its ID, Text and Score are not read. The error
// wraps ErrInvalid where the label or a link could not be read back, or where
// spans lie outside the text or overlap; then nothing has changed.
func (f *File) Add(m corpus.Mention, style LinkStyle) (string, []corpus.LineEdit, error) {
	spans, err := f.checkMention(m.Label, m.Spans)
	if err != nil {
		return "", nil, fmt.Errorf("add mention: %w", err)
	}
	if style, err = f.checkLinks(m.Links, style); err != nil {
		return "", nil, fmt.Errorf("add mention: %w", err)
	}
	c := f.begin()
	id := c.newID("T")
	c.add(id + "\t" + m.Label + " " + spans.String() + "\t" + f.text.Join(spans))
	c.addLinks(id, m.Links, style)
	f.wrote(m.Links, style)
	return id, c.commit(), nil
}

// wrote keeps the style in which links were written: they are read back in it.
func (f *File) wrote(links []corpus.Link, style LinkStyle) {
	if len(links) > 0 {
		f.style = style
	}
}

// addLinks writes links of a mention that has none.
func (c *change) addLinks(id string, links []corpus.Link, style LinkStyle) {
	if style == StyleNote {
		if len(links) > 0 {
			c.add(noteRaw(c.newID("#"), id, joinCodes(links)))
		}
		return
	}
	for _, k := range links {
		c.add(normRaw(c.newID("N"), "Reference", id, k))
	}
}

func noteRaw(id, target, text string) string {
	return id + "\t" + AnnotatorNotes + " " + target + "\t" + text
}

func normRaw(id, label, target string, k corpus.Link) string {
	raw := id + "\t" + label + " " + target + " " + k.DB + ":" + k.ID
	if name := oneLine(k.Name); name != "" {
		raw += "\t" + name
	}
	return raw
}

// joinCodes writes several codes as the shared tasks write composite ones: "a+b".
func joinCodes(links []corpus.Link) string {
	ids := make([]string, len(links))
	for i, k := range links {
		ids[i] = k.ID
	}
	return strings.Join(ids, "+")
}

// checkMention returns the spans as they will be written.
func (f *File) checkMention(label string, spans corpus.Spans) (corpus.Spans, error) {
	if err := checkLabel(label); err != nil {
		return nil, err
	}
	return f.checkSpans(spans)
}

func checkLabel(label string) error {
	if label == "" || strings.ContainsFunc(label, isSpace) {
		return fmt.Errorf("%w: the label %q: use a name without spaces", ErrInvalid, label)
	}
	return nil
}

func (f *File) checkSpans(spans corpus.Spans) (corpus.Spans, error) {
	if _, message, fix := checkSpans(spans, f.text); message != "" {
		return nil, fmt.Errorf("%w: %s: %s", ErrInvalid, message, fix)
	}
	var out corpus.Spans
	for _, s := range spans {
		out = append(out, Fragments(f.text, s)...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: there is no text in the span: mark at least one character that is not white space", ErrInvalid)
	}
	return out, nil
}

// checkLinks settles the style and tells whether the links can be read back.
func (f *File) checkLinks(links []corpus.Link, style LinkStyle) (LinkStyle, error) {
	if style == StyleUnknown {
		style = f.LinkStyle()
	}
	if style == StyleUnknown {
		style = StyleN
	}
	for _, k := range links {
		if k.ID == "" || strings.ContainsFunc(k.ID, isSpace) {
			return style, fmt.Errorf("%w: the concept id %q: it must not be empty or hold spaces", ErrInvalid, k.ID)
		}
		if style == StyleN && (k.DB == "" || strings.ContainsFunc(k.DB, func(r rune) bool { return r == ':' || isSpace(r) })) {
			return style, fmt.Errorf("%w: the knowledge base name %q of %s: it must not be empty or hold colons or spaces", ErrInvalid, k.DB, k.ID)
		}
	}
	if style == StyleNote && len(links) > 0 && !isCode(joinCodes(links)) {
		return style, fmt.Errorf("%w: the code %q in a note: it needs a digit or capitals, or it would be read as a remark", ErrInvalid, joinCodes(links))
	}
	return style, nil
}

// notTrigger refuses what would hang on the trigger of an event, since brat
// cannot load such a document.
func (f *File) notTrigger(id string) error {
	if event, ok := f.triggers()[id]; ok {
		return fmt.Errorf("%w: %s is the trigger of %s; put it on %s", ErrInvalid, id, event, event)
	}
	return nil
}

// textboundAt is the index of a text-bound annotation.
func (f *File) textboundAt(id string) (int, error) {
	i, ok := f.byID[id]
	if !ok || f.lines[i].Kind != Textbound {
		return 0, fmt.Errorf("%w: %s is not a text-bound annotation of this document", ErrNoID, id)
	}
	return i, nil
}

// SetSpans moves a mention: id, label and place in the file stay, the text
// field is rewritten. Spans that cross line breaks become fragments.
func (f *File) SetSpans(id string, spans corpus.Spans) ([]corpus.LineEdit, error) {
	at, err := f.textboundAt(id)
	if err != nil {
		return nil, fmt.Errorf("set span: %w", err)
	}
	if spans, err = f.checkSpans(spans); err != nil {
		return nil, fmt.Errorf("set span of %s: %w", id, err)
	}
	c := f.begin()
	l := f.lines[at]
	c.replace(at, id+"\t"+l.Type+" "+spans.String()+"\t"+f.text.Join(spans)+l.afterText())
	return c.commit(), nil
}

// afterText is what follows the text field of a text-bound line, to be kept
// when the field is rewritten.
func (l *line) afterText() string {
	_, data, _ := strings.Cut(l.Raw, "\t")
	_, field, _ := strings.Cut(data, "\t")
	if rest, ok := strings.CutPrefix(field, l.Text); ok && l.Text != "" && !l.Failed {
		return rest
	}
	if i := strings.IndexByte(field, '\t'); i >= 0 {
		return field[i:]
	}
	return ""
}

// SetLabel changes the label of a mention and nothing else of its line. A
// trigger's events change with it, since brat wants one type for both.
func (f *File) SetLabel(id, label string) ([]corpus.LineEdit, error) {
	at, err := f.textboundAt(id)
	if err != nil {
		return nil, fmt.Errorf("set label: %w", err)
	}
	if err := checkLabel(label); err != nil {
		return nil, fmt.Errorf("set label of %s: %w", id, err)
	}
	if strings.Contains(label, ":") {
		if event, ok := f.triggers()[id]; ok {
			return nil, fmt.Errorf("set label of %s: %w: the label %q of a trigger (of %s) must not hold a colon", id, ErrInvalid, label, event)
		}
	}
	c := f.begin()
	retype := func(at int) {
		l := c.lines[at]
		head := len(l.ID) + 1
		c.replace(at, l.Raw[:head]+label+l.Raw[head+len(l.Type):])
	}
	retype(at)
	f.each(func(i int, l *line) {
		if l.Kind == Event && l.Trigger == id {
			retype(i)
		}
	})
	return c.commit(), nil
}
