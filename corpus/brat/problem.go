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
	Message string // what is wrong and what to do, lower case
}

// String is the problem as one line of a message.
func (p Problem) String() string { return fmt.Sprintf("line %d: %s: %s", p.Line, p.Kind, p.Message) }
