// Package terms answers what error analyses ask of knowledge bases: whether a code
// is there, what a string names, what a brand is made of. It is what package lens
// of the corpus floor calls a Terminology.
package terms

import (
	"context"
	"errors"
	"slices"

	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/store"
)

// Set are the knowledge bases of labels. It is safe for concurrent use until Close.
type Set struct {
	byLabel map[string]bases
	opened  []*store.KB
}

// Ref names a knowledge base, and the label that it serves; with an empty one,
// labels that have none of their own.
type Ref struct{ Label, Dir string }

// Open opens knowledge bases.
func Open(refs []Ref) (*Set, error) {
	s := &Set{byLabel: map[string]bases{}}
	for _, r := range refs {
		k, err := store.Open(r.Dir, store.Options{})
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.opened = append(s.opened, k)
		s.byLabel[r.Label] = append(s.byLabel[r.Label], k)
	}
	return s, nil
}

// Close closes all knowledge bases.
func (s *Set) Close() error {
	var err error
	for _, k := range s.opened {
		err = errors.Join(err, k.Close())
	}
	return err
}

// For is the terminology of a label: its knowledge bases as if they were one; nil
// where there is none.
func (s *Set) For(label string) lens.Terminology {
	for _, key := range []string{label, ""} {
		if b := s.byLabel[key]; b != nil {
			return b
		}
	}
	return nil
}

type bases []*store.KB

// Has tells whether a code is a concept, or each part of a composite code is.
func (b bases) Has(code string) bool {
	if b.one(code) {
		return true
	}
	parts := kb.CodeParts(code)
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(part string) bool { return !b.one(part) })
}

func (b bases) one(code string) bool {
	return slices.ContainsFunc(b, func(k *store.KB) bool { return k.Has(code) })
}

// Named are the concepts that bear a text as a name, but for case, accents and
// punctuation.
func (b bases) Named(text string) []string {
	var ids []string
	for _, k := range b {
		for _, m := range k.Index().Exact(text) {
			if m.Level == lexical.WordOrder {
				continue
			}
			if id, _, _ := k.Numbered(k.ConceptOf(m.Row)); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// BrandOf are the substances of a brand; none where a code is no brand.
func (b bases) BrandOf(code string) ([]string, error) {
	var ids []string
	for _, k := range b {
		relations, err := k.Related(context.Background(), code)
		if err != nil {
			return nil, err
		}
		for _, r := range relations {
			if r.Kind == kb.TradenameOf {
				ids = append(ids, r.ID)
			}
		}
	}
	return ids, nil
}
