package source

import (
	"iter"
	"math/rand/v2"
	"slices"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// NoiseKind is the kind of names that WithNoise adds.
const NoiseKind = "noise"

// WithNoise adds misspelled names to rare concepts, after the SympTEMIST paper: every concept
// with fewer than n names gets n more, each one of its names with a character put in or
// taken out. Equal seeds give equal names. What it adds comes after all else, since a reader may
// give a concept in several parts; up to n names of each concept are kept until then.
func WithNoise(concepts iter.Seq2[kb.Concept, error], n int, seed uint64) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		rare := &rareNames{limit: n, names: map[string][]string{}}
		for c, err := range concepts {
			if err == nil {
				rare.add(c)
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
		for _, id := range rare.order {
			names := rare.names[id]
			if len(names) == 0 || len(names) >= n {
				continue
			}
			c := kb.Concept{ID: id}
			for _, text := range misspell(names, n, rand.New(rand.NewPCG(seed, hash(id)))) {
				c.Names = append(c.Names, kb.Name{Text: text, Kind: NoiseKind})
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

// rareNames are the distinct names of concepts, as many as tell whether a concept is rare.
type rareNames struct {
	limit int
	order []string
	names map[string][]string
}

func (r *rareNames) add(c kb.Concept) {
	have, known := r.names[c.ID]
	if !known {
		r.order = append(r.order, c.ID)
	}
	all := c.Names
	if c.Name != "" {
		all = append([]kb.Name{{Text: c.Name}}, all...)
	}
	for _, n := range all {
		if text := lexical.Clean(n.Text); text != "" && len(have) < r.limit && !slices.Contains(have, text) {
			have = append(have, text)
		}
	}
	r.names[c.ID] = have
}

// misspell makes n distinct texts out of names, in turn. Very short names have fewer.
func misspell(names []string, n int, random *rand.Rand) []string {
	var out []string
	for try := 0; len(out) < n && try < 20*n; try++ {
		r := []rune(names[try%len(names)])
		at := random.IntN(len(r))
		if random.IntN(2) == 0 && len(r) > 1 {
			r = slices.Delete(r, at, at+1)
		} else {
			r = slices.Insert(r, at, 'a'+rune(random.IntN(26)))
		}
		if text := lexical.Clean(string(r)); text != "" && !slices.Contains(names, text) && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// hash is FNV-1a, so that a concept's names do not depend on those before it.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
