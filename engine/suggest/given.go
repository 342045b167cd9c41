package suggest

import (
	"context"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// Given is a Recognizer that finds what was found before: mentions by the text of
// their document. Documents with one text share theirs.
type Given map[string][]corpus.Mention

// Annotate implements Recognizer: the mentions that begin in the sentences, of every layer.
func (g Given) Annotate(_ context.Context, text corpus.Text, sentences []corpus.Span, _ []string) ([]corpus.Mention, error) {
	var found []corpus.Mention
	for _, m := range g[text.String()] {
		at := m.Spans.Hull().Start
		if slices.ContainsFunc(sentences, func(s corpus.Span) bool { return s.Start <= at && at < s.End }) {
			found = append(found, m)
		}
	}
	return found, nil
}
