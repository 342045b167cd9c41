package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"

	"github.com/gloss-nlp/gloss/kb/vec"
)

// latentDims is of how many dimensions clustered vectors really are.
const latentDims = 24

// maker makes vectors around centres, one for every five: a centre and 0.6 times
// noise, both normally distributed. Isotropic ones are so in all dimensions, the hardest
// case; clustered ones in 24, which a random map takes to all, as encoders' are.
type maker struct {
	centres, turn []float32
	few, dims     int
	rng           *rand.Rand
}

func newMaker(set Vectors) *maker {
	m := &maker{few: set.Dims, dims: set.Dims, rng: rand.New(rand.NewPCG(1, 2))}
	if set.Clustered {
		m.few = min(latentDims, set.Dims)
		m.turn = m.normal(m.few * m.dims)
	}
	m.centres = m.normal(set.Rows / 5 * m.few)
	return m
}

func (m *maker) normal(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(m.rng.NormFloat64())
	}
	return out
}

// next writes a vector of length 1.
func (m *maker) next(row []float32) {
	at := m.rng.IntN(len(m.centres)/m.few) * m.few
	point := row
	if m.turn != nil {
		point = make([]float32, m.few)
	}
	for j, x := range m.centres[at : at+m.few] {
		point[j] = x + 0.6*float32(m.rng.NormFloat64())
	}
	if m.turn != nil {
		clear(row)
		for j, x := range point {
			for l, t := range m.turn[j*m.dims : (j+1)*m.dims] {
				row[l] += x * t
			}
		}
	}
	length := float32(math.Sqrt(float64(vec.Dot(row, row))))
	for j := range row {
		row[j] /= length
	}
}

// writeVectors writes the files of a set and returns its queries, made like its rows.
func writeVectors(ctx context.Context, set Vectors, n int, files vectorFiles) (queries [][]float32, err error) {
	m := newMaker(set)
	w, err := vec.Create(files.f32, files.i8, set.Rows, set.Dims)
	if err != nil {
		return nil, err
	}
	row := make([]float32, set.Dims)
	for i := range set.Rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, errors.Join(ctx.Err(), w.Abort())
		}
		m.next(row)
		if err := w.Add(row); err != nil {
			return nil, errors.Join(err, w.Abort())
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	var raw []byte
	for range n {
		q := make([]float32, set.Dims)
		m.next(q)
		queries = append(queries, q)
		for _, x := range q {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
		}
	}
	if err := os.WriteFile(files.queries, raw, 0o600); err != nil {
		return nil, fmt.Errorf("write queries: %w", err)
	}
	return queries, nil
}
