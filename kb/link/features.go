package link

import (
	"cmp"
	"context"
	"math"
	"slices"
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
	"score",           // similarity by letters and meaning together
	"score_gap",       // how far it is behind the best; of the best: behind the second, below 0
	"rank",            // ln(1 + how many are better by score)
	"lexical_rank",    // likewise by letters
	"dense_rank",      // likewise by meaning
	"votes",           // ln of the sum of its names that are near, the nearer the more
	"votes_share",     // its share of all votes
	"concept_names",   // ln(1 + its names)
	"prior_gap",       // how far its prior is behind the greatest
	"edit",            // similarity of mention and matched name by edit distance
	"first_word",      // 1: both begin with the same word
	"last_word",       // 1: both end with it
	"numbers_missing", // words of the mention with digits that the name does not have
	"broader",         // 1: its code says that it is broader than the mention
	"composed",        // how sure the words are that make up its code; 0: not composed
	"base_share",      // share of the ten best with the same first part of a structured code
	"parts_prior",     // ln of how usual the other parts of its code are
}

// scene is what the features of all candidates of a mention need of it.
type scene struct {
	kbs          []*base
	text         string
	edit         func(folded string) float32 // similarity of the mention by edit distance
	words        map[string]bool
	list         []string // the words in order
	context      map[string]bool
	grams        map[string]bool // of the context
	lex, dense   float64         // greatest
	best, second float64         // scores
	prior        float64         // greatest
	votes        float64         // of all
	stringCount  int
	types, bases map[string]float64 // shares
	shortForm    float32
	marksByOrder []map[string]string // KB -> part -> value that the mention tells
	lexRank      map[*found]int
	denseRank    map[*found]int
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
		eachTrigram(w, func(g string) { out[g] = true })
	}
	return out
}

// distinctWords are those of a list, each once; lists are short.
func distinctWords(list []string) []string {
	var out []string
	for _, w := range list {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// share is how many of some words a set has.
func share(of []string, in map[string]bool) float32 {
	n := 0
	for _, x := range of {
		if in[x] {
			n++
		}
	}
	return float32(n) / float32(max(1, len(of)))
}

// gramShare is how many of the distinct trigrams of words the sentence has.
func (s *scene) gramShare(words []string) float32 {
	if len(s.grams) == 0 {
		return 0
	}
	var grams []string
	for _, w := range words {
		eachTrigram(w, func(g string) {
			if !slices.Contains(grams, g) {
				grams = append(grams, g)
			}
		})
	}
	return share(grams, s.grams)
}

// eachTrigram calls f with the trigrams of a word, bounds included.
func eachTrigram(word string, f func(string)) {
	padded := " " + word + " "
	var ends [3]int // where the last three characters begin
	n := 0
	for at, r := range padded {
		ends[0], ends[1], ends[2] = ends[1], ends[2], at
		if n++; n >= 3 {
			f(padded[ends[0] : at+utf8.RuneLen(r)])
		}
	}
}

// newScene looks at the candidates of a mention, best first.
func newScene(kbs []*base, text, context string, all []*found) *scene {
	s := &scene{kbs: kbs, text: text, words: wordSet(text), context: wordSet(context), grams: trigrams(context),
		types: map[string]float64{}, bases: map[string]float64{}}
	folded := lexical.Fold(text)
	s.list, s.edit = strings.Fields(folded), lexical.Similarity(folded)
	for i, f := range all {
		s.lex, s.dense = max(s.lex, known(f.lex)), max(s.dense, known(f.dense))
		s.prior = max(s.prior, math.Log1p(float64(kbs[f.kb].prior(f.concept))))
		s.votes += f.votes
		if f.exact {
			s.stringCount += f.count
		}
		switch i {
		case 0:
			s.best = f.score
		case 1:
			s.second = f.score
		}
		if i < 10 {
			id, typ := s.identify(f)
			s.types[typ] += 1 / float64(min(10, len(all)))
			s.bases[kbs[f.kb].codeBase(id)] += 1 / float64(min(10, len(all)))
		}
	}
	s.lexRank = ranks(all, func(f *found) float64 { return known(f.lex) })
	s.denseRank = ranks(all, func(f *found) float64 { return known(f.dense) })
	s.shortForm = shortForm(text)
	for _, k := range kbs {
		marks := map[string]string{}
		if c := k.composer(); c != nil {
			for _, p := range c.read(text, "") {
				marks[p.What] = p.ID
			}
		}
		s.marksByOrder = append(s.marksByOrder, marks)
	}
	return s
}

// ranks counts for each candidate those that are better.
func ranks(all []*found, by func(*found) float64) map[*found]int {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b *found) int { return cmp.Compare(by(b), by(a)) })
	out := make(map[*found]int, len(all))
	for i, f := range sorted {
		out[f] = i
		if i > 0 && by(f) == by(sorted[i-1]) {
			out[f] = out[sorted[i-1]]
		}
	}
	return out
}

// shortForm is 1 for what looks like an abbreviation.
func shortForm(text string) float32 {
	capitals := 0
	for _, r := range text {
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	if capitals >= 2 && utf8.RuneCountInString(text) <= 6 && !strings.Contains(text, " ") {
		return 1
	}
	return 0
}

// identify is the code of a candidate and its semantic type.
func (s *scene) identify(f *found) (id, typ string) {
	if f.concept == noConcept {
		return f.id, ""
	}
	id, _, typ = s.kbs[f.kb].Numbered(f.concept)
	return id, typ
}

// matched is the name by which a candidate was found.
func (s *scene) matched(f *found) string {
	switch {
	case f.alias != "":
		return f.alias
	case f.row >= 0:
		return s.kbs[f.kb].Index().Name(f.row)
	}
	return f.matched
}

// features are the numbers of FeatureNames for a candidate.
func features(s *scene, rank int, f *found) []float32 {
	k := s.kbs[f.kb]
	id, typ := s.identify(f)
	name := s.matched(f)
	folded := lexical.Fold(name)
	list := strings.Fields(folded)
	words := distinctWords(list)
	var other []string
	for _, w := range words {
		if !s.words[w] {
			other = append(other, w)
		}
	}
	both := float32(len(words) - len(other))
	agree, differ := s.marks(k, f.kb, id)
	prior := logCount(k.prior(f.concept))
	gap := s.best - f.score
	if rank == 0 {
		gap = s.second - f.score
	}
	out := []float32{
		exactness(f), float32(known(f.lex)), float32(known(f.dense)), float32(s.lex - known(f.lex)), float32(s.dense - known(f.dense)),
		logCount(f.count), s.stringShare(f), prior, logCount(f.chosen), float32(s.types[typ]),
		lengthRatio(s.text, name), both / max(1, float32(len(words)+len(s.words))-both), both / float32(max(1, len(s.words))), both / float32(max(1, len(words))),
		share(other, s.context), s.gramShare(words), s.shortForm, logCount(len(s.words)), agree, differ, float32(f.kb),
		float32(f.score), float32(gap), logCount(rank), logCount(s.lexRank[f]), logCount(s.denseRank[f]),
		float32(math.Log(f.votes + 1e-7)), float32(f.votes / max(s.votes, 1e-7)), logCount(k.names(f.concept)), float32(s.prior) - prior,
		s.edit(folded), same(s.list, list, false), same(s.list, list, true), s.numbersMissing(words),
	}
	broader := float32(0)
	if slices.ContainsFunc(generals, func(g string) bool { return strings.HasSuffix(id, g) }) {
		broader = 1
	}
	return append(out, broader, float32(f.sure), float32(s.bases[k.codeBase(id)]), k.partsPrior(id))
}

// same is 1 where two lists of words begin, or end, with the same.
func same(a, b []string, end bool) float32 {
	switch {
	case len(a) == 0 || len(b) == 0:
	case !end && a[0] == b[0], end && a[len(a)-1] == b[len(b)-1]:
		return 1
	}
	return 0
}

// numbersMissing counts the words with digits that a name lacks.
func (s *scene) numbersMissing(words []string) float32 {
	n := float32(0)
	for _, w := range s.list {
		if strings.ContainsAny(w, "0123456789") && !slices.Contains(words, w) {
			n++
		}
	}
	return n
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

// Features are the candidates of each query and their features, best first by the strategy's own
// score: what a ranking is trained on. The memory of the corpus and rules are not in it.
func (l *Linker) Features(ctx context.Context, queries []Query) ([][]kb.Candidate, [][][]float32, error) {
	asks, jobs, which := l.distinct(queries, true)
	if err := l.rankAll(ctx, jobs); err != nil {
		return nil, nil, err
	}
	candidates, numbers := make([][]kb.Candidate, len(queries)), make([][][]float32, len(queries))
	err := parallel(ctx, len(queries), func(i int) {
		a := asks[which[i]]
		if len(a.jobs) == 0 {
			return
		}
		all := l.fuse(a)
		all = all[:min(ranked, len(all))]
		numbers[i] = tableOf(a, all)
		for _, f := range all {
			candidates[i] = append(candidates[i], l.candidate(a.jobs[0].kbs, a.text, f))
		}
	})
	return candidates, numbers, err
}

// tableOf are the features of candidates, best first.
func tableOf(a *ask, all []*found) [][]float32 {
	s := newScene(a.jobs[0].kbs, a.text, a.context, all)
	rows := make([][]float32, len(all))
	for i, f := range all {
		rows[i] = features(s, i, f)
	}
	return rows
}
