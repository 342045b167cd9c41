package workbench

import "github.com/gloss-nlp/gloss/kb"

// Scope says how far a bulk reaches.
type Scope int

// The scopes.
const (
	InDocument Scope = iota // Pattern.Doc, Filter.Doc
	InCorpus                // every document of the collection
)

// Pattern says which stretches of text to find, and what to make of each: a mention
// with Label, linked to Candidate where that is not nil. Where an item stands on the
// very span, it is that item that is decided on.
type Pattern struct {
	Scope     Scope
	Doc       string        // of InDocument; for InCorpus the one to list first
	Text      string        // as the mention reads; letter case, and how white space is written, make no difference
	Regexp    string        // RE2 syntax instead of Text; what its first group matched, else all of it
	Whole     bool          // of Text: only where no letter or digit goes on at its ends
	Label     string        // of the mentions
	Candidate *kb.Candidate // nil: accept without a link
}

// Filter chooses suggestions, and pending annotations, that are to be accepted.
type Filter struct {
	Scope    Scope
	Doc      string   // of InDocument
	MinScore float64  // of the recognizer; what has no score passes only where this is 0
	Labels   []string // none: any
	Exact    bool     // only where a name of the first candidate equals the mention
	Link     bool     // link to the first candidate; else accept without a link
	MinLink  float64  // of Link: least score of the first candidate
}
