package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
)

// page is how many rows are read at once. No query stays open while the caller
// works on a page, so that a slow reader never holds the writer up.
const page = 1024

// Filter chooses decisions; the zero value means all of them.
type Filter struct {
	Doc  string // only this document; empty for every one
	From int64  // first seq
	To   int64  // last seq, included; 0 for no end
	Slim bool   // leave Edit and Offer nil: most of the bytes, and a fold needs neither
}

// All streams the chosen decisions, oldest first, as they were when it began.
// After an error, which comes with a zero decision, nothing follows.
func (j *Journal) All(ctx context.Context, f Filter) iter.Seq2[corpus.Decision, error] {
	return func(yield func(corpus.Decision, error) bool) {
		if f.To <= 0 {
			// Decisions that the caller appends meanwhile must not extend the walk.
			last, err := j.readLastFor(ctx)
			if err != nil {
				yield(corpus.Decision{}, err)
				return
			}
			f.To = last
		}
		for f.From <= f.To {
			found, err := j.page(ctx, f)
			if err != nil {
				yield(corpus.Decision{}, fmt.Errorf("read decisions from %s: %w", j.path, err))
				return
			}
			for _, d := range found {
				if !yield(d, nil) {
					return
				}
			}
			if len(found) < page {
				return
			}
			f.From = found[len(found)-1].Seq + 1
		}
	}
}

func (j *Journal) readLastFor(ctx context.Context) (int64, error) {
	if j.lock != nil {
		return j.last.Load(), nil
	}
	return j.readLast(ctx)
}

// Step returns the decisions of one step, oldest first; none for an unknown step.
func (j *Journal) Step(ctx context.Context, step int64) ([]corpus.Decision, error) {
	found, err := j.query(ctx, selectFull+` WHERE step = ? ORDER BY seq`, step)
	if err != nil {
		return nil, fmt.Errorf("read step %d from %s: %w", step, j.path, err)
	}
	return found, nil
}

const (
	selectFull = `SELECT seq, time, who, doc, kind, step, "of", ms, "before", "after", edit, offer, note, text_hash FROM decisions`
	selectSlim = `SELECT seq, time, who, doc, kind, step, "of", ms, "before", "after", NULL, NULL, note, text_hash FROM decisions`
)

func (j *Journal) page(ctx context.Context, f Filter) ([]corpus.Decision, error) {
	query, args := selectFull, []any{f.From, f.To}
	if f.Slim {
		query = selectSlim
	}
	query += ` WHERE seq BETWEEN ? AND ?`
	if f.Doc != "" {
		query += ` AND doc = ?`
		args = append(args, f.Doc)
	}
	return j.query(ctx, query+` ORDER BY seq LIMIT ?`, append(args, page)...)
}

func (j *Journal) query(ctx context.Context, query string, args ...any) (found []corpus.Decision, err error) {
	rows, err := j.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		d, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, d)
	}
	return found, rows.Err()
}

func scan(rows *sql.Rows) (d corpus.Decision, err error) {
	var at string
	var before, after, edit, offer sql.RawBytes
	err = rows.Scan(&d.Seq, &at, &d.Who, &d.Doc, &d.Kind, &d.Step, &d.Of, &d.Millis, &before, &after, &edit, &offer, &d.Note, &d.Text)
	if err != nil {
		return d, err
	}
	if d.Time, err = time.Parse(corpus.TimeLayout, at); err != nil {
		return d, fmt.Errorf("seq %d: %w", d.Seq, err)
	}
	var errs [4]error
	d.Before, errs[0] = decodeMention(before)
	d.After, errs[1] = decodeMention(after)
	if edit != nil {
		errs[2] = json.Unmarshal(edit, &d.Edit)
	}
	if offer != nil {
		errs[3] = json.Unmarshal(offer, &d.Offer)
	}
	if err := errors.Join(errs[:]...); err != nil {
		return d, fmt.Errorf("seq %d: %w", d.Seq, err)
	}
	return d, nil
}

// Begun returns every .ann file that decisions on doc started from, oldest first.
func (j *Journal) Begun(ctx context.Context, doc string) ([]Begun, error) {
	return j.begun(ctx, `WHERE doc = ? ORDER BY id`, doc)
}

// LastBegun returns the .ann file that the decision seq on doc builds on, the
// latest one where seq is 0, and whether there is one.
func (j *Journal) LastBegun(ctx context.Context, doc string, seq int64) (Begun, bool, error) {
	if seq <= 0 {
		seq = math.MaxInt64
	}
	found, err := j.begun(ctx, `WHERE doc = ? AND seq <= ? ORDER BY id DESC LIMIT 1`, doc, seq)
	if err != nil || len(found) == 0 {
		return Begun{}, false, err
	}
	return found[0], true, nil
}

func (j *Journal) begun(ctx context.Context, where string, args ...any) (found []Begun, err error) {
	fail := func(err error) error { return fmt.Errorf("read what documents began from in %s: %w", j.path, err) }
	rows, err := j.db.QueryContext(ctx, `SELECT seq, doc, time, text_hash, ann FROM begun `+where, args...)
	if err != nil {
		return nil, fail(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var b Begun
		var at string
		if err := rows.Scan(&b.Seq, &b.Doc, &at, &b.Text, &b.Ann); err != nil {
			return nil, fail(err)
		}
		if b.Time, err = time.Parse(corpus.TimeLayout, at); err != nil {
			return nil, fail(err)
		}
		found = append(found, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fail(err)
	}
	return found, nil
}
