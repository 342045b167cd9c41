package onnx

import (
	"context"
	"fmt"
	"strings"
)

// runFitting runs a batch, and where the device has no memory for it, its halves. The
// session remembers what was too large, so that one document after the other need not
// find out.
func (s *Session) runFitting(ctx context.Context, rows [][]int64, batch []int, o BatchOptions, visit func(int, []float32, int)) error {
	pieces := int64(len(batch) * len(rows[batch[0]]))
	if room := s.room.Load(); len(batch) == 1 || room == 0 || pieces <= room {
		err := s.runBatch(ctx, rows, batch, o, visit)
		switch {
		case err == nil || !outOfMemory(err):
			return err
		case len(batch) == 1:
			return fmt.Errorf("%s has no memory for one row of %d pieces: %w", s.runtime.Device(), pieces, err)
		}
		s.lowerRoom(pieces - 1)
	}
	half := len(batch) / 2
	if err := s.runFitting(ctx, rows, batch[:half], o, visit); err != nil {
		return err
	}
	return s.runFitting(ctx, rows, batch[half:], o, visit)
}

// lowerRoom notes that batches of more pieces do not fit.
func (s *Session) lowerRoom(pieces int64) {
	for {
		room := s.room.Load()
		if room != 0 && room <= pieces || s.room.CompareAndSwap(room, pieces) {
			return
		}
	}
}

// outOfMemory recognises what ONNX Runtime, CUDA and its libraries say when they lack
// memory; there is no error code of its own for it.
func outOfMemory(err error) bool {
	message := strings.ToLower(err.Error())
	for _, words := range []string{
		"failed to allocate memory", "available memory of", "out of memory", "bad_alloc", "bad allocation",
		"alloc_failed", "cudaerrormemoryallocation",
	} {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}
