package bench

import (
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// dictionary finds the strings that documents have annotated at least half of the
// times they occur there, whatever their case; the longest one wins. It is what
// learning is compared with.
type dictionary struct {
	labels  map[string]string // words with a blank between them, to the label
	longest int               // in words
}

func newDictionary(docs []corpus.Document, labels []string) dictionary {
	marked := map[string]map[string]int{} // entry to label to how often it is annotated
	d := dictionary{labels: map[string]string{}}
	for _, doc := range docs {
		for _, m := range doc.Mentions {
			if !slices.Contains(labels, m.Label) {
				continue
			}
			words, _ := lowerWords(corpus.NewText(doc.Text.Slice(m.Spans.Hull())))
			entry := strings.Join(words, " ")
			if marked[entry] == nil {
				marked[entry] = map[string]int{}
			}
			marked[entry][m.Label]++
			d.longest = max(d.longest, len(words))
		}
	}
	seen := map[string]int{}
	for _, doc := range docs {
		words, _ := lowerWords(doc.Text)
		for i := range words {
			for n := 1; n <= d.longest && i+n <= len(words); n++ {
				if entry := strings.Join(words[i:i+n], " "); marked[entry] != nil {
					seen[entry]++
				}
			}
		}
	}
	for entry, counts := range marked {
		best := ""
		for label, n := range counts {
			if best == "" || n > counts[best] || n == counts[best] && label < best {
				best = label
			}
		}
		if 2*counts[best] >= seen[entry] {
			d.labels[entry] = best
		}
	}
	return d
}

func (d dictionary) find(text corpus.Text) []corpus.Mention {
	var found []corpus.Mention
	words, spans := lowerWords(text)
	for i := 0; i < len(words); i++ {
		for n := min(d.longest, len(words)-i); n > 0; n-- {
			if label := d.labels[strings.Join(words[i:i+n], " ")]; label != "" {
				found = append(found, corpus.Mention{Label: label, Spans: corpus.One(spans[i].Start, spans[i+n-1].End)})
				i += n - 1
				break
			}
		}
	}
	return found
}

func lowerWords(text corpus.Text) (words []string, spans []corpus.Span) {
	spans = segment.Words(text)
	for _, s := range spans {
		words = append(words, strings.ToLower(text.Slice(s)))
	}
	return words, spans
}
