package store

import (
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// Search answers a query as it is being typed: an identifier, then exact names, names
// that begin with it, names with all its words, similar names. At most n concepts, best
// first, with the name that matched as evidence.
func (k *KB) Search(query string, n int) []kb.Candidate {
	if n <= 0 {
		return nil
	}
	var out []kb.Candidate
	if at, ok := k.byID[strings.TrimSpace(query)]; ok {
		c := k.candidate(at)
		c.Score, c.Evidence.Match, c.Evidence.Name = 1, "exact", c.ID
		out = append(out, c)
	}
	first := out
	// Several names of one concept may match: ask for more rows until there are enough concepts.
	for rows := 2*n + 10; ; rows *= 4 {
		found := k.index.Search(query, rows)
		out = k.byConcept(slices.Clone(first), found, n)
		if len(out) == n || len(found) < rows {
			return out
		}
	}
}

func (k *KB) byConcept(out []kb.Candidate, found []lexical.Found, n int) []kb.Candidate {
	seen := map[int32]bool{}
	for _, c := range out {
		seen[k.byID[c.ID]] = true
	}
	for _, f := range found {
		at := k.ConceptOf(f.Row)
		if len(out) == n || seen[at] {
			continue
		}
		seen[at] = true
		c := k.candidate(at)
		c.Score = corpus.Score(f.Score)
		c.Evidence.Match, c.Evidence.Name, c.Evidence.Lexical = f.Tier.String(), k.index.Name(f.Row), corpus.Score(f.Lexical)
		out = append(out, c)
	}
	return out
}

func (k *KB) candidate(at int32) kb.Candidate {
	c := k.concepts[at]
	return kb.Candidate{DB: k.meta.Name, ID: c.id, Name: c.name, Type: c.typ, Score: corpus.NoScore,
		Evidence: kb.Evidence{Lexical: corpus.NoScore, Dense: corpus.NoScore, Type: c.typ}}
}

// Spotted is a name of the knowledge base that a text holds.
type Spotted struct {
	Span     corpus.Span // code points of the text
	Concepts []int32     // numbers of the concepts of that name, most often chosen first, then in the order of the KB
}

// Spot finds the longest names in a text, without overlaps; see lexical.Index.Spot.
func (k *KB) Spot(text corpus.Text) []Spotted {
	var out []Spotted
	for _, s := range k.index.Spot(text) {
		slices.SortStableFunc(s.Rows, func(a, b int32) int { return k.Count(b) - k.Count(a) })
		sp := Spotted{Span: s.Span}
		for _, row := range s.Rows {
			if at := k.ConceptOf(row); !slices.Contains(sp.Concepts, at) {
				sp.Concepts = append(sp.Concepts, at)
			}
		}
		out = append(out, sp)
	}
	return out
}
