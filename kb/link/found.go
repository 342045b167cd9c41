package link

import (
	"math"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// found is what is known about one concept for one mention.
type found struct {
	kb      int     // index in job.kbs
	concept int32   // its number there; noConcept: id and name tell
	id      string  // of a code that the KB does not have
	name    string  // likewise
	lex     float32 // greatest n-gram cosine; NaN: not looked
	dense   float32 // greatest cosine; NaN: not looked
	level   lexical.Level
	exact   bool
	row     int32   // the name to show; -1: none
	rowSum  float64 // of row: what decides between the concept's names
	count   int     // of row
	alias   string  // a name that the corpus gave it, where that counts more than row
	matched string  // what to show instead of the name of row
	chosen  int
	score   float64
	other   float64 // the score by the mention's other text, where there is one
	match   string  // see kb.Evidence
	parts   []kb.Part
	votes   float64 // of its names near the mention, see add
	sure    float64 // of a composed code: how sure the words are; 0: not composed
	cover   float64 // of a composite: share of the mention's characters that its parts have; 0: no composite
	by      int     // which text of the mention found it, see ask
}

// noConcept is the number of what is no concept of a knowledge base.
const noConcept = -1

// nan is the score of a part that did not look.
var nan = float32(math.NaN())

func newFound(n int, concept int32) *found {
	return &found{kb: n, concept: concept, lex: nan, dense: nan, row: -1}
}

// spot tells concepts, and codes that no KB has, apart.
type spot struct {
	kb      int
	concept int32
	id      string
}

func (f *found) place() spot { return spot{f.kb, f.concept, f.id} }

// collect gathers the rows of a KB that letters found, and meaning where it looked
// (hits are not nil), and merges them by concept. weight is the share of meaning by which the
// name to show is chosen.
func collect(n int, k *base, text string, hits []kb.Hit, weight float64) []*found {
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
	for i, lex := range k.Index().Cosines(text, rows) {
		row := rows[i]
		c := k.ConceptOf(row)
		f := byConcept[c]
		if f == nil {
			f = newFound(n, c)
			byConcept[c] = f
			out = append(out, f)
		}
		lv, equal := level[row]
		f.add(k, row, lex, dense[row], lv, equal, weight)
	}
	return out
}

// voteSharpness is how much less a name counts as a neighbour the farther it is.
const voteSharpness = 16

// add adds one name of the concept.
func (f *found) add(k *base, row int32, lex, dense float32, level lexical.Level, equal bool, weight float64) {
	f.lex = larger(f.lex, lex)
	f.dense = larger(f.dense, dense)
	if equal && (!f.exact || level < f.level) {
		f.exact, f.level = true, level
	}
	near := lex
	if dense == dense {
		near = dense
	}
	f.votes += math.Exp(voteSharpness*float64(near-1)) * (1 + math.Log1p(float64(k.Count(row))))
	sum := (1 - weight) * float64(lex)
	if !math.IsNaN(float64(dense)) {
		sum += weight * float64(dense)
	}
	if equal {
		sum += float64(lexical.WordOrder-level) + 1 // the name to show is the one that is equal
	}
	f.show(row, sum, k.Count(row))
}

// show makes a name the one to show where it counts for more than the present one.
func (f *found) show(row int32, sum float64, count int) {
	if f.row < 0 || sum > f.rowSum || sum == f.rowSum && (count > f.count || count == f.count && row < f.row) {
		f.row, f.rowSum, f.count = row, sum, count
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
