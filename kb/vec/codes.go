package vec

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"sync"
)

const (
	codesMagic = "GLOSSBT\x01" // the last byte is the version of the format
	checksumAt = 40            // in the header
	// sampled is how many rows the centroid and the range of factors are taken from.
	sampled = 1 << 15
	// spreadStep is the unit of codes.spread, spreadAny its value for a block of which
	// nothing is known: what is wider passes.
	spreadStep = 4.0 / (math.MaxUint16 - 1)
	spreadAny  = math.MaxUint16
)

// codes are rows with one bit a dimension: the first pass of the exact scan.
type codes struct {
	rows, dims, bytes    int // bytes of bits a row, even
	centroid             []float32
	signs                []float32 // of the rotation
	factorMax, offsetMax float64   // what the greatest int16 of a factor, an offset stands for
	line                 line
	blocks               []byte   // of 64 rows: their first bits; see bits.c
	spread               []uint16 // one a block: how far a residual is above the line
	records              []byte   // one a row: see coder.second
}

func (c *codes) count() int { return (c.rows + blockRows - 1) / blockRows }

// recordSize is that of three numbers and the second bits.
func (c *codes) recordSize() int { return 6 + c.bytes }

func (c *codes) blockSize() int { return (c.bytes + 4) * blockRows }

// newCodes chooses centroid and ranges from evenly spaced rows.
func newCodes(v *Vectors) *codes {
	c := &codes{rows: v.rows, dims: v.dims, bytes: codeBytes(v.dims), signs: rotationSigns(v.dims)}
	n := min(v.rows, sampled)
	sum := make([]float64, v.dims)
	for i := range n {
		for j, x := range v.Row(int32(i * v.rows / n)) {
			sum[j] += float64(x)
		}
	}
	c.centroid = make([]float32, v.dims)
	var length float64
	for j, s := range sum {
		c.centroid[j] = float32(s / float64(max(1, n)))
		length += float64(c.centroid[j]) * float64(c.centroid[j])
	}
	length = math.Sqrt(length)
	c.offsetMax = length * (longest + length)
	r := make([]float32, v.dims)
	var fit regression
	for i := range n {
		l1, l2, _ := c.residual(v.Row(int32(i*v.rows/n)), r)
		if l1 > 0 {
			factor := l2 / l1
			c.factorMax = max(c.factorMax, 1.25*factor)
			fit.add(factor, left(c.dims, factor, l1, l2))
		}
	}
	// As the header keeps them.
	c.factorMax = float64(float32(max(c.factorMax, 1e-6)))
	c.offsetMax = float64(float32(c.offsetMax))
	c.line = fit.line()
	return c
}

// left is the length of factor * sign(r) - r.
func left(dims int, factor, l1, l2 float64) float64 {
	return math.Sqrt(max(0, float64(dims)*factor*factor-2*factor*l1+l2))
}

// line says how long residuals are: about base + slope * factor.
type line struct{ base, slope float64 }

// regression fits a line by least squares.
type regression struct{ n, x, y, xx, xy float64 }

func (r *regression) add(x, y float64) {
	r.n, r.x, r.y, r.xx, r.xy = r.n+1, r.x+x, r.y+y, r.xx+x*x, r.xy+x*y
}

func (r *regression) line() line {
	vary := r.xx - r.x*r.x/max(1, r.n)
	if vary <= 1e-9*r.xx {
		return line{base: float64(float32(r.y / max(1, r.n)))}
	}
	slope := float64(float32((r.xy - r.x*r.y/r.n) / vary))
	return line{float64(float32((r.y - slope*r.x) / r.n)), slope}
}

// residual writes the rotated difference of a row from the centroid, and returns its
// sum of absolute values, its squared length, and its dot product with the centroid.
func (c *codes) residual(row, r []float32) (l1, l2, offset float64) {
	for j, x := range row {
		r[j] = x - c.centroid[j]
		offset += float64(r[j]) * float64(c.centroid[j])
	}
	rotate(r, c.signs)
	for _, x := range r {
		l1 += math.Abs(float64(x))
		l2 += float64(x) * float64(x)
	}
	return l1, l2, offset
}

// coder encodes the rows of a block.
type coder struct {
	*codes
	r []float32 // a row
}

// encode writes a block of rows, their records, both zeroed before, and its spread.
func (c coder) encode(v *Vectors, block int, out, records []byte) {
	factors := out[c.bytes*blockRows:]
	above := 0.0
	for i := range min(blockRows, v.rows-block*blockRows) {
		l1, l2, offset := c.residual(v.Row(int32(block*blockRows+i)), c.r)
		lane := 2*i%blockRows + 2*i/blockRows
		for j, x := range c.r {
			if x > 0 {
				out[j/8*blockRows+lane] |= 1 << (j % 8)
			}
		}
		factor, whole, ok := fixed(l2, l1*c.factorMax, math.MaxInt16)
		_, far, in := fixed(offset, c.offsetMax, math.MaxInt16)
		binary.LittleEndian.PutUint16(factors[2*i:], uint16(whole))
		binary.LittleEndian.PutUint16(factors[2*(blockRows+i):], uint16(far))
		record := records[i*c.recordSize() : (i+1)*c.recordSize()]
		if !ok || !in {
			above = math.Inf(1)
			binary.LittleEndian.PutUint16(record[4:], spreadAny)
			continue
		}
		factor *= c.factorMax
		above = max(above, left(c.dims, factor, l1, l2)-c.line.base-c.line.slope*factor)
		binary.LittleEndian.PutUint16(record, uint16(whole))
		c.second(record, factor, l1, l2)
	}
	c.spread[block] = wideness(above)
}

// second writes the record of the row in c.r but for its first number, the first factor:
// a factor for the second bits, the length of what both leave, and the bits.
//
// The second bits tell, along each dimension, whether the row is longer than a bound,
// as signs relative to the first ones. The bound halves the sum of absolute values, so
// that the second estimate is as free of bias as the first.
func (c coder) second(record []byte, factor, l1, l2 float64) {
	bound := c.half(l1, l2)
	var dot, bias float64
	for j, x := range c.r {
		size := max(x, -x)
		if (size > bound) == (x > 0) {
			record[6+j/8] |= 1 << (j % 8)
		}
		if size > bound {
			dot, bias = dot+float64(size)-factor, bias+float64(size)
		} else {
			dot, bias = dot-float64(size)+factor, bias-float64(size)
		}
	}
	share, whole, _ := fixed(max(0, dot), float64(c.dims)*c.factorMax, math.MaxUint16)
	share *= c.factorMax
	rest := float64(c.dims)*(factor*factor+share*share) - 2*factor*l1 + l2 - 2*share*dot
	rest = math.Sqrt(max(0, rest))
	if l2 > 0 {
		// What is left of the bias is no matter of chance: it counts in full.
		rest += share * math.Abs(bias) / math.Sqrt(l2) * math.Sqrt(float64(c.dims)) / sigmas
	}
	binary.LittleEndian.PutUint16(record[2:], uint16(whole))
	binary.LittleEndian.PutUint16(record[4:], wideness(rest))
}

// half is about a bound above which half of the row's sum of absolute values lies. It is
// found by Newton's method from where it is for normally distributed values.
func (c coder) half(l1, l2 float64) float32 {
	bound := 1.177 * math.Sqrt(l2/float64(c.dims))
	for range 3 {
		var above float32
		for _, x := range c.r {
			if size := max(x, -x); size > float32(bound) {
				above += size
			}
		}
		bound = max(0, bound+(float64(above)-l1/2)/(0.47*float64(c.dims)))
	}
	return float32(bound)
}

// fixed is x/unit as a share of most, its whole number, and whether it fits.
func fixed(x, unit, most float64) (share float64, whole int, ok bool) {
	if x == 0 {
		return 0, 0, true
	}
	n := math.Round(x / unit * most)
	if !(math.Abs(n) <= most) {
		return 0, 0, false
	}
	return n / most, int(n), true
}

// wideness is a length in steps, rounded up.
func wideness(length float64) uint16 {
	if steps := math.Ceil(length / spreadStep); steps < spreadAny {
		return uint16(steps)
	}
	return spreadAny
}

// stripe is how many blocks are encoded between two looks at the context.
const stripe = 256

// each encodes all blocks with all processors and hands them on in their order.
func (c *codes) each(ctx context.Context, v *Vectors, yield func(blocks, records []byte) error) error {
	c.spread = make([]uint16, c.count())
	blocks, records := make([]byte, stripe*c.blockSize()), make([]byte, stripe*blockRows*c.recordSize())
	threads := runtime.GOMAXPROCS(0)
	for at := 0; at < c.count(); at += stripe {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(stripe, c.count()-at)
		clear(blocks)
		clear(records)
		var wg sync.WaitGroup
		for t := range threads {
			wg.Go(func() {
				one := coder{c, make([]float32, c.dims)}
				for b := t; b < n; b += threads {
					one.encode(v, at+b, blocks[b*c.blockSize():(b+1)*c.blockSize()], records[b*blockRows*c.recordSize():])
				}
			})
		}
		wg.Wait()
		rows := min(n*blockRows, c.rows-at*blockRows)
		if err := yield(blocks[:n*c.blockSize()], records[:rows*c.recordSize()]); err != nil {
			return err
		}
	}
	return nil
}

// Encode adds codes to vectors that New made, as OpenCodes does to those of files.
func (v *Vectors) Encode(ctx context.Context) error {
	if v.rows == 0 || v.dims == 0 {
		return nil
	}
	c := newCodes(v)
	err := c.each(ctx, v, func(blocks, records []byte) error {
		c.blocks, c.records = append(c.blocks, blocks...), append(c.records, records...)
		return nil
	})
	if err != nil {
		return fmt.Errorf("encode vectors: %w", err)
	}
	v.codes = c
	return nil
}
