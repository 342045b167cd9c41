// Package fake has an Embedder for tests that needs no model.
package fake

import (
	"context"
	"errors"
	"hash/fnv"
	"math"
	"strings"
	"sync/atomic"

	"github.com/gloss-nlp/gloss/kb"
)

// Embedder adds up hashed character trigrams, so that similar strings get similar
// vectors. Synonyms maps a word to another whose vector it gets.
type Embedder struct {
	Dims     int
	ID       string
	Synonyms map[string]string
	Fail     error        // returned by Embed
	Texts    atomic.Int64 // how many texts were embedded
}

var _ kb.Embedder = (*Embedder)(nil)

// New returns an embedder of 64 dimensions.
func New(id string) *Embedder { return &Embedder{Dims: 64, ID: id} }

// Dimensions implements kb.Embedder.
func (e *Embedder) Dimensions() int { return e.Dims }

// Hash implements kb.Embedder.
func (e *Embedder) Hash() string { return e.ID }

// Embed implements kb.Embedder.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if err := errors.Join(e.Fail, ctx.Err()); err != nil {
		return nil, err
	}
	e.Texts.Add(int64(len(texts)))
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = e.vector(t)
	}
	return out, nil
}

func (e *Embedder) vector(text string) []float32 {
	v := make([]float32, e.Dims)
	var sum float64
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		if s, ok := e.Synonyms[w]; ok {
			w = s
		}
		r := []rune("^" + w + "$")
		for i := range r {
			h := fnv.New64a()
			h.Write([]byte(string(r[i:min(i+3, len(r))])))
			s := h.Sum64()
			sign := float32(1)
			if s>>63 == 1 {
				sign = -1
			}
			v[s%uint64(e.Dims)] += sign
		}
	}
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		v[0], sum = 1, 1
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}
