package workbench

import "errors"

// Resolution is how a conflict with another program's changes ends.
type Resolution int

// The ways out of a conflict. Whatever is chosen, the journal keeps what was decided.
const (
	TakeTheirs Resolution = iota // go on from the file as it is
	TakeJoined                   // their file, with those of our changes that fit
)

// Conflict is a document whose .ann file another program changed so that both
// sides cannot be joined. Until it is resolved the document is read-only, the
// file theirs, and the journal ours.
type Conflict struct {
	Why     string       // what cannot be joined
	Mine    []LineChange // what was decided here since both were the same
	Theirs  []LineChange // what the file has changed since
	Joined  []LineChange // how TakeJoined would change their file
	Dropped []LineChange // what TakeJoined leaves out of Mine
}

// LineChange is a changed line of an .ann file; Old is empty where it was added,
// New where it was removed.
type LineChange struct {
	Line     int // in the file that both began from, from 1; of an added line, in the new one
	Old, New string
}

// ErrNoConflict says that there is nothing to resolve.
var ErrNoConflict = errors.New("the document has no conflict")
