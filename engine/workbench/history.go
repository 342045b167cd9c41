package workbench

import (
	"fmt"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
)

// Entry is a step of the history: what one undo takes back.
type Entry struct {
	Seq       int64       // of its first decision: what Undo names
	Time      time.Time   // UTC
	Kind      corpus.Kind // Bulk for a step of several decisions
	Doc       string      // of its first decision
	Documents int         // that it changed
	Decisions int         // without the head of a bulk
	Text      string      // of the mention, or what a bulk was for
	What      string      // what it did, e.g. `SINTOMA → ENFERMEDAD`
	Undone    bool        // taken back: there is nothing to undo
}

// HistoryQuery chooses a page of the history. The zero value is the newest one.
type HistoryQuery struct {
	Before int64  // only steps before this one; 0 for no limit
	Limit  int    // of entries; 0 for 100
	Doc    string // only steps that begin in this document; "" for all
}

// DependsError says that a step cannot be undone alone, since a later one builds on it.
type DependsError struct {
	Step int64 // that was to be undone
	On   Entry // the newest of those that build on it: undo that first
}

// Error names the later step.
func (e *DependsError) Error() string {
	return fmt.Sprintf("step %d cannot be undone alone: step %d (%s of %q in %s) builds on it; undo that first",
		e.Step, e.On.Seq, e.On.Kind, e.On.Text, e.On.Doc)
}
