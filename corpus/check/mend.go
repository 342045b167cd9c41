package check

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// mender proposes repairs for the lines of a file in its present state.
type mender struct {
	file    *brat.File
	text    corpus.Text
	lines   []string // with line ends
	fields  []field
	offsets explanation
	used    map[string]bool // ids that exist or are referred to
	refers  map[string]bool // ids that are referred to
	free    map[string]int  // by prefix, the number below which no id is free
	out     map[int]repair  // by line from 0
}

func newMender(f *brat.File, lines []string) *mender {
	m := &mender{file: f, text: f.Text(), lines: lines, fields: textFields(f), used: map[string]bool{}, refers: map[string]bool{}, free: map[string]int{}, out: map[int]repair{}}
	m.offsets = explain(m.fields, m.text)
	if m.offsets.mixed { // whose are the lines that have no text field?
		m.offsets.certain = m.offsets.certain && !slices.ContainsFunc(f.Problems(), func(p brat.Problem) bool { return p.Kind == brat.MissingText })
	}
	for i := range f.Len() {
		l := f.Line(i)
		m.used[l.ID] = true
		for _, id := range references(l) {
			m.used[id], m.refers[id] = true, true
		}
	}
	return m
}

func references(l brat.Line) []string {
	ids := slices.Clone(l.Members)
	for _, a := range l.Args {
		ids = append(ids, a.ID)
	}
	for _, id := range []string{l.Target, l.Trigger} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// repairs are those that are certain. Each line is proposed for alone; the
// caller looks at the file as a whole.
func (m *mender) repairs(problems []brat.Problem) map[int]repair {
	m.reread()
	for _, p := range problems {
		at := p.Line - 1
		if _, done := m.out[at]; done {
			continue
		}
		l := m.file.Line(at)
		if mend := menders[p.Kind]; mend != nil {
			if r, ok := mend(m, at, l); ok && (r.drop || m.reads(r.line+lineEnd(m.lines[at]))) {
				m.out[at] = r
			}
		}
	}
	return m.out
}

// menders by kind; what is not here nobody can decide but a person.
var menders map[brat.ProblemKind]func(m *mender, at int, l brat.Line) (repair, bool)

func init() { // the functions refer to the map
	spans := (*mender).spans
	menders = map[brat.ProblemKind]func(m *mender, at int, l brat.Line) (repair, bool){
		brat.BlankLine:      func(*mender, int, brat.Line) (repair, bool) { return repair{drop: true}, true },
		brat.BOM:            (*mender).bom,
		brat.DuplicateID:    (*mender).duplicate,
		brat.MissingText:    (*mender).missingText,
		brat.OldStyleText:   (*mender).oldStyle,
		brat.TextMismatch:   (*mender).normalForm,
		brat.InvertedSpan:   spans,
		brat.OutOfRange:     spans,
		brat.Overlapping:    spans,
		brat.NewlineInSpan:  (*mender).newline,
		brat.LineSeparator:  (*mender).newline,
		brat.Unloadable:     (*mender).emptySpan,
		brat.CarriageReturn: func(_ *mender, _ int, l brat.Line) (repair, bool) { return repair{line: l.Raw + "\t"}, true },
		brat.BrokenLine:     (*mender).separators,
		brat.UnknownLine:    (*mender).separators,
	}
}

// reads tells whether brat reads a line as it is, but for what it refers to.
func (m *mender) reads(line string) bool {
	f, err := brat.Parse([]byte(line), m.text)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(f.Problems(), func(p brat.Problem) bool { return p.Kind != brat.Dangling })
}

// textbound writes a line anew with other spans. Those that cross line breaks
// become fragments; rest is what follows the text field.
func (m *mender) textbound(l brat.Line, spans corpus.Spans, rest string) repair {
	var whole corpus.Spans
	for _, s := range spans {
		if s.Len() == 0 {
			whole = append(whole, s)
		} else {
			whole = append(whole, brat.Fragments(m.text, s)...)
		}
	}
	return repair{line: l.ID + "\t" + l.Type + " " + whole.String() + "\t" + m.text.Join(whole) + rest}
}

// reread converts offsets that count something other than code points: those
// of all lines that the reading explains, or of none. Lines without a text
// field follow where it explains every other line.
func (m *mender) reread() {
	if !m.offsets.certain {
		return
	}
	all := !m.offsets.mixed && m.offsets.matched+m.offsets.gained == len(m.fields)
	out := map[int]repair{}
	for i := range m.file.Len() {
		l := m.file.Line(i)
		spans, ok := convertAll(l.Spans, m.text, m.offsets.convert)
		if len(l.Spans) == 0 || !ok {
			continue
		}
		f := field{i + 1, l.Spans, tailOf(l.Raw)}
		marked := m.text.Join(spans)
		known := strings.TrimSpace(f.text) != ""
		switch {
		case spans.Equal(l.Spans), !known && !all, known && !f.says(marked),
			known && m.offsets.mixed && f.matches(m.text, identity):
			continue
		}
		r := m.textbound(l, spans, f.rest(marked))
		r.kind = OffsetReading
		if !m.reads(r.line + lineEnd(m.lines[i])) {
			return
		}
		out[i] = r
	}
	m.out = out
}

// rest is what follows the marked text in the field.
func (f field) rest(marked string) string {
	if begins(f.text, marked) {
		return f.text[len(marked):]
	}
	if i := strings.IndexByte(f.text, '\t'); i >= 0 {
		return f.text[i:]
	}
	return ""
}

func (m *mender) bom(_ int, l brat.Line) (repair, bool) {
	raw := strings.TrimPrefix(l.Raw, "\ufeff")
	id, _, _ := strings.Cut(raw, "\t")
	_, taken := m.file.Find(id)
	return repair{line: raw, drop: strings.TrimSpace(raw) == ""}, !taken
}

var idPrefix = regexp.MustCompile(`^(?:[A-Za-z]+|#[A-Za-z]*)`)

// duplicate gives the second line of an id a free one. Where something refers
// to the id nobody knows which line is meant, unless both are the same.
func (m *mender) duplicate(at int, l brat.Line) (repair, bool) {
	id, rest, _ := strings.Cut(l.Raw, "\t")
	if first, ok := m.file.Find(id); ok && first.Raw == l.Raw {
		return repair{drop: true}, true
	}
	if m.refers[id] {
		return repair{}, false
	}
	r := repair{line: m.freeID(idPrefix.FindString(id)) + "\t" + rest}
	if m.reads(r.line + lineEnd(m.lines[at])) {
		m.free[idPrefix.FindString(id)]++
	}
	return r, true
}

// freeID is the lowest id of the prefix that is neither in use nor referred to.
func (m *mender) freeID(prefix string) string {
	for {
		if id := prefix + strconv.Itoa(m.free[prefix]+1); !m.used[id] {
			return id
		}
		m.free[prefix]++
	}
}

// missingText does what brat does on opening the document, but only where the
// other lines show that the offsets are right.
func (m *mender) missingText(_ int, l brat.Line) (repair, bool) {
	return m.textbound(l, l.Spans, ""), !m.offsets.doubt
}

func (m *mender) oldStyle(_ int, l brat.Line) (repair, bool) {
	var joined strings.Builder
	for _, s := range l.Spans {
		joined.WriteString(m.text.Slice(s))
	}
	rest, ok := strings.CutPrefix(tailOf(l.Raw), joined.String())
	return m.textbound(l, l.Spans, rest), ok
}

// normalForm writes the text as the document has it, where the field differs
// in nothing but its Unicode normalization.
func (m *mender) normalForm(_ int, l brat.Line) (repair, bool) {
	f := field{spans: l.Spans, text: tailOf(l.Raw)}
	return m.textbound(l, l.Spans, f.rest(l.Text)), sameForm(f.text, l.Text)
}

// sameForm tells whether a text field is the marked text in another normalization form.
func sameForm(text, marked string) bool {
	return text != marked && norm.NFC.String(text) == norm.NFC.String(marked)
}

// spans repairs fragments that brat refuses, where the text field says that
// the same characters are meant.
func (m *mender) spans(_ int, l brat.Line) (repair, bool) {
	text := tailOf(l.Raw)
	ordered := l.Spans.Clone()
	for i, s := range ordered {
		s = corpus.Span{Start: min(s.Start, s.End), End: max(s.Start, s.End)}
		ordered[i] = corpus.Span{Start: max(s.Start, 0), End: min(s.End, m.text.Len())}
		if ordered[i].Len() <= 0 {
			return repair{}, false
		}
	}
	sorted := sortedSpans(ordered)
	for _, spans := range []corpus.Spans{ordered, sorted, union(sorted)} {
		said := text == m.text.Join(ordered) || text == m.text.Join(spans)
		if r := m.textbound(l, spans, ""); said && m.reads(r.line) {
			return r, true
		}
	}
	return repair{}, false
}

// union joins sorted fragments that overlap.
func union(sorted corpus.Spans) corpus.Spans {
	var out corpus.Spans
	for _, s := range sorted {
		if n := len(out); n > 0 && s.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// newline splits a span at line breaks, where the text field is the same but
// for white space. A program that knew nothing of this wrote the line break
// into the file: then the text goes on in the lines below.
func (m *mender) newline(at int, l brat.Line) (repair, bool) {
	if len(l.Spans) == 0 || l.Kind != brat.Textbound {
		return repair{}, false
	}
	want := m.text.Join(l.Spans)
	text := tailOf(l.Raw)
	r := m.textbound(l, l.Spans, "")
	if flat(text) == flat(want) || flat(strings.ReplaceAll(text, `\n`, " ")) == flat(want) {
		return r, true
	}
	said := strings.TrimSuffix(tailOf(m.lines[at]), "\n")
	for next := at + 1; next < m.file.Len() && strings.HasPrefix(want, said+"\n"); next++ {
		if m.file.Line(next).ID != "" {
			break
		}
		if said += "\n" + strings.TrimSuffix(m.lines[next], "\n"); said != want && strings.TrimSuffix(said, "\r") != want {
			continue
		}
		if m.reads(r.line) {
			for i := at + 1; i <= next; i++ {
				m.out[i] = repair{drop: true}
			}
		}
		return r, true
	}
	return repair{}, false
}

// flat is s with every run of white space as one space.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// emptySpan adds the tab without which brat cannot load an empty span.
func (m *mender) emptySpan(_ int, l brat.Line) (repair, bool) {
	return repair{line: l.Raw + "\t"}, l.Kind == brat.Textbound && l.Text == "" && strings.Count(l.Raw, "\t") == 1
}

var looseTextbound = regexp.MustCompile(`^(T[0-9]+)\s+(\S+)\s+([0-9]+\s+[0-9]+(?:\s*;\s*[0-9]+\s+[0-9]+)*)\s+(\S.*)$`)

// separators puts tabs and single spaces where they belong, where the text
// field then matches.
func (m *mender) separators(_ int, l brat.Line) (repair, bool) {
	p := looseTextbound.FindStringSubmatch(l.Raw)
	if p == nil {
		return repair{}, false
	}
	if _, taken := m.file.Find(p[1]); taken && l.ID != p[1] {
		return repair{}, false
	}
	var spans []string
	for s := range strings.SplitSeq(p[3], ";") {
		spans = append(spans, strings.Join(strings.Fields(s), " "))
	}
	return repair{line: p[1] + "\t" + p[2] + " " + strings.Join(spans, ";") + "\t" + p[4]}, true
}
