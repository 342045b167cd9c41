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
	// ChooseNIL accepts the item and says that no concept fits.
	ChooseNIL struct {
		At
		Shown []kb.Candidate
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
	// Create writes a new annotation. Key is not used.
	Create struct {
		At
		Spans corpus.Spans
		Label string
	}
	// Finish says that the document is done, and Reopen that it is not. Key is not used.
	Finish struct{ At }
	// Reopen opens a finished document again.
	Reopen struct{ At }
	// Bulk does actions as one step, over any documents in memory: all of them, or
	// none. Each item may occur once; Undo, Redo and Bulk are not for it.
	Bulk struct{ Actions []Action }
	// Undo takes back the last step of this annotator, in whatever document it was,
	// or the step that holds the decision Seq where that is not 0.
	Undo struct{ Seq int64 }
	// Redo repeats the step that was undone last.
	Redo struct{}
)

func (Accept) action()    {}
func (Choose) action()    {}
func (ChooseNIL) action() {}
func (Reject) action()    {}
func (Unlink) action()    {}
func (MoveSpan) action()  {}
func (SetLabel) action()  {}
func (SetNote) action()   {}
func (Create) action()    {}
func (Finish) action()    {}
func (Reopen) action()    {}
func (Bulk) action()      {}
func (Undo) action()      {}
func (Redo) action()      {}

// Result is what an action did.
type Result struct {
	Doc     string // the document that changed (an undo may be in another one)
	Key     string // the item to look at now; "" where it is gone
	Seq     int64  // sequence number of the decision
	Message string // one line for the status bar, e.g. "undid link of \"SAOS\""
}
