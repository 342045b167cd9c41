package link

import (
	"maps"
	"math"
	"slices"

	"github.com/gloss-nlp/gloss/kb"
)

// tally counts values of a part of structured codes.
type tally map[string]int

// speech is how annotated mentions put the parts of their codes into words: single ones, and
// every two in a row.
type speech struct {
	codes  *kb.Codes
	values []tally            // by part: how many mentions have a value
	words  []map[string]tally // by part and word: how many of the mentions that say it have a value

	// The same by kinds of mentions: a name that was written often counts as ln(1 + n).
	kinds []map[string]float64
	said  []map[string]map[string]float64
	often map[string]float64 // of a word, over all values
	total float64
}

func newSpeech(k *base, codes *kb.Codes) *speech {
	s := &speech{codes: codes, often: map[string]float64{}}
	for range codes.Parts() {
		s.values, s.words = append(s.values, tally{}), append(s.words, map[string]tally{})
		s.kinds, s.said = append(s.kinds, map[string]float64{}), append(s.said, map[string]map[string]float64{})
	}
	for row := range int32(k.Meta().Names) {
		n := k.Count(row)
		if n == 0 {
			continue
		}
		id, _, _ := k.Numbered(k.ConceptOf(row))
		if parts, ok := codes.Split(id); ok {
			s.learn(grammarWords(k.Index().Name(row)), parts, n)
		}
	}
	return s
}

// learn counts a name that mentions of a code have n times.
func (s *speech) learn(words map[string]bool, parts []string, n int) {
	weight := math.Log1p(float64(n))
	s.total += weight
	for w := range words {
		s.often[w] += weight
	}
	for i, value := range parts {
		s.values[i][value] += n
		s.kinds[i][value] += weight
		for w := range words {
			if s.words[i][w] == nil {
				s.words[i][w], s.said[i][w] = tally{}, map[string]float64{}
			}
			s.words[i][w][value] += n
			s.said[i][w][value] += weight
		}
	}
}

// speechPrior is how many mentions a value is taken to have, beside those that were seen, that
// say words as often as mentions of any value do.
const speechPrior = 2

// tell is how likely each value of each part is by the words of a text: naive Bayes. The base, the
// first part, is left out: nil.
func (s *speech) tell(words map[string]bool) []map[string]float64 {
	out := make([]map[string]float64, len(s.values))
	for i := 1; i < len(out); i++ {
		out[i] = map[string]float64{}
		most := math.Inf(-1)
		for value, n := range s.kinds[i] {
			sum := math.Log(n / s.total)
			for _, w := range slices.Sorted(maps.Keys(words)) { // in one order: sums round alike
				if often := s.often[w] / s.total; often > 0 {
					sum += math.Log((s.said[i][w][value]/often + speechPrior) / (n + speechPrior))
				}
			}
			out[i][value] = sum
			most = max(most, sum)
		}
		total := 0.0
		for _, value := range slices.Sorted(maps.Keys(out[i])) {
			out[i][value] = math.Exp(out[i][value] - most)
			total += out[i][value]
		}
		for value := range out[i] {
			out[i][value] /= total
		}
	}
	return out
}
