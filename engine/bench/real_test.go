package bench

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/kb/source"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// TestScanFindsRealNames holds the scan by bits to its recall on what the shipped
// encoder makes of real names. No query is a row.
func TestScanFindsRealNames(t *testing.T) {
	const hpo = "../../../shared/data/kb/hp-2017.obo"
	if _, err := os.Stat(hpo); err != nil {
		t.Skip("no ontology at " + hpo + "; see the README beside it for its source")
	}
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	enc, err := models.OpenEncoder(models.Options{Device: "cpu"})
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
	const rows, asked = 6000, 200
	var names []string
	for c, err := range source.Read(hpo, source.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range c.Names {
			names = append(names, n.Text)
		}
		if len(names) >= rows+asked {
			break
		}
	}
	vectors, err := enc.Embed(context.Background(), names[:rows+asked])
	if err != nil {
		t.Fatal(err)
	}
	// Every thirty-first name is a query and no row.
	var queries, kept [][]float32
	for i, v := range vectors {
		if i%31 == 30 {
			queries = append(queries, v)
		} else {
			kept = append(kept, v)
		}
	}
	v := write(t, kept)
	recall, n, err := vec.Recall(context.Background(), vec.NewFlat(v, 0), vec.NewExact(v, 0), queries, 25, time.Now().Add(time.Hour))
	if err != nil || n != len(queries) || recall < 0.999 {
		t.Errorf("recall %.4f over %d queries, %v", recall, n, err)
	}
}

// write makes an index, with codes, in files.
func write(t *testing.T, rows [][]float32) *vec.Vectors {
	t.Helper()
	dir, dims := t.TempDir(), len(rows[0])
	path := func(name string) string { return filepath.Join(dir, name) }
	w, err := vec.Create(path("f32"), path("i8"), len(rows), dims)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	v, err := vec.Open(path("f32"), path("i8"), len(rows), dims)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	if err := vec.WriteCodes(context.Background(), path("bits"), v); err != nil {
		t.Fatal(err)
	}
	if err := v.OpenCodes(path("bits")); err != nil {
		t.Fatal(err)
	}
	return v
}
