package link

import (
	"cmp"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

// chosenFrom is the least score of what the corpus chose; all others stay below.
const chosenFrom = 0.95

// resemble lets names that the corpus chose a concept for count like names of the KB. Where
// they were not embedded, their letters stand for their meaning.
func (l *Linker) resemble(j *job, all []*found) []*found {
	for _, a := range l.o.Overlay.near(j.label, j.text) {
		for _, c := range a.choices {
			f, more := l.recall(j.kbs, c, all)
			if f == nil {
				continue
			}
			all = more
			l.giveName(j, f, a)
		}
	}
	return l.propose(j, all)
}

// giveName adds a name that the corpus gave a concept, with the evidence of any name.
func (l *Linker) giveName(j *job, f *found, a alias) {
	n := newFound(f.kb, f.concept)
	n.lex, n.dense = a.lex, a.dense
	n.score, n.match = float64(larger(n.lex, n.dense))/(1+exactBonus), "ngram"
	if a.dense == a.dense {
		weight := 1.0
		if l.strategy == &gloss {
			weight = j.weight(f.kb)
		}
		n.match = strongest(n, weight)
		if l.strategy.alike != nil {
			n.score = l.strategy.alike(j, n)
		}
	}
	f.lex, f.dense = larger(f.lex, n.lex), larger(f.dense, n.dense)
	if n.score > f.score {
		f.score, f.alias = n.score, a.name
		if f.match != "exact" {
			f.match = n.match
		}
	}
}

// recall is the entry of a concept that the corpus chose, added where it is missing; nil
// where neither a knowledge base nor a proposal has it.
func (l *Linker) recall(kbs []*base, c Choice, all []*found) (*found, []*found) {
	if n, at, ok := lookup(kbs, c); ok {
		return pick(all, n, at)
	}
	if p, ok := l.o.Overlay.proposals().find(c.DB, c.ID); ok {
		return pickProposed(kbs, p, all)
	}
	return nil, all
}

// pick is the entry of a concept, added where it is missing.
func pick(all []*found, n int, at int32) (*found, []*found) {
	i := slices.IndexFunc(all, func(f *found) bool { return f.kb == n && f.concept == at })
	if i >= 0 {
		return all[i], all
	}
	f := newFound(n, at)
	return f, append(all, f)
}

// remember ranks first what the corpus chose for this name, and moves the others below.
func (l *Linker) remember(a *ask, all []*found) []*found {
	total := 0
	var picks []*found
	for _, c := range l.o.Overlay.Chosen(a.label, a.text) {
		if f, more := l.recall(a.jobs[0].kbs, c, all); f != nil {
			all = more
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

// Remember is what Candidates would return if the corpus had chosen these concepts for
// the name, given what it returned while nothing was chosen for it and other names said
// the same: the ranking itself does not depend on it. Not ok where bare does not tell: it
// lacks a chosen concept, a rule has the first word, or two were chosen equally often. The
// evidence says by which name each matched, as before.
func Remember(bare []kb.Candidate, chosen []Choice) (list []kb.Candidate, ok bool) {
	list = slices.Clone(bare)
	if slices.ContainsFunc(list, func(c kb.Candidate) bool { return c.Evidence.Match == "rule" || c.Evidence.Chosen > 0 }) {
		return nil, false
	}
	total := 0
	for i := range list {
		list[i].Score *= chosenFrom * 0.99
	}
	for n, c := range chosen {
		i := slices.IndexFunc(list, func(o kb.Candidate) bool { return o.ID == c.ID && (c.DB == "" || o.DB == c.DB) })
		if i < 0 || list[i].Evidence.Chosen > 0 || n > 0 && chosen[n-1].Count == c.Count {
			return nil, false
		}
		list[i].Evidence.Chosen, list[i].Evidence.Match = c.Count, "corpus"
		total += c.Count
	}
	for i := range list {
		if n := list[i].Evidence.Chosen; n > 0 {
			list[i].Score = corpus.Score(chosenFrom + (1-chosenFrom)*float64(n)/float64(total))
		}
	}
	slices.SortStableFunc(list, func(a, b kb.Candidate) int { return cmp.Compare(b.Score, a.Score) })
	return list, true
}
