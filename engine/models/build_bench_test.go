package models

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/gloss-nlp/gloss/kb/store"
	"github.com/gloss-nlp/gloss/kb/synth"
)

// BenchmarkBuild builds a knowledge base of made-up names with the shipped encoder:
// names a second, reading, embedding, indexing and checking together.
func BenchmarkBuild(b *testing.B) {
	e, err := OpenEncoder(Options{})
	if err != nil {
		b.Skip("the shipped encoder does not open here: " + err.Error())
	}
	defer e.Close()
	for _, n := range []int{20_000, 100_000} {
		b.Run(fmt.Sprintf("%dk", n/1000), func(b *testing.B) {
			for b.Loop() {
				dir := filepath.Join(b.TempDir(), "kb")
				if _, err := store.Build(b.Context(), dir, store.BuildOptions{Name: "synthetic", Concepts: synth.Concepts(n, 1), Embedder: e}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "names/s")
		})
	}
}
