// Package replay rebuilds annotation files from journals alone: the bytes that
// a document began from, and after them every edit that was decided. The same
// journals give the same bytes, now or as of any moment. It also merges the
// journals of two annotators, or of one annotator's two machines.
package replay

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// ErrAt says that a moment cannot be read.
var ErrAt = errors.New("no moment of a journal")

// At is a moment: after the decision Seq of one journal, or at a time. The
// zero value is now, after everything.
type At struct {
	Seq  int64
	Time time.Time
}

// ParseAt reads a moment as a person writes it: a sequence number, or a time
// in RFC 3339. Empty is now. The error wraps ErrAt.
func ParseAt(s string) (At, error) {
	if s == "" {
		return At{}, nil
	}
	if seq, err := strconv.ParseInt(s, 10, 64); err == nil && seq > 0 {
		return At{Seq: seq}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return At{}, fmt.Errorf("%w: %q: write a sequence number from 1 (see gloss log), or a time such as 2026-03-04T12:00:00Z", ErrAt, s)
	}
	return At{Time: t}, nil
}

// state is an annotation file as one journal knows it.
type state struct {
	ann  []byte
	text string    // SHA-256 of the text that it was decided on, hexadecimal
	last time.Time // of what brought it there; zero where all came after the moment
	from time.Time // when the document was begun
}

// until is the last seq that counts at a moment.
func (a At) until(ctx context.Context, j *journal.Journal) (int64, error) {
	switch {
	case a.Seq > 0:
		if last := j.Last(); a.Seq > last {
			return 0, fmt.Errorf("%w: %s ends at decision %d, before %d", ErrAt, j.Path(), last, a.Seq)
		}
		return a.Seq, nil
	case !a.Time.IsZero():
		return j.LastAt(ctx, a.Time)
	}
	return j.Last(), nil
}

// start chooses what a document was begun from as of a moment: the last of the
// rows that count, or the very first where the moment lies before it.
func (a At) start(begun []journal.Begun, until int64) (b journal.Begun, before bool) {
	b, before = begun[0], true
	for _, c := range begun {
		// A file that was merged after the last decision has no decision to carry it.
		now := a == At{} || !a.Time.IsZero() && !c.Time.After(a.Time)
		if c.Seq <= until || c.Seq == until+1 && now {
			b, before = c, false
		}
	}
	return b, before
}

// rebuild replays what one journal holds about a document, up to a moment.
func rebuild(ctx context.Context, j *journal.Journal, doc string, text corpus.Text, at At) (state, error) {
	begun, err := j.Begun(ctx, doc)
	if err != nil {
		return state{}, err
	}
	until, err := at.until(ctx, j)
	if err != nil {
		return state{}, err
	}
	if len(begun) == 0 {
		return state{}, fmt.Errorf("%s does not say what %s began from", j.Path(), doc)
	}
	b, before := at.start(begun, until)
	s := state{ann: b.Ann, text: b.Text, from: b.Time}
	if before {
		return s, nil
	}
	s.last = b.Time
	if b.Seq > until {
		return s, nil
	}
	f, err := brat.Parse(b.Ann, text)
	if err != nil {
		return s, fmt.Errorf("%s: what %s began from: %w", j.Path(), doc, err)
	}
	for d, err := range j.All(ctx, journal.Filter{Doc: doc, From: b.Seq, To: until}) {
		if err != nil {
			return s, err
		}
		if err := f.Apply(d.Edit); err != nil {
			return s, fmt.Errorf("%s: decision %d on %s: %w", j.Path(), d.Seq, doc, err)
		}
		s.last = d.Time
	}
	s.ann = f.Bytes()
	return s, nil
}

// newest chooses among what several journals say of a document: whoever
// decided last had what the others did on disk before. Where the moment lies
// before them all, it is what the first of them began from.
func newest(states []state) state {
	best := states[0]
	for _, s := range states[1:] {
		switch {
		case s.last.After(best.last):
			best = s
		case best.last.IsZero() && s.last.IsZero() && s.from.Before(best.from):
			best = s
		}
	}
	return best
}
