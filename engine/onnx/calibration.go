package onnx

import (
	"errors"
	"math"
)

// Calibration makes the scores of a layer honest, so that of the mentions with a
// score of 0.8 about 80 % are right. It shifts a score on the scale of log odds:
// Slope times the log odds, plus Offset (Platt 1999). It says nothing about spans.
type Calibration struct {
	Slope  float64 `json:"slope"` // above 0, so that the order of scores stays
	Offset float64 `json:"offset"`
}

// edge is how near to 0 and 1 scores count; beyond, rounding would decide.
const edge = 1e-6

// Apply gives the honest score of a raw one; both are from 0 to 1. Without a
// calibration it is the raw one.
func (c *Calibration) Apply(score float64) float64 {
	if c == nil {
		return score
	}
	p := min(max(score, edge), 1-edge)
	return 1 / (1 + math.Exp(-(c.Slope*math.Log(p/(1-p)) + c.Offset)))
}

func (c *Calibration) check() error {
	if c != nil && c.Slope <= 0 {
		return errors.New("calibration.slope must be above 0")
	}
	return nil
}
