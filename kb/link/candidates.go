package link

import (
	"cmp"
	"context"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

// Candidates returns up to k candidates for each query, best first; a query of a label
// without knowledge bases has none. Scores lie in [0, 1] and are comparable within
// one list. Ties: the name that the corpus wrote more often, then the earlier KB, then
// the earlier concept in it. Equal queries of one call are computed once.
//
// Whatever the strategy, a rule for the label comes first, then what the corpus chose for the
// name; a mention with abbreviations that its document defines is looked for as it
// stands and in full, the better of the two counting; and where a strategy says at which score no
// concept fits, a candidate that says so stands there.
func (l *Linker) Candidates(ctx context.Context, queries []Query, k int) ([][]kb.Candidate, error) {
	out := make([][]kb.Candidate, len(queries))
	if k <= 0 {
		return out, ctx.Err()
	}
	asks, jobs, which := l.distinct(queries, l.o.Ranker != nil && l.strategy == &gloss)
	if err := l.rankAll(ctx, jobs); err != nil {
		return nil, err
	}
	if err := parallel(ctx, len(asks), func(i int) { asks[i].result = l.answer(asks[i], k) }); err != nil {
		return nil, err
	}
	for i, a := range which {
		out[i] = slices.Clone(asks[a].result)
	}
	return out, nil
}

// rankAll runs the strategy.
func (l *Linker) rankAll(ctx context.Context, jobs []*job) error {
	if err := l.strategy.measure(ctx, l, jobs); err != nil {
		return err
	}
	if err := l.prepare(ctx, jobs); err != nil {
		return err
	}
	return parallel(ctx, len(jobs), func(i int) {
		j := jobs[i]
		if l.strategy.score(l, j); len(j.found) > 0 {
			j.best = slices.MinFunc(j.found, compare)
		}
	})
}

// prepare lets the memory of the corpus know what texts mean.
func (l *Linker) prepare(ctx context.Context, jobs []*job) error {
	texts := map[string][]string{}
	for _, j := range jobs {
		texts[j.label] = append(texts[j.label], j.text)
	}
	for label, list := range texts {
		if err := l.o.Overlay.Prepare(ctx, label, list); err != nil {
			return err
		}
	}
	return nil
}

func (l *Linker) bases(label string) []*base {
	var out []*base
	for _, k := range l.KBs(label) {
		out = append(out, l.kbs[k])
	}
	return out
}

// answer puts together what was found for the texts of a mention, what the corpus
// remembers and what rules say.
func (l *Linker) answer(a *ask, k int) []kb.Candidate {
	if len(a.jobs) == 0 {
		return nil
	}
	kbs := a.jobs[0].kbs
	all := l.fuse(a)
	if l.learns(a.jobs[0]) {
		l.rank(a, all)
	}
	all = l.noConcept(a, all)
	all = l.remember(a, all)
	all = l.rule(a, all)
	order(all)
	out := make([]kb.Candidate, 0, min(k, len(all)))
	for _, f := range all[:min(k, len(all))] {
		out = append(out, l.candidate(kbs, a.text, f))
	}
	return out
}

// fuse puts together what was found for the texts of a mention, best first, with the code
// that its words compose.
func (l *Linker) fuse(a *ask) []*found {
	all := merge(a)
	for _, j := range a.jobs {
		all = l.resemble(j, all)
	}
	if l.strategy == &gloss {
		all = l.named(a, all)
	}
	all = l.compose(a, all)
	all = l.alternatives(a, all)
	all = l.takeApart(a, all)
	order(all)
	return all
}

// order sorts the best first.
func order(all []*found) { slices.SortStableFunc(all, compare) }

// compare is negative where a comes before b.
func compare(a, b *found) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.chosen, a.chosen), cmp.Compare(b.other, a.other), cmp.Compare(b.count, a.count),
		cmp.Compare(a.kb, b.kb), cmp.Compare(a.concept, b.concept))
}

// guessedShare is how much a concept counts that was found by what an abbreviation usually means.
const guessedShare = 0.95

// merge copies what was found for the texts of a mention; what several found has the
// better score, and the worse one decides between equals.
func merge(a *ask) []*found {
	var all []*found
	at := map[spot]*found{}
	for i, j := range a.jobs {
		for _, f := range j.found {
			have := at[f.place()]
			c := *f
			c.by = i
			if i > 0 && a.guessed {
				c.score *= guessedShare
			}
			switch {
			case have == nil:
				at[f.place()] = &c
				all = append(all, &c)
			case c.score > have.score:
				c.other = have.score
				*have = c
			default:
				have.other = c.score
			}
		}
	}
	return all
}

// noConcept adds the candidate that says that no concept fits, where its place is known.
func (l *Linker) noConcept(a *ask, all []*found) []*found {
	j := a.jobs[0]
	at := max(j.nilAt, j.p["nil"])
	if at <= 0 {
		return all
	}
	id := l.o.Settings.NoCode
	if id == "" {
		id = noCode
	}
	return append(all, &found{concept: noConcept, id: id, name: "no concept fits", match: kb.MatchNIL, score: at, other: -1,
		lex: nan, dense: nan, row: -1, matched: a.text})
}

// rule puts what a rule says about the label first.
func (l *Linker) rule(a *ask, all []*found) []*found {
	id, ok := l.o.Settings.Rules[a.label]
	if !ok {
		return all
	}
	var f *found
	if n, at, ok := lookup(a.jobs[0].kbs, Choice{ID: id}); ok {
		f, all = pick(all, n, at)
	} else {
		f = &found{concept: noConcept, id: id, name: id, lex: nan, dense: nan, row: -1}
		all = append(all, f)
	}
	for _, g := range all {
		g.score *= chosenFrom * 0.99
	}
	f.score, f.match, f.matched = 1, "rule", a.text
	return all
}

// candidate is what the caller gets to see.
func (l *Linker) candidate(kbs []*base, text string, f *found) kb.Candidate {
	k := kbs[f.kb]
	e := kb.Evidence{Match: f.match, Lexical: corpus.Score(f.lex), Dense: corpus.Score(f.dense), Chosen: f.chosen, Name: text, Parts: f.parts}
	switch {
	case f.chosen > 0 && f.match != "rule":
		e.Match = "corpus"
	case e.Match == "":
		e.Match = "ngram"
	}
	switch {
	case f.matched != "":
		e.Name = f.matched
	case f.alias != "" && f.chosen == 0:
		e.Name = f.alias
	case f.row >= 0:
		e.Name = k.Index().Name(f.row)
	}
	c := kb.Candidate{DB: k.Name(), ID: f.id, Name: f.name, Score: corpus.Score(f.score), Evidence: e}
	if f.concept >= 0 {
		c.ID, c.Name, c.Type = k.Numbered(f.concept)
	}
	c.Evidence.Type = c.Type
	return c
}

// lookup finds the first of the knowledge bases that has a chosen concept, and its number there.
// The same concept in two KBs of one name would be a link to the first.
func lookup(kbs []*base, c Choice) (n int, at int32, ok bool) {
	for n, k := range kbs {
		if at, ok := k.Lookup(c.ID); ok && (c.DB == "" || c.DB == k.Name()) {
			return n, at, true
		}
	}
	return 0, 0, false
}
