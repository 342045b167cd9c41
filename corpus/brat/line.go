package brat

import (
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// Kind says what a line of an .ann file is.
type Kind uint8

// The kinds of lines.
const (
	Unknown       Kind = iota // no usable id (blank, comment, no tab, taken id): kept as it is
	Unparsed                  // an id that counts as used, with data that does not parse
	Textbound                 // T
	Event                     // E
	Relation                  // R
	Equiv                     // *
	Attribute                 // A, and the old M
	Normalization             // N
	Note                      // #
)

var kindNames = [...]string{"unknown", "unparsed", "textbound", "event", "relation", "equiv", "attribute", "normalization", "note"}

// String is the kind's name.
func (k Kind) String() string { return kindNames[k] }

// Arg is an argument of an event or a relation.
type Arg struct{ Role, ID string }

// Line is one parsed line of an .ann file. Which fields are set depends on Kind.
type Line struct {
	Kind    Kind
	ID      string       // "*" for an equiv; empty for an unknown line
	Type    string       // all parsed kinds
	Spans   corpus.Spans // Textbound
	Text    string       // Textbound: what the offsets mark; Normalization: display name; Note: text, trimmed
	Target  string       // Attribute, Normalization, Note
	Value   string       // Attribute; empty for a binary one
	DB, Ref string       // Normalization
	Trigger string       // Event
	Args    []Arg        // Event, Relation
	Members []string     // Equiv
	Raw     string       // the whole line without its line end
	// Failed tells that brat does not read the line. A Textbound whose text
	// field does not match is Failed but keeps its kind: its offsets still count.
	Failed bool
}

// line is an immutable parsed line, so that files and their clones may share it.
type line struct {
	Line
	src      string    // what lies between two line feeds, a carriage return at its end included
	problems []Problem // of this line alone, Line not filled in
}

// refs calls f for every id that the line refers to, with what it refers by.
func (l *line) refs(f func(id, by string)) {
	switch l.Kind {
	case Event:
		f(l.Trigger, "trigger")
		fallthrough
	case Relation:
		for _, a := range l.Args {
			f(a.ID, "argument "+a.Role)
		}
	case Equiv:
		for _, m := range l.Members {
			f(m, "member")
		}
	case Attribute, Normalization, Note:
		f(l.Target, "target")
	}
}

// refersTo tells whether the line refers to id.
func (l *line) refersTo(id string) bool {
	found := false
	l.refs(func(r, _ string) { found = found || r == id })
	return found
}

// fail records that brat does not read the line.
func (l *line) fail(kind ProblemKind, message, fix string) {
	l.Failed = true
	l.problems = append(l.problems, Problem{Kind: kind, Level: Failed, ID: l.ID, Message: message, Fix: fix})
}

// unparsed is fail for data that cannot be used at all.
func (l *line) unparsed(kind ProblemKind, message, fix string) {
	l.Kind = Unparsed
	l.fail(kind, message, fix)
}

// fatal records that brat cannot load the document because of the line.
func (l *line) fatal(message, fix string) {
	l.problems = append(l.problems, Problem{Kind: Unloadable, Level: Fatal, ID: l.ID, Message: message, Fix: fix})
}

// warn records something about a line that brat reads.
func (l *line) warn(kind ProblemKind, message, fix string) {
	l.problems = append(l.problems, Problem{Kind: kind, Level: Warning, ID: l.ID, Message: message, Fix: fix})
}

// validID is brat's rule for ids: letters, or # and letters, then digits, then anything.
func validID(id string) bool {
	i := 0
	if strings.HasPrefix(id, "#") {
		i++
	}
	for i < len(id) && ('a' <= id[i]|0x20 && id[i]|0x20 <= 'z') {
		i++
	}
	return i > 0 && i < len(id) && '0' <= id[i] && id[i] <= '9'
}

// parseLine parses what lies between two line feeds. It depends on nothing but
// its arguments; what depends on other lines is resolved by the File.
func parseLine(src string, text corpus.Text) *line {
	l := &line{src: src}
	l.Raw = strings.TrimSuffix(src, "\r")
	id, rest, tab := strings.Cut(l.Raw, "\t")
	if tab {
		first := ' '
		for _, r := range id {
			first = r
			break
		}
		if id == "" || isDigit(first) {
			l.Failed = true
			l.fatal("the id is empty or begins with a digit, so brat cannot load the document", "give the line an id such as T1")
			return l
		}
	}
	if !tab || id != "*" && !validID(id) {
		l.unknown()
		return l
	}
	l.ID = id
	data, tail := rest, ""
	if i := strings.IndexByte(rest, '\t'); i >= 0 {
		data, tail = rest[:i], rest[i:]
	}
	switch id[0] {
	case 'T':
		l.textbound(data, tail, text)
	case 'E':
		l.event(data)
	case 'R':
		l.relation(data)
	case '*':
		l.equiv(data)
	case 'A':
		l.attribute(data, tail)
	case 'M':
		l.modifier(data)
	case 'N':
		l.normalization(data, tail)
	case '#':
		l.note(data, tail)
	default:
		l.unparsed(BrokenLine, "no kind of annotation has ids like "+id, "use T, E, R, A, N or # and a number")
	}
	if i := strings.IndexFunc(l.Raw, isBreak); i >= 0 && l.Kind != Unparsed {
		l.fail(LineSeparator, "brat ends the line at a "+breakName(l.Raw[i:])+" in it", "remove the character")
	}
	return l
}

// unknown says why a line has no usable id.
func (l *line) unknown() {
	switch {
	case trimSpace(l.Raw) == "":
		l.fail(BlankLine, "blank line, which brat reports as a failure", "delete it")
	case strings.HasPrefix(l.Raw, "\ufeff"):
		l.fail(BOM, "a byte order mark stands before the first id, so the line is not read", "remove the byte order mark")
	case !strings.Contains(l.Raw, "\t"):
		l.fail(UnknownLine, "no tab in the line, so it is not an annotation", "separate id, data and text with tabs, or delete the line")
	default:
		l.fail(UnknownLine, "no usable id before the first tab", "use a letter and a number, such as T1")
	}
}

// breakNames are what people call the characters at which brat ends a line.
var breakNames = map[rune]string{
	'\r': "carriage return", '\v': "vertical tab", '\f': "form feed", 0x85: "NEL (U+0085)",
	0x2028: "line separator (U+2028)", 0x2029: "paragraph separator (U+2029)",
}

func breakName(s string) string {
	first, _ := utf8.DecodeRuneInString(s)
	if name, ok := breakNames[first]; ok {
		return name
	}
	return "separator control (U+001C to U+001E)"
}
