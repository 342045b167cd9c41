package onnx

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/daulet/tokenizers"
)

// ByteSpan is a half-open range of bytes of the text that was encoded. Both ends
// lie between code points.
type ByteSpan struct{ Start, End int }

// Encoding is a text as a model reads it, one entry a piece.
type Encoding struct {
	IDs     []int64
	Spans   []ByteSpan // empty for special pieces
	Special []bool     // the piece was added by the model's template, such as [CLS]
}

// Len is the number of pieces.
func (e Encoding) Len() int { return len(e.IDs) }

// Tokenizer cuts text into pieces as a tokenizer.json says. It is safe for
// concurrent use. Whoever made it closes it.
type Tokenizer struct {
	words wordRule

	mu     sync.RWMutex // encodes hold it for reading, Close for writing
	native *tokenizers.Tokenizer
}

// NewTokenizer reads a tokenizer.json. The truncation and padding that some files
// ask for are left out: windows and batches are cut here.
func NewTokenizer(definition []byte) (*Tokenizer, error) {
	var parts map[string]json.RawMessage
	if err := parseSettings(definition, &parts); err != nil {
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	if parts["model"] == nil {
		return nil, errors.New("tokenizer.json: it has no model; export the fast tokenizer of the model")
	}
	parts["truncation"], parts["padding"] = json.RawMessage("null"), json.RawMessage("null")
	plain, err := json.Marshal(parts)
	if err != nil {
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	native, err := tokenizers.FromBytes(plain)
	if err != nil {
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	return &Tokenizer{native: native, words: wordRule{model: parts["model"], added: parts["added_tokens"]}}, nil
}

// Encode cuts the text into pieces. With special, the model's template adds its
// special pieces. The text must be valid UTF-8. A NUL counts as a blank, since the
// native library would stop there.
func (t *Tokenizer) Encode(text string, special bool) (Encoding, error) {
	if !utf8.ValidString(text) {
		return Encoding{}, fmt.Errorf("encode: %w", ErrNotUTF8)
	}
	clean := strings.ReplaceAll(text, "\x00", " ")
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.native == nil {
		return Encoding{}, fmt.Errorf("encode: %w", ErrClosed)
	}
	raw := t.native.EncodeWithOptions(clean, special, tokenizers.WithReturnOffsets(), tokenizers.WithReturnSpecialTokensMask())
	n := len(raw.IDs)
	if len(raw.Offsets) != n || len(raw.SpecialTokensMask) != n {
		return Encoding{}, errors.New("encode: the tokenizer gives no offsets")
	}
	e := Encoding{IDs: make([]int64, n), Spans: make([]ByteSpan, n), Special: make([]bool, n)}
	for i, id := range raw.IDs {
		e.IDs[i] = int64(id)
		e.Special[i] = raw.SpecialTokensMask[i] != 0
		e.Spans[i] = wholeRunes(text, int(raw.Offsets[i][0]), int(raw.Offsets[i][1]))
	}
	return e, nil
}

// Template is what the model's template puts before and after a text.
func (t *Tokenizer) Template() (before, after []int64, err error) {
	e, err := t.Encode("a", true)
	if err != nil {
		return nil, nil, err
	}
	first := slices.Index(e.Special, false)
	if first < 0 { // no piece for the letter: all special pieces go before
		return e.IDs, nil, nil
	}
	last := e.Len()
	for e.Special[last-1] {
		last--
	}
	return e.IDs[:first], e.IDs[last:], nil
}

// wholeRunes widens a range to whole code points: byte-level tokenizers cut
// inside of them.
func wholeRunes(text string, start, end int) ByteSpan {
	start, end = min(start, len(text)), min(end, len(text))
	for start > 0 && start < len(text) && !utf8.RuneStart(text[start]) {
		start--
	}
	for end > start && end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	return ByteSpan{start, end}
}

// VocabSize is the number of pieces that the tokenizer knows; 0 after Close.
func (t *Tokenizer) VocabSize() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.native == nil {
		return 0
	}
	return int(t.native.VocabSize())
}

// LargestID is the largest identifier that text can become: of the vocabulary, without
// what was added to it, such as [MASK].
func (t *Tokenizer) LargestID() int64 {
	t.words.once.Do(t.words.read)
	return t.words.largest
}

// Close waits for the encodes that are under way and frees the tokenizer. A second
// call does nothing.
func (t *Tokenizer) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.native == nil {
		return nil
	}
	err := t.native.Close()
	t.native = nil
	return err
}
