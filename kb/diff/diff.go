// Package diff compares two versions of a knowledge base, and finds the mentions of a
// corpus whose concepts changed.
package diff

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/store"
)

// Kinds of change.
const (
	Added   = "added"
	Gone    = "gone"
	Merged  = "merged"  // gone, and another concept stands for it
	Renamed = "renamed" // has another preferred name
	Names   = "names"   // has other names
)

// Change is what became of a concept. Its names are part of the output of commands.
type Change struct {
	Kind   string   `json:"kind"`
	ID     string   `json:"id"`
	Name   string   `json:"name"`             // preferred name; of gone and merged concepts the old one
	Was    string   `json:"was,omitempty"`    // old preferred name, where it is another
	Into   []string `json:"into,omitempty"`   // of merged concepts: what stands for them
	Gained []string `json:"gained,omitempty"` // names, in the order of the KB
	Lost   []string `json:"lost,omitempty"`
}

// Compare tells what differs between two knowledge bases, in the order of identifiers.
// Concepts are streamed; memory grows with the changes alone. A concept is merged
// where one of them says what replaced it, or where exactly one concept gained its
// preferred name.
func Compare(ctx context.Context, old, new *store.Reader) ([]Change, error) {
	next, stop := iter.Pull2(new.ByID(ctx))
	defer stop()
	var out []Change
	b, err, more := next()
	for a, aErr := range old.ByID(ctx) {
		if aErr != nil {
			return nil, aErr
		}
		for more && err == nil && b.ID < a.ID {
			out = append(out, Change{Kind: Added, ID: b.ID, Name: b.Name, Gained: texts(b)})
			b, err, more = next()
		}
		if err != nil {
			return nil, err
		}
		if !more || a.ID < b.ID {
			out = append(out, Change{Kind: Gone, ID: a.ID, Name: a.Name, Lost: texts(a)})
			continue
		}
		if c, differs := compare(a, b); differs {
			out = append(out, c)
		}
		b, err, more = next()
	}
	for ; more && err == nil; b, err, more = next() {
		out = append(out, Change{Kind: Added, ID: b.ID, Name: b.Name, Gained: texts(b)})
	}
	if err != nil {
		return nil, err
	}
	return out, merge(ctx, old, new, out)
}

func texts(c kb.Concept) (out []string) {
	for _, n := range c.Names {
		out = append(out, n.Text)
	}
	return out
}

// compare compares two versions of a concept.
func compare(old, new kb.Concept) (c Change, differs bool) {
	c = Change{Kind: Names, ID: new.ID, Name: new.Name, Gained: without(new, old), Lost: without(old, new)}
	if old.Name != new.Name {
		c.Kind, c.Was = Renamed, old.Name
	}
	return c, c.Was != "" || len(c.Gained)+len(c.Lost) > 0
}

// without are the names of a that b has not.
func without(a, b kb.Concept) (out []string) {
	have := make(map[string]bool, len(b.Names))
	for _, n := range b.Names {
		have[n.Text] = true
	}
	for _, n := range a.Names {
		if !have[n.Text] {
			out = append(out, n.Text)
		}
	}
	return out
}

// merge finds what stands for the concepts that are gone.
func merge(ctx context.Context, old, new *store.Reader, changes []Change) error {
	gained := map[string][]string{} // folded name -> identifiers
	for _, c := range changes {
		for _, name := range c.Gained {
			if at := lexical.Fold(name); !slices.Contains(gained[at], c.ID) {
				gained[at] = append(gained[at], c.ID)
			}
		}
	}
	for i := range changes {
		c := &changes[i]
		if c.Kind != Gone {
			continue
		}
		into, err := replacement(ctx, old, new, c.ID)
		if err != nil {
			return err
		}
		if ids := gained[lexical.Fold(c.Name)]; len(into) == 0 && len(ids) == 1 {
			into = ids
		}
		if len(into) > 0 {
			c.Kind, c.Into = Merged, into
		}
	}
	return nil
}

// replacement is what stands for a retired identifier in the new knowledge base, over
// several steps where it was retired more than once. old may be nil.
func replacement(ctx context.Context, old, new *store.Reader, id string) (out []string, err error) {
	seen := map[string]bool{id: true}
	for todo := []string{id}; len(todo) > 0; todo = todo[1:] {
		var relations []kb.Relation
		for _, r := range []*store.Reader{new, old} {
			if r == nil || len(relations) > 0 {
				continue
			}
			if relations, err = r.Related(ctx, todo[0]); err != nil {
				return nil, fmt.Errorf("compare: %w", err)
			}
		}
		for _, r := range relations {
			if !r.Retires() || seen[r.ID] {
				continue
			}
			seen[r.ID] = true
			has, err := new.Has(ctx, r.ID)
			if err != nil {
				return nil, fmt.Errorf("compare: %w", err)
			}
			if has {
				out = append(out, r.ID)
			} else {
				todo = append(todo, r.ID)
			}
		}
	}
	return out, nil
}
