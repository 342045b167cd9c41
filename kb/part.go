package kb

import (
	"context"

	"github.com/gloss-nlp/gloss/corpus"
)

// Part is one of the things that make up a candidate.
type Part struct {
	What  string       `json:"what"`           // e.g. "full", "first", "distance", "cross", "concept"
	Score corpus.Score `json:"score"`          // as What means it
	Text  string       `json:"text,omitempty"` // what was compared or found
	ID    string       `json:"id,omitempty"`   // the concept that Text was linked to
	// Span is where Text lies in the mention, in code points of it; nil where it does not. The
	// parts of a composite propose to split the mention there.
	Span *corpus.Span `json:"span,omitempty"`
}

// NIL tells whether a candidate says that no concept fits.
func (c Candidate) NIL() bool { return c.Evidence.Match == MatchNIL }

// MatchNIL is the Match of the candidate that says that no concept fits: those after it are less
// likely than that.
const MatchNIL = "nil"

// Pair is what a Reranker compares: a mention, perhaps with its sentence (see
// link.Pair), and a name.
type Pair struct{ Mention, Name string }

// Reranker tells how well names fit mentions, by reading both at once. Safe for
// concurrent use.
type Reranker interface {
	// Score returns how well each pair fits, in [0, 1].
	Score(ctx context.Context, pairs []Pair) ([]float32, error)
}
