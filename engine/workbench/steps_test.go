package workbench

import (
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// The newest steps stay in memory, and so does what is not on disk yet.
func TestStepsAreForgottenOnceTheyAreOnDisk(t *testing.T) {
	var s steps
	size := func(step int64) int { return 1 + int(step%3) }
	var starts []int64
	next := int64(1)
	for range 3 * keptSteps {
		starts = append(starts, next)
		s.add(next, make([]corpus.Decision, size(next)))
		next += int64(size(next))
	}
	s.forget(0)
	if len(s.own) != len(starts) {
		t.Fatalf("%d steps that are not on disk were forgotten", len(starts)-len(s.own))
	}
	half := starts[len(starts)/2]
	s.forget(half - 1)
	if len(s.own) != len(starts)/2 || s.own[0] != half || len(s.known) != len(s.own) {
		t.Errorf("%d steps are left, from %d; want those from %d", len(s.own), s.own[0], half)
	}
	s.keep(starts[3], make([]corpus.Decision, 1))
	s.forget(next)
	if len(s.own) != len(starts)/2 {
		t.Errorf("%d steps are left: it is not worth while yet", len(s.own))
	}
	for i := range keptSteps {
		s.add(next+int64(i), make([]corpus.Decision, 1))
	}
	s.forget(next + keptSteps)
	if len(s.own) != keptSteps || len(s.known) != keptSteps || s.own[0] != next {
		t.Errorf("%d steps are left from %d, %d known", len(s.own), s.own[0], len(s.known))
	}
	for seq, want := range map[int64]int64{0: 0, next - 1: 0, next: next, next + 5: next + 5, next + keptSteps: 0} {
		if got := s.holding(seq); got != want {
			t.Errorf("decision %d is of step %d, want %d", seq, got, want)
		}
	}
	s = steps{}
	s.add(7, make([]corpus.Decision, 3))
	if s.holding(9) != 7 || s.holding(10) != 0 || s.holding(6) != 0 {
		t.Errorf("the step of 7 to 9 holds %d, %d, %d", s.holding(9), s.holding(10), s.holding(6))
	}
}
