package models

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/gloss-nlp/gloss/engine/demo"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/kb"
	kbdemo "github.com/gloss-nlp/gloss/kb/demo"
	"github.com/gloss-nlp/gloss/kb/source"
	"github.com/gloss-nlp/gloss/kb/store"
)

// demoLabels says which table of the embedded terminology serves a label.
var demoLabels = map[string]string{
	"MORFOLOGIA_NEOPLASIA": "morphology",
	"ENFERMEDAD":           "diseases",
	"SINTOMA":              "symptoms",
	"PROCEDIMIENTO":        "procedures",
	"NORMALIZABLES":        "substances",
	"PROTEINAS":            "substances",
	"SPECIES":              "species",
	"HUMAN":                "species",
}

// demoKBs returns the embedded terminology as knowledge bases. They are built
// once a user, into the cache, and again when the tables or the encoder change.
func demoKBs(ctx context.Context, embedder kb.Embedder) ([]KB, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	var refs []KB
	built := map[string]string{}
	for label, table := range demoLabels {
		dir := built[table]
		if dir == "" {
			if dir, err = demoKB(ctx, filepath.Join(cache, "gloss", "kb"), table, embedder); err != nil {
				return nil, err
			}
			built[table] = dir
		}
		refs = append(refs, KB{Label: label, Dir: dir})
	}
	slices.SortFunc(refs, func(a, b KB) int { return cmp.Compare(a.Label, b.Label) })
	return refs, nil
}

func demoKB(ctx context.Context, cache, table string, embedder kb.Embedder) (string, error) {
	file := table + ".tsv"
	data, err := fs.ReadFile(kbdemo.Files, file)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write(data)
	if embedder != nil {
		fmt.Fprint(h, embedder.Hash())
	}
	fmt.Fprint(h, store.Version)
	dir := filepath.Join(cache, table+"-"+hex.EncodeToString(h.Sum(nil))[:16])
	if _, err := store.ReadMeta(dir); err == nil {
		return dir, nil
	} else if !errors.Is(err, store.ErrNotKB) {
		return "", err
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", err
	}
	f, err := kbdemo.Files.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.Sum256(data)
	_, err = store.Build(ctx, dir, store.BuildOptions{
		Name: table, Licence: "MIT", CreatedBy: "gloss demo", Embedder: embedder,
		Sources:  []store.Source{{Path: file, SHA256: hex.EncodeToString(sum[:]), Licence: "MIT"}},
		Concepts: source.ReadFrom(f, file, source.Options{}),
	})
	return dir, err
}

// ShippedLabels are the labels that the shipped model gives.
func ShippedLabels() []string {
	b, err := onnx.OpenBundle(demo.NER(), "gloss-small-es")
	if err != nil {
		return nil
	}
	return labelsOf(b)
}
