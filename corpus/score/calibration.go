package score

import (
	"cmp"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// calibrationBins is how many equal parts of 0 to 1 scores are sorted into.
const calibrationBins = 10

// Calibration tells how far the scores of predictions can be believed: of those
// with a score of 0.8, 80 % should be right.
type Calibration struct {
	Scored int              `json:"scored"` // predictions with a score
	ECE    corpus.Score     `json:"ece"`    // expected calibration error: mean distance of score and precision (Naeini et al. 2015)
	Bins   []CalibrationBin `json:"bins"`   // by score, ten of them
}

// CalibrationBin holds the predictions with a score from From up to below To; the
// last one those with a score of 1, too.
type CalibrationBin struct {
	From      corpus.Score `json:"from"`
	To        corpus.Score `json:"to"`
	Pred      int          `json:"pred"`
	TP        int          `json:"tp"`
	Score     corpus.Score `json:"score"`     // their mean
	Precision corpus.Score `json:"precision"` // what it should have been
}

// scoredHit is a prediction with a score.
type scoredHit struct {
	score corpus.Score
	right bool
}

func newCalibration(hits []scoredHit) *Calibration {
	// In the order of scores, so that sums are the same each time.
	slices.SortFunc(hits, func(a, b scoredHit) int { return cmp.Compare(a.score, b.score) })
	c := &Calibration{Scored: len(hits), ECE: corpus.NoScore, Bins: make([]CalibrationBin, calibrationBins)}
	sums := make([]corpus.Score, calibrationBins)
	for _, h := range hits {
		i := min(int(h.score*calibrationBins), calibrationBins-1)
		sums[i] += h.score
		c.Bins[i].Pred++
		if h.right {
			c.Bins[i].TP++
		}
	}
	distance := corpus.Score(0)
	for i := range c.Bins {
		b := &c.Bins[i]
		b.From, b.To = corpus.Score(i)/calibrationBins, corpus.Score(i+1)/calibrationBins
		b.Precision, b.Score = ratio(b.TP, b.Pred), corpus.NoScore
		if b.Pred > 0 {
			b.Score = sums[i] / corpus.Score(b.Pred)
			distance += max(sums[i]-corpus.Score(b.TP), corpus.Score(b.TP)-sums[i])
		}
	}
	if len(hits) > 0 {
		c.ECE = distance / corpus.Score(len(hits))
	}
	return c
}
