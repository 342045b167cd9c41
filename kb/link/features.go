package link

import (
	"context"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// FeatureNames name the numbers of a candidate that a learnt ranking reads, in their
// order. A model remembers them: new ones go to the end, none changes its meaning.
var FeatureNames = []string{
	"exact",           // 1 equal as it stands, 0.75 but for case, 0.5 folded, 0.25 but for word order, 0 not equal
	"lexical",         // n-gram cosine, 0 where it was not looked
	"dense",           // cosine of the embeddings, 0 where it was not looked
	"lexical_gap",     // how far it is behind the mention's best
	"dense_gap",       // likewise
	"name_count",      // ln(1 + how often annotated corpora wrote the matched name for it)
	"string_share",    // share of it among the concepts that they chose for this very string
	"prior",           // ln(1 + how often they chose it for any name)
	"chosen",          // ln(1 + how often this corpus chose it for this string)
	"type_share",      // share of the ten best by letters or meaning that have its semantic type
	"length_ratio",    // shorter of mention and matched name by the longer, in code points
	"shared_words",    // words of both by words of either
	"mention_covered", // share of the mention's words that the name has
	"name_covered",    // share of the name's words that the mention has
	"context_words",   // share of the name's other words that the sentence has
	"context_grams",   // share of the name's character trigrams that the sentence has
	"short_form",      // the mention is one word of at most six characters with two capitals
	"mention_words",   // ln(1 + words of the mention)
	"marks_agree",     // parts of its code that words of the mention tell, see composer
	"marks_differ",    // parts of which they tell otherwise
	"kb_order",        // place of its KB in the search order
}

// scene is what the features of all candidates of a mention need of it.
type scene struct {
	j            *job
	words        map[string]bool
	context      map[string]bool
	grams        map[string]bool // of the context
	lex, dense   float64         // greatest
	stringCount  int
	types        map[string]float64 // shares
	shortForm    float32
	marksByOrder []map[string]string // KB -> part -> value that the mention tells
}

func wordSet(text string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(lexical.Fold(text)) {
		out[w] = true
	}
	return out
}

// trigrams are those of the folded words, bounds included.
func trigrams(text string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(lexical.Fold(text)) {
		r := []rune(" " + w + " ")
		for i := 0; i+3 <= len(r); i++ {
			out[string(r[i:i+3])] = true
		}
	}
	return out
}

// share is how many of a set another one has.
func share(of, in map[string]bool) float32 {
	if len(of) == 0 {
		return 0
	}
	n := 0
	for x := range of {
		if in[x] {
			n++
		}
	}
	return float32(n) / float32(len(of))
}

func newScene(j *job) *scene {
	s := &scene{j: j, words: wordSet(j.text), context: wordSet(j.context), grams: trigrams(j.context), types: map[string]float64{}}
	for i, f := range j.found {
		s.lex, s.dense = max(s.lex, known(f.lex)), max(s.dense, known(f.dense))
		if f.exact {
			s.stringCount += f.count
		}
		if i < 10 && f.concept != noConcept {
			_, _, typ := j.kbs[f.kb].Numbered(f.concept)
			s.types[typ] += 1 / float64(min(10, len(j.found)))
		}
	}
	capitals := 0
	for _, r := range j.text {
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	if capitals >= 2 && utf8.RuneCountInString(j.text) <= 6 && !strings.Contains(j.text, " ") {
		s.shortForm = 1
	}
	for _, k := range j.kbs {
		marks := map[string]string{}
		if c := k.composer(); c != nil {
			for _, p := range c.read(j.text, "") {
				marks[p.What] = p.ID
			}
		}
		s.marksByOrder = append(s.marksByOrder, marks)
	}
	return s
}

// features are the numbers of FeatureNames for a candidate that has a concept and a name.
func features(s *scene, f *found) []float32 {
	k := s.j.kbs[f.kb]
	id, _, typ := k.Numbered(f.concept)
	name := ""
	if f.row >= 0 {
		name = k.Index().Name(f.row)
	}
	words := wordSet(name)
	both := share(words, s.words) * float32(len(words))
	other := map[string]bool{}
	for w := range words {
		if !s.words[w] {
			other[w] = true
		}
	}
	agree, differ := s.marks(k, f.kb, id)
	return []float32{
		exactness(f), float32(known(f.lex)), float32(known(f.dense)), float32(s.lex - known(f.lex)), float32(s.dense - known(f.dense)),
		logCount(f.count), s.stringShare(f), logCount(k.prior(f.concept)), logCount(f.chosen), float32(s.types[typ]),
		lengthRatio(s.j.text, name), both / max(1, float32(len(words)+len(s.words))-both), share(s.words, words), share(words, s.words),
		share(other, s.context), share(trigrams(name), s.grams), s.shortForm, logCount(len(s.words)), agree, differ, float32(f.kb),
	}
}

func exactness(f *found) float32 {
	if !f.exact {
		return 0
	}
	return 1 - float32(f.level)/4
}

func logCount(n int) float32 { return float32(math.Log1p(float64(n))) }

func lengthRatio(a, b string) float32 {
	n, m := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	return float32(min(n, m)) / float32(max(n, m, 1))
}

// stringShare is the share of a concept among those chosen for this very string.
func (s *scene) stringShare(f *found) float32 {
	if !f.exact || s.stringCount == 0 {
		return 0
	}
	return float32(f.count) / float32(s.stringCount)
}

// marks counts the parts of a code that words of the mention tell, rightly or otherwise.
func (s *scene) marks(k *base, n int, id string) (agree, differ float32) {
	c := k.composer()
	if c == nil || len(s.marksByOrder[n]) == 0 {
		return 0, 0
	}
	parts, ok := c.codes.Split(id)
	for i, what := range c.codes.Parts() {
		value, told := s.marksByOrder[n][what]
		switch {
		case !ok || !told:
		case parts[i] == value:
			agree++
		default:
			differ++
		}
	}
	return agree, differ
}

// prior is how often annotated corpora chose a concept.
func (k *base) prior(concept int32) int {
	if k.Meta().Mentions == 0 {
		return 0
	}
	n := 0
	for _, row := range k.rows().of(concept) {
		n += k.Count(row)
	}
	return n
}

// Features are the candidates of each query and their features, best first by the strategy: what
// a ranking is trained on. Neither memory nor rules, composed codes nor definitions of the
// document are in it.
func (l *Linker) Features(ctx context.Context, queries []Query) ([][]kb.Candidate, [][][]float32, error) {
	plain := make([]Query, len(queries))
	for i, q := range queries {
		plain[i] = q
		plain[i].Defined = nil
	}
	asks, jobs, which := l.distinct(plain)
	if err := l.rankAll(ctx, jobs); err != nil {
		return nil, nil, err
	}
	candidates, numbers := make([][]kb.Candidate, len(queries)), make([][][]float32, len(queries))
	err := parallel(ctx, len(queries), func(i int) {
		a := asks[which[i]]
		if len(a.jobs) == 0 {
			return
		}
		j := *a.jobs[0] // queries may share it
		j.context = lexical.Clean(queries[i].Context)
		all := merge(a.jobs)
		order(all)
		j.found = all
		s := newScene(&j)
		for _, f := range all {
			if f.concept != noConcept {
				candidates[i] = append(candidates[i], l.candidate(j.kbs, j.text, f))
				numbers[i] = append(numbers[i], features(s, f))
			}
		}
	})
	return candidates, numbers, err
}
