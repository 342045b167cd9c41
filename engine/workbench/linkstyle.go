package workbench

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// settleStyle decides how the links of a document that was just read are read and
// written: as its file did before gloss wrote to it, else as its collection did, else as
// was asked for, else as brat does. A remark that an annotator wrote, such as "J45", is
// no sign that notes hold codes.
func (w *Workbench) settleStyle(ctx context.Context, d *document) error {
	style, err := w.styleBefore(ctx, d.name, d.file.Bytes())
	if err != nil {
		return err
	}
	for _, otherwise := range []func() brat.LinkStyle{w.corpusStyle, func() brat.LinkStyle { return w.opts.LinkStyle }} {
		if style == brat.StyleUnknown {
			style = otherwise()
		}
	}
	if style == brat.StyleUnknown {
		style = brat.StyleN
	}
	d.file.SetLinkStyle(style)
	d.disk.SetLinkStyle(style)
	return nil
}

// styleBefore is the style that a file showed before gloss wrote to it, or in which links
// were written as notes since; ann is what it holds now.
func (w *Workbench) styleBefore(ctx context.Context, doc string, ann []byte) (brat.LinkStyle, error) {
	begun, err := w.journal.Begun(ctx, doc)
	if err != nil {
		return brat.StyleUnknown, fmt.Errorf("read the journal for %s: %w", doc, err)
	}
	if len(begun) == 0 {
		return brat.StyleIn(ann), nil
	}
	before := brat.StyleIn(begun[0].Ann)
	if before != brat.StyleUnknown || brat.StyleIn(ann) == brat.StyleN {
		return before, nil
	}
	for c, err := range w.journal.All(ctx, journal.Filter{Doc: doc, From: begun[0].Seq}) {
		if err != nil {
			return brat.StyleUnknown, fmt.Errorf("read the journal for %s: %w", doc, err)
		}
		if writesCode(c) {
			return brat.StyleNote, nil
		}
	}
	return brat.StyleUnknown, nil
}

// writesCode tells whether a decision wrote the links of its annotation as a note.
func writesCode(c corpus.Decision) bool {
	if c.After == nil || len(c.After.Links) == 0 || c.Kind == corpus.Note {
		return false
	}
	ids := make([]string, len(c.After.Links))
	for i, l := range c.After.Links {
		ids[i] = l.ID
	}
	code := "\t" + brat.AnnotatorNotes + " " + c.After.ID + "\t" + strings.Join(ids, "+")
	for _, e := range c.Edit {
		if e.New != nil && strings.HasSuffix(strings.TrimSuffix(*e.New, "\r"), code) {
			return true
		}
	}
	return false
}

// sampleCorpusStyle is the style of the collection. Where notes look like codes, what
// gloss wrote itself does not count.
func (w *Workbench) sampleCorpusStyle() brat.LinkStyle {
	style := w.col.LinkStyle()
	if style != brat.StyleNote {
		return style
	}
	ctx := context.Background() // asked for once, for all documents
	return w.col.SampleStyle(func(doc string) ([]byte, error) {
		ann, err := os.ReadFile(w.col.Path(doc, ".ann"))
		if err != nil {
			return nil, err
		}
		begun, err := w.journal.Begun(ctx, doc)
		if err != nil || len(begun) == 0 {
			return ann, err
		}
		if before, err := w.styleBefore(ctx, doc, ann); err != nil || before == brat.StyleNote {
			return ann, err
		}
		return begun[0].Ann, nil
	})
}
