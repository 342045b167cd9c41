package suggest

import (
	"fmt"

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

// Comparison is how good a recognizer is against the one in use, on the same documents.
type Comparison struct {
	Documents int              `json:"documents"` // finished ones that no training sees
	New       score.Counts     `json:"new"`
	Old       score.Difference `json:"old"`    // the one in use, and how much better the new one is
	Better    bool             `json:"better"` // by more than chance: the interval of the difference lies above 0
	Worse     bool             `json:"worse"`  // likewise, below 0
}

// String tells both figures and the verdict, in a line.
func (c *Comparison) String() string {
	said := fmt.Sprintf("F1 %.2f against %.2f of the model in use (difference %+.2f, %+.2f to %+.2f) on %d held-out documents",
		known(float64(c.New.F1)), known(float64(c.Old.F1)), known(float64(c.Old.Diff)), known(float64(c.Old.Diff95[0])), known(float64(c.Old.Diff95[1])), c.Documents)
	switch {
	case c.Better:
		return said + ": better"
	case c.Worse:
		return said + ": worse"
	}
	return said + ": no better by more than chance"
}

// known is a ratio as it is told: where nothing was found, none of it was right.
func known(f float64) float64 {
	if f != f {
		return 0
	}
	return f
}
