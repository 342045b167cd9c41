package order

import (
	"fmt"
	"math"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Sample says how many questions that were drawn by chance tell how good a model is.
type Sample struct {
	Recent int // those of the newest models that an estimate is made of, where there are so many
	Least  int // with fewer there is no estimate
}

// The samples of whole documents, and of single sentences.
var (
	Documents = Sample{Recent: 10, Least: 5}
	Sentences = Sample{Recent: 100, Least: 50}
)

// Trial is a question that was drawn by chance: what the model found there before it was
// answered, and the answer. Round grows with each model that is asked.
type Trial struct {
	Name        string
	Round       int
	Gold, Found []corpus.Mention
}

// Estimate is how good the model is that was asked last, as far as questions tell that
// were drawn by chance. It errs to the low side where those of that model are few and
// older ones have to tell, too.
type Estimate struct {
	Documents int `json:"documents"` // or sentences, where these were asked
	score.Counts
	least int
}

// Judge makes an estimate of trials, oldest first, by the mentions of these labels: of as
// many of the newest rounds as have some documents together.
func Judge(trials []Trial, labels []string, n Sample) (Estimate, error) {
	from := len(trials)
	for from > 0 && (len(trials)-from < n.Recent || trials[from-1].Round == trials[from].Round) {
		from--
	}
	trials = trials[from:]
	gold, found := map[string][]corpus.Mention{}, map[string][]corpus.Mention{}
	for _, t := range trials {
		gold[t.Name], found[t.Name] = t.Gold, t.Found
	}
	r, err := score.Score(gold, found, score.Options{Labels: labels})
	if err != nil {
		return Estimate{}, fmt.Errorf("judge by what was drawn by chance: %w", err)
	}
	return Estimate{len(trials), r.Counts, n.Least}, nil
}

// Tells says whether enough was drawn for an estimate: two that have mentions at the least,
// without which there is no interval.
func (e Estimate) Tells() bool { return e.least > 0 && e.Documents >= e.least && e.CI95[0].Known() }

// Enough is the rule by which to stop: the whole interval of F1 lies at target or above.
func (e Estimate) Enough(target float64) bool {
	return e.Tells() && float64(e.CI95[0]) >= target
}

// DefaultTarget is the F1 of suggestions, by spans and labels, from which on annotation may
// stop where nobody says otherwise.
const DefaultTarget = 0.9

// CheckTarget refuses what is no F1 that could be reached.
func CheckTarget(f1 float64) error {
	if !(f1 > 0 && f1 <= 1) {
		return fmt.Errorf("target %v: an F1 lies above 0 and at 1 at most, e.g. %v", f1, DefaultTarget)
	}
	return nil
}

// More is how many further draws it takes, about, until the lower end of an interval comes
// to a target, if all goes on as in the n draws so far: the width of an interval goes with
// the root of their number. 0: it has come there. false: the value lies below the target,
// and no number would tell otherwise.
func More(n int, value, low, target float64) (more int, ok bool) {
	switch {
	case low >= target:
		return 0, true
	case !(value > target):
		return 0, false
	}
	widths := (value - low) / (value - target)
	return max(1, int(math.Ceil(float64(n)*(widths*widths-1)-1e-9))), true
}

// Missing is how many further questions must be drawn before there is an estimate at all.
func (e Estimate) Missing() int {
	if e.Tells() {
		return 0
	}
	return max(1, e.least-e.Documents)
}

// String is the estimate in words.
func (e Estimate) String() string {
	if !e.Tells() {
		return fmt.Sprintf("%d documents drawn by chance: too few to tell how good the model is", e.Documents)
	}
	return fmt.Sprintf("F1 %.3f (95 %%: %.3f to %.3f) on %d documents drawn by chance, before they were annotated", e.F1, e.CI95[0], e.CI95[1], e.Documents)
}
