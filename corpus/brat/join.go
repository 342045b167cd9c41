package brat

import (
	"errors"
	"maps"

	"github.com/gloss-nlp/gloss/corpus"
)

// Join is Merge where both sides contradict each other: what mine has done since
// base is done again on theirs as far as it fits, and theirs stays where it does
// not. It returns the result, the ids of mine that are others in it, and the
// edits of mine that were left out. No argument is changed.
func Join(base, mine, theirs *File) (joined *File, ids map[string]string, left []corpus.LineEdit, err error) {
	joined, ids = theirs.Clone(), renumbered(base, theirs)
	left = Diff(base, mine)
	for fits := true; fits && len(left) > 0; { // one edit may need another one, in any order
		fits = false
		var not []corpus.LineEdit
		for _, e := range left {
			trial, known := joined.Clone(), maps.Clone(ids)
			switch _, err := trial.Rebase([]corpus.LineEdit{e}, known); {
			case err == nil:
				joined, ids, fits = trial, known, true
			case errors.Is(err, ErrConflict):
				not = append(not, e)
			default:
				return nil, nil, nil, err
			}
		}
		left = not
	}
	for id, to := range ids {
		if id == to {
			delete(ids, id)
		}
	}
	return joined, ids, left, nil
}
