// Package demo holds the clinical notes that gloss demo opens. They were
// written for this project and describe nobody.
package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed consulta hospital annotation.conf visual.conf
var files embed.FS

// Copy writes the collection to dir, which is made where it is missing. A file
// that is there already is left as it is, so that nobody's work is lost.
func Copy(dir string) error {
	return fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if e.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("copy the demo: %w", err)
		}
		_, err = f.Write(data)
		return errors.Join(err, f.Close())
	})
}
