package link

import "slices"

// chosenFrom is the least score of what the corpus chose; all others stay below.
const chosenFrom = 0.95

// resemble lets names that the corpus chose a concept for count like names of the KB.
// They have no vector, so their letters stand for their meaning.
func (l *Linker) resemble(j *job, all []*found) []*found {
	for _, a := range l.o.Overlay.near(j.label, j.text) {
		for _, c := range a.choices {
			f, more := l.recall(j.kbs, c, all)
			if f == nil {
				continue
			}
			all = more
			f.lex = larger(f.lex, a.cosine)
			if s := float64(a.cosine) / (1 + exactBonus); s > f.score {
				f.score, f.alias = s, a.name
				if f.match != "exact" {
					f.match = "ngram"
				}
			}
		}
	}
	return l.propose(j, all)
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
