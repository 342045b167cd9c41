package onnx_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// The device finds the rows that a plain scan finds, in its order, also where parts
// meet, rows are equal and fewer are there than asked for.
func TestScannerFindsWhatAPlainScanFinds(t *testing.T) {
	const rows, dims = 1000, 24
	rng := rand.New(rand.NewPCG(1, 1))
	unit := func() []float32 {
		row, sum := make([]float32, dims), 0.0
		for i := range row {
			row[i] = float32(rng.NormFloat64())
			sum += float64(row[i] * row[i])
		}
		for i := range row {
			row[i] /= float32(math.Sqrt(sum))
		}
		return row
	}
	var all []float32
	for range rows {
		all = append(all, unit()...)
	}
	copy(all[700*dims:], all[20*dims:21*dims]) // twins
	v := vec.New(all, dims)
	s, err := onnx.NewScannerOf(onnxtest.Runtime(t), v, 300)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	queries := [][]float32{all[20*dims : 21*dims]}
	for range 70 {
		queries = append(queries, unit())
	}
	for _, k := range []int{1, 25, 5000} {
		got, err := s.Scan(t.Context(), queries, k)
		if err != nil {
			t.Fatal(err)
		}
		want, err := vec.NewFlat(v, 1).Scan(t.Context(), queries, k)
		if err != nil {
			t.Fatal(err)
		}
		for i := range queries {
			if !slices.Equal(got[i], want[i]) {
				t.Fatalf("k %d, query %d: got %v, want %v", k, i, got[i][:min(3, len(got[i]))], want[i][:min(3, len(want[i]))])
			}
		}
	}
}
