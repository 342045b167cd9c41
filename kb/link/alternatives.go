package link

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

const (
	// basesTried is how many of the best bases of structured codes are put together with other
	// parts than names have.
	basesTried = 8
	// leastChance is how likely a value of a part must be for it to be tried.
	leastChance = 0.05
	// alternativeFrom and alternativeSpan place what is made so: the score is that of the base's
	// best candidate times the first and, by how likely its parts are, up to the second more.
	alternativeFrom, alternativeSpan = 0.8, 0.15
)

// alternatives adds codes with the bases of the best candidates and the parts that the words of
// the mention make likely: grades, behaviours that no near name carries.
func (l *Linker) alternatives(a *ask, all []*found) []*found {
	if len(all) == 0 {
		return all
	}
	order(all)
	if all[0].exact {
		return all
	}
	told := map[int][][]choiceOf{} // by KB
	tried := map[string]bool{}
	for _, f := range slices.Clone(all) {
		k := a.jobs[0].kbs[f.kb]
		c := k.composer()
		if len(tried) == basesTried {
			break
		}
		if c == nil || c.speech.total == 0 || f.concept == noConcept || f.row < 0 {
			continue
		}
		id, _, _ := k.Numbered(f.concept)
		parts, ok := c.codes.Split(id)
		if !ok || tried[parts[0]] {
			continue
		}
		tried[parts[0]] = true
		if told[f.kb] == nil {
			told[f.kb] = likely(c.speech.tell(a.words()))
		}
		for _, combined := range combine(told[f.kb]) {
			all = a.alternative(f, combined.code(c.codes, parts[0]), combined, all)
		}
	}
	return all
}

// words are those of all texts of a mention, single and two in a row.
func (a *ask) words() map[string]bool {
	out := map[string]bool{}
	for _, j := range a.jobs {
		maps.Copy(out, grammarWords(j.text))
	}
	return out
}

// choiceOf is a value of a part and how likely it is.
type choiceOf struct {
	value  string
	chance float64
}

// likely are the values that are worth trying, by part without the base, the likeliest first.
func likely(told []map[string]float64) [][]choiceOf {
	var out [][]choiceOf
	for _, values := range told[1:] {
		var some []choiceOf
		for _, v := range slices.Sorted(maps.Keys(values)) {
			some = append(some, choiceOf{v, values[v]})
		}
		slices.SortStableFunc(some, func(a, b choiceOf) int { return cmp.Compare(b.chance, a.chance) })
		n := 1
		for n < len(some) && some[n].chance >= leastChance {
			n++
		}
		out = append(out, some[:n])
	}
	return out
}

// combination is a value for each part, and how likely they are together.
type combination struct {
	values []choiceOf
	chance float64
}

// combine puts values together in all ways that are likely enough, and in the likeliest one.
func combine(parts [][]choiceOf) []combination {
	out := []combination{{nil, 1}}
	for _, values := range parts {
		var more []combination
		for n, c := range out {
			for i, v := range values {
				if chance := c.chance * v.chance; n+i == 0 || chance >= leastChance {
					more = append(more, combination{append(slices.Clone(c.values), v), chance})
				}
			}
		}
		out = more
	}
	return out
}

// code puts a base and the values together.
func (c combination) code(codes *kb.Codes, base string) string {
	parts := []string{base}
	for _, v := range c.values {
		parts = append(parts, v.value)
	}
	return codes.Join(parts)
}

// alternative adds a code that was made from a candidate's, unless it was found already.
func (a *ask) alternative(from *found, code string, c combination, all []*found) []*found {
	k := a.jobs[0].kbs[from.kb]
	f := newFound(from.kb, noConcept)
	if at, ok := k.Lookup(code); ok {
		f.concept = at
	} else {
		_, name, _ := k.Numbered(from.concept)
		f.id, f.name = code, fmt.Sprintf("%s (%s)", name, code)
	}
	if slices.ContainsFunc(all, func(g *found) bool { return g.place() == f.place() }) {
		return all
	}
	f.lex, f.dense, f.row, f.by, f.sure, f.match = from.lex, from.dense, from.row, from.by, c.chance, "composed"
	f.score = from.score * (alternativeFrom + alternativeSpan*c.chance)
	for i, v := range c.values {
		f.parts = append(f.parts, kb.Part{What: k.composer().codes.Parts()[i+1], Score: corpus.Score(v.chance), ID: v.value})
	}
	return append(all, f)
}
