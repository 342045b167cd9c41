package suggest

import (
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Bundle is a recognizer that a corpus can use.
type Bundle struct {
	Name       string      `json:"name"` // empty: the one that the settings name
	Title      string      `json:"title"`
	Dir        string      `json:"dir"` // see Models.Use
	Learned    string      `json:"-"`   // likewise
	Used       bool        `json:"used"`
	Comparison *Comparison `json:"comparison"` // with the one in use; nil: there was nothing to compare on
	Err        error       `json:"-"`          // why it cannot be used
}

// few documents are those with which an interval, though right in form, tells little.
const few = 5

// Comparison is how good a recognizer is against the one in use, on the same documents.
type Comparison struct {
	Documents int              `json:"documents"` // finished ones that no training sees
	New       score.Counts     `json:"new"`
	Old       score.Difference `json:"old"`    // the one in use, and how much better the new one is
	Better    bool             `json:"better"` // by more than chance: the interval of the difference lies above 0
	Worse     bool             `json:"worse"`  // likewise, below 0
}

// String tells the verdict and both figures, in a line.
func (c *Comparison) String() string {
	verdict := "no better by more than chance"
	switch {
	case c.Better:
		verdict = "better"
	case c.Worse:
		verdict = "worse"
	}
	said := fmt.Sprintf("%s: F1 %.2f against %.2f of the model in use (difference %+.2f, %+.2f to %+.2f) on %d held-out documents", verdict,
		known(c.New.F1), known(c.Old.F1), known(c.Old.Diff), known(c.Old.Diff95[0]), known(c.Old.Diff95[1]), c.Documents)
	if c.Documents < few {
		said += ", which are few"
	}
	return said
}

// known is a ratio as it is told: where nothing was found, none of it was right.
func known(s corpus.Score) float64 {
	if !s.Known() {
		return 0
	}
	return float64(s)
}
