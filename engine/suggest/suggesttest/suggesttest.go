// Package suggesttest helps tests that need suggestions and no model.
package suggesttest

import (
	"context"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// Words is a recognizer that marks the words it knows with their label, each
// with score 0.9, in the order of the text.
type Words map[string]string

// Annotate implements suggest.Recognizer.
func (w Words) Annotate(_ context.Context, text corpus.Text, sentences []corpus.Span, _ []string) ([]corpus.Mention, error) {
	var found []corpus.Mention
	for _, s := range sentences {
		part := text.Slice(s)
		for word, label := range w {
			for at := 0; ; at += len(word) {
				i := strings.Index(part[at:], word)
				if i < 0 {
					break
				}
				at += i
				start := text.Off(text.Byte(s.Start) + at)
				spans := corpus.One(start, start+corpus.Off(len([]rune(word))))
				found = append(found, corpus.Mention{Label: label, Spans: spans, Text: word, Score: 0.9})
			}
		}
	}
	slices.SortFunc(found, func(a, b corpus.Mention) int { return int(a.Spans[0].Start - b.Spans[0].Start) })
	return found, nil
}
