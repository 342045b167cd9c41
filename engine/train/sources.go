package train

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gloss-nlp/gloss/engine/demo"
)

// sources are the recipes. The patterns leave out what Python compiles.
//
//go:embed requirements.txt gloss_ner/*.py gloss_ner/recipes/*.py gloss_ner/recipes/*.toml
//go:embed gloss_names/*.py gloss_names/*.toml gloss_small/*.py gloss_small/*.toml gloss_small/*.txt gloss_rank/*.py gloss_rank/*.toml
var sources embed.FS

// unpack puts the recipes into the user's cache, under a name made of their
// contents, and returns the directory. What lies there already is used.
func unpack() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("unpack the recipes: %w", err)
	}
	return unpackInto(filepath.Join(cache, "gloss", "train"), sources)
}

// shippedModel unpacks the recognizer that gloss ships, for recipes that go on from it.
func shippedModel() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("unpack the shipped model: %w", err)
	}
	return unpackInto(filepath.Join(cache, "gloss", "model"), demo.NER())
}

// unpackInto puts files into parent, under a name made of their contents, and returns
// the directory.
func unpackInto(parent string, files fs.FS) (string, error) {
	hash, err := contents(files)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(parent, hash)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", fmt.Errorf("unpack into %s: %w", parent, err)
	}
	tmp, err := os.MkdirTemp(parent, "new-")
	if err != nil {
		return "", fmt.Errorf("unpack into %s: %w", parent, err)
	}
	defer os.RemoveAll(tmp)
	whole := filepath.Join(tmp, "whole")
	if err := os.CopyFS(whole, files); err != nil {
		return "", fmt.Errorf("unpack into %s: %w", parent, err)
	}
	// Another gloss may have been faster: what it left is the same.
	if err := os.Rename(whole, dir); err != nil && !errors.Is(err, fs.ErrExist) {
		if _, gone := os.Stat(dir); gone != nil {
			return "", fmt.Errorf("unpack into %s: %w", parent, err)
		}
	}
	return dir, nil
}

// contents hashes the names and bytes of files.
func contents(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		fmt.Fprintf(h, "%s %d\n", path, len(data))
		h.Write(data)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:16], err
}
