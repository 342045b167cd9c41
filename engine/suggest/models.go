package suggest

import (
	"context"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// Recognizer finds mentions with a model.
type Recognizer interface {
	// Annotate returns the mentions of some consecutive sentences of a text, with
	// scores. No layers means all.
	Annotate(ctx context.Context, text corpus.Text, sentences []corpus.Span, layers []string) ([]corpus.Mention, error)
}

// Linker finds candidates for mentions.
type Linker interface {
	Candidates(ctx context.Context, queries []link.Query, k int) ([][]kb.Candidate, error)
	Search(ctx context.Context, label, query string, k int) ([]kb.Candidate, error)
}

// Spotter finds the names of knowledge bases in a text, by letters alone.
type Spotter interface {
	Spot(text corpus.Text, within corpus.Span) []corpus.Mention
}

// Models is all that computes suggestions. Parts that are not there are nil.
// It is safe for concurrent use until Close.
type Models struct {
	Recognizer Recognizer
	Linker     Linker
	Spotter    Spotter

	Name      string   // of the recognizer
	Hash      string   // of its bundle
	Languages []string // that it knows; none: any
	Layers    []string // to run; none: all
	Labels    []string // that it can give
	Device    string   // "cpu", "cuda:0"
	KBHashes  []string
	Linking   string   // which of them serves which label, and how: with the hashes, all that candidates depend on
	Warnings  []string // what a person should know, e.g. that an index was refused
	Close     func() error

	// Learn fits layers of the recognizer to finished documents, and keeps what is better
	// than before; the recognizer uses all that was learnt from then on. It takes seconds,
	// runs on the thread of its caller, and tells reached how many of its layers are done.
	// nil: it cannot learn.
	Learn func(ctx context.Context, docs []corpus.Document, reached func(done, total int)) (Learnt, error)
	// Switch lays what was learnt aside, or takes it up again, and keeps that for the next
	// time; nothing that was learnt is lost. It may take a second. nil where Learn is.
	Switch func() (Learnt, error)
	Aside  bool // what was learnt is laid aside
	// Use asks the recognizer in a directory from now on, the shipped one where dir is empty,
	// with what was learnt over it in a file, which may be missing. It may take seconds; where
	// it fails the recognizer stays. nil: there is no recognizer.
	Use func(ctx context.Context, dir, learned string) (Learnt, error)
}

// Learnt is what came of learning, of laying aside what was learnt, or of using another recognizer.
type Learnt struct {
	Changed   bool     // the recognizer finds other mentions now; else what follows, but for Report, says nothing
	Name      string   // of the recognizer; empty: as before
	Languages []string // that it knows, where it has a name
	Aside     bool     // it is the recognizer without what was learnt
	Hash      string   // of the recognizer as it is now
	Labels    []string // that it can give now
	Report    string   // what a person should know, in a line
}

// Sources of suggestions.
const (
	ByModel   = "model"
	ByLetters = "letters"
)

// Source says how suggestions for a text in a language (see Language) are made:
// by the model where it knows the language, else by letters; "" where neither can.
func (m *Models) Source(language string) string {
	known := language == "" || len(m.Languages) == 0 || slices.Contains(m.Languages, language)
	switch {
	case m.Recognizer != nil && known:
		return ByModel
	case m.Spotter != nil:
		return ByLetters
	}
	return ""
}

// Suggest returns the suggestions for some consecutive sentences of a text.
func (m *Models) Suggest(ctx context.Context, text corpus.Text, sentences []corpus.Span, source string) ([]corpus.Mention, error) {
	if len(sentences) == 0 {
		return nil, nil
	}
	switch source {
	case ByModel:
		return m.Recognizer.Annotate(ctx, text, sentences, m.Layers)
	case ByLetters:
		within := corpus.Span{Start: sentences[0].Start, End: sentences[len(sentences)-1].End}
		return m.Spotter.Spot(text, within), nil
	}
	return nil, nil
}

// chunk is how many sentences are computed at once: few enough that what a
// person turns to is not kept waiting, always the same so that windows do not
// depend on who asks. Up to half as many more make the line whole.
const chunk = 32

// Chunks cuts the sentences of a document into pieces of background work, at the
// ends of lines where these are near.
func Chunks(text corpus.Text, sentences []corpus.Span) [][]corpus.Span {
	var pieces [][]corpus.Span
	for len(sentences) > 0 {
		n := min(chunk, len(sentences))
		for more := n; more <= chunk*3/2 && more < len(sentences); more++ {
			gap := corpus.Span{Start: sentences[more-1].End, End: sentences[more].Start}
			if strings.Contains(text.Slice(gap), "\n") {
				n = more
				break
			}
		}
		pieces = append(pieces, sentences[:n:n])
		sentences = sentences[n:]
	}
	return pieces
}
