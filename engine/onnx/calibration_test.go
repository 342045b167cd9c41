package onnx_test

import (
	"math"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

func TestCalibration(t *testing.T) {
	var none *onnx.Calibration
	c := &onnx.Calibration{Slope: 0.5, Offset: -1}
	for _, x := range []struct{ score, want float64 }{
		{0.5, 1 / (1 + math.E)},
		{0.9, 1 / (1 + math.E/3)}, // log odds of 0.9: 2 log 3
		{1, c.Apply(0.9999999)},   // certainty is as good as anybody's
		{0, c.Apply(1e-9)},
	} {
		if got := c.Apply(x.score); math.Abs(got-x.want) > 1e-12 || !(got > 0 && got < 1) {
			t.Errorf("%v became %v, want %v", x.score, got, x.want)
		}
		if got := none.Apply(x.score); got != x.score {
			t.Errorf("without a calibration %v became %v", x.score, got)
		}
	}
}
