package order

import (
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// recent is how many of the questions that were drawn by chance an estimate is made of at
// least, where there are so many: those that were asked of the newest models.
const recent = 10

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
	Documents int `json:"documents"`
	score.Counts
}

// Judge makes an estimate of trials, oldest first, by the mentions of these labels: of as
// many of the newest rounds as have some documents together.
func Judge(trials []Trial, labels []string) (Estimate, error) {
	from := len(trials)
	for from > 0 && (len(trials)-from < recent || trials[from-1].Round == trials[from].Round) {
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
	return Estimate{len(trials), r.Counts}, nil
}

// least is the number of documents below which an estimate is none.
const least = 5

// Tells says whether enough was drawn for an estimate.
func (e Estimate) Tells() bool { return e.Documents >= least && e.F1.Known() }

// Enough is the rule by which to stop: the whole interval of F1 lies at target or above.
func (e Estimate) Enough(target float64) bool {
	return e.Tells() && e.CI95[0].Known() && float64(e.CI95[0]) >= target
}

// String is the estimate in words.
func (e Estimate) String() string {
	if !e.Tells() {
		return fmt.Sprintf("%d documents drawn by chance: too few to tell how good the model is", e.Documents)
	}
	return fmt.Sprintf("F1 %.3f (95 %%: %.3f to %.3f) on %d documents drawn by chance, before they were annotated", e.F1, e.CI95[0], e.CI95[1], e.Documents)
}
