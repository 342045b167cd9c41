package link

import (
	"cmp"
	"context"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
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
	return parallel(ctx, len(jobs), func(i int) { l.strategy.score(l, jobs[i]) })
}

// ask is one distinct query of a call: a mention, and its texts.
type ask struct {
	label, text, context string
	jobs                 []*job // the mention as it stands, then in full
	result               []kb.Candidate
}

// job is one distinct text for the strategy to rank. It may serve several asks.
type job struct {
	label, text, context string
	kbs                  []*base
	p                    Params
	marks                Settings
	found                []*found
	grams                *grams  // of strategies that look for parts of the mention
	nilAt                float64 // the score below which no concept fits; 0: the strategy does not tell
}

type jobKey struct{ label, text, context string }

// distinct returns the distinct queries, their distinct texts, and which of the
// queries answers each one. With sentences, queries differ by them even where the strategy
// itself does not read them.
func (l *Linker) distinct(queries []Query, sentences bool) (asks []*ask, jobs []*job, which []int) {
	type askKey struct {
		jobKey
		full, sentence string
	}
	asked, known := map[askKey]int{}, map[jobKey]*job{}
	for _, q := range queries {
		p, ok := l.params[q.Label]
		if !ok {
			p = l.params[""]
		}
		id := jobKey{label: q.Label, text: lexical.Clean(q.Text)}
		if l.strategy.context != nil && l.strategy.context(p) {
			id.context = lexical.Clean(q.Context)
		}
		full := ""
		if longer := q.Defined.Expand(id.text); len(longer) > 0 {
			full = longer[0]
		}
		key := askKey{id, full, ""}
		if sentences {
			key.sentence = lexical.Clean(q.Context)
		}
		i, ok := asked[key]
		if !ok {
			i = len(asks)
			asked[key] = i
			a := &ask{label: id.label, text: id.text, context: key.sentence}
			asks = append(asks, a)
			for _, text := range []string{id.text, full} {
				key := jobKey{id.label, text, id.context}
				if text == "" {
					continue
				}
				if known[key] == nil {
					known[key] = &job{label: key.label, text: text, context: key.context, kbs: l.bases(q.Label), p: p, marks: l.o.Settings}
					jobs = append(jobs, known[key])
				}
				a.jobs = append(a.jobs, known[key])
			}
		}
		which = append(which, i)
	}
	return asks, jobs, which
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
	all := merge(a.jobs)
	for _, j := range a.jobs {
		all = l.resemble(j, all)
	}
	all = l.compose(a, all)
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

// merge copies what was found for the texts of a mention; what several found has the
// better score, and the worse one decides between equals.
func merge(jobs []*job) []*found {
	var all []*found
	at := map[spot]*found{}
	for _, j := range jobs {
		for _, f := range j.found {
			have := at[f.place()]
			c := *f
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
