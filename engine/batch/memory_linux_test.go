package batch_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/demo"
	"github.com/gloss-nlp/gloss/engine/batch"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// The memory of the process does not grow with the corpus: it is told when a
// tenth of the documents are done, and at the end.
//
//	go test -run '^$' -bench AnnotateMemory/100000 -benchtime 1x -timeout 30m ./engine/batch
func BenchmarkAnnotateMemory(b *testing.B) {
	b.Setenv(onnx.EnvLibrary, onnxtest.Library(b))
	for _, n := range []int{1000, 10000, 100000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			generate(b, dir, n)
			for b.Loop() {
				annotateWatched(b, dir, n)
			}
		})
	}
}

// generate writes documents of a few lines of the demo's notes each; every
// thousandth has a thousand lines.
func generate(b *testing.B, dir string, n int) {
	b.Helper()
	var lines []string
	notes := b.TempDir()
	if err := demo.Copy(notes); err != nil {
		b.Fatal(err)
	}
	err := filepath.WalkDir(notes, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".txt" {
			return err
		}
		text, err := os.ReadFile(path)
		lines = append(lines, strings.SplitAfter(string(text), "\n")...)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		var text strings.Builder
		size := 1 + r.IntN(4)
		if i%1000 == 999 {
			size = 1000
		}
		for range size {
			text.WriteString(lines[r.IntN(len(lines))])
		}
		sub := filepath.Join(dir, fmt.Sprint(i/1000))
		if err := os.MkdirAll(sub, 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(sub, fmt.Sprintf("%06d.txt", i)), []byte(text.String()), 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

func annotateWatched(b *testing.B, dir string, n int) {
	b.Helper()
	m, err := models.Open(b.Context(), models.Options{Strict: true, Device: "cpu"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	col, err := brat.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	early := 0.0
	sum, err := batch.Annotate(b.Context(), col, m, batch.Options{Out: b.TempDir(), Progress: func(done, _ int) {
		if done == n/10 {
			early = resident(b)
		}
	}})
	if err != nil || sum.Documents != n {
		b.Fatal(sum, err)
	}
	b.ReportMetric(early, "MB-at-a-tenth")
	b.ReportMetric(resident(b), "MB-at-the-end")
	b.ReportMetric(float64(n)/sum.Seconds, "docs/s")
}

// resident is the memory of this process in MB.
func resident(b *testing.B) float64 {
	b.Helper()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(data), "VmRSS:")
	var kilobytes float64
	if _, err := fmt.Sscan(after, &kilobytes); err != nil {
		b.Fatal(err)
	}
	return kilobytes / 1024
}
