package corpus

import "time"

// Kind says what a decision did. The names are part of the journal's format.
type Kind string

// The kinds of decisions.
const (
	Accept    Kind = "accept"    // a suggestion became an annotation, or an annotation was confirmed without a link
	Reject    Kind = "reject"    // a suggestion was refused
	Create    Kind = "create"    // a mention was written by the annotator
	Delete    Kind = "delete"    // an annotation was deleted
	SetSpan   Kind = "span"      // boundaries moved
	SetLabel  Kind = "label"     // label changed
	SetLink   Kind = "link"      // a concept was chosen (and the mention accepted)
	Unlink    Kind = "unlink"    // links removed
	NIL       Kind = "nil"       // no concept of the KB fits (and the mention accepted)
	Note      Kind = "note"      // the note of a mention changed
	Flag      Kind = "flag"      // marked for discussion
	Attribute Kind = "attribute" // an attribute changed
	Propose   Kind = "concept"   // a concept was proposed
	Finish    Kind = "finish"    // the document is done
	Reopen    Kind = "reopen"    // the document is open again
	Bulk      Kind = "bulk"      // heads a step of many decisions
	Undo      Kind = "undo"      // takes back the step Of
	Redo      Kind = "redo"      // repeats the step Of
)

// Decision is one row of the journal: who decided what, when, on what offer.
type Decision struct {
	Seq    int64      `json:"seq"`  // from 1, without gaps, in the order of the journal
	Time   time.Time  `json:"time"` // UTC, milliseconds
	Who    string     `json:"who"`
	Doc    string     `json:"doc"`
	Kind   Kind       `json:"kind"`
	Before *Mention   `json:"before"` // nil where the mention did not exist
	After  *Mention   `json:"after"`  // nil where it no longer exists
	Millis int64      `json:"ms"`     // from the moment the mention came into focus
	Step   int64      `json:"step"`   // Seq of the first decision of the step; an undo takes back a whole step
	Of     int64      `json:"of,omitempty"`
	Text   string     `json:"text_hash,omitempty"` // SHA-256 of the document's text, hexadecimal
	Edit   []LineEdit `json:"edit,omitempty"`      // what it did to the lines of the .ann file
	Offer  *Offer     `json:"offer,omitempty"`
	Note   string     `json:"note,omitempty"`
}

// LineEdit is a change of one line of an .ann file. A line goes up to its line
// feed, which is left out; in a file with CRLF it keeps its carriage return. Old
// nil means that the line was added, New nil that it was removed.
type LineEdit struct {
	At  int     `json:"at"` // index of the line, from 0, at the time of the edit
	Old *string `json:"old,omitempty"`
	New *string `json:"new,omitempty"`
}

// Offer is what the annotator saw when deciding.
type Offer struct {
	Candidates []Offered `json:"candidates,omitempty"`
	Score      Score     `json:"score"`           // of the suggestion
	Model      string    `json:"model,omitempty"` // hash of the model bundle
	KB         []string  `json:"kb,omitempty"`    // hashes of the knowledge bases
	// Ranks are those, from 1, that the models gave the candidates, where a probe showed
	// them in another order; else nil.
	Ranks []int `json:"ranks,omitempty"`
	// Drawn says that the mention was asked, or the document was the next one, because chance
	// drew it, whatever the models say of it.
	Drawn bool `json:"drawn,omitempty"`
	// Suggested is, with the end of a document, all that the models had suggested there,
	// decided on or not.
	Suggested []Mention `json:"suggested,omitempty"`
	// Hidden is, with the end of a document, what a probe had kept from the annotator there.
	Hidden []Hidden `json:"hidden,omitempty"`
}

// Hidden is a suggestion that a probe kept from the annotator until the document was
// finished. Found is what was then annotated in its place: an annotation of the same
// label with the same spans, else with spans that overlap; nil for none.
type Hidden struct {
	Mention Mention  `json:"mention"`
	Found   *Mention `json:"found"`
}

// Offered is one candidate as it was shown; its rank is its place, from 1, unless Ranks say otherwise.
type Offered struct {
	DB    string `json:"db"`
	ID    string `json:"id"`
	Score Score  `json:"score"`
}

// Invert turns the edits of a change into those that take it back.
func Invert(edits []LineEdit) []LineEdit {
	back := make([]LineEdit, len(edits))
	for i, e := range edits {
		back[len(edits)-1-i] = LineEdit{At: e.At, Old: e.New, New: e.Old}
	}
	return back
}
