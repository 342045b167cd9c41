package segment

import (
	"sort"

	"github.com/gloss-nlp/gloss/corpus"
)

// Around is the text of the sentence that holds a span, given the sentences of
// the text in order; empty where the span lies in none of them or in several.
func Around(t corpus.Text, sentences []corpus.Span, s corpus.Span) string {
	i := sort.Search(len(sentences), func(i int) bool { return sentences[i].End > s.Start })
	if i == len(sentences) || !sentences[i].Contains(s) {
		return ""
	}
	return t.Slice(sentences[i])
}
