package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// replaceable tells whether dir may be (re)placed: it does not exist, is empty, or
// is a knowledge base of whatever version. Anything else is not ours to delete.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("build knowledge base: %w", err)
	case len(entries) == 0:
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, metaFile)); err != nil {
		return fmt.Errorf("%s has files in it and is no knowledge base; choose another directory: %w", dir, ErrNotKB)
	}
	return nil
}

// replace puts tmp in the place of dir. What was there is whole until it is gone.
func replace(tmp, dir string) error {
	if err := replaceable(dir); err != nil {
		return err
	}
	if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
		if err := os.Rename(tmp, dir); err != nil {
			return fmt.Errorf("put knowledge base in place: %w", err)
		}
		return syncDir(filepath.Dir(dir))
	}
	if err := exchange(tmp, dir); err == nil {
		return syncDir(filepath.Dir(dir)) // tmp is the old one now; the caller removes it
	}
	old := tmp + ".old"
	if err := os.Rename(dir, old); err != nil {
		return fmt.Errorf("put knowledge base in place: %w", err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return errors.Join(fmt.Errorf("put knowledge base in place: %w", err), os.Rename(old, dir))
	}
	return errors.Join(os.RemoveAll(old), syncDir(filepath.Dir(dir)))
}

// syncDir makes renames in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}
