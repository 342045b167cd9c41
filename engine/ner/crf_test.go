package ner

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

// randomCRF has n tags, of whose moves some are forbidden.
func randomCRF(r *rand.Rand, n int) onnx.CRF {
	c := onnx.CRF{Start: randomRow(r, n), End: randomRow(r, n)}
	for range n {
		row := randomRow(r, n)
		if r.IntN(2) == 0 {
			row[r.IntN(n)] = -1e4
		}
		c.Transitions = append(c.Transitions, row)
	}
	return c
}

func randomRow(r *rand.Rand, n int) []float32 {
	row := make([]float32, n)
	for i := range row {
		row[i] = float32(r.NormFloat64())
	}
	return row
}

// paths calls visit with every path of a length, in the order of an odometer whose
// first place turns slowest.
func paths(length, n int, visit func([]int)) {
	path := make([]int, length)
	for {
		visit(path)
		i := length - 1
		for i >= 0 && path[i] == n-1 {
			path[i] = 0
			i--
		}
		if i < 0 {
			return
		}
		path[i]++
	}
}

func pathScore(c onnx.CRF, e emissions, path []int) float64 {
	s := float64(c.Start[path[0]]) + float64(c.End[path[len(path)-1]])
	for t, j := range path {
		s += float64(e.row(t)[j])
		if t > 0 {
			s += float64(c.Transitions[path[t-1]][j])
		}
	}
	return s
}

func TestCRFAgainstAllPaths(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n, length := 2+r.IntN(3), 1+r.IntN(5)
		width, first := n+3, r.IntN(4)
		e := emissions{values: randomRow(r, width*length), width: width, first: first, n: n}
		raw := randomCRF(r, n)
		c := newCRF(raw)

		best, top, total := []int(nil), math.Inf(-1), 0.0
		marginal := make([]float64, length*n)
		paths(length, n, func(path []int) {
			s := pathScore(raw, e, path)
			if s > top {
				best, top = slices.Clone(path), s
			}
			total += math.Exp(s)
			for i, j := range path {
				marginal[i*n+j] += math.Exp(s)
			}
		})
		got := c.viterbi(e)
		if math.Abs(pathScore(raw, e, got)-top) > 1e-4 {
			t.Fatalf("path %v scores %v, %v scores %v", got, pathScore(raw, e, got), best, top)
		}
		for i, p := range c.chances(e, got) {
			if want := marginal[i*n+got[i]] / total; math.Abs(p-want) > 1e-6 {
				t.Fatalf("length %d, tags %d: place %d has probability %v, all paths say %v", length, n, i, p, want)
			}
		}
	}
}

func TestViterbiTakesTheFirstOfEqualPaths(t *testing.T) {
	zero := newCRF(onnx.CRF{Start: make([]float32, 3), End: make([]float32, 3), Transitions: [][]float32{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}})
	e := emissions{values: make([]float32, 12), width: 3, n: 3}
	if got := zero.viterbi(e); !slices.Equal(got, []int{0, 0, 0, 0}) {
		t.Errorf("got %v", got)
	}
	if got := zero.viterbi(emissions{width: 3, n: 3}); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// Long sequences must not underflow.
func TestChancesOfALongSequence(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	values := randomRow(r, 3*5000)
	for i := range values {
		values[i] *= 30
	}
	c, e := newCRF(randomCRF(r, 3)), emissions{values: values, width: 3, n: 3}
	for i, p := range c.chances(e, c.viterbi(e)) {
		if !(p >= 0 && p <= 1+1e-9) {
			t.Fatalf("place %d has probability %v", i, p)
		}
	}
}

func TestGreedy(t *testing.T) {
	path, chances := greedy(emissions{values: []float32{9, 1, 1, 9, 0, 2}, width: 3, first: 1, n: 2})
	want := 1 / (1 + math.Exp(-2))
	if !slices.Equal(path, []int{0, 1}) || chances[0] != 0.5 || math.Abs(chances[1]-want) > 1e-9 {
		t.Errorf("%v, %v; want the first of equal ones, and %v", path, chances, want)
	}
}
