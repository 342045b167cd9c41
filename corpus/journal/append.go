package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/gloss-nlp/gloss/corpus"
)

// Begun is the .ann file that decisions on a document started from: stored
// with the first of them, and again whenever someone else changed the file.
type Begun struct {
	Seq  int64     // seq of the first decision that may build on it; set by the journal
	Doc  string    // as in Decision
	Time time.Time // UTC, milliseconds
	Text string    // SHA-256 of the document's text, hexadecimal
	Ann  []byte    // the file, byte for byte
}

// Batch is what goes to disk together or not at all. Its Begun rows come
// before its decisions.
type Batch struct {
	Begun     []Begun
	Decisions []corpus.Decision
}

func (b Batch) empty() bool { return len(b.Begun) == 0 && len(b.Decisions) == 0 }

// Append stores decisions; they are durable when it returns nil, and none of
// them is stored when it returns an error. Their Seq must follow Last without
// gaps, else the error is ErrSeq.
func (j *Journal) Append(ctx context.Context, decisions []corpus.Decision) error {
	return j.AppendBatch(ctx, Batch{Decisions: decisions})
}

// Begin stores the .ann bytes that the next decisions on doc start from.
// textHash is the SHA-256 of the document's text, hexadecimal.
func (j *Journal) Begin(ctx context.Context, doc string, ann []byte, textHash string) error {
	return j.AppendBatch(ctx, Batch{Begun: []Begun{{Doc: doc, Time: time.Now(), Text: textHash, Ann: ann}}})
}

// AppendBatch stores batches in order as one transaction, under the rules of Append.
func (j *Journal) AppendBatch(ctx context.Context, batches ...Batch) (err error) {
	if j.lock == nil {
		return fmt.Errorf("append to %s: %w", j.path, ErrReadOnly)
	}
	j.writing.Lock()
	defer j.writing.Unlock()
	if err := check(j.last.Load(), batches); err != nil {
		return fmt.Errorf("append to %s: %w", j.path, err)
	}
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return j.explain(err)
	}
	last, err := insert(ctx, tx, j.last.Load(), batches)
	if err != nil {
		return errors.Join(j.explain(err), quiet(tx.Rollback()))
	}
	if err := j.stillThere(); err != nil {
		return errors.Join(fmt.Errorf("append to %s: %w", j.path, err), quiet(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return j.explain(err)
	}
	j.last.Store(last)
	return nil
}

// stillThere tells whether the open file still has its name. A file that was
// removed, or moved with its directory, takes what is written as before, and
// nobody would find it again.
func (j *Journal) stillThere() error {
	now, err := os.Stat(j.path)
	switch {
	case err != nil:
		return fmt.Errorf("%w: put its directory back, or open the collection again: %w", ErrVanished, err)
	case !os.SameFile(now, j.file):
		return fmt.Errorf("%w: another file has its name: open the collection again", ErrVanished)
	}
	return nil
}

// quiet drops the error of a transaction that a cancelled context has already ended.
func quiet(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// explain says what to do about the errors that a person can mend.
func (j *Journal) explain(err error) error {
	var cause sqlite3.Error
	hint := ""
	if errors.As(err, &cause) {
		switch cause.Code {
		case sqlite3.ErrFull:
			hint = ": free some space, then try again"
		case sqlite3.ErrIoErr:
			hint = ": look at the disk, then try again"
		case sqlite3.ErrReadonly, sqlite3.ErrPerm:
			hint = ": make the state directory writable, or choose another with --state"
		}
	}
	return fmt.Errorf("append to %s: %w%s", j.path, err, hint)
}

// check refuses what must not get into the log, before anything is written.
func check(last int64, batches []Batch) error {
	for _, b := range batches {
		for _, d := range b.Decisions {
			switch {
			case d.Seq != last+1:
				return fmt.Errorf("%w: seq %d after %d", ErrSeq, d.Seq, last)
			case !d.Kind.Valid():
				return fmt.Errorf("%w: seq %d has the unknown kind %q", ErrInvalid, d.Seq, d.Kind)
			case d.Step < 1 || d.Step > d.Seq:
				return fmt.Errorf("%w: seq %d has step %d, want 1 to %d", ErrInvalid, d.Seq, d.Step, d.Seq)
			case (d.Kind == corpus.Undo || d.Kind == corpus.Redo) && (d.Of < 1 || d.Of >= d.Seq):
				return fmt.Errorf("%w: %s at seq %d is of step %d, want 1 to %d", ErrInvalid, d.Kind, d.Seq, d.Of, d.Seq-1)
			}
			last = d.Seq
		}
	}
	return nil
}

const (
	insertDecision = `INSERT INTO decisions (seq, time, who, doc, kind, step, "of", ms, "before", "after", edit, offer, note, text_hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertBegun = `INSERT INTO begun (seq, doc, time, text_hash, ann) VALUES (?, ?, ?, ?, ?)`
)

// insert returns the seq of the last decision after the batches.
func insert(ctx context.Context, tx *sql.Tx, last int64, batches []Batch) (_ int64, err error) {
	row, err := tx.PrepareContext(ctx, insertDecision)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, row.Close()) }()
	for _, batch := range batches {
		for _, b := range batch.Begun {
			ann := b.Ann
			if ann == nil {
				ann = []byte{} // a missing file is an empty one, not NULL
			}
			if _, err := tx.ExecContext(ctx, insertBegun, last+1, b.Doc, stamp(b.Time), b.Text, ann); err != nil {
				return 0, fmt.Errorf("begin %s: %w", b.Doc, err)
			}
		}
		for _, d := range batch.Decisions {
			values, err := columns(d)
			if err != nil {
				return 0, fmt.Errorf("seq %d: %w", d.Seq, err)
			}
			if _, err := row.ExecContext(ctx, values...); err != nil {
				return 0, fmt.Errorf("seq %d: %w", d.Seq, err)
			}
			last = d.Seq
		}
	}
	return last, nil
}

// columns are the values of insertDecision, in its order.
func columns(d corpus.Decision) ([]any, error) {
	parts := []any{nil, nil, nil, nil}
	for i, part := range []struct {
		value  any
		absent bool
	}{
		{d.Before, d.Before == nil},
		{d.After, d.After == nil},
		{d.Edit, len(d.Edit) == 0},
		{d.Offer, d.Offer == nil},
	} {
		if part.absent {
			continue
		}
		b, err := json.Marshal(part.value)
		if err != nil {
			return nil, err
		}
		parts[i] = string(b)
	}
	return append([]any{d.Seq, stamp(d.Time), d.Who, d.Doc, string(d.Kind), d.Step, d.Of, d.Millis},
		append(parts, d.Note, d.Text)...), nil
}

func stamp(t time.Time) string { return t.UTC().Format(corpus.TimeLayout) }
