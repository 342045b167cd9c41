package replay

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// trace follows the files of a journal step by step. The texts are not needed:
// lines alone are edited.
type trace map[string]*traced

type traced struct {
	file *brat.File
	text string // SHA-256 of the text
}

// errFound ends a walk through states.
var errFound = errors.New("found")

// take brings the files to where they are after a step.
func (t trace) take(s *step) error { return t.takeEach(s, func() bool { return false }) }

// takeEach asks after every change whether that is what was looked for.
func (t trace) takeEach(s *step, found func() bool) error {
	for _, b := range s.begun {
		f, err := brat.Parse(b.Ann, corpus.NewText(""))
		if err != nil {
			return fmt.Errorf("what %s began from: %w", b.Doc, err)
		}
		if t[b.Doc] = (&traced{f, b.Text}); found() {
			return errFound
		}
	}
	for _, d := range s.decisions {
		if t[d.Doc] == nil {
			return fmt.Errorf("decision %d: the journal does not say what %s began from", d.Seq, d.Doc)
		}
		if err := t[d.Doc].file.Apply(d.Edit); err != nil {
			return fmt.Errorf("decision %d on %s: %w", d.Seq, d.Doc, err)
		}
		if len(d.Edit) > 0 && found() {
			return errFound
		}
	}
	return nil
}

// follow takes all steps. It returns what documents began from where the other
// journal does not have it, and puts into ends when this journal alone decided
// on them last.
func (t trace) follow(steps []*step, ends map[string]time.Time) (map[string]journal.Begun, error) {
	began := map[string]journal.Begun{}
	for _, s := range steps {
		if err := t.take(s); err != nil {
			return nil, err
		}
		if s.common {
			continue
		}
		for _, b := range s.begun {
			if _, ok := began[b.Doc]; !ok {
				began[b.Doc] = b
			}
		}
		for _, d := range s.decisions {
			ends[d.Doc] = d.Time
		}
	}
	return began, nil
}

// is tells whether a file is what a document began from.
func (t trace) is(row journal.Begun) bool {
	f := t[row.Doc]
	return f != nil && f.text == row.Text && bytes.Equal(f.file.Bytes(), row.Ann)
}

// clone keeps the bytes that a step is about to change.
func (t trace) clone(s *step) map[string][]byte {
	kept := map[string][]byte{}
	for _, b := range s.begun {
		kept[b.Doc] = b.Ann
	}
	for _, d := range s.decisions {
		if f := t[d.Doc]; f != nil && kept[d.Doc] == nil {
			kept[d.Doc] = f.file.Bytes()
		}
	}
	return kept
}
