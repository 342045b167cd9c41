package workbench

import (
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

// Action is something that a person, a script or a session can do. Each key of
// the terminal interface is one.
type Action interface{ action() }

// At names the item that an action is about.
type At struct{ Doc, Key string }

// The actions. Actions on a suggestion turn it into an annotation first.
type (
	// Accept takes the item as it is, without a link.
	Accept struct{ At }
	// Choose links the item to a candidate, and accepts it. Shown is the list that
	// the annotator saw, best first; it is kept with the decision.
	Choose struct {
		At
		Candidate kb.Candidate
		Shown     []kb.Candidate
	}
	// ChooseNIL accepts the item and says that no concept fits. Reason, which may be
	// empty, is kept in the journal, and as the note of the annotation where it has none.
	ChooseNIL struct {
		At
		Shown  []kb.Candidate
		Reason string
	}
	// ChooseParts takes the item apart as a composite candidate says (Splits): each part
	// becomes an annotation, linked to its own concept.
	ChooseParts struct {
		At
		Candidate kb.Candidate
		Shown     []kb.Candidate
	}
	// Reject refuses a suggestion, and deletes an annotation.
	Reject struct{ At }
	// Unlink removes the links of an annotation, which is pending again.
	Unlink struct{ At }
	// MoveSpan gives the item other boundaries.
	MoveSpan struct {
		At
		Spans corpus.Spans
	}
	// Split cuts the item in two before a code point of the text. Both parts have its
	// label and no link; white space at the cut, and a word or sign that lists them, belong to neither.
	Split struct {
		At
		Before corpus.Off
	}
	// Join makes one annotation of the item and another one, and of what lies between
	// them. It keeps the label of the item, and the link only where both have the same.
	Join struct {
		At
		With string // key of the other one
	}
	// ToggleFragment adds a stretch of text to the item, or takes it out where the
	// item covers all of it.
	ToggleFragment struct {
		At
		Span corpus.Span
	}
	// Grow makes the item wider by one step: as the model proposes, else to the words
	// of its noun phrase, else to the phrase that this one is part of (segment.Grow).
	Grow struct{ At }
	// Shrink makes the item narrower by one step: as the model proposes, else by what is
	// tied to its phrase last (segment.Shrink).
	Shrink struct{ At }
	// SetLabel gives the item another label.
	SetLabel struct {
		At
		Label string
	}
	// SetNote writes the free note of an annotation; empty removes it.
	SetNote struct {
		At
		Text string
	}
	// ToggleAttribute gives the item an attribute, or takes it away where the item has
	// it with this value. Value is empty for a binary attribute; see Attributes.
	ToggleAttribute struct {
		At
		Name  string
		Value string
	}
	// Flag marks the item for discussion, with a reason (DefaultFlag where it is empty).
	// A suggestion stays one. Unflag takes the mark away.
	Flag struct {
		At
		Reason string
	}
	// Unflag takes the mark for discussion away.
	Unflag struct{ At }
	// Repeat gives the item the label and the link (or NIL) of the decision before.
	Repeat struct{ At }
	// Propose adds a concept that the knowledge bases lack to those of this corpus: it can
	// be found and chosen at once. Where Key is not empty that item is linked to it.
	Propose struct {
		At
		Concept corpus.Proposal
		Shown   []kb.Candidate
	}
	// Create writes a new annotation. Key is not used.
	Create struct {
		At
		Spans corpus.Spans
		Label string
	}
	// CreateLinked writes a new annotation with a link. Key is not used.
	CreateLinked struct {
		At
		Spans     corpus.Spans
		Label     string
		Candidate kb.Candidate
	}
	// Finish says that the document is done, and Reopen that it is not. Key is not used.
	Finish struct{ At }
	// Reopen opens a finished document again.
	Reopen struct{ At }
	// Bulk does actions as one step, over any documents in memory: all of them, or
	// none. Each item may occur once; Undo, Redo, Resolve, Apply and Bulk are not for it.
	Bulk struct{ Actions []Action }
	// Apply does what a preview (Occurrences, Acceptable) proposes at places of any
	// documents, as one step. Places that are gone, and documents that cannot be decided
	// on, are left out, and Result says which; where nothing is left it fails.
	Apply struct {
		Places []Place
		What   string // for the history, e.g. `link "fiebre" everywhere`
	}
	// Resolve ends a conflict with another program's changes to a document (Conflict).
	// Key is not used.
	Resolve struct {
		At
		How Resolution
	}
	// Undo takes back the last step of this annotator, in whatever document it was,
	// or the step that holds the decision Seq where that is not 0. It fails with a
	// *DependsError where a later step that is in force builds on that one.
	Undo struct{ Seq int64 }
	// Redo repeats the step that was undone last.
	Redo struct{}
)

func (Accept) action()          {}
func (Choose) action()          {}
func (ChooseNIL) action()       {}
func (ChooseParts) action()     {}
func (Reject) action()          {}
func (Unlink) action()          {}
func (MoveSpan) action()        {}
func (Split) action()           {}
func (Join) action()            {}
func (ToggleFragment) action()  {}
func (Grow) action()            {}
func (Shrink) action()          {}
func (SetLabel) action()        {}
func (SetNote) action()         {}
func (ToggleAttribute) action() {}
func (Flag) action()            {}
func (Unflag) action()          {}
func (Repeat) action()          {}
func (Propose) action()         {}
func (Create) action()          {}
func (CreateLinked) action()    {}
func (Finish) action()          {}
func (Reopen) action()          {}
func (Bulk) action()            {}
func (Apply) action()           {}
func (Resolve) action()         {}
func (Undo) action()            {}
func (Redo) action()            {}

// Result is what an action did.
type Result struct {
	Doc     string // the document that changed (an undo may be in another one)
	Key     string // the item to look at now; "" where it is gone
	Seq     int64  // sequence number of the decision
	Message string // one line for the status bar, e.g. "undid link of \"SAOS\""
	LeftOut []LeftOut
}

// LeftOut is a document, or one place of it, that a bulk did not decide on.
type LeftOut struct {
	Doc   string
	Place *Place // nil: the whole document
	Why   string // e.g. that somebody else is deciding on it
}
