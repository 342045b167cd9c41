package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceable tells whether a model may be put at a path: where nothing is, an
// empty directory, or a model.
func replaceable(out string) error {
	if out == "" {
		return fmt.Errorf("%w: name the directory of the model with --out", ErrConfig)
	}
	entries, err := os.ReadDir(out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%w: --out %s is not a directory", ErrConfig, out)
	case len(entries) == 0:
		return nil
	}
	if _, err := os.Stat(filepath.Join(out, "model.onnx")); err != nil {
		return fmt.Errorf("%w: --out %s holds other things than a model, and would be replaced: name another directory", ErrConfig, out)
	}
	return nil
}

// replace moves a whole directory to a path. What was there is there again where
// that fails, and gone where it does not.
func replace(from, to string) error {
	old := to + ".old"
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	err := os.Rename(to, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Rename(old, to))
	}
	return os.RemoveAll(old)
}
