package learn

import (
	"maps"
	"math"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/onnx"
)

// judged is a mention that a head found in a document that it was not fitted to.
type judged struct {
	score float64
	right bool
}

// judge tells which mentions are gold ones.
func judge(gold, found byDoc) []judged {
	var all []judged
	for _, name := range slices.Sorted(maps.Keys(found)) {
		for _, m := range found[name] {
			right := false
			for _, g := range gold[name] {
				right = right || g.Same(corpus.Mention{Label: m.Label, Spans: m.Spans})
			}
			all = append(all, judged{float64(m.Score), right})
		}
	}
	return all
}

// enough is the number of mentions, right ones and wrong ones each, from which on
// scores are made honest.
const enough = 10

// calibrate finds the calibration under which scores tell how often mentions are right
// (Platt 1999, with his targets), by Newton's method; nil where there are too few, or
// where scores tell nothing.
func calibrate(all []judged) *onnx.Calibration {
	right := 0
	for _, j := range all {
		if j.right {
			right++
		}
	}
	wrong := len(all) - right
	if right < enough || wrong < enough {
		return nil
	}
	high, low := float64(right+1)/float64(right+2), 1/float64(wrong+2)
	slope, offset := 1.0, 0.0
	loss := platt(all, slope, offset, high, low)
	for range 100 {
		var gs, g1, hss, hs1, h11 float64
		for _, j := range all {
			x, want := logit(j.score), low
			if j.right {
				want = high
			}
			q := 1 / (1 + math.Exp(-(slope*x + offset)))
			d, h := q-want, q*(1-q)
			gs, g1 = gs+d*x, g1+d
			hss, hs1, h11 = hss+h*x*x, hs1+h*x, h11+h
		}
		hss, h11 = hss+1e-9, h11+1e-9
		det := hss*h11 - hs1*hs1
		if det <= 0 {
			return nil
		}
		ds, d1 := (h11*gs-hs1*g1)/det, (hss*g1-hs1*gs)/det
		// A whole step may go too far, to where the curve is flat and the next one is
		// larger still: it is halved until it helps (Lin, Lin and Weng 2007).
		share := 1.0
		for ; share > 1e-10; share /= 2 {
			if l := platt(all, slope-share*ds, offset-share*d1, high, low); l < loss {
				slope, offset, loss = slope-share*ds, offset-share*d1, l
				break
			}
		}
		if share <= 1e-10 || share*(math.Abs(ds)+math.Abs(d1)) < 1e-9 {
			break
		}
	}
	if !(slope > 0) || math.IsInf(slope, 0) || math.IsNaN(offset) {
		return nil
	}
	return &onnx.Calibration{Slope: slope, Offset: offset}
}

func logit(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}

// platt is the loss of a calibration: the cross-entropy of its chances with Platt's targets.
func platt(all []judged, slope, offset, high, low float64) float64 {
	loss := 0.0
	for _, j := range all {
		f, want := slope*logit(j.score)+offset, low
		if j.right {
			want = high
		}
		loss += max(f, 0) - want*f + math.Log1p(math.Exp(-math.Abs(f)))
	}
	return loss
}
