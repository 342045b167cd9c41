package link

import (
	"strings"

	"github.com/gloss-nlp/gloss/kb"
)

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
