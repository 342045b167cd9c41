package workbench

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// ErrNoKB says that no knowledge base is open that could know a concept.
var ErrNoKB = errors.New("no knowledge base is open")

// Concept is all that is known of a concept: from its knowledge base, and from this corpus.
type Concept struct {
	kb.Concept
	DB       string
	Broader  []corpus.Link // its parents, with their names where they are known
	Proposed bool          // an annotator proposed it; no knowledge base has it
	Chosen   []link.Used   // names for which this corpus chose it, most frequent first
	Places   []Use         // where, in documents that are in memory, in the order of the collection
}

// Use is a mention that is linked to a concept.
type Use struct{ Doc, Key, Text string }

// shownUses is how many places a Concept names.
const shownUses = 50

// describer is a linker that can read concepts.
type describer interface {
	Concept(ctx context.Context, label, db, id string) (kb.Concept, error)
}

// Concept reads all that is known of a concept that a label may have. It may read from
// disk, so call it off the event loop. Where the knowledge base fails, what this corpus
// knows comes with the error.
func (w *Workbench) Concept(ctx context.Context, label, db, id string) (Concept, error) {
	c := Concept{DB: db, Concept: kb.Concept{ID: id}}
	w.mu.Lock()
	c.Chosen, c.Places = w.memory.Names(db, id), w.uses(db, id)
	proposals := w.fold.Proposals()
	models := w.models
	w.mu.Unlock()
	for _, p := range proposals {
		if p.DB == db && p.ID == id {
			c.Concept, c.Proposed = kb.Concept{ID: id, Name: p.Name, Type: p.Type}, true
			if p.Parent != "" {
				c.Parents = []string{p.Parent}
			}
		}
	}
	var known describer
	if models != nil {
		known, _ = models.Linker.(describer)
	}
	if !c.Proposed {
		if known == nil {
			return c, fmt.Errorf("read concept %s: %w", id, ErrNoKB)
		}
		found, err := known.Concept(ctx, label, db, id)
		if err != nil {
			return c, err
		}
		c.Concept = found
	}
	for _, p := range c.Parents {
		l := corpus.Link{DB: db, ID: p}
		if known != nil {
			if parent, err := known.Concept(ctx, label, db, p); err == nil {
				l.Name = parent.Name
			}
		}
		c.Broader = append(c.Broader, l)
	}
	return c, ctx.Err()
}

// uses are the mentions in memory that are linked to a concept. The lock is held.
func (w *Workbench) uses(db, id string) []Use {
	var out []Use
	for _, name := range w.names {
		d := w.docs[name]
		if d == nil || d.picture == nil {
			continue
		}
		for _, it := range d.picture.Items {
			if slices.ContainsFunc(it.Links, func(l corpus.Link) bool { return l.ID == id && (l.DB == db || l.DB == "") }) {
				if out = append(out, Use{name, it.Key, it.Text}); len(out) == shownUses {
					return out
				}
			}
		}
	}
	return out
}
