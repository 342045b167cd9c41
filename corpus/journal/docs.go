package journal

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// Docs are the documents that the journal holds decisions on, sorted by name.
func (j *Journal) Docs(ctx context.Context) (docs []string, err error) {
	fail := func(err error) error { return fmt.Errorf("list the documents of %s: %w", j.path, err) }
	rows, err := j.db.QueryContext(ctx, `SELECT DISTINCT doc FROM begun ORDER BY doc`)
	if err != nil {
		return nil, fail(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var doc string
		if err := rows.Scan(&doc); err != nil {
			return nil, fail(err)
		}
		docs = append(docs, doc)
	}
	if err := rows.Err(); err != nil {
		return nil, fail(err)
	}
	return docs, nil
}

// LastAt is the seq of the last decision that was made at the time t or
// before; 0 where there is none. Where a clock went back, the later decision counts.
func (j *Journal) LastAt(ctx context.Context, t time.Time) (int64, error) {
	var last int64
	err := j.db.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM decisions WHERE time <= ?`, stamp(t)).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("read the decisions until %s from %s: %w", stamp(t), j.path, err)
	}
	return last, nil
}

// Network tells whether the journal lies on a file system that other machines
// may share.
func (j *Journal) Network() bool { return onNetwork(filepath.Dir(j.path)) }
