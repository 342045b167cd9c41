package learn

import (
	"math"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

// forbidden is the score of what the scheme does not allow.
const forbidden = -1e4

// chain is the part of a head's parameters that scores how tags follow each other:
// start and end of n tags, and moves[from*n+to].
type chain struct {
	n                 int
	start, end, moves []float32
}

// legal are the moves that BIOES allows: 1 where one may begin, end, or go from a tag
// to another, 0 where not.
func legal(n int) chain {
	c := newChain(make([]float32, chainSize(n)), n)
	for i := range n {
		fi, opens, goesOn := place(i)
		if !goesOn {
			c.start[i] = 1
		}
		if !opens {
			c.end[i] = 1
		}
		for j := range n {
			fj, _, continues := place(j)
			if opens && continues && fi == fj || !opens && !continues {
				c.moves[i*n+j] = 1
			}
		}
	}
	return c
}

// place tells the label of a tag, whether the mention goes on after it, and whether it
// went on before it.
func place(tag int) (label int, opens, continues bool) {
	if tag == outside {
		return -1, false, false
	}
	p := (tag - 1) % 4
	return (tag - 1) / 4, p == begin || p == inside, p == inside || p == end
}

func chainSize(n int) int { return n * (n + 2) }

// newChain reads a chain in a stretch of parameters.
func newChain(all []float32, n int) chain {
	return chain{n, all[:n], all[n : 2*n], all[2*n : n*(n+2)]}
}

// load takes the arrays of a head.
func (c chain) load(from onnx.CRF) {
	copy(c.start, from.Start)
	copy(c.end, from.End)
	for i, row := range from.Transitions {
		copy(c.moves[i*c.n:], row)
	}
}

// arrays are those of a head; they share no memory with c.
func (c chain) arrays() onnx.CRF {
	out := onnx.CRF{Start: append([]float32(nil), c.start...), End: append([]float32(nil), c.end...)}
	for i := range c.n {
		out.Transitions = append(out.Transitions, append([]float32(nil), c.moves[i*c.n:(i+1)*c.n]...))
	}
	return out
}

// likelihood computes the loss of sequences under one chain. It keeps memory between
// calls, and is not safe for concurrent use.
type likelihood struct {
	chain
	growStart, growEnd, grow []float64 // exp of the chain
	emit, forward            []float64 // [pieces, n]
	scale                    []float64 // what forward was divided by, a piece
	backward, after          []float64 // [n]
}

func newLikelihood(c chain) *likelihood {
	return &likelihood{
		chain: c, growStart: make([]float64, c.n), growEnd: make([]float64, c.n), grow: make([]float64, c.n*c.n),
		backward: make([]float64, c.n), after: make([]float64, c.n),
	}
}

// renew reads the chain's scores anew, after they have changed.
func (l *likelihood) renew() {
	for _, x := range []struct {
		to   []float64
		from []float32
	}{{l.growStart, l.start}, {l.growEnd, l.end}, {l.grow, l.moves}} {
		for i, v := range x.from {
			x.to[i] = math.Exp(float64(v))
		}
	}
}

// loss is the negative log-likelihood of tags for a sequence with these scores
// [pieces, n], which become its gradient in them. The chain's own gradient is added
// to g. (Lafferty, McCallum and Pereira 2001; forward and backward are probabilities
// that are scaled at each step.)
func (l *likelihood) loss(scores []float32, tags []uint8, g chain) float64 {
	n, length := l.n, len(tags)
	if length == 0 {
		return 0
	}
	total := l.run(scores, length)
	gold := float64(l.start[tags[0]]) + float64(l.end[tags[length-1]])
	for t, y := range tags {
		gold += float64(scores[t*n+int(y)])
		if t > 0 {
			gold += float64(l.moves[int(tags[t-1])*n+int(y)])
		}
	}
	copy(l.backward, l.growEnd)
	for t := length - 1; t >= 0; t-- {
		l.place(t, scores[t*n:(t+1)*n], tags, g)
	}
	return total - gold
}

// run fills forward, and returns the logarithm of the sum over all paths.
func (l *likelihood) run(scores []float32, length int) float64 {
	n := l.n
	if len(l.emit) < length*n {
		l.emit, l.forward, l.scale = make([]float64, length*n), make([]float64, length*n), make([]float64, length)
	}
	total := 0.0
	for t := range length {
		row, emit := scores[t*n:(t+1)*n], l.emit[t*n:(t+1)*n]
		top := row[0]
		for _, v := range row {
			top = max(top, v)
		}
		for j, v := range row {
			emit[j] = math.Exp(float64(v - top))
		}
		now := l.forward[t*n : (t+1)*n]
		if t == 0 {
			copy(now, l.growStart)
		} else {
			clear(now)
			for i, p := range l.forward[(t-1)*n : t*n] {
				for j, m := range l.grow[i*n : (i+1)*n] {
					now[j] += p * m
				}
			}
		}
		sum := 0.0
		for j := range now {
			now[j] *= emit[j]
			sum += now[j]
		}
		for j := range now {
			now[j] /= sum
		}
		l.scale[t] = sum
		total += math.Log(sum) + float64(top)
	}
	last := 0.0
	for j, p := range l.forward[(length-1)*n : length*n] {
		last += p * l.growEnd[j]
	}
	return total + math.Log(last)
}

// place turns the scores of piece t into their gradient, adds to that of the chain,
// and moves backward from piece t to the one before.
func (l *likelihood) place(t int, scores []float32, tags []uint8, g chain) {
	n, y := l.n, int(tags[t])
	forward := l.forward[t*n : (t+1)*n]
	norm := 0.0
	for j, p := range forward {
		norm += p * l.backward[j]
	}
	last := t == len(tags)-1
	for j, p := range forward {
		p *= l.backward[j] / norm
		if j == y {
			p--
		}
		scores[j] = float32(p)
		if last {
			g.end[j] += float32(p)
		}
		if t == 0 {
			g.start[j] += float32(p)
		}
	}
	if t == 0 {
		return
	}
	for j, e := range l.emit[t*n : (t+1)*n] {
		l.after[j] = e * l.backward[j]
	}
	before := l.forward[(t-1)*n : t*n]
	sum, together := 0.0, 0.0
	for i, p := range before {
		b := 0.0
		for j, m := range l.grow[i*n : (i+1)*n] {
			b += m * l.after[j]
		}
		l.backward[i] = b
		sum, together = sum+b, together+p*b
	}
	for i, p := range before {
		for j, m := range l.grow[i*n : (i+1)*n] {
			g.moves[i*n+j] += float32(p * m * l.after[j] / together)
		}
		l.backward[i] /= sum
	}
	g.moves[int(tags[t-1])*n+y]--
}
