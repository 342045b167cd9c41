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
	model   json.RawMessage // of tokenizer.json
	added   json.RawMessage // added_tokens of tokenizer.json
	unknown string          // the piece for what the vocabulary lacks; empty: the model's own

	once      sync.Once
	prefix    bool           // WordPiece: marked is the set of pieces that go on
	marked    map[int64]bool // else: the set of pieces that open a word, blank included
	lengths   map[int64]int  // of the pieces, in code points
	largest   int64          // identifier of the vocabulary, without added pieces
	unknownID int64          // -1 where there is none
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
		if t.words.marked[e.IDs[i]] || a.End == a.Start || b.End == b.Start {
			continue
		}
		// Normalisers that compose letters leave the accent to no piece.
		if a.End < b.Start && strings.ContainsFunc(text[a.End:b.Start], func(r rune) bool { return !unicode.IsMark(r) }) {
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

// Subwords tells for every piece whether transformers' TokenClassificationPipeline
// takes it for a part of the word before. Where pieces carry a prefix such as "##",
// that is every piece that is not as long as the text that it stands for, else every
// one without a blank before or in front of it. The unknown piece opens a word.
func (t *Tokenizer) Subwords(text string, e Encoding) []bool {
	t.words.once.Do(t.words.read)
	out := make([]bool, e.Len())
	for i, id := range e.IDs {
		s := e.Spans[i]
		switch {
		case id == t.words.unknownID:
		case t.words.prefix:
			out[i] = t.words.lengths[id] != utf8.RuneCountInString(text[s.Start:s.End])
		default:
			out[i] = s.Start > 0 && text[s.Start-1] != ' ' && !strings.HasPrefix(text[s.Start:], " ")
		}
	}
	return out
}

// read finds the marks in the vocabulary: "##" of WordPiece says that a piece goes
// on, "Ġ" and "▁" of the others that it opens a word.
func (w *wordRule) read() {
	var model struct {
		Prefix    *string         `json:"continuing_subword_prefix"`
		Vocab     json.RawMessage `json:"vocab"`
		Unknown   *string         `json:"unk_token"` // WordPiece, BPE, WordLevel
		UnknownID *int64          `json:"unk_id"`    // Unigram
	}
	w.marked, w.lengths, w.unknownID = map[int64]bool{}, map[int64]int{}, -1
	if json.Unmarshal(w.model, &model) != nil {
		return
	}
	w.prefix = model.Prefix != nil && *model.Prefix != ""
	if w.unknown == "" && model.Unknown != nil {
		w.unknown = *model.Unknown
	}
	if w.unknown == "" && model.UnknownID != nil {
		w.unknownID = *model.UnknownID
	}
	for _, id := range vocabulary(model.Vocab, nil) {
		w.largest = max(w.largest, id)
	}
	for piece, id := range vocabulary(model.Vocab, w.added) {
		w.lengths[id] = utf8.RuneCountInString(piece)
		if piece == w.unknown {
			w.unknownID = id
		}
		if w.prefix && strings.HasPrefix(piece, *model.Prefix) ||
			!w.prefix && (strings.HasPrefix(piece, "Ġ") || strings.HasPrefix(piece, "▁")) {
			w.marked[id] = true
		}
	}
}

// vocabulary reads the identifiers of all pieces.
func vocabulary(vocab, added json.RawMessage) map[string]int64 {
	ids := map[string]int64{} // WordPiece, BPE, WordLevel
	if json.Unmarshal(vocab, &ids) != nil {
		ids = map[string]int64{}
	}
	var ranked [][]any // Unigram: [piece, score], in the order of the identifiers
	if json.Unmarshal(vocab, &ranked) == nil {
		for id, entry := range ranked {
			if len(entry) == 0 {
				continue
			}
			if piece, ok := entry[0].(string); ok {
				ids[piece] = int64(id)
			}
		}
	}
	var more []struct {
		ID      int64  `json:"id"`
		Content string `json:"content"`
	}
	if json.Unmarshal(added, &more) == nil {
		for _, a := range more {
			ids[a.Content] = a.ID
		}
	}
	return ids
}

// tokenizerConfig is what gloss reads of a tokenizer_config.json.
type tokenizerConfig struct {
	MaxLength float64 `json:"model_max_length"`
	Unknown   token   `json:"unk_token"`
}

// token is a piece's text, which files write as a string or as an object.
type token string

// UnmarshalJSON reads either form, and null as no token.
func (t *token) UnmarshalJSON(data []byte) error {
	var object struct {
		Content string `json:"content"`
	}
	if json.Unmarshal(data, &object) == nil {
		*t = token(object.Content)
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}
