package onnx

import (
	"encoding/json"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// wordRule tells which pieces go on with the word of the piece before.
type wordRule struct {
	model json.RawMessage // of tokenizer.json

	once   sync.Once
	prefix bool           // WordPiece: marked is the set of pieces that go on
	marked map[int64]bool // else: the set of pieces that open a word, blank included
}

// Continues tells for every piece whether it goes on with the word of the piece
// before it. A word here is what the tokenizer splits into pieces; where its
// pieces carry no mark, letters and digits that touch belong together.
func (t *Tokenizer) Continues(text string, e Encoding) []bool {
	t.words.once.Do(t.words.read)
	out := make([]bool, e.Len())
	for i := 1; i < len(out); i++ {
		if e.Special[i] || e.Special[i-1] {
			continue
		}
		if t.words.prefix {
			out[i] = t.words.marked[e.IDs[i]]
			continue
		}
		a, b := e.Spans[i-1], e.Spans[i]
		if a.End < b.Start || t.words.marked[e.IDs[i]] || a.End == a.Start || b.End == b.Start {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:a.End])
		after, _ := utf8.DecodeRuneInString(text[b.Start:])
		// Pieces that share a code point are halves of it.
		out[i] = a.End > b.Start || (isWord(before) && isWord(after))
	}
	return out
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) }

// read finds the marks in the vocabulary: "##" of WordPiece says that a piece goes
// on, "Ġ" and "▁" of the others that it opens a word.
func (w *wordRule) read() {
	var model struct {
		Type   string          `json:"type"`
		Prefix *string         `json:"continuing_subword_prefix"`
		Vocab  json.RawMessage `json:"vocab"`
	}
	w.marked = map[int64]bool{}
	if json.Unmarshal(w.model, &model) != nil {
		return
	}
	mark := func(piece string, id int64) {
		if w.prefix && strings.HasPrefix(piece, *model.Prefix) ||
			!w.prefix && (strings.HasPrefix(piece, "Ġ") || strings.HasPrefix(piece, "▁")) {
			w.marked[id] = true
		}
	}
	w.prefix = model.Prefix != nil && *model.Prefix != ""
	var byName map[string]int64 // WordPiece, BPE, WordLevel
	if json.Unmarshal(model.Vocab, &byName) == nil {
		for piece, id := range byName {
			mark(piece, id)
		}
		return
	}
	var ranked [][]any // Unigram: [piece, score], in the order of the identifiers
	if json.Unmarshal(model.Vocab, &ranked) == nil {
		for id, entry := range ranked {
			if len(entry) == 0 {
				continue
			}
			if piece, ok := entry[0].(string); ok {
				mark(piece, int64(id))
			}
		}
	}
}
