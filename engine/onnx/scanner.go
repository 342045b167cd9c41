package onnx

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/vec"
)

const (
	scanPart    = 128 << 20 // bytes of vectors a session: loading it takes some times as much memory
	scanQueries = 64        // a run: a score for each vector and query lies on the device
	scanSpare   = 4         // times as many rows as are asked for: a device multiplies with fewer bits
)

// Scanner finds rows by meaning on the device of a Runtime, which holds the vectors:
// one matrix product and a choice of the best a part of them, and the best of all
// scored again in float32 here. It is a kb.Scanner; whoever made it closes it.
type Scanner struct {
	vectors *vec.Vectors
	parts   []scannerPart
}

type scannerPart struct {
	first   int32 // row
	rows    int
	session *Session
}

// NewScanner loads vectors onto the device, rows x dims float32 of unit length; they
// must stay open until Close. It fails where the device lacks the memory.
func (r *Runtime) NewScanner(v *vec.Vectors) (_ *Scanner, err error) {
	return r.newScanner(v, max(1, scanPart/(4*max(1, v.Dims()))))
}

func (r *Runtime) newScanner(v *vec.Vectors, rows int) (_ *Scanner, err error) {
	s := &Scanner{vectors: v}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("load %d vectors: %w", v.Rows(), err), s.Close())
		}
	}()
	dims := v.Dims()
	for first := 0; first < v.Rows(); first += rows {
		n := min(rows, v.Rows()-first)
		model := nearestModel(v.All()[first*dims:(first+n)*dims], dims)
		session, err := r.NewSession(Source{Data: model}, SessionOptions{})
		if err != nil {
			return nil, err
		}
		s.parts = append(s.parts, scannerPart{int32(first), n, session})
	}
	return s, nil
}

// Close frees the device's memory.
func (s *Scanner) Close() error {
	var errs []error
	for _, p := range s.parts {
		errs = append(errs, p.session.Close())
	}
	s.parts = nil
	return errors.Join(errs...)
}

// Scan finds the k nearest rows of each query, best first, ties by row.
func (s *Scanner) Scan(ctx context.Context, queries [][]float32, k int) ([][]kb.Hit, error) {
	found := make([][]kb.Hit, len(queries))
	for from := 0; from < len(queries) && k > 0; from += scanQueries {
		to := min(from+scanQueries, len(queries))
		for _, p := range s.parts {
			if err := p.scan(ctx, queries[from:to], found[from:to], scanSpare*k); err != nil {
				return nil, fmt.Errorf("search on the device: %w", err)
			}
		}
	}
	for i, hits := range found {
		for j, h := range hits {
			hits[j].Score = vec.Dot(queries[i], s.vectors.Row(h.Row))
		}
		slices.SortFunc(hits, func(a, b kb.Hit) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Row, b.Row)) })
		found[i] = hits[:min(k, len(hits))]
	}
	return found, nil
}

// scan appends the best k rows of the part to those of each query.
func (p scannerPart) scan(ctx context.Context, queries [][]float32, found [][]kb.Hit, k int) error {
	k = min(k, p.rows)
	out, err := p.session.Run(ctx, map[string]Tensor{
		"queries": Floats(slices.Concat(queries...), int64(len(queries)), int64(len(queries[0]))),
		"k":       Ints([]int64{int64(k)}, 1),
	})
	if err != nil {
		return err
	}
	if len(out[0].Int64s) != len(queries)*k {
		return fmt.Errorf("%d rows for %d queries of %d", len(out[0].Int64s), len(queries), k)
	}
	for i := range queries {
		for _, row := range out[0].Int64s[i*k : (i+1)*k] {
			found[i] = append(found[i], kb.Hit{Row: p.first + int32(row)})
		}
	}
	return nil
}
