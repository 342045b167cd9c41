package workbench

import (
	"bytes"
	"context"
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// recover brings a document that was just read to where the journal is: after a
// crash the .ann file may be some decisions behind. A file that the journal does
// not know was changed by someone else; it is taken as it is, as a new beginning.
func (w *Workbench) recover(ctx context.Context, d *document) error {
	now := d.file.Bytes()
	begun, ok, err := w.journal.LastBegun(ctx, d.name, 0)
	if err != nil {
		return fmt.Errorf("read the journal for %s: %w", d.name, err)
	}
	if !ok {
		d.base = now
		return nil
	}
	var decisions []corpus.Decision
	for c, err := range w.journal.All(ctx, journal.Filter{Doc: d.name, From: begun.Seq}) {
		if err != nil {
			return fmt.Errorf("read the journal for %s: %w", d.name, err)
		}
		decisions = append(decisions, c)
		d.lastSeq = c.Seq
	}
	last, missing, err := behind(begun.Ann, d.text, decisions, now)
	if err != nil {
		return fmt.Errorf("replay the journal for %s: %w", d.name, err)
	}
	switch {
	case missing < 0:
		d.base = now
	case missing == 0:
		d.begun = true
	default:
		d.begun, d.file, d.dirty = true, last, true
	}
	return nil
}

// behind replays decisions on the bytes that a file began from. It returns the
// file after all of them, and how many of them the bytes now lack; -1 where now
// is none of the states in between.
func behind(began []byte, text corpus.Text, decisions []corpus.Decision, now []byte) (*brat.File, int, error) {
	f, err := brat.Parse(began, text)
	if err != nil {
		return nil, 0, err
	}
	missing := -1
	if bytes.Equal(began, now) {
		missing = len(decisions)
	}
	for i, c := range decisions {
		if err := f.Apply(c.Edit); err != nil {
			return nil, 0, fmt.Errorf("decision %d: %w", c.Seq, err)
		}
		if bytes.Equal(f.Bytes(), now) {
			missing = len(decisions) - i - 1
		}
	}
	return f, missing, nil
}
