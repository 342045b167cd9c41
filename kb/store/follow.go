package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

// follows tells whether a search goes along relations of this kind: from a brand to its
// substance, from what was retired to what to use instead.
func follows(r kb.Relation) bool { return r.Kind == kb.TradenameOf || r.Retires() }

// called are the concepts that a concept, or a retired identifier, is also called by, each
// as found by what found the first. What cannot be read is not followed.
func (k *KB) called(from kb.Candidate) (out []kb.Candidate) {
	if !k.related {
		return nil
	}
	related, err := k.Related(context.Background(), from.ID)
	if err != nil {
		return nil
	}
	for _, r := range related {
		at, ok := k.Lookup(r.ID)
		if !ok || !follows(r) {
			continue
		}
		c := k.candidate(at)
		c.Score, c.Evidence.Match, c.Evidence.Name, c.Evidence.Lexical = from.Score, from.Evidence.Match, from.Evidence.Name, from.Evidence.Lexical
		c.Evidence.Parts = []kb.Part{{What: r.Kind, Score: from.Score, Text: from.Name, ID: from.ID}}
		out = append(out, c)
	}
	return out
}

// follow puts behind each concept found what it is also called by. From concepts of other
// types, which unfiltered has, it leads to those that keep accepts.
func (k *KB) follow(found, unfiltered []kb.Candidate, n int, keep func(row int32) bool) []kb.Candidate {
	var all []kb.Candidate
	for _, c := range unfiltered {
		all = append(append(all, c), k.called(c)...)
	}
	all = append(all, found...)
	slices.SortStableFunc(all, func(a, b kb.Candidate) int { return cmp.Compare(b.Score, a.Score) })
	seen := map[string]bool{}
	all = slices.DeleteFunc(all, func(c kb.Candidate) bool {
		at, ok := k.Lookup(c.ID)
		out := seen[c.ID] || !ok || keep != nil && !keep(k.RowsOf(at)[0])
		seen[c.ID] = true
		return out
	})
	return all[:min(n, len(all))]
}

// identified is the concept of an identifier that was typed, or what to use instead.
func (k *KB) identified(id string, keep func(row int32) bool) (out []kb.Candidate) {
	first := kb.Candidate{ID: id, Name: id, Score: 1, Evidence: kb.Evidence{Match: "exact", Name: id, Lexical: corpus.NoScore}}
	at, ok := k.Lookup(id)
	switch {
	case !ok:
		out = k.called(first)
	case keep == nil || keep(k.RowsOf(at)[0]):
		c := k.candidate(at)
		c.Score, c.Evidence.Match, c.Evidence.Name = 1, "exact", c.ID
		out = []kb.Candidate{c}
	}
	return out
}
