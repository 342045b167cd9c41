package ner

import (
	"math"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

// crf is a linear-chain conditional random field over n tags.
type crf struct {
	n          int
	start, end []float32
	moves      []float32 // [from*n+to]
	growth     []float64 // exp(moves), for the marginals
}

func newCRF(c onnx.CRF) *crf {
	n := len(c.Start)
	out := &crf{n: n, start: c.Start, end: c.End, moves: make([]float32, 0, n*n), growth: make([]float64, 0, n*n)}
	for _, row := range c.Transitions {
		out.moves = append(out.moves, row...)
	}
	for _, v := range out.moves {
		out.growth = append(out.growth, math.Exp(float64(v)))
	}
	return out
}

// emissions are the scores of one layer's tags for a sequence: row t is
// values[t*width+first : t*width+first+n].
type emissions struct {
	values          []float32
	width, first, n int
}

func (e emissions) len() int { return len(e.values) / e.width }

func (e emissions) row(t int) []float32 {
	at := t*e.width + e.first
	return e.values[at : at+e.n]
}

// viterbi is the best path; of equal ones the one of the first tags.
func (c *crf) viterbi(e emissions) []int {
	length, n := e.len(), c.n
	if length == 0 {
		return nil
	}
	score, next := make([]float32, n), make([]float32, n)
	back := make([]int16, length*n)
	for j, v := range e.row(0) {
		score[j] = c.start[j] + v
	}
	for t := 1; t < length; t++ {
		for j, v := range e.row(t) {
			best, from := score[0]+c.moves[j], 0
			for i := 1; i < n; i++ {
				if s := score[i] + c.moves[i*n+j]; s > best {
					best, from = s, i
				}
			}
			next[j], back[t*n+j] = best+v, int16(from)
		}
		score, next = next, score
	}
	last := 0
	for j := range score {
		score[j] += c.end[j]
		if score[j] > score[last] {
			last = j
		}
	}
	path := make([]int, length)
	for t := length - 1; t >= 0; t-- {
		path[t] = last
		last = int(back[t*n+last])
	}
	return path
}

// chances is the marginal probability of the path's tag at each place, by the
// forward-backward algorithm in probabilities that are scaled at each step.
func (c *crf) chances(e emissions, path []int) []float64 {
	length, n := e.len(), c.n
	out := make([]float64, length)
	if length == 0 {
		return out
	}
	emit := make([]float64, length*n) // exp of the scores, each row's largest at 1
	for t := range length {
		expRow(emit[t*n:(t+1)*n], e.row(t))
	}
	forward := make([]float64, length*n)
	for j := range n {
		forward[j] = math.Exp(float64(c.start[j])) * emit[j]
	}
	scale(forward[:n])
	for t := 1; t < length; t++ {
		before, now := forward[(t-1)*n:t*n], forward[t*n:(t+1)*n]
		for i, p := range before {
			for j, g := range c.growth[i*n : (i+1)*n] {
				now[j] += p * g
			}
		}
		for j := range now {
			now[j] *= emit[t*n+j]
		}
		scale(now)
	}
	backward, after := make([]float64, n), make([]float64, n)
	for j := range n {
		backward[j] = math.Exp(float64(c.end[j]))
	}
	for t := length - 1; t >= 0; t-- {
		total := 0.0
		for j, f := range forward[t*n : (t+1)*n] {
			total += f * backward[j]
		}
		if total > 0 {
			out[t] = forward[t*n+path[t]] * backward[path[t]] / total
		}
		for j := range n {
			after[j] = emit[t*n+j] * backward[j]
		}
		for i := range n {
			backward[i] = 0
			for j, g := range c.growth[i*n : (i+1)*n] {
				backward[i] += g * after[j]
			}
		}
		scale(backward)
	}
	return out
}

// expRow writes exp(row - largest of row).
func expRow(out []float64, row []float32) {
	top := row[0]
	for _, v := range row {
		top = max(top, v)
	}
	for j, v := range row {
		out[j] = math.Exp(float64(v - top))
	}
}

// scale divides by the sum, so that long products do not vanish.
func scale(row []float64) {
	sum := 0.0
	for _, v := range row {
		sum += v
	}
	if sum == 0 || math.IsInf(sum, 0) {
		return
	}
	for j := range row {
		row[j] /= sum
	}
}

// greedy takes the best tag of each place by itself, of equal ones the first, and
// tells its probability.
func greedy(e emissions) (path []int, chances []float64) {
	length := e.len()
	path, chances = make([]int, length), make([]float64, length)
	probabilities := make([]float64, e.n)
	for t := range length {
		row := e.row(t)
		for j, v := range row {
			if v > row[path[t]] {
				path[t] = j
			}
		}
		softmax(probabilities, row)
		chances[t] = probabilities[path[t]]
	}
	return path, chances
}

// softmax writes the probabilities of a row of scores.
func softmax(out []float64, row []float32) {
	expRow(out, row)
	scale(out)
}
