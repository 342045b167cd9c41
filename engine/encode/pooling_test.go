package encode

import (
	"math"
	"slices"
	"testing"
)

func TestPool(t *testing.T) {
	values := []float32{1, 0, 3, 2, -4, 7} // three pieces of two numbers
	for p, want := range map[pooling][]float32{
		mean:     {0, 3},
		cls:      {1, 0},
		last:     {-4, 7},
		maximum:  {3, 7},
		meanSqrt: {0, float32(9 / math.Sqrt(3))},
		weighted: {(1 + 6 - 12) / 6.0, (0 + 4 + 21) / 6.0},
	} {
		out := make([]float32, 2)
		p.pool(out, values, 2)
		near := func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-6 }
		if !(near(out[0], want[0]) && near(out[1], want[1])) {
			t.Errorf("%s: %v, want %v", p, out, want)
		}
	}
}

func TestNormalize(t *testing.T) {
	v := []float32{3, 4}
	if normalize(v); !slices.Equal(v, []float32{0.6, 0.8}) {
		t.Errorf("%v", v)
	}
	zero := []float32{0, 0}
	if normalize(zero); !slices.Equal(zero, []float32{0, 0}) {
		t.Errorf("%v", zero)
	}
}
