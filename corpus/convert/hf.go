package convert

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// hfRow is a sentence as Hugging Face's token classification takes it (tokens,
// ner_tags), with what is needed to find it again: the document, where the row
// begins in it, its text up to the next row, and the offsets of the tokens in
// the document. The texts of a document's rows make up its text.
type hfRow struct {
	ID      string        `json:"id"`
	Doc     string        `json:"doc"`
	Start   corpus.Off    `json:"start"`
	Text    string        `json:"text"`
	Tokens  []string      `json:"tokens"`
	Tags    []string      `json:"ner_tags"`
	Offsets []corpus.Span `json:"offsets"`
}

func writeHF(docs []doc, r *Report) ([]file, error) {
	var b strings.Builder
	for _, d := range docs {
		sentences := tagged(d, schemes["iob2"], r)
		if len(sentences) == 0 {
			sentences = []sentence{{}}
		}
		start := corpus.Off(0)
		for i, s := range sentences {
			end := d.Text.Len()
			if i+1 < len(sentences) {
				end = sentences[i+1].words[0].Start
			}
			row := hfRow{
				ID: fmt.Sprintf("%s:%d", d.Name, i), Doc: d.Name, Start: start, Text: d.Text.Slice(corpus.Span{Start: start, End: end}),
				Tokens: []string{}, Tags: []string{}, Offsets: []corpus.Span{},
			}
			for k, w := range s.words {
				row.Tokens = append(row.Tokens, d.Text.Slice(w))
				row.Tags = append(row.Tags, s.tags[k])
				row.Offsets = append(row.Offsets, w)
			}
			if err := writeJSON(&b, row); err != nil {
				return nil, err
			}
			start = end
		}
	}
	r.details(docs, false)
	return single(&b), nil
}

// readHF reads rows; those of a document follow each other. Rows of other
// origin, which have tokens and tags alone, become one document, whose text is
// made of the words.
func readHF(path string, data []byte) ([]doc, error) {
	h := hfReader{byWords: newBuilder(baseName(path))}
	err := eachLine(path, data, func(where string, line []byte) error {
		var row hfRow
		if err := json.Unmarshal(line, &row); err != nil {
			return fmt.Errorf("%s: %w: %w", where, ErrInput, err)
		}
		if err := h.add(row); err != nil {
			return fmt.Errorf("%s: %w: %w", where, ErrInput, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	h.end()
	if h.byWords.any() {
		h.docs = append(h.docs, h.byWords.doc())
	}
	return h.docs, nil
}

type hfReader struct {
	docs    []doc
	byWords *builder

	// The document of the present rows.
	name  string
	text  strings.Builder
	n     corpus.Off
	words []corpus.Span
	tags  []string
}

func (h *hfReader) add(row hfRow) error {
	if len(row.Tags) != len(row.Tokens) {
		return fmt.Errorf("%d tokens and %d tags", len(row.Tokens), len(row.Tags))
	}
	for _, tag := range row.Tags {
		if !isTag(tag) {
			return fmt.Errorf("the tag %q is none of B-LABEL, I-LABEL or O", tag)
		}
	}
	if row.Doc == "" {
		for i, w := range row.Tokens {
			if w = strings.TrimFunc(w, isGap); w != "" {
				h.byWords.word(w, row.Tags[i])
			}
		}
		h.byWords.endSentence()
		return nil
	}
	if row.Doc != h.name {
		h.end()
		h.name = row.Doc
	}
	if len(row.Offsets) != len(row.Tokens) {
		return fmt.Errorf("%d tokens and %d offsets", len(row.Tokens), len(row.Offsets))
	}
	if row.Start != h.n {
		return fmt.Errorf("the row begins at %d of %s, not at %d: rows are missing, or out of order", row.Start, row.Doc, h.n)
	}
	text := corpus.NewText(row.Text)
	last := row.Start
	for i, w := range row.Offsets {
		in := corpus.Span{Start: w.Start - row.Start, End: w.End - row.Start}
		if !text.In(in) || w.Start < last || text.Slice(in) != row.Tokens[i] {
			return fmt.Errorf("token %d, %q, is not in the text at %d %d", i+1, row.Tokens[i], w.Start, w.End)
		}
		last = w.End
	}
	h.text.WriteString(row.Text)
	h.n += text.Len()
	// A mention never goes from one row to the next.
	h.words = append(append(h.words, row.Offsets...), corpus.Span{})
	h.tags = append(append(h.tags, row.Tags...), "O")
	return nil
}

// end closes the present document.
func (h *hfReader) end() {
	if h.name == "" {
		return
	}
	d := doc{Document: corpus.Document{Name: h.name, Text: corpus.NewText(h.text.String())}}
	for _, r := range decode(h.tags) {
		d.Mentions = append(d.Mentions, mentionOf(d.Text, r.label, corpus.Span{Start: h.words[r.from].Start, End: h.words[r.to-1].End}))
	}
	h.docs = append(h.docs, d)
	*h = hfReader{docs: h.docs, byWords: h.byWords}
}
