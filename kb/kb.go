// Package kb holds the nouns of linking: concepts, names, candidates, and what
// an index needs of a model. It knows nothing of models themselves.
package kb

import (
	"context"

	"github.com/gloss-nlp/gloss/corpus"
)

// Name is one way of writing a concept.
type Name struct {
	Text string // as the source writes it, NFC, trimmed
	Lang string // ISO 639-1, or empty
	// Kind is "preferred", "synonym", "abbreviation", "candidate" (a translation that is
	// not official yet) or "mention" (from an annotated corpus).
	Kind string
	// Count is how often an annotated corpus wrote the concept so; 0 for names of a terminology alone.
	Count int
}

// Concept is an entry of a knowledge base.
type Concept struct {
	ID         string // unique in its KB
	Name       string // preferred name
	Type       string // semantic type, or empty
	Definition string
	Parents    []string // identifiers of broader concepts
	Names      []Name   // the preferred one included
	Relations  []Relation
}

// Evidence says why a candidate is offered. Parts that did not look have score NaN.
type Evidence struct {
	// Match is the strongest part: "corpus", "exact", "ngram", "dense"; of strategies that have
	// them "cross", "fuzzy", "composite", "composed", "rule", and "nil" for the candidate that
	// says that no concept fits; in type-ahead also "prefix", "words".
	Match   string       `json:"match"`
	Name    string       `json:"name"`    // the name that matched
	Lexical corpus.Score `json:"lexical"` // character n-gram cosine, [0, 1]
	Dense   corpus.Score `json:"dense"`   // cosine of the embeddings, [-1, 1]
	Chosen  int          `json:"chosen"`  // how often this corpus chose the concept for this string
	Type    string       `json:"type,omitempty"`
	// Parts are what the strategy put together: similarities that it added up, or the
	// concepts that it found for parts of the mention.
	Parts []Part `json:"parts,omitempty"`
}

// Candidate is a concept offered for a mention, best first in a list.
type Candidate struct {
	DB       string       `json:"db"` // name of the KB
	ID       string       `json:"id"`
	Name     string       `json:"name"` // preferred name
	Type     string       `json:"type,omitempty"`
	Score    corpus.Score `json:"score"` // [0, 1]; comparable within one list
	Evidence Evidence     `json:"evidence"`
}

// Embedder turns names and mentions into vectors. Safe for concurrent use.
type Embedder interface {
	// Embed returns one unit-length row of Dimensions() float32 a text.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
	Dimensions() int
	// Hash identifies model, tokenizer and pooling; an index remembers it.
	Hash() string
}

// Hit is a row of an index with its similarity.
type Hit struct {
	Row   int32
	Score float32
}

// Scanner finds the k nearest rows for each query, best first, ties by row.
// Queries have unit length and the dimensions of the index. Safe for concurrent use.
type Scanner interface {
	Scan(ctx context.Context, queries [][]float32, k int) ([][]Hit, error)
}
