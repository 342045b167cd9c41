package vec

import (
	"math"
	"math/rand/v2"
)

// sigmas is how many standard deviations of an estimate's error the first pass
// allows for: it loses a row that belongs to the best with a probability of 0.0013
// at most, and the further the row is above the last of them the smaller.
const sigmas = 3

// slackSteps is how many int8 steps a score of the second pass may be off: seven
// standard deviations of the sum of its rounding errors.
const slackSteps = 2

// longest is the length of rows and queries that slack allows for.
const longest = 1.01

// rotationRounds makes each dimension of a rotated vector depend on all.
const rotationRounds = 4

// rotationSigns are the signs of the rotation of vectors of dims dimensions. They are
// part of the format of names.b1: the same numbers for ever.
func rotationSigns(dims int) []float32 {
	rng := rand.NewPCG(0x676c6f7373, 0x6231) // "gloss", "b1"
	out := make([]float32, rotationRounds*dims)
	for i := range out {
		out[i] = 1
		if rng.Uint64()>>63 == 1 {
			out[i] = -1
		}
	}
	return out
}

// byteQuery is a query of the second pass: values * scale, and what a score may be off.
type byteQuery struct {
	values                 []int8
	scale, slackRow, slack float32
	sum                    int32
}

func newByteQuery(q []float32) byteQuery {
	b := byteQuery{values: make([]int8, len(q))}
	b.scale = quantise(q, b.values)
	for _, x := range b.values {
		b.sum += int32(x)
	}
	b.slackRow = slackSteps * float32(math.Sqrt(float64(Dot(q, q))))
	b.slack = slackSteps * longest * b.scale
	return b
}

// bitQuery is a query of the first pass; kernel.h says how its parts make an estimate.
type bitQuery struct {
	table                []uint8 // 16 sums for each four dimensions
	centre, times, scale int16
	unit, zero           float64 // score = zero + unit * estimate
	spread               int64   // what a block's spread counts, in 1/65536 units
	// of the second pass
	y                           []int8
	sum                         int32
	moreZero                    float64
	lift, moreScale, moreSpread float32
}

// maxLevel is the greatest sum in a table: four of them are added in a byte.
const maxLevel = 63

// newBitQuery prepares a query for the codes c. Estimates follow Gao and Long 2024,
// "RaBitQ": with r a row less the centroid, rotated, and y the query likewise, <r, y>
// is estimated as factor * <sign(r), y>, factor = |r|^2 / |r|_1, which a random
// rotation leaves off by the length of factor * sign(r) - r times |y| / sqrt(dims - 1)
// (standard deviation).
func newBitQuery(c *codes, q []float32) bitQuery {
	y := make([]float32, c.dims, c.bytes*8)
	var zero, l1, l2 float64
	for i := range y {
		y[i] = q[i] - c.centroid[i]
		zero += float64(q[i]) * float64(c.centroid[i])
	}
	rotate(y, c.signs)
	for _, x := range y {
		l1 += math.Abs(float64(x))
		l2 += float64(x) * float64(x)
	}
	l2 = math.Sqrt(l2)
	y = y[:c.bytes*8]
	groups := len(y) / 4
	level := min(maxLevel, math.MaxUint16/groups)
	step := 2 * peakSum(y) / float64(level)
	// What a residual of length 1 counts. Rounding in the table adds to it; 1.66 is factor *
	// sqrt(dims) by the length of the residual, but for small differences.
	free := math.Sqrt(float64(max(1, c.dims-1)))
	blur := 1.66 * step * math.Sqrt(float64(groups)/12) / max(l2, 1e-30)
	wide := min(sigmas*math.Hypot(1, blur), free) * l2 / free
	lift := wide * c.line.slope
	// A step must be wide enough for the sums, for 16 bits, and to be a number.
	step = max(step, (l1+math.Abs(lift)+c.offsetMax/c.factorMax)/32000, 1e-30)
	b := bitQuery{table: make([]uint8, 16*groups), zero: zero + wide*c.line.base, moreZero: zero}
	most := b.fill(y, step)
	centre := math.Round((l1 - lift) / step)
	reach := max(math.Abs(centre), math.Abs(float64(most)-centre))
	times := math.Floor(32700 / (reach + c.offsetMax/(c.factorMax*step) + 1))
	b.centre, b.times = int16(uint16(int(centre))), int16(max(1, min(times, math.MaxInt16)))
	b.unit = step * c.factorMax / float64(b.times) * (1 << 15) / math.MaxInt16
	b.scale = int16(math.Round(c.offsetMax / math.MaxInt16 * (1 << 15) / b.unit))
	b.spread = int64(min(math.Ceil(wide*spreadStep/b.unit*(1<<16)), 1<<46))
	b.y = make([]int8, len(y))
	b.moreScale = quantise(y, b.y) * float32(c.factorMax/math.MaxUint16)
	for _, x := range b.y {
		b.sum += int32(x)
	}
	b.lift = float32(lift * c.factorMax / math.MaxInt16)
	b.moreSpread = float32(min(sigmas*math.Hypot(1, 2*blur), free) * l2 / free * spreadStep)
	return b
}

// bounds writes what the estimates of blocks must reach for a score of least.
func (q *bitQuery) bounds(least float32, spread []uint16, out []int16) {
	// Two units below, for what rounding to units loses.
	bound := int64(max(math.Floor((float64(least)-q.zero)/q.unit)-2, math.MinInt32))
	for i, s := range spread {
		b := bound - (int64(s)*q.spread+0xffff)>>16
		if s == spreadAny {
			b = math.MinInt16
		}
		out[i] = int16(min(max(b, math.MinInt16), math.MaxInt16))
	}
}

// peakSum is the greatest sum of four absolute values.
func peakSum(y []float32) float64 {
	var peak float64
	for i := 0; i < len(y); i += 4 {
		peak = max(peak, absSum(y[i:i+4]))
	}
	return peak
}

func absSum(y []float32) float64 {
	var sum float64
	for _, x := range y {
		sum += math.Abs(float64(x))
	}
	return sum
}

// fill writes the table: for each four dimensions and each combination of their signs
// the sum in steps, above the least one. It returns the greatest total.
func (b *bitQuery) fill(y []float32, step float64) int {
	most := 0
	for g := 0; g < len(y); g += 4 {
		least := -absSum(y[g : g+4])
		top := uint8(0)
		for code := range 16 {
			var sum float64
			for i, x := range y[g : g+4] {
				if code>>i&1 == 1 {
					sum += float64(x)
				} else {
					sum -= float64(x)
				}
			}
			v := uint8(math.Round((sum - least) / step))
			b.table[4*g+code] = v
			top = max(top, v)
		}
		most += int(top)
	}
	return most
}
