// Package export turns decisions into training data: what was decided, what was
// shown and not picked, and what was rejected, one JSON object a line.
package export

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// Source reads a document as it is now.
type Source interface {
	Document(name string) (corpus.Document, error)
}

// NERRow is one document of training data for a recognizer. Every mention of
// its file is in Spans; only where Finished may the rest of the text be taken
// as free of mentions.
type NERRow struct {
	Doc      string           `json:"doc"`
	Text     string           `json:"text"`
	Finished bool             `json:"finished"`
	Split    string           `json:"split"` // SplitTrain or SplitHeld, by the text alone: the same in every export
	Spans    []corpus.Mention `json:"spans"`
	Rejected []corpus.Mention `json:"rejected"` // suggestions that were refused: negatives even where not finished
}

// LinkRow is one decided link: what was chosen ("" for NIL) and what was shown
// above and below it.
type LinkRow struct {
	Doc       string           `json:"doc"`
	Seq       int64            `json:"seq"`
	Who       string           `json:"who"`
	Label     string           `json:"label"`
	Text      string           `json:"text"`
	Spans     corpus.Spans     `json:"spans"`
	Context   string           `json:"context"` // the sentence around the mention
	DB        string           `json:"db"`
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	Rank      int              `json:"rank"`      // of the choice among what was shown, from 1; 0 where it was not shown
	Negatives []corpus.Offered `json:"negatives"` // shown and not picked, in order
	Millis    int64            `json:"ms"`
}

// Live leaves out the decisions that were undone, and the undos and redos
// themselves. The order is kept.
func Live(decisions []corpus.Decision) []corpus.Decision {
	undone := map[step]bool{}
	for _, d := range decisions {
		switch d.Kind {
		case corpus.Undo:
			undone[step{d.Who, d.Of}] = true
		case corpus.Redo:
			delete(undone, step{d.Who, d.Of})
		}
	}
	return slices.DeleteFunc(slices.Clone(decisions), func(d corpus.Decision) bool {
		return d.Kind == corpus.Undo || d.Kind == corpus.Redo || undone[step{d.Who, d.Step}]
	})
}

type step struct {
	who string
	seq int64
}

// NER writes a NERRow for every document that somebody decided on, in the order
// of names, and returns how many.
func NER(out io.Writer, decisions []corpus.Decision, src Source) (int, error) {
	rows := map[string]*NERRow{}
	for _, d := range Live(decisions) {
		r := rows[d.Doc]
		if r == nil {
			r = &NERRow{Doc: d.Doc, Spans: []corpus.Mention{}, Rejected: []corpus.Mention{}}
			rows[d.Doc] = r
		}
		switch d.Kind {
		case corpus.Finish:
			r.Finished = true
		case corpus.Reopen:
			r.Finished = false
		case corpus.Reject:
			if d.Before == nil || slices.ContainsFunc(r.Rejected, d.Before.Same) {
				continue
			}
			r.Rejected = append(r.Rejected, *d.Before)
		}
	}
	enc := newEncoder(out)
	for _, name := range sorted(rows) {
		r := rows[name]
		doc, err := src.Document(name)
		if err != nil {
			return 0, fmt.Errorf("export %s: %w", name, err)
		}
		r.Text = doc.Text.String()
		r.Split = Split(r.Text)
		r.Spans = append(r.Spans, doc.Mentions...)
		r.Rejected = slices.DeleteFunc(r.Rejected, func(m corpus.Mention) bool { // it was written by hand later
			return slices.ContainsFunc(r.Spans, m.Same)
		})
		if err := enc.Encode(r); err != nil {
			return 0, fmt.Errorf("export %s: %w", name, err)
		}
	}
	return len(rows), nil
}

// Links writes a LinkRow for the last link or NIL decision of each mention, by
// document and place, and returns how many. A mention that is gone is left out.
func Links(out io.Writer, decisions []corpus.Decision, src Source) (int, error) {
	enc, n := newEncoder(out), 0
	err := eachLink(decisions, src, func(r LinkRow) error {
		n++
		return enc.Encode(r)
	})
	return n, err
}

// eachLink calls f for every row of Links.
func eachLink(decisions []corpus.Decision, src Source, f func(LinkRow) error) error {
	last := lastLinks(decisions)
	for _, name := range sorted(last) {
		if len(last[name]) == 0 {
			continue
		}
		doc, err := src.Document(name)
		if err != nil {
			return fmt.Errorf("export %s: %w", name, err)
		}
		for _, r := range linkRows(doc, last[name]) {
			if err := f(r); err != nil {
				return fmt.Errorf("export %s: %w", name, err)
			}
		}
	}
	return nil
}

// lastLinks are the last link or NIL decisions, by document and mention.
func lastLinks(decisions []corpus.Decision) map[string]map[string]corpus.Decision {
	last := map[string]map[string]corpus.Decision{}
	for _, d := range Live(decisions) {
		if last[d.Doc] == nil {
			last[d.Doc] = map[string]corpus.Decision{}
		}
		// The id of a mention that was deleted is given to the next new one, for
		// which nothing is decided yet.
		if d.Kind == corpus.Delete && d.Before != nil {
			delete(last[d.Doc], d.Before.ID)
		}
		if d.After == nil {
			continue
		}
		if d.Before == nil || d.Before.ID == "" {
			delete(last[d.Doc], d.After.ID)
		}
		if d.Kind == corpus.SetLink || d.Kind == corpus.NIL {
			last[d.Doc][d.After.ID] = d
		}
	}
	return last
}

func linkRows(doc corpus.Document, last map[string]corpus.Decision) []LinkRow {
	var rows []LinkRow
	sentences := segment.Sentences(doc.Text)
	for _, m := range doc.Mentions {
		d, ok := last[m.ID]
		if !ok || !sameLinks(m, *d.After) {
			continue
		}
		r := LinkRow{
			Doc: doc.Name, Seq: d.Seq, Who: d.Who, Label: m.Label, Text: m.Text, Spans: m.Spans,
			Context: segment.Around(doc.Text, sentences, m.Spans.Hull()), Millis: d.Millis, Negatives: []corpus.Offered{},
		}
		if len(m.Links) > 0 {
			r.DB, r.ID, r.Name = m.Links[0].DB, m.Links[0].ID, m.Links[0].Name
		}
		if d.Offer != nil {
			r.offer(*d.Offer)
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b LinkRow) int {
		return cmp.Compare(a.Spans.Hull().Start, b.Spans.Hull().Start)
	})
	return rows
}

// offer fills in what was shown. A file with codes in notes does not say of which
// KB: then the first of that identifier was chosen, and others are no negatives.
func (r *LinkRow) offer(o corpus.Offer) {
	db := r.DB
	for i, c := range o.Candidates {
		switch {
		case c.ID != r.ID || db != "" && c.DB != db:
			r.Negatives = append(r.Negatives, c)
		case r.Rank == 0:
			r.Rank, r.DB = i+1, c.DB
		}
	}
}

// sameLinks tells whether the file still says what was decided. Link style
// "note" keeps no DB, so identifiers alone are compared.
func sameLinks(a, b corpus.Mention) bool {
	return slices.EqualFunc(a.Links, b.Links, func(x, y corpus.Link) bool { return x.ID == y.ID })
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func newEncoder(out io.Writer) *json.Encoder {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc
}

// Finished are the documents that are finished by their annotators' word, the last of
// which counts, in the order of names.
func Finished(decisions []corpus.Decision) []string {
	finished := map[string]bool{}
	for _, d := range Live(decisions) {
		switch d.Kind {
		case corpus.Finish:
			finished[d.Doc] = true
		case corpus.Reopen:
			delete(finished, d.Doc)
		}
	}
	return sorted(finished)
}
