package learn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
)

// randomExample is a window of pieces with random states and legal tags.
func randomExample(r *rand.Rand, pieces, width, columns, labels int) example {
	s := ner.States{Width: width, Columns: columns}
	for i := range pieces {
		s.Spans = append(s.Spans, corpus.Span{Start: corpus.Off(i), End: corpus.Off(i + 1)})
	}
	for range pieces * width {
		s.Values = append(s.Values, float32(r.NormFloat64()))
	}
	for range pieces * columns {
		s.Logits = append(s.Logits, float32(r.NormFloat64()))
	}
	var marks []mark
	for i := 0; i < pieces; i += 1 + r.IntN(3) {
		stop := min(pieces, i+1+r.IntN(3))
		marks = append(marks, mark{corpus.Span{Start: corpus.Off(i), End: corpus.Off(stop)}, r.IntN(labels)})
		i = stop
	}
	tags, marked := tagPieces(s.Spans, marks)
	return example{s, tags, marked}
}

// The gradient of every parameter is what the loss changes by when it is moved.
func TestGradientAgainstDifferences(t *testing.T) {
	const width, columns, labels = 3, 12, 2
	r := rand.New(rand.NewPCG(7, 1))
	origin := fresh("x", []string{"A", "B"})
	origin.First = 2
	f := newFitter(origin, origin, width, Defaults())
	for i, free := range f.legal {
		if free != 0 {
			f.now.all[i] += float32(r.NormFloat64())
		}
	}
	examples := []example{
		randomExample(r, 9, width, columns, labels), randomExample(r, 1, width, columns, labels), randomExample(r, 5, width, columns, labels),
	}
	loss := func() float64 {
		clear(f.grad.all)
		f.like.renew()
		sum := 0.0
		for _, e := range examples {
			sum += f.loss(e)
		}
		return sum
	}
	if l := loss(); !(l > 0) {
		t.Fatalf("loss %v", l)
	}
	gradient := slices.Clone(f.grad.all)
	const step = 1e-2
	for i, free := range f.legal {
		if free == 0 {
			continue
		}
		was := f.now.all[i]
		f.now.all[i] = was + step
		up := loss()
		f.now.all[i] = was - step
		down := loss()
		f.now.all[i] = was
		if want := (up - down) / (2 * step); math.Abs(float64(gradient[i])-want) > 2e-3*(1+math.Abs(want)) {
			t.Errorf("parameter %d of %d: gradient %v, differences say %v", i, len(f.legal), gradient[i], want)
		}
	}
}
