package vec

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// FuzzKernels holds all kernels to the portable one, bit by bit, on any codes.
func FuzzKernels(f *testing.F) {
	for _, dims := range []int{1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200, 768, 4100, 9000} {
		f.Add(uint64(dims), dims, 70, float32(0.1))
	}
	f.Add(uint64(1), 64, 1, float32(math.Inf(-1)))
	f.Fuzz(func(t *testing.T, seed uint64, dims, rows int, least float32) {
		if dims < 1 || dims > 10_000 || rows < 1 || rows > 300 || least != least {
			t.Skip()
		}
		rng := rand.New(rand.NewPCG(seed, 1))
		v := randomVectors(rng, rows, dims)
		c := v.codes
		q := make([]float32, dims)
		for i := range q {
			q[i] = float32(rng.NormFloat64())
		}
		unit(q)
		bits, small := newBitQuery(c, q), newByteQuery(q)
		type result struct {
			estimates []int16
			masks     []uint64
			hits      []scored
		}
		run := func(k kernel) result {
			r := result{make([]int16, c.count()*blockRows), make([]uint64, c.count()), make([]scored, c.count()*blockRows)}
			for i := range r.masks {
				r.masks[i] = math.MaxUint64
			}
			r.masks[len(r.masks)-1] >>= c.count()*blockRows - rows
			k.estimate(c, &bits, 0, r.estimates)
			bounds := make([]int16, c.count())
			for i := range bounds {
				bounds[i] = int16(seed) + int16(i)
			}
			k.above(r.estimates, bounds, r.masks)
			k.refine(c, &bits, least, 0, r.estimates, r.masks)
			r.hits = r.hits[:k.score(v, &small, least, 0, r.masks, r.hits)]
			return r
		}
		want := run(portable)
		for _, k := range kernels() {
			got := run(k)
			if !slices.Equal(got.estimates, want.estimates) || !slices.Equal(got.masks, want.masks) || !slices.Equal(got.hits, want.hits) {
				t.Fatalf("%v differs from portable: %d rows of %d, seed %d", k, rows, dims, seed)
			}
		}
	})
}

// randomVectors are rows of random int8 values, extremes among them, and random codes.
func randomVectors(rng *rand.Rand, rows, dims int) *Vectors {
	v := &Vectors{rows: rows, dims: dims, small: make([]int8, rows*dims), scale: make([]float32, rows)}
	for i := range v.small {
		v.small[i] = int8(rng.IntN(255) - 127)
	}
	for i := range min(dims, 2*dims/3) {
		v.small[i] = 127 * int8(1-2*(i%2))
	}
	for i := range v.scale {
		v.scale[i] = rng.Float32() / 127
	}
	c := &codes{rows: rows, dims: dims, bytes: codeBytes(dims), centroid: make([]float32, dims), signs: rotationSigns(dims),
		factorMax: 0.1, offsetMax: rng.Float64(), line: line{0.1, 4}}
	c.spread = make([]uint16, c.count())
	c.blocks, c.records = make([]byte, c.count()*c.blockSize()), make([]byte, rows*c.recordSize())
	for i := range c.blocks {
		c.blocks[i] = byte(rng.Uint32())
	}
	for i := range c.records {
		c.records[i] = byte(rng.Uint32())
	}
	for b := range c.count() {
		for r := range blockRows { // factors are positive, offsets not the least number
			at := c.blocks[b*c.blockSize()+c.bytes*blockRows+2*r:]
			binary.LittleEndian.PutUint16(at, binary.LittleEndian.Uint16(at)&math.MaxInt16)
			at = at[2*blockRows:]
			if binary.LittleEndian.Uint16(at) == 1<<15 {
				at[0] = 1
			}
		}
	}
	v.codes = c
	return v
}

// TestScoresAreWithinTheirSlack checks the int8 pass against float32.
func TestScoresAreWithinTheirSlack(t *testing.T) {
	const n, dims = 500, 77
	v := New(cloud(n, dims, 1), dims)
	masks := make([]uint64, (n+blockRows-1)/blockRows)
	for i := range masks {
		masks[i] = math.MaxUint64
	}
	masks[len(masks)-1] >>= len(masks)*blockRows - n
	for _, q := range split(cloud(5, dims, 2), dims) {
		small := newByteQuery(q)
		for _, k := range kernels() {
			hits := make([]scored, len(masks)*blockRows)
			if got := k.score(v, &small, float32(math.Inf(-1)), 0, masks, hits); got != n {
				t.Fatalf("%v: %d of %d rows", k, got, n)
			}
			for row, h := range hits[:n] {
				want := Dot(q, v.Row(int32(row)))
				if int(h.row) != row || math.Abs(float64(h.score-want)) > float64(h.slack) || h.slack > 0.02 {
					t.Fatalf("%v: row %d: %+v, want %v", k, row, h, want)
				}
			}
		}
	}
}
