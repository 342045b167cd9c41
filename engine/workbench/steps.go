package workbench

import (
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// keptSteps is how many of the newest steps stay in memory, so that undo and
// repeat need not ask the journal. Older ones are read when they are wanted.
const keptSteps = 1000

// steps are the steps in memory: the newest of this run, which may not be on disk
// yet, and old ones that were read for an undo.
type steps struct {
	known map[int64][]corpus.Decision // by the seq of their first decision
	own   []int64                     // those of this run, ascending
}

// add takes a step of this run, which is newer than all others.
func (s *steps) add(step int64, decisions []corpus.Decision) {
	if s.known == nil {
		s.known = map[int64][]corpus.Decision{}
	}
	s.known[step] = decisions
	s.own = append(s.own, step)
}

// keep takes a step that was read from the journal.
func (s *steps) keep(step int64, decisions []corpus.Decision) {
	if _, have := s.known[step]; have || len(decisions) == 0 {
		return
	}
	if s.known == nil {
		s.known = map[int64][]corpus.Decision{}
	}
	s.known[step] = decisions
}

// holding is the step of this run that holds a decision; 0 for none in memory.
func (s *steps) holding(seq int64) int64 {
	i, exact := slices.BinarySearch(s.own, seq)
	if !exact {
		i--
	}
	if i < 0 || seq >= s.own[i]+int64(len(s.known[s.own[i]])) {
		return 0
	}
	return s.own[i]
}

// forget drops what is on disk and not among the newest.
func (s *steps) forget(synced int64) {
	if len(s.own) < 2*keptSteps {
		return
	}
	n := 0
	for n < len(s.own)-keptSteps && s.own[n]+int64(len(s.known[s.own[n]])) <= synced+1 {
		n++
	}
	for step := range s.known {
		if step < s.own[n] {
			delete(s.known, step)
		}
	}
	s.own = slices.Delete(s.own, 0, n)
}
