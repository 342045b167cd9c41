package learn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Whatever the scores, whole steps of Newton never run away.
func TestCalibrationConverges(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var all []judged
		for range 40 + rng.IntN(400) {
			p := 1 / (1 + math.Exp(-(2 + 2*rng.NormFloat64())))
			all = append(all, judged{p, rng.Float64() < 0.3+0.5*p})
		}
		if c := calibrate(all); c != nil && (c.Slope > 100 || math.Abs(c.Offset) > 100) {
			t.Errorf("seed %d: %d scores: slope %g, offset %g", seed, len(all), c.Slope, c.Offset)
		}
	}
}
