package learn

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gloss-nlp/gloss/engine/ner"
)

// Settings say how a head is fitted.
type Settings struct {
	Seed  uint64
	Empty float64 // share of the windows without a mention that a pass reads, drawn anew for each
	Batch int     // windows a step
	// Steps is how many steps are made at least; Passes how often each window is read at
	// least. The greater of both counts, but never more than MaxSteps.
	Steps, Passes, MaxSteps int
	Rate                    float64 // of Adam; it falls to 0 in a straight line
	// L2 is what half a unit of the squared distance from the origin costs, against the
	// loss of one window, and Trust the same where the origin is a layer of the model,
	// which has learnt from more than a few documents.
	L2, Trust float64
}

// Defaults are the settings that docs/learning.md has the figures of.
func Defaults() Settings {
	return Settings{Seed: 1, Empty: 0.5, Batch: 16, Steps: 300, Passes: 6, MaxSteps: 1500, Rate: 0.05, L2: 0.5, Trust: 30}
}

// example is a window to learn from.
type example struct {
	states ner.States
	tags   []uint8 // one a piece
	marked bool    // it has a mention
}

// parameters are those of a head in one stretch: weights, bias, chain.
type parameters struct {
	all           []float32
	weights, bias []float32
	chain         chain
}

func newParameters(n, width int) parameters {
	all := make([]float32, n*width+n+chainSize(n))
	return parameters{all, all[:n*width], all[n*width : n*width+n], newChain(all[n*width+n:], n)}
}

// load takes the parameters of a head.
func (p parameters) load(h ner.Head) {
	copy(p.weights, h.Weights)
	copy(p.bias, h.Bias)
	p.chain.load(h.CRF)
}

// fitter fits one head by Adam (Kingma and Ba 2015) on the negative log-likelihood
// with a penalty on the squared distance from where it begins. It runs on the
// goroutine of its caller.
type fitter struct {
	s      Settings
	l2     float64
	head   ner.Head // its weights, bias and chain are those of now
	now    parameters
	origin []float32 // what the penalty draws to
	legal  []float32 // 0 where a parameter is fixed
	grad   parameters
	like   *likelihood
	scores []float32
	first  []float32 // Adam's moments
	second []float32
	steps  int
	random *rand.Rand
}

// newFitter begins at from, and is drawn to origin.
func newFitter(origin, from ner.Head, width int, s Settings) *fitter {
	n := len(origin.Labels)
	f := &fitter{s: s, head: origin, now: newParameters(n, width), grad: newParameters(n, width), random: rand.New(rand.NewPCG(s.Seed, 1))}
	if f.l2 = s.L2; origin.First >= 0 {
		f.l2 = s.Trust
	}
	f.now.load(origin)
	f.origin = append(f.origin, f.now.all...)
	f.now.load(from)
	f.head.Weights, f.head.Bias = f.now.weights, f.now.bias
	f.legal = append(ones(n*width+n), legalFlat(n)...)
	f.first, f.second = make([]float32, len(f.now.all)), make([]float32, len(f.now.all))
	f.like = newLikelihood(f.now.chain)
	return f
}

func ones(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

func legalFlat(n int) []float32 {
	c := legal(n)
	out := append([]float32(nil), c.start...)
	return append(append(out, c.end...), c.moves...)
}

// loss adds the loss of an example to the gradient, and returns it.
func (f *fitter) loss(e example) float64 {
	n := len(f.head.Labels)
	if cap(f.scores) < len(e.tags)*n {
		f.scores = make([]float32, len(e.tags)*n)
	}
	scores := f.scores[:len(e.tags)*n]
	f.head.Scores(scores, e.states)
	loss := f.like.loss(scores, e.tags, f.grad.chain)
	for t := range e.tags {
		row := scores[t*n : (t+1)*n]
		if sure(row) {
			continue
		}
		addOuter(f.grad.weights, row, e.states.Row(t))
		for j, g := range row {
			f.grad.bias[j] += g
		}
	}
	return loss
}

// negligible is a gradient that changes nothing: most pieces lie far from any mention,
// and after some steps the model is sure of them.
const negligible = 1e-4

func sure(gradient []float32) bool {
	for _, g := range gradient {
		if g > negligible || g < -negligible {
			return false
		}
	}
	return true
}

// addOuter adds g[j] times x to row j of weights, four rows at a time.
func addOuter(weights, g, x []float32) {
	width, j := len(x), 0
	for ; j+4 <= len(g); j += 4 {
		w := weights[j*width : (j+4)*width]
		a, b, c, d := w[:width], w[width:2*width], w[2*width:3*width], w[3*width:4*width]
		p, q, r, s := g[j], g[j+1], g[j+2], g[j+3]
		for i, v := range x {
			a[i] += p * v
			b[i] += q * v
			c[i] += r * v
			d[i] += s * v
		}
	}
	for ; j < len(g); j++ {
		a := weights[j*width : (j+1)*width]
		for i, v := range x {
			a[i] += g[j] * v
		}
	}
}

// Adam's constants.
const (
	beta1, beta2 = 0.9, 0.99
	tiny         = 1e-8
)

// step moves the parameters after batch windows, of which there are windows in all.
func (f *fitter) step(batch, windows int, rate float64) {
	f.steps++
	share, pull := 1/float32(batch), float32(f.l2)/float32(windows)
	bias1, bias2 := 1-math.Pow(beta1, float64(f.steps)), 1-math.Pow(beta2, float64(f.steps))
	speed, root := float32(rate/bias1), float32(1/math.Sqrt(bias2))
	for i, free := range f.legal {
		if free == 0 {
			continue
		}
		g := f.grad.all[i]*share + pull*(f.now.all[i]-f.origin[i])
		f.first[i] += (1 - beta1) * (g - f.first[i])
		f.second[i] += (1 - beta2) * (g*g - f.second[i])
		f.now.all[i] -= speed * f.first[i] / (float32(math.Sqrt(float64(f.second[i])))*root + tiny)
	}
	clear(f.grad.all)
}

// fit runs all steps, and returns the mean of the parameters over their last third,
// which wavers less than the last ones (Polyak and Juditsky 1992).
func (f *fitter) fit(ctx context.Context, examples []example) (ner.Head, error) {
	var marked, empty []int
	for i, e := range examples {
		if e.marked {
			marked = append(marked, i)
		} else {
			empty = append(empty, i)
		}
	}
	drawn := int(math.Ceil(f.s.Empty * float64(len(empty))))
	pass := len(marked) + drawn
	if pass == 0 {
		return f.result(f.now.all), nil
	}
	batch := min(f.s.Batch, pass)
	total := min(f.s.MaxSteps, max(f.s.Steps, f.s.Passes*pass/batch))
	mean, counted := make([]float64, len(f.now.all)), 0.0
	var order []int
	for k := range total {
		if err := ctx.Err(); err != nil {
			return ner.Head{}, fmt.Errorf("fit layer %q: %w", f.head.Name, err)
		}
		f.like.renew()
		for range batch {
			if len(order) == 0 {
				f.random.Shuffle(len(empty), func(i, j int) { empty[i], empty[j] = empty[j], empty[i] })
				order = append(append(order, marked...), empty[:drawn]...)
				f.random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			}
			f.loss(examples[order[len(order)-1]])
			order = order[:len(order)-1]
		}
		f.step(batch, pass, f.s.Rate*(1-float64(k)/float64(total)))
		if k >= total-max(1, total/3) {
			counted++
			for i, v := range f.now.all {
				mean[i] += (float64(v) - mean[i]) / counted
			}
		}
	}
	last := make([]float32, len(mean))
	for i, v := range mean {
		last[i] = float32(v)
	}
	return f.result(last), nil
}

// result is the head with these parameters; it shares no memory with the fitter.
func (f *fitter) result(all []float32) ner.Head {
	n := len(f.head.Labels)
	p := newParameters(n, len(f.now.weights)/n)
	copy(p.all, all)
	h := f.head
	h.Weights, h.Bias, h.CRF = p.weights, p.bias, p.chain.arrays()
	return h
}
