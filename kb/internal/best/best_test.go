package best

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
)

func TestTopEqualsSorting(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		scores := make([]float32, rng.IntN(40))
		for i := range scores {
			scores[i] = float32(rng.IntN(8)) / 8 // many ties
		}
		k := 1 + rng.IntN(12)
		floor := float32(rng.IntN(4)) / 8
		run, single := Top{K: k, Floor: floor}, Top{K: k, Floor: floor}
		run.AddRun(3, scores)
		var want []kb.Hit
		for i, s := range scores {
			h := kb.Hit{Row: int32(i + 3), Score: s}
			single.Add(h)
			if s >= floor {
				want = append(want, h)
			}
		}
		slices.SortFunc(want, Compare)
		want = want[:min(k, len(want))]
		if got := run.Sorted(); !slices.Equal(got, want) {
			t.Fatalf("AddRun kept %v, want %v", got, want)
		}
		if got := single.Sorted(); !slices.Equal(got, want) {
			t.Fatalf("Add kept %v, want %v", got, want)
		}
	}
}

func TestNotANumberIsNeverKept(t *testing.T) {
	top := Top{K: 2}
	top.AddRun(0, []float32{float32(math.NaN()), 1})
	if got := top.Sorted(); len(got) != 1 || got[0].Row != 1 {
		t.Errorf("kept %v", got)
	}
}
