package ner

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/onnx"
)

// wordReader cuts text into words, for a model that reads their identifiers and
// those of their characters.
type wordReader struct {
	words, chars *onnx.Vocabulary
}

// The inputs of such a model, beside attention_mask.
const (
	wordInput = "word_ids"
	charInput = "char_ids"
)

// read gives the words of a text as segment.Words cuts them: their identifiers,
// those of their characters, and their bytes.
func (r *wordReader) read(part string) (ids []int64, chars [][]int64, spans []span) {
	t := corpus.NewText(part)
	for _, s := range segment.Words(t) {
		start, end := t.Byte(s.Start), t.Byte(s.End)
		word := part[start:end]
		ids = append(ids, r.words.ID(word))
		chars = append(chars, r.charIDs(word))
		spans = append(spans, span{start, end})
	}
	return ids, chars, spans
}

// charIDs are the identifiers of a word's characters, its first chars.Max ones.
func (r *wordReader) charIDs(word string) []int64 {
	var ids []int64
	for _, c := range word {
		if r.chars.Max > 0 && len(ids) == r.chars.Max {
			break
		}
		ids = append(ids, r.chars.ID(string(c)))
	}
	return ids
}

// batch makes char_ids [rows, words, characters] of rows of words, padded to longest
// words and to the characters of the longest word.
func (r *wordReader) batch(rows [][][]int64, longest int) map[string]onnx.Tensor {
	most := 1
	for _, row := range rows {
		for _, chars := range row {
			most = max(most, len(chars))
		}
	}
	ids := slices.Repeat([]int64{r.chars.Padding}, len(rows)*longest*most)
	for i, row := range rows {
		for j, chars := range row {
			copy(ids[(i*longest+j)*most:], chars)
		}
	}
	return map[string]onnx.Tensor{charInput: onnx.Ints(ids, int64(len(rows)), int64(longest), int64(most))}
}

// check compares the vocabularies with the model where it shows what it looks up.
func (r *wordReader) check(src onnx.Source, inputs []onnx.Port) error {
	tables, err := src.Tables()
	if err != nil {
		return fmt.Errorf("read model %s: %w", src, err)
	}
	var errs []error
	for _, in := range []struct {
		name, vocabulary string
		v                *onnx.Vocabulary
		dims             int
	}{{wordInput, "words", r.words, 2}, {charInput, "chars", r.chars, 3}} {
		i := slices.IndexFunc(inputs, func(p onnx.Port) bool { return p.Name == in.name })
		rows, seen := tables[in.name]
		switch {
		case i < 0:
			errs = append(errs, fmt.Errorf("its inputs are %q, and its model has no input %q", onnx.WordsAndChars, in.name))
		case inputs[i].Dims != nil && len(inputs[i].Dims) != in.dims:
			errs = append(errs, fmt.Errorf("its model's input %q has %d dimensions, want %d", in.name, len(inputs[i].Dims), in.dims))
		case seen && rows != int64(in.v.Len()):
			errs = append(errs, fmt.Errorf("its vocabulary %s has %d entries, its model a table of %d rows for them", in.vocabulary, in.v.Len(), rows))
		}
	}
	return errors.Join(errs...)
}
