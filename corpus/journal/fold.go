package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
)

// A snapshot is the fold of a journal up to one of its decisions, in a file
// beside it, so that opening does not read every decision ever made. It is a
// cache: it may be deleted at any time, and is not used unless its own hash and
// that of decisions which it covers are right.

// snapshotAfter is how many decisions beyond a snapshot make a new one worth its
// writing: they take about ten milliseconds to fold.
const snapshotAfter = 1000

// Fold returns what holds after all decisions of the journal. Where a snapshot
// lies beside it, only the decisions after that are read; where that were many,
// a new one is written.
func (j *Journal) Fold(ctx context.Context) (*State, error) {
	s := j.readSnapshot(ctx)
	for d, err := range j.All(ctx, Filter{From: s.last + 1, Slim: true}) {
		if err != nil {
			return nil, fmt.Errorf("fold the journal: %w", err)
		}
		s.Apply(d)
	}
	_ = j.Snapshot(ctx, s) // without it the next fold is slower, that is all
	return s, nil
}

// Snapshot keeps s for the next Fold, where it is worth it: s must be the fold of
// all decisions on disk, else nothing is written, and so it is where the journal
// is read-only, or the last snapshot nearly as new.
func (j *Journal) Snapshot(ctx context.Context, s *State) error {
	if j.lock == nil || s.last != j.last.Load() || s.last < j.snapshot.Load()+snapshotAfter {
		return nil
	}
	fail := func(err error) error { return fmt.Errorf("write the snapshot of %s: %w", j.path, err) }
	print, err := j.fingerprint(ctx, s.last)
	if err != nil {
		return fail(err)
	}
	data, err := s.MarshalBinary()
	if err != nil {
		return fail(err)
	}
	if err := replace(snapshotPath(j.path), append(print, data...)); err != nil {
		return fail(err)
	}
	j.snapshot.Store(s.last)
	return nil
}

// readSnapshot is the state of the snapshot, that of an empty journal where there
// is none that belongs to this journal.
func (j *Journal) readSnapshot(ctx context.Context) *State {
	s := NewState()
	data, err := os.ReadFile(snapshotPath(j.path))
	if err != nil || len(data) < sha256.Size || s.UnmarshalBinary(data[sha256.Size:]) != nil {
		return s
	}
	print, err := j.fingerprint(ctx, s.last)
	if err != nil || string(print) != string(data[:sha256.Size]) {
		return NewState()
	}
	j.snapshot.Store(s.last)
	return s
}

// fingerprint tells journals apart whose first n decisions differ: a hash of the
// decisions n, n/2, n/4 and so on to the first. The decision n alone would do for
// a journal that another one replaced, since it holds its time.
func (j *Journal) fingerprint(ctx context.Context, n int64) ([]byte, error) {
	hash := sha256.New()
	for ; n > 0; n /= 2 {
		var row [13]sql.NullString
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		err := j.db.QueryRowContext(ctx, selectFingerprint, n).Scan(into...)
		if err != nil {
			return nil, fmt.Errorf("read decision %d: %w", n, err)
		}
		for _, value := range row {
			fmt.Fprintf(hash, "%t %d %s\n", value.Valid, len(value.String), value.String)
		}
	}
	return hash.Sum(nil), nil
}

const selectFingerprint = `SELECT seq, time, who, doc, kind, step, "of", ms, "before", "after", edit, note, text_hash FROM decisions WHERE seq = ?`

func snapshotPath(path string) string { return strings.TrimSuffix(path, suffix) + ".snapshot" }

// replace writes a file by renaming. It syncs nothing: what a power cut leaves
// of a snapshot has another hash, and is not used. The lock of the journal is
// also the right to the temporary file.
func replace(path string, data []byte) error {
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	return os.Rename(tmp, path)
}
