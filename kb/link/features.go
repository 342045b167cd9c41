package link

import (
	"context"
	"math"
	"slices"
	"strings"
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
	"parts_told",      // ln of how likely words of annotated mentions make those parts, behind the likeliest ones
	"parts_doubt",     // likewise of the least likely part alone
	"context_told",    // like parts_told, by the words of the sentence
	"written_out",     // 1: found by an abbreviation that the document defines; 0.5: by what it usually means
	"listed",          // share of the mention that the things have which it lists and the candidate joins; 0: no composite
	"beside",          // ln(1 + other mentions of its document)
	"beside_same",     // greatest score by which it is the best of one of these
	"beside_base",     // likewise by which a code with the same first part is
	"beside_parts",    // share of these whose best code has the same other parts
	"run",             // greatest share of the mention that a run of its words has which is a name of it
	"run_base",        // likewise a name of any code with the same first part
	"kb_mentions",     // share of the names of its KB that annotated corpora wrote
	"kb_parts",        // 1: the codes of its KB have parts
}

// features are the numbers of FeatureNames for a candidate.
func features(s *scene, rank int, f *found) []float32 {
	k := s.kbs[f.kb]
	id, typ := s.identify(f)
	name := s.matched(f)
	mention := s.readings[f.by]
	folded := lexical.Fold(name)
	list := strings.Fields(folded)
	words := distinctWords(list)
	var other []string
	for _, w := range words {
		if !mention.words[w] {
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
		lengthRatio(mention.text, name), both / max(1, float32(len(words)+len(mention.words))-both), both / float32(max(1, len(mention.words))), both / float32(max(1, len(words))),
		share(other, s.context), s.gramShare(words), s.readings[0].shortForm, logCount(len(mention.words)), agree, differ, float32(f.kb),
		float32(f.score), float32(gap), logCount(rank), logCount(s.lexRank[f]), logCount(s.denseRank[f]),
		float32(math.Log(f.votes + 1e-7)), float32(f.votes / max(s.votes, 1e-7)), logCount(k.names(f.concept)), float32(s.prior) - prior,
		mention.edit(folded), same(mention.list, list, false), same(mention.list, list, true), mention.numbersMissing(words),
	}
	broader := float32(0)
	if slices.ContainsFunc(generals, func(g string) bool { return strings.HasSuffix(id, g) }) {
		broader = 1
	}
	told, doubt := s.parts(k, s.told[f.kb], id)
	around, _ := s.parts(k, s.toldAround[f.kb], id)
	return append(out, broader, float32(f.sure), float32(s.bases[k.codeBase(id)]), k.partsPrior(id),
		told, doubt, around, s.writtenOut(f), float32(f.cover),
		logCount(len(s.beside.jobs)), s.beside.same[id], s.beside.bases[k.codeBase(id)], s.beside.rests[k.codeRest(id)],
		s.runs[f.kb][id], s.runBases[f.kb][k.codeBase(id)],
		float32(k.Meta().Mentions)/float32(max(1, k.Meta().Names)), k.structured())
}

// leastTold bounds how unlikely words can make a part.
const leastTold = 1e-6

// parts is ln of how likely words make the parts of a code, each against the likeliest one, and
// the least of them.
func (s *scene) parts(k *base, told []map[string]float64, id string) (sum, least float32) {
	if told == nil {
		return 0, 0
	}
	parts, ok := k.composer().codes.Split(id)
	if !ok {
		return 0, 0
	}
	for i := 1; i < len(parts); i++ {
		most := leastTold
		for _, chance := range told[i] {
			most = max(most, chance)
		}
		x := float32(math.Log(max(told[i][parts[i]], leastTold) / most))
		sum, least = sum+x, min(least, x)
	}
	return sum, least
}

// writtenOut tells whether a candidate was found by an abbreviation that was written out.
func (s *scene) writtenOut(f *found) float32 {
	switch {
	case f.by == 0:
		return 0
	case s.guessed:
		return 0.5
	}
	return 1
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
func (r *reading) numbersMissing(words []string) float32 {
	n := float32(0)
	for _, w := range r.list {
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
	s := newScene(a, all)
	rows := make([][]float32, len(all))
	for i, f := range all {
		rows[i] = features(s, i, f)
	}
	return rows
}
