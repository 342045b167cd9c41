package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/store"
)

// Concept is all that the knowledge bases of a label know of a concept; db names the one
// to ask, or is empty for all in search order. The error wraps store.ErrNoConcept where
// none has it.
func (l *Linker) Concept(ctx context.Context, label, db, id string) (kb.Concept, error) {
	for _, k := range l.KBs(label) {
		if db != "" && k.Name() != db {
			continue
		}
		c, err := k.Concept(ctx, id)
		if err == nil || !errors.Is(err, store.ErrNoConcept) {
			return c, err
		}
	}
	return kb.Concept{ID: id}, fmt.Errorf("%s %s: %w", db, id, store.ErrNoConcept)
}

// Used is a name for which a concept was chosen under a label, and how often.
type Used struct {
	Label, Name string // Name as lexical.Fold writes it
	Count       int
}

// Names are the names for which a concept was chosen, the most frequent first, ties by
// label and name.
func (o *Overlay) Names(db, id string) []Used {
	if o == nil {
		return nil
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	var out []Used
	for at, chosen := range o.chosen {
		if n := chosen[choice{db, id}]; n > 0 {
			out = append(out, Used{at.label, at.name, n})
		}
	}
	slices.SortFunc(out, func(a, b Used) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Label, b.Label), cmp.Compare(a.Name, b.Name))
	})
	return out
}
