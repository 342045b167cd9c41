package lens

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// A string must be this long, and stand in this many places, for its annotation in
// one and not in another to say something.
const (
	minString = 3 // letters
	minPlaces = 3
)

// occurrence is a place of a string: a whole number of words, whatever their case.
type occurrence struct {
	doc  string
	span corpus.Span
	text string
	is   *corpus.Mention // annotated with the label in question
	in   bool            // it lies in, or overlaps, another annotation of the label: that says nothing
}

// unevens are the places that are annotated otherwise than most places of the same
// string: not annotated where most are, or annotated where most are not. Places
// inside longer annotations of the label count for neither.
func unevens(human Side, o OpinionOptions) []Opinion {
	strs := annotatedStrings(human, o.Labels)
	places := find(human, strs)
	var found []Opinion
	for _, key := range sortedKeys(places) {
		found = append(found, uneven(key, places[key], o.Uneven)...)
	}
	return found
}

// stringKey is a label and the words of a string, lower-cased, joined by spaces.
type stringKey struct{ label, words string }

func sortedKeys(m map[stringKey][]occurrence) []stringKey {
	keys := make([]stringKey, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b stringKey) int { return strings.Compare(a.label+"\x00"+a.words, b.label+"\x00"+b.words) })
	return keys
}

// annotatedStrings are the labels that the words of some contiguous mention bear.
func annotatedStrings(human Side, labels []string) map[string][]string {
	strs := map[string][]string{}
	for _, d := range human.Docs {
		for _, m := range d.Mentions {
			if len(m.Spans) != 1 || labels != nil && !slices.Contains(labels, m.Label) || letters(m.Text) < minString {
				continue
			}
			words := joinWords(wordsOf(m.Text))
			if !slices.Contains(strs[words], m.Label) {
				strs[words] = append(strs[words], m.Label)
			}
		}
	}
	return strs
}

func joinWords(words []string) string { return strings.ToLower(strings.Join(words, " ")) }

// find looks for the strings in all texts.
func find(human Side, strs map[string][]string) map[stringKey][]occurrence {
	longest := map[string]int{} // in words, by the first one
	for words := range strs {
		first, _, _ := strings.Cut(words, " ")
		longest[first] = max(longest[first], strings.Count(words, " ")+1)
	}
	found := map[stringKey][]occurrence{}
	for _, doc := range human.sortedDocs() {
		d := human.Docs[doc]
		spans := segment.Words(d.Text)
		words := make([]string, len(spans))
		for i, s := range spans {
			words[i] = strings.ToLower(d.Text.Slice(s))
		}
		for i := range words {
			for n := 1; n <= longest[words[i]] && i+n <= len(words); n++ {
				str := strings.Join(words[i:i+n], " ")
				for _, label := range strs[str] {
					at := corpus.Span{Start: spans[i].Start, End: spans[i+n-1].End}
					found[stringKey{label, str}] = append(found[stringKey{label, str}], look(d, label, at))
				}
			}
		}
	}
	return found
}

// look finds how a place is annotated.
func look(d corpus.Document, label string, at corpus.Span) occurrence {
	o := occurrence{doc: d.Name, span: at, text: d.Text.Slice(at)}
	for i := range d.Mentions {
		m := &d.Mentions[i]
		switch {
		case m.Label != label:
		case len(m.Spans) == 1 && m.Spans[0] == at:
			o.is = m
			return o
		case m.Spans.Overlaps(corpus.Spans{at}):
			o.in = true
		}
	}
	return o
}

// uneven compares the places of one string.
func uneven(key stringKey, places []occurrence, share corpus.Score) []Opinion {
	places = slices.DeleteFunc(places, func(o occurrence) bool { return o.is == nil && o.in })
	with := 0
	for _, o := range places {
		if o.is != nil {
			with++
		}
	}
	n := len(places)
	without := n - with
	if n < minPlaces || with == 0 || without == 0 || corpus.Score(max(with, without)) < share*corpus.Score(n) {
		return nil
	}
	var found []Opinion
	for _, o := range places {
		if (o.is != nil) == (with > without) {
			continue
		}
		op := Opinion{Kind: UnevenOpinion, Doc: o.doc, Human: []corpus.Mention{}, Model: []corpus.Mention{}}
		op.Confidence = corpus.Score(max(with, without)) / corpus.Score(n)
		op.Why = fmt.Sprintf("annotated in %d of %d places", with, n)
		if o.is != nil {
			op.Human = append(op.Human, *o.is)
		} else {
			op.Model = append(op.Model, corpus.Mention{Label: key.label, Spans: corpus.Spans{o.span}, Text: o.text, Score: corpus.NoScore})
		}
		found = append(found, op)
	}
	return found
}
