package learn

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
)

// states keeps what the encoder said of texts, up to a number of bytes. Those that
// were not asked for since begin make room for others.
type states struct {
	encoder Encoder
	limit   int64
	used    int64
	width   int // of a state; 0: not known yet
	round   int
	kept    map[textKey]*keptText
}

type textKey [sha256.Size]byte

type keptText struct {
	windows []ner.States  // those that hold some of known
	known   []corpus.Span // nil: all of the text
	bytes   int64
	round   int // in which it was last asked for
}

func newStates(e Encoder, limit int64) *states {
	return &states{encoder: e, limit: limit, kept: map[textKey]*keptText{}}
}

// begin makes what is asked for from now on newer than all the rest.
func (s *states) begin() { s.round++ }

// of returns the states of the windows of a text, at least of those that hold some of what is known of it
// (nil: of all), and whether they are kept: where all that was asked for in this round
// fills the memory, they are not.
func (s *states) of(ctx context.Context, text corpus.Text, known []corpus.Span) (windows []ner.States, kept bool, err error) {
	k := textKey(sha256.Sum256([]byte(text.String())))
	if e := s.kept[k]; e != nil && e.holds(known) {
		e.round = s.round
		return e.windows, true, nil
	}
	if windows, err = s.encoder.States(ctx, text, nil); err != nil {
		return nil, false, err
	}
	windows = holding(windows, known)
	e := &keptText{windows: windows, known: known, round: s.round}
	for _, w := range windows {
		s.width = w.Width
		e.bytes += 4*int64(len(w.Values)+len(w.Logits)) + 16*int64(len(w.Spans))
	}
	if old := s.kept[k]; old != nil { // less of the same text
		s.used -= old.bytes
		delete(s.kept, k)
	}
	if !s.room(e.bytes) {
		return windows, false, nil
	}
	s.kept[k], s.used = e, s.used+e.bytes
	return windows, true, nil
}

// holds tells whether all of what is known is among what is kept.
func (e *keptText) holds(known []corpus.Span) bool {
	if e.known == nil || known == nil {
		return e.known == nil
	}
	return !slices.ContainsFunc(known, func(k corpus.Span) bool {
		return !slices.ContainsFunc(e.known, func(all corpus.Span) bool { return all.Contains(k) })
	})
}

// holding are the windows that hold some of what is known.
func holding(windows []ner.States, known []corpus.Span) []ner.States {
	if known == nil {
		return windows
	}
	found := []ner.States{}
	for _, w := range windows {
		if slices.ContainsFunc(w.Spans, func(piece corpus.Span) bool { return touches(known, piece) }) {
			found = append(found, w)
		}
	}
	return found
}

// room drops texts of earlier rounds, the oldest first, until there is room.
func (s *states) room(bytes int64) bool {
	if s.used+bytes <= s.limit {
		return true
	}
	var old []textKey
	for k, e := range s.kept {
		if e.round < s.round {
			old = append(old, k)
		}
	}
	slices.SortFunc(old, func(a, b textKey) int {
		if d := s.kept[a].round - s.kept[b].round; d != 0 {
			return d
		}
		return slices.Compare(a[:], b[:])
	})
	for _, k := range old {
		if s.used+bytes <= s.limit {
			break
		}
		s.used -= s.kept[k].bytes
		delete(s.kept, k)
	}
	return s.used+bytes <= s.limit
}
