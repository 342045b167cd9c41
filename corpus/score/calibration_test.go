package score_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

func scored(label string, start corpus.Off, s corpus.Score) corpus.Mention {
	return corpus.Mention{Label: label, Spans: corpus.One(start, start+3), Score: s}
}

func TestCalibration(t *testing.T) {
	gold := map[string][]corpus.Mention{
		"a": {scored("X", 0, corpus.NoScore), scored("X", 10, corpus.NoScore), scored("X", 20, corpus.NoScore)},
		"b": {scored("X", 0, corpus.NoScore)},
	}
	pred := map[string][]corpus.Mention{
		"a": {scored("X", 0, 0.92), scored("X", 10, 1), scored("X", 5, 0.95), scored("X", 20, 0.3), scored("X", 20, 0.2)},
		"b": {scored("X", 7, 0.31), scored("X", 0, corpus.NoScore), scored("X", 30, 0)}, // a zero is what files without scores give
		"c": {scored("X", 0, 0.5)},                                                      // no document of gold
	}
	pred["a"] = append(pred["a"], scored("Y", 50, 0.5)) // no label of gold
	r, err := score.Score(gold, pred, score.Options{Calibration: true})
	if err != nil {
		t.Fatal(err)
	}
	c := r.Calibration
	if c == nil || c.Scored != 5 || len(c.Bins) != 10 {
		t.Fatalf("%+v", c)
	}
	// Three at a mean of 2.87/3, two right; two at a mean of 0.305, one right: the likelier of the pair at one place counts.
	want := (math.Abs(2.87-2) + math.Abs(0.61-1)) / 5
	if math.Abs(float64(c.ECE)-want) > 1e-12 {
		t.Errorf("error %v, want %v", c.ECE, want)
	}
	last, third := c.Bins[9], c.Bins[3]
	if last.Pred != 3 || last.TP != 2 || math.Abs(float64(last.Score)-2.87/3) > 1e-12 || last.From != 0.9 || last.To != 1 {
		t.Errorf("last bin %+v", last)
	}
	if third.Pred != 2 || third.TP != 1 || third.Precision != 0.5 || c.Bins[0].Pred != 0 || c.Bins[0].Precision.Known() {
		t.Errorf("bins %+v", c.Bins)
	}
	if data, err := json.Marshal(r); err != nil || !json.Valid(data) {
		t.Errorf("%s, %v", data, err)
	}
	if r, err = score.Score(gold, gold, score.Options{Calibration: true}); err != nil || r.Calibration.Scored != 0 || r.Calibration.ECE.Known() {
		t.Errorf("without scores: %+v, %v", r.Calibration, err)
	}
	if r, err = score.Score(gold, pred, score.Options{}); err != nil || r.Calibration != nil {
		t.Errorf("not asked for: %+v, %v", r.Calibration, err)
	}
}
