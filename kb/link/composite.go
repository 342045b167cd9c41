package link

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

const (
	// partFound is the score from which on a thing that a mention lists counts as found, if no
	// name equals it.
	partFound = 0.8
	// broadened is how many of the best candidates are looked at for a code that is broader.
	broadened = 5
)

// takeApart adds, to what was found for a mention that no name equals, the composite of the
// things that it lists, where each was found; and, where the knowledge base has such codes, behind
// each of the best whose name is but a part of the mention the code that says that it is broader.
func (l *Linker) takeApart(a *ask, all []*found) []*found {
	if len(all) == 0 || l.strategy.parts {
		return all
	}
	order(all)
	top := all[0]
	if top.exact {
		return all
	}
	for _, f := range all[:min(broadened, len(all))] {
		if f.concept == noConcept || f.row < 0 || !holds(a.text, a.jobs[0].kbs[f.kb].Index().Name(f.row)) {
			continue
		}
		g := a.jobs[0].broader(f)
		if g == nil || slices.ContainsFunc(all, func(h *found) bool { return h.place() == g.place() }) {
			continue
		}
		g.lex, g.dense, g.row, g.by, g.parts = f.lex, f.dense, f.row, f.by, nil
		g.score *= behind
		all = append(all, g)
	}
	if f := a.composite(); f != nil {
		if a.jobs[0].kbs[f.kb].style().join == "" {
			f.score = min(f.score, top.score*behind) // where composites are not usual, the whole comes first
		}
		if at := slices.IndexFunc(all, func(g *found) bool { return g.place() == f.place() }); at < 0 {
			all = append(all, f)
		} else if have := all[at]; f.score > have.score {
			have.score, have.match, have.parts, have.cover = f.score, f.match, f.parts, f.cover
		}
	}
	return all
}

// holds tells whether a text has all the words of a name, and others.
func holds(text, name string) bool {
	words, of := strings.Fields(lexical.Fold(text)), strings.Fields(lexical.Fold(name))
	if len(of) == 0 || len(words) <= len(of) {
		return false
	}
	return !slices.ContainsFunc(of, func(w string) bool { return !slices.Contains(words, w) })
}

// composite is the candidate of a mention that lists several things, each of them found; nil
// where one was not, or all are the same.
func (a *ask) composite() *found {
	var chosen []*found
	var evidence []kb.Part
	covered, least := 0, 1.0
	for _, p := range a.parts {
		if len(p.found) == 0 {
			return nil
		}
		best := slices.MinFunc(p.found, compare)
		if best.concept == noConcept || !best.exact && best.score < max(partFound, p.nilAt, p.p["nil"]) {
			return nil
		}
		id, _, _ := p.kbs[best.kb].Numbered(best.concept)
		evidence = append(evidence, kb.Part{What: "concept", Score: corpus.Score(best.score), Text: p.text, ID: id, Span: &p.span})
		least = min(least, best.score)
		covered += int(p.span.Len())
		if !slices.ContainsFunc(chosen, func(f *found) bool { return f.place() == best.place() }) {
			chosen = append(chosen, best)
		}
	}
	if len(chosen) < 2 {
		return nil
	}
	f := a.jobs[0].composite(chosen, evidence)
	f.score, f.cover = least, float64(covered)/float64(max(1, utf8.RuneCountInString(a.text)))
	return f
}

// composite is the candidate of a mention that names several concepts: their codes in the
// order of the mention, joined as the knowledge base joins them. It comes before its parts.
func (j *job) composite(parts []*found, evidence []kb.Part) *found {
	k := j.kbs[parts[0].kb]
	mark := j.marks.Join
	if mark == "" {
		mark = k.style().join
	}
	if mark == "" {
		mark = "|"
	}
	var ids, names []string
	score := 0.0
	for _, f := range parts {
		id, name, _ := j.kbs[f.kb].Numbered(f.concept)
		ids, names = append(ids, id), append(names, name)
		score = max(score, f.score)
	}
	f := j.coded(parts[0].kb, strings.Join(ids, mark), strings.Join(names, " + "))
	f.match, f.parts, f.score, f.other, f.matched = "composite", evidence, score, 1, j.text
	return f
}

// broader is the candidate that says that a concept is broader than the mention; nil where
// the knowledge base has no such codes.
func (j *job) broader(of *found) *found {
	k := j.kbs[of.kb]
	mark := j.marks.General
	if mark == "" {
		mark = k.style().general
	}
	if mark == "" {
		return nil
	}
	id, name, _ := k.Numbered(of.concept)
	if strings.HasSuffix(id, mark) {
		return nil
	}
	f := j.coded(of.kb, id+mark, name+" ("+strings.Trim(mark, "/|")+")")
	f.match, f.parts, f.score, f.matched = "composite", of.parts, of.score, j.text
	f.other = -1 // after the concept itself
	return f
}

// coded is the entry of a code, which the knowledge base may have or not.
func (j *job) coded(n int, id, name string) *found {
	if at, ok := j.kbs[n].Lookup(id); ok {
		return newFound(n, at)
	}
	f := newFound(n, noConcept)
	f.id, f.name = id, name
	return f
}
