package link

import (
	"cmp"
	"math"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/store"
)

const (
	// exactBonus is what equality adds to a fused similarity, before the sum is scaled
	// back to [0, 1]: an equal name beats one that is merely very near.
	exactBonus = 0.1
	// orderShare is how much of the bonus equality but for word order and plural gets.
	orderShare = 0.7

	// Shares of meaning by whether the KB holds mentions; names alone teach an encoder little.
	weightMentions = 0.95
	weightNames    = 0.4
	// mentionShare is the share of names written by a corpus from which on a KB counts as holding mentions.
	mentionShare = 0.05

	// chosenFrom is the least score of what the corpus chose; all others stay below.
	chosenFrom = 0.95
)

// found is what the parts know about one concept.
type found struct {
	kb      int // index in job.kbs
	concept int32
	lex     float32 // greatest n-gram cosine; NaN: not looked
	dense   float32 // greatest cosine; NaN: not looked
	level   lexical.Level
	exact   bool
	row     int32   // the name to show
	rowSum  float64 // of row: what decides between the concept's names
	count   int     // of row
	alias   string  // a name that the corpus gave it, where that counts more than row
	chosen  int
	score   float64
}

// rank puts the parts together for one mention.
func (l *Linker) rank(j *job, k int) []kb.Candidate {
	if j.text == "" {
		return nil
	}
	var all []*found
	for n, base := range j.kbs {
		part := l.collect(n, base, j.text, j.hits[n])
		for _, f := range part {
			if l.o.Strategy == ExactThenDense {
				f.score = scoreInTurn(f)
			} else {
				f.score = scoreFused(f, l.weight(base, j.hits[n]))
			}
		}
		all = append(all, part...)
	}
	all = l.resemble(j, all)
	all = l.remember(j, all)
	slices.SortFunc(all, func(a, b *found) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.chosen, a.chosen), cmp.Compare(b.count, a.count),
			cmp.Compare(a.kb, b.kb), cmp.Compare(a.concept, b.concept))
	})
	out := make([]kb.Candidate, 0, min(k, len(all)))
	for _, f := range all[:min(k, len(all))] {
		out = append(out, l.candidate(j, f))
	}
	return out
}

// weight is the share of meaning for a KB; 0 where it was not searched by meaning.
func (l *Linker) weight(k *store.KB, hits []kb.Hit) float64 {
	m := k.Meta()
	switch {
	case hits == nil:
		return 0
	case l.o.Weight > 0:
		return l.o.Weight
	case float64(m.Mentions) >= mentionShare*float64(m.Names):
		return weightMentions
	}
	return weightNames
}

// collect gathers the rows that any part found and merges them by concept.
func (l *Linker) collect(n int, k *store.KB, text string, hits []kb.Hit) []*found {
	nan := float32(math.NaN())
	dense := make(map[int32]float32, len(hits))
	var rows []int32
	add := func(row int32, score float32) {
		if _, ok := dense[row]; !ok {
			dense[row] = score
			rows = append(rows, row)
		}
	}
	for _, h := range hits {
		add(h.Row, h.Score)
	}
	exact := k.Index().Exact(text)
	for _, m := range exact {
		add(m.Row, nan)
	}
	if hits == nil { // with hits, the names that letters find are among them
		for _, h := range k.Index().NGram(text, rowsLooked) {
			add(h.Row, nan)
		}
	}
	level := make(map[int32]lexical.Level, len(exact))
	for _, m := range exact {
		level[m.Row] = m.Level
	}
	byConcept := map[int32]*found{}
	var out []*found
	weight := l.weight(k, hits)
	for i, lex := range k.Index().Cosines(text, rows) {
		row := rows[i]
		c := k.ConceptOf(row)
		f := byConcept[c]
		if f == nil {
			f = &found{kb: n, concept: c, lex: nan, dense: nan, row: -1}
			byConcept[c] = f
			out = append(out, f)
		}
		lv, equal := level[row]
		f.merge(k, row, lex, dense[row], lv, equal, weight)
	}
	return out
}

// merge adds one name of the concept.
func (f *found) merge(k *store.KB, row int32, lex, dense float32, level lexical.Level, equal bool, weight float64) {
	f.lex = larger(f.lex, lex)
	f.dense = larger(f.dense, dense)
	if equal && (!f.exact || level < f.level) {
		f.exact, f.level = true, level
	}
	sum := (1 - weight) * float64(lex)
	if !math.IsNaN(float64(dense)) {
		sum += weight * float64(dense)
	}
	if equal {
		sum += float64(lexical.WordOrder-level) + 1 // the name to show is the one that is equal
	}
	n := k.Count(row)
	if f.row < 0 || sum > f.rowSum || sum == f.rowSum && (n > f.count || n == f.count && row < f.row) {
		f.row, f.rowSum, f.count = row, sum, n
	}
}

// larger is the greater of two, where NaN is nothing.
func larger(a, b float32) float32 {
	if a != a || b > a {
		return b
	}
	return a
}

// known is a part as a similarity in [0, 1]; what was not looked at adds nothing.
func known(x float32) float64 {
	if x != x {
		return 0
	}
	return min(max(float64(x), 0), 1)
}

// scoreFused is the strategy Gloss.
func scoreFused(f *found, weight float64) float64 {
	s := weight*known(f.dense) + (1-weight)*known(f.lex)
	if f.exact {
		bonus := exactBonus
		if f.level == lexical.WordOrder {
			bonus *= orderShare
		}
		s += bonus
	}
	return s / (1 + exactBonus)
}

// scoreInTurn is the strategy ExactThenDense.
func scoreInTurn(f *found) float64 {
	if f.exact {
		return 1 - 0.02*float64(f.level)
	}
	if f.dense != f.dense {
		return 0.9 * known(f.lex)
	}
	return 0.9 * known(f.dense)
}

// resemble lets names that the corpus chose a concept for count like names of the KB.
// They have no vector, so their letters stand for their meaning.
func (l *Linker) resemble(j *job, all []*found) []*found {
	for _, a := range l.o.Overlay.near(j.label, j.text) {
		for _, c := range a.choices {
			n, at, ok := j.lookup(c)
			if !ok {
				continue
			}
			var f *found
			f, all = pick(all, n, at)
			f.lex = larger(f.lex, a.cosine)
			if s := float64(a.cosine) / (1 + exactBonus); s > f.score {
				f.score, f.alias = s, a.name
			}
		}
	}
	return all
}

// lookup finds the first KB of the mention that has a chosen concept, and its number there.
// The same concept in two KBs of one name would be a link to the first.
func (j *job) lookup(c Choice) (n int, at int32, ok bool) {
	for n, k := range j.kbs {
		if at, ok := k.Lookup(c.ID); ok && (c.DB == "" || c.DB == k.Name()) {
			return n, at, true
		}
	}
	return 0, 0, false
}

// pick is the entry of a concept, added where it is missing.
func pick(all []*found, n int, at int32) (*found, []*found) {
	i := slices.IndexFunc(all, func(f *found) bool { return f.kb == n && f.concept == at })
	if i >= 0 {
		return all[i], all
	}
	nan := float32(math.NaN())
	f := &found{kb: n, concept: at, lex: nan, dense: nan, row: -1}
	return f, append(all, f)
}

// remember ranks first what the corpus chose for this name, and moves the others below.
func (l *Linker) remember(j *job, all []*found) []*found {
	total := 0
	var picks []*found
	for _, c := range l.o.Overlay.Chosen(j.label, j.text) {
		if n, at, ok := j.lookup(c); ok {
			var f *found
			f, all = pick(all, n, at)
			f.chosen += c.Count
			total += c.Count
			picks = append(picks, f)
		}
	}
	if total == 0 {
		return all
	}
	for _, f := range all {
		f.score *= chosenFrom * 0.99
	}
	for _, f := range picks {
		f.score = chosenFrom + (1-chosenFrom)*float64(f.chosen)/float64(total)
	}
	return all
}

func (l *Linker) candidate(j *job, f *found) kb.Candidate {
	k := j.kbs[f.kb]
	id, name, typ := k.Numbered(f.concept)
	e := kb.Evidence{Lexical: corpus.Score(f.lex), Dense: corpus.Score(f.dense), Chosen: f.chosen, Type: typ, Name: j.text}
	switch {
	case f.alias != "" && f.chosen == 0:
		e.Name = f.alias
	case f.row >= 0:
		e.Name = k.Index().Name(f.row)
	}
	w := l.weight(k, j.hits[f.kb])
	switch {
	case f.chosen > 0:
		e.Match = "corpus"
	case f.exact:
		e.Match = "exact"
	case f.alias != "":
		e.Match = "ngram"
	case f.dense == f.dense && w*known(f.dense) > (1-w)*known(f.lex):
		e.Match = "dense"
	default:
		e.Match = "ngram"
	}
	return kb.Candidate{DB: k.Name(), ID: id, Name: name, Type: typ, Score: corpus.Score(f.score), Evidence: e}
}
