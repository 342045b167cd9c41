package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gloss-nlp/gloss/kb"
	kbdemo "github.com/gloss-nlp/gloss/kb/demo"
	"github.com/gloss-nlp/gloss/kb/source"
	"github.com/gloss-nlp/gloss/kb/store"
)

// demoTables says which table of the embedded terminology serves a label, and
// which of its types belong to the label rather than to the one after it.
var demoTables = []struct {
	label, table string
	types        []string
}{
	{"MORFOLOGIA_NEOPLASIA", "morphology", nil},
	{"ENFERMEDAD", "diseases", nil},
	{"SINTOMA", "symptoms", nil},
	{"PROCEDIMIENTO", "procedures", nil},
	{"PROTEINAS", "substances", []string{"protein"}},
	{"NORMALIZABLES", "substances", nil},
	{"HUMAN", "species", []string{"human"}},
	{"SPECIES", "species", nil},
}

func inDemo(label string) bool {
	for _, t := range demoTables {
		if t.label == label {
			return true
		}
	}
	return false
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
	for _, t := range demoTables {
		dir := built[t.table]
		if dir == "" {
			if dir, err = demoKB(ctx, filepath.Join(cache, "gloss", "kb"), t.table, embedder); err != nil {
				return nil, err
			}
			built[t.table] = dir
		}
		refs = append(refs, KB{Label: t.label, Dir: dir, Types: t.types})
	}
	return refs, nil
}

func demoKB(ctx context.Context, cache, table string, embedder kb.Embedder) (string, error) {
	file := table + ".tsv"
	data, err := fs.ReadFile(kbdemo.FS, file)
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
	f, err := kbdemo.FS.Open(file)
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
