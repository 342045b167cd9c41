package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// minScanRecall is the recall at 25 below which names.bits is not kept.
const minScanRecall = 0.999

// bits writes names.bits and measures what a scan with it finds of what a scan of
// every vector finds.
func bits(ctx context.Context, dir string, m *Meta, progress func(stage string, done, total int)) (err error) {
	progress("bits", 0, m.Names)
	v, err := vec.Open(filepath.Join(dir, f32File), filepath.Join(dir, i8File), m.Names, m.Dimensions)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	path := filepath.Join(dir, bitsFile)
	if err := vec.WriteCodes(ctx, path, v); err != nil {
		return err
	}
	if err := errors.Join(v.OpenCodes(path), v.CheckCodes()); err != nil {
		return err
	}
	m.ScanRecall, _, err = vec.Recall(ctx, vec.NewFlat(v, 0), vec.NewExact(v, 0), sampleVectors(v, 100), 25, time.Now().Add(graphTime))
	if err != nil {
		return err
	}
	if m.ScanRecall < minScanRecall {
		m.Warnings = append(m.Warnings, fmt.Sprintf("a scan by bits finds a share of %.4f of the 25 nearest names, less than %.3f; it is not used",
			m.ScanRecall, minScanRecall))
		m.ScanRecall = 0
		return os.Remove(path)
	}
	return nil
}

// openBits maps names.bits where there is one: older knowledge bases, and small ones,
// have none.
func (k *KB) openBits() error {
	err := k.vectors.OpenCodes(filepath.Join(k.dir, bitsFile))
	switch {
	case errors.Is(err, os.ErrNotExist) && k.meta.ScanRecall == 0:
		return nil
	case err != nil:
		return fmt.Errorf("%w; build it again: %w", err, ErrDamaged)
	}
	return nil
}

// IndexRecall is how many of the exact nearest names an index finds, and how fast.
type IndexRecall struct {
	Index   string  `json:"index"`
	Recall  float64 `json:"recall"`
	Queries int     `json:"queries"`
	Millis  float64 `json:"ms"` // a query, median, alone
}

// Recall measures every index of the knowledge base against a scan of all vectors in
// float32, for n of its own names, evenly spaced, as queries of the k nearest.
func (k *KB) Recall(ctx context.Context, top, n int) ([]IndexRecall, error) {
	if k.vectors == nil {
		return nil, fmt.Errorf("%s has no vectors: it was built by letters alone", k.dir)
	}
	type index struct {
		name string
		kb.Scanner
	}
	plain, err := vec.Open(filepath.Join(k.dir, f32File), filepath.Join(k.dir, i8File), k.meta.Names, k.meta.Dimensions)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrDamaged)
	}
	defer plain.Close() // only read
	flat := vec.NewFlat(k.vectors, 1)
	all := []index{{"float32", flat}, {"int8, float32", vec.NewExact(plain, 1)}}
	if k.meta.ScanRecall > 0 {
		all = append(all, index{"bits, int8, float32", vec.NewExact(k.vectors, 1)})
	}
	if k.meta.Index == IndexHNSW {
		all = append(all, index{"hnsw", k.scanner})
	}
	queries := sampleVectors(k.vectors, n)
	var out []IndexRecall
	for _, x := range all {
		recall, measured, err := vec.Recall(ctx, flat, x, queries, top, time.Now().Add(graphTime))
		if err != nil {
			return nil, fmt.Errorf("recall of %s: %w", x.name, err)
		}
		ms, err := median(ctx, x, queries, top)
		if err != nil {
			return nil, err
		}
		out = append(out, IndexRecall{x.name, recall, measured, ms})
	}
	return out, nil
}

// median is how long a query takes alone.
func median(ctx context.Context, s kb.Scanner, queries [][]float32, top int) (ms float64, err error) {
	var all []time.Duration
	for _, q := range queries {
		began := time.Now()
		if _, err := s.Scan(ctx, [][]float32{q}, top); err != nil {
			return 0, err
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return float64(all[len(all)/2].Microseconds()) / 1000, nil
}

// RowsOfTypes are the names of the concepts of some semantic types, for a scan within
// them; nil for no types, which a scan takes for all.
func (k *KB) RowsOfTypes(types ...string) *kb.Rows {
	if len(types) == 0 {
		return nil
	}
	out, keep := &kb.Rows{}, k.OfTypes(types...)
	for row := range int32(k.meta.Names) {
		if keep(row) {
			out.Add(row)
		}
	}
	return out
}
