package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// Verify reads all files whole and compares them with what was written, and with each
// other; Open looks at sizes and headers alone, so that it takes no time. ErrDamaged.
func (k *KB) Verify(ctx context.Context) error {
	if err := errors.Join(k.index.Verify(), k.table.set.Verify()); err != nil {
		return fmt.Errorf("%w: %w", err, ErrDamaged)
	}
	hash, err := contentHash(ctx, k.db, k.meta.Encoder)
	if err != nil || hash != k.meta.Hash {
		return k.changed(dbFile, err)
	}
	if k.vectors == nil {
		return nil
	}
	for _, f := range []struct{ name, sum string }{{f32File, k.meta.Vectors}, {graphFile, k.meta.Graph}} {
		if f.sum == "" {
			continue
		}
		if sum, err := hashFile(filepath.Join(k.dir, f.name)); err != nil || sum != f.sum {
			return k.changed(f.name, err)
		}
	}
	if row, err := k.vectors.CheckBytes(ctx); err != nil {
		return err
	} else if row >= 0 {
		return k.changed(i8File, fmt.Errorf("row %d is not that of %s", row, f32File))
	}
	if err := k.vectors.CheckCodes(); err != nil {
		return k.changed(bitsFile, err)
	}
	return nil
}

// changed is the error of a file that is not what was written; why may be nil.
func (k *KB) changed(file string, why error) error {
	if errors.Is(why, context.Canceled) || errors.Is(why, context.DeadlineExceeded) {
		return why
	}
	path := filepath.Join(k.dir, file)
	if why != nil {
		return fmt.Errorf("%s is not what was written; build it again: %w: %w", path, why, ErrDamaged)
	}
	return fmt.Errorf("%s is not what was written; build it again: %w", path, ErrDamaged)
}
