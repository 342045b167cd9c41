package convert

import (
	"slices"
	"sort"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// sentence is a sentence of a document, cut into words that have tags.
type sentence struct {
	words []corpus.Span
	tags  []string
}

// tagged cuts a document into sentences and words and tags them. No sentence
// ends inside a mention and no word lies half in one: where the cutter says
// otherwise the mention is right.
func tagged(d doc, s scheme, r *Report) []sentence {
	var mentions []corpus.Mention
	for _, m := range d.Mentions {
		if span, ok := d.contiguous(m); ok {
			m.Spans = corpus.Spans{span}
			mentions = append(mentions, m)
		} else {
			r.lose(1, "discontinuous mentions", leftOut)
		}
	}
	words, cuts := cutWords(segment.Words(d.Text), mentions)
	r.lose(cuts, "mentions that begin or end inside a word", "the word was cut there")
	var runs []run
	for _, m := range mentions {
		span := m.Spans[0]
		from := sort.Search(len(words), func(i int) bool { return words[i].Start >= span.Start })
		to := sort.Search(len(words), func(i int) bool { return words[i].End > span.End })
		if from >= to {
			r.lose(1, "mentions without a word", leftOut)
			continue
		}
		k := run{from: from, to: to, label: tagLabel(m.Label, r), length: span.Len()}
		if words[from].Start != span.Start || words[to-1].End != span.End {
			r.lose(1, "white space at the edges of mentions", leftOut)
			k.trimmed = true
		}
		runs = append(runs, k)
	}
	tags := s.encode(len(words), runs)
	r.held(runs, decode(tags))
	return intoSentences(segment.Cutter{}.Sentences(d.Text), words, tags, runs)
}

// held counts which mentions can be read back from tags.
func (r *Report) held(runs, back []run) {
	left := map[run]bool{}
	for _, b := range back {
		left[run{from: b.from, to: b.to, label: b.label}] = true
	}
	for _, m := range runs {
		k := run{from: m.from, to: m.to, label: m.label}
		if left[k] {
			delete(left, k)
			if !m.trimmed {
				r.Written++
			}
		} else {
			r.lose(1, "overlapping mentions", "only the longest can be told")
		}
	}
}

// tagLabel is a label that a column can hold.
func tagLabel(label string, r *Report) string {
	if clean := strings.Join(strings.Fields(label), "_"); clean != label || label == "" {
		r.lose(1, "labels with spaces", "written with _")
		return clean
	}
	return label
}

// cutWords cuts words at the edges of mentions, and counts the mentions that
// needed it.
func cutWords(words []corpus.Span, mentions []corpus.Mention) ([]corpus.Span, int) {
	var edges []corpus.Off
	cuts := 0
	for _, m := range mentions {
		inside := false
		for _, at := range []corpus.Off{m.Spans[0].Start, m.Spans[0].End} {
			i := sort.Search(len(words), func(i int) bool { return words[i].End > at })
			if i < len(words) && words[i].Start < at {
				edges = append(edges, at)
				inside = true
			}
		}
		if inside {
			cuts++
		}
	}
	if cuts == 0 {
		return words, 0
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	var out []corpus.Span
	for _, w := range words {
		for len(edges) > 0 && edges[0] < w.End {
			out = append(out, corpus.Span{Start: w.Start, End: edges[0]})
			w.Start, edges = edges[0], edges[1:]
		}
		out = append(out, w)
	}
	return out, cuts
}

// intoSentences deals words out to sentences; a boundary inside a run is none.
func intoSentences(sentences []corpus.Span, words []corpus.Span, tags []string, runs []run) []sentence {
	inside := make([]bool, len(words)+1) // inside[i]: words i-1 and i belong to one mention
	for _, r := range runs {
		for i := r.from + 1; i < r.to; i++ {
			inside[i] = true
		}
	}
	var out []sentence
	first, at := 0, 0 // first word of the present sentence; sentence of the last word
	for i, w := range words {
		k := at
		for k < len(sentences)-1 && sentences[k+1].Start <= w.Start {
			k++
		}
		if k > at && i > first && !inside[i] {
			out = append(out, sentence{words[first:i], tags[first:i]})
			first = i
		}
		at = k
	}
	if first < len(words) {
		out = append(out, sentence{words[first:], tags[first:]})
	}
	return out
}
