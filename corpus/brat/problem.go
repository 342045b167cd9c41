package brat

import "fmt"

// ProblemKind names what is wrong with a line. The names are part of the output of gloss check.
type ProblemKind string

// The kinds of problems.
const (
	UnknownLine    ProblemKind = "unknown-line"       // no usable id
	BlankLine      ProblemKind = "blank-line"         // brat reports it as a failure
	BOM            ProblemKind = "bom"                // a byte order mark hides the first id
	BrokenLine     ProblemKind = "broken-line"        // an id, but data that does not parse
	Unloadable     ProblemKind = "unloadable"         // brat cannot load the document at all
	DuplicateID    ProblemKind = "duplicate-id"       // the id is taken by an earlier line
	Dangling       ProblemKind = "dangling-reference" // refers to an id that is not there
	TextMismatch   ProblemKind = "text-mismatch"      // the text field is not what the offsets mark
	MissingText    ProblemKind = "missing-text"       // no text field; brat fills it in
	OldStyleText   ProblemKind = "old-style-text"     // fragments joined without space; brat rewrites it
	OutOfRange     ProblemKind = "out-of-range"       // offsets outside the text
	InvertedSpan   ProblemKind = "inverted-span"      // start after end
	Overlapping    ProblemKind = "overlapping-fragments"
	NewlineInSpan  ProblemKind = "newline-in-span"
	LineSeparator  ProblemKind = "line-separator"  // a character at which brat ends the line
	CarriageReturn ProblemKind = "carriage-return" // CRLF that brat takes into an attribute
)

// Level says what a problem means to brat.
type Level uint8

// The levels, from mild to grave.
const (
	Warning Level = iota // the line is read
	Failed               // brat keeps the line but does not read it
	Fatal                // brat does not load the document
)

// Problem is one thing that is wrong with one line of an .ann file.
type Problem struct {
	Line    int // from 1
	Kind    ProblemKind
	Level   Level
	ID      string // of the line; empty where it has none
	Message string // what is wrong, lower case
	Fix     string // what to do
}

// String is the problem as one line of a message.
func (p Problem) String() string { return fmt.Sprintf("line %d: %s: %s", p.Line, p.Message, p.Fix) }

// Problems lists what is wrong, in the order of the lines: what brat itself
// fails on, and what it would silently rewrite.
func (f *File) Problems() []Problem {
	var out []Problem
	triggers := f.triggers()
	for i, l := range f.lines {
		first := len(out)
		if f.dup[i] {
			out = append(out, Problem{Kind: DuplicateID, Level: Failed, ID: l.ID,
				Message: fmt.Sprintf("the id %s is taken by line %d, so this line is not read", l.ID, f.byID[l.ID]+1),
				Fix:     "give it another id"})
		} else {
			out = append(out, l.problems...)
			out = f.referenceProblems(l, triggers, out)
		}
		for j := range out[first:] {
			out[first+j].Line = i + 1
		}
	}
	return out
}

// referenceProblems appends what is wrong with the ids that a line refers to.
func (f *File) referenceProblems(l *line, triggers map[string]string, out []Problem) []Problem {
	if l.Kind == Event {
		if message := f.triggerProblem(l); message != "" {
			out = append(out, Problem{Kind: Unloadable, Level: Fatal, ID: l.ID,
				Message: message + ", so brat cannot load the document", Fix: "correct the trigger, or delete the event"})
		}
	}
	seen := map[string]bool{}
	l.refs(func(id, by string) {
		if seen[id] {
			return
		}
		seen[id] = true
		if _, ok := f.byID[id]; !ok && by != "trigger" {
			out = append(out, Problem{Kind: Dangling, Level: Warning, ID: l.ID,
				Message: fmt.Sprintf("the %s %s is not there", by, id), Fix: "correct the id, or delete the line"})
		}
		hangs := l.Kind == Attribute || l.Kind == Normalization || l.Kind == Note
		if event, ok := triggers[id]; ok && hangs {
			out = append(out, Problem{Kind: Unloadable, Level: Fatal, ID: l.ID,
				Message: fmt.Sprintf("%s is the trigger of %s, so brat cannot load the document", id, event),
				Fix:     "refer to " + event + " instead"})
		}
	})
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
		return fmt.Sprintf("the trigger %s is not there", l.Trigger)
	case t.Kind != Textbound || t.Failed:
		return fmt.Sprintf("the trigger %s is not a readable text-bound annotation", l.Trigger)
	case t.Type != l.Type:
		return fmt.Sprintf("the event is %s but its trigger %s is %s", l.Type, l.Trigger, t.Type)
	}
	return ""
}
