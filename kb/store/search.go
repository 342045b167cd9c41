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
// first, with the name that matched as evidence; of the types given, or of all. A brand
// brings its substance along, and a retired identifier what to use instead: the Parts of
// the evidence tell which.
func (k *KB) Search(query string, n int, types ...string) []kb.Candidate {
	if n <= 0 {
		return nil
	}
	if k.whole != nil {
		if len(types) == 0 {
			types = k.types
		}
		return k.whole.Search(query, n, types...)
	}
	keep := k.OfTypes(types...)
	found := k.byLetters(query, n, keep)
	if !k.related {
		return found
	}
	unfiltered := found
	if keep != nil {
		unfiltered = k.byLetters(query, n, nil)
	}
	return k.follow(found, unfiltered, n, keep)
}

// byLetters is Search but for relations of what it finds.
func (k *KB) byLetters(query string, n int, keep func(row int32) bool) (out []kb.Candidate) {
	first := k.identified(strings.TrimSpace(query), keep)
	// Several names of one concept may match: ask for more rows until there are enough concepts.
	for rows := 4*n + 10; ; rows *= 4 {
		found := k.index.SearchWhere(query, rows, keep)
		out = k.byConcept(slices.Clone(first), found, n)
		if len(out) == n || len(found) < rows {
			return out
		}
	}
}

func (k *KB) byConcept(out []kb.Candidate, found []lexical.Found, n int) []kb.Candidate {
	seen := map[int32]bool{}
	for _, c := range out {
		at, _ := k.Lookup(c.ID)
		seen[at] = true
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
	id, name, typ := k.Numbered(at)
	return kb.Candidate{DB: k.meta.Name, ID: id, Name: name, Type: typ, Score: corpus.NoScore,
		Evidence: kb.Evidence{Lexical: corpus.NoScore, Dense: corpus.NoScore, Type: typ}}
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
