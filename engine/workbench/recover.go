package workbench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// recover brings a document that was just read to where the journal is: after a
// crash the .ann file may be some decisions behind. A file that the journal does
// not know was changed by someone else: what the file lacks of the journal's
// decisions is joined to it, or the document becomes read-only.
func (w *Workbench) recover(ctx context.Context, d *document) error {
	now := d.file.Bytes()
	begun, err := w.journal.Begun(ctx, d.name)
	if err != nil {
		return fmt.Errorf("read the journal for %s: %w", d.name, err)
	}
	if len(begun) == 0 {
		d.base = now
		return nil
	}
	latest := begun[len(begun)-1]
	if latest.Text != "" && latest.Text != d.hash {
		d.begun, d.readOnly = true, otherText
		return nil
	}
	var decisions []corpus.Decision
	for c, err := range w.journal.All(ctx, journal.Filter{Doc: d.name, From: latest.Seq}) {
		if err != nil {
			return fmt.Errorf("read the journal for %s: %w", d.name, err)
		}
		decisions = append(decisions, c)
		d.lastSeq = c.Seq
	}
	p, err := retrace(latest.Ann, d.text, decisions, now, w.written.sum(d.name))
	if err != nil {
		return fmt.Errorf("replay the journal for %s: %w", d.name, err)
	}
	p.last.SetLinkStyle(d.file.LinkStyle())
	p.base.SetLinkStyle(d.file.LinkStyle())
	// A merge begins twice, with the file as it was found and as it was to be.
	found := begun[max(0, len(begun)-2)]
	merge := len(begun) > 1 && found.Seq == latest.Seq
	switch {
	case p.missing == 0:
		d.begun = true
	case p.missing > 0 || merge && bytes.Equal(found.Ann, now):
		d.begun, d.file, d.dirty = true, p.last, true
	default:
		if merge && !p.known {
			if p.base, err = brat.Parse(found.Ann, d.text); err != nil {
				return err
			}
		}
		d.meet(p.base, p.last, d.file)
	}
	return nil
}

// past is what the journal says of a file.
type past struct {
	last    *brat.File // after all decisions
	missing int        // how many of them the file on disk lacks; -1 where it is none of the states
	base    *brat.File // the state that was last written, or the first one
	known   bool       // base was written
}

// retrace replays decisions on the bytes that a file began from, and looks for
// the bytes that it has now and for those that were last written.
func retrace(began []byte, text corpus.Text, decisions []corpus.Decision, now []byte, written string) (past, error) {
	f, err := brat.Parse(began, text)
	if err != nil {
		return past{}, err
	}
	p := past{last: f, missing: -1, base: f.Clone()}
	look := func(left int) {
		state := f.Bytes()
		if bytes.Equal(state, now) {
			p.missing = left
		}
		if sum := sha256.Sum256(state); hex.EncodeToString(sum[:]) == written {
			p.base, p.known = f.Clone(), true
		}
	}
	look(len(decisions))
	for i, c := range decisions {
		if err := f.Apply(c.Edit); err != nil {
			return past{}, fmt.Errorf("decision %d: %w", c.Seq, err)
		}
		if len(c.Edit) > 0 || i == len(decisions)-1 {
			look(len(decisions) - i - 1)
		}
	}
	return p, nil
}
