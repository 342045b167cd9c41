package convert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// jsonlRow is a line of a JSON Lines corpus: what convert writes, what "gloss
// export --for ner" and "gloss annotate" write (the latter without the text),
// or a text with an id.
type jsonlRow struct {
	Doc   string           `json:"doc"`
	ID    any              `json:"id,omitempty"` // the name in corpora of bare texts
	Text  *string          `json:"text"`
	Spans []corpus.Mention `json:"spans"`
}

func (r jsonlRow) name() string {
	if r.Doc == "" && r.ID != nil {
		return fmt.Sprint(r.ID)
	}
	return r.Doc
}

// readJSONL reads a document a line. Fields that it does not know are not read.
func readJSONL(path string, data []byte) ([]doc, error) {
	var docs []doc
	err := eachLine(path, data, func(where string, line []byte) error {
		var row jsonlRow
		if err := strictNumbers(line, &row); err != nil {
			return fmt.Errorf("%s: %w: %w", where, ErrInput, err)
		}
		if row.name() == "" {
			return fmt.Errorf(`%s: %w: no "doc" and no "id": a document needs a name`, where, ErrInput)
		}
		d := doc{Document: corpus.Document{Name: row.name(), Mentions: row.Spans}, bare: row.Text == nil}
		if row.Text != nil {
			d.Text = corpus.NewText(*row.Text)
		}
		for i := range d.Mentions {
			m := &d.Mentions[i]
			if err := checkRead(d, *m); err != nil {
				return fmt.Errorf("%s: %w", where, err)
			}
			if !d.bare {
				m.Text = d.Text.Join(m.Spans)
			}
		}
		docs = append(docs, d)
		return nil
	})
	return docs, err
}

// strictNumbers decodes one value, keeping numbers as they are written.
func strictNumbers(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return fmt.Errorf("more than one value")
	}
	return nil
}

// checkRead is checkSpans for what need not have a text yet.
func checkRead(d doc, m corpus.Mention) error {
	if m.Label == "" {
		return fmt.Errorf("%w: %s: a span without a label", ErrInput, d.Name)
	}
	if !d.bare {
		return checkSpans(d, m)
	}
	for _, s := range m.Spans {
		if s.Start < 0 || s.End < s.Start {
			return fmt.Errorf("%w: %s: %d %d is no span", ErrInput, d.Name, s.Start, s.End)
		}
	}
	return nil
}

// eachLine calls f for every line that is not blank, with the place to name.
func eachLine(path string, data []byte, f func(where string, line []byte) error) error {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if err := f(fmt.Sprintf("%s:%d", path, n), line); err != nil {
			return err
		}
	}
	return nil
}

// writeJSONL holds everything of a mention.
func writeJSONL(docs []doc, r *Report) ([]file, error) {
	var b strings.Builder
	for _, d := range docs {
		text := d.Text.String()
		row := jsonlRow{Doc: d.Name, Text: &text, Spans: d.Mentions}
		if row.Spans == nil {
			row.Spans = []corpus.Mention{}
		}
		if err := writeJSON(&b, row); err != nil {
			return nil, err
		}
		r.Written += len(d.Mentions)
	}
	return single(&b), nil
}

// writeJSON writes a value and a line feed, without escapes for HTML.
func writeJSON(b *strings.Builder, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
