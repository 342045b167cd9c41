package link

import (
	"cmp"
	"slices"
	"sync"

	"github.com/gloss-nlp/gloss/kb/lexical"
)

// Choice is a concept that a corpus chose for a name, and how often.
type Choice struct {
	DB, ID string
	Count  int
}

// Overlay is the memory of a corpus: which concepts its annotators chose for a name
// under a label. It is derived from the journals, never stored. Names are compared
// after lexical.Fold. The zero value is empty; all methods are safe for concurrent use.
type Overlay struct {
	mu      sync.RWMutex
	version uint64
	chosen  map[place]map[choice]int
}

type place struct{ label, name string }

type choice struct{ db, id string }

// Add counts one choice.
func (o *Overlay) Add(label, name, db, id string) { o.change(label, name, db, id, 1) }

// Remove takes one choice back; one that was never made is ignored.
func (o *Overlay) Remove(label, name, db, id string) { o.change(label, name, db, id, -1) }

func (o *Overlay) change(label, name, db, id string, by int) {
	at, c := place{label, lexical.Fold(name)}, choice{db, id}
	if at.name == "" || id == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	n := o.chosen[at][c] + by
	switch {
	case n < 0:
		return
	case n == 0:
		if delete(o.chosen[at], c); len(o.chosen[at]) == 0 {
			delete(o.chosen, at)
		}
	default:
		if o.chosen == nil {
			o.chosen = map[place]map[choice]int{}
		}
		if o.chosen[at] == nil {
			o.chosen[at] = map[choice]int{}
		}
		o.chosen[at][c] = n
	}
	o.version++
}

// Chosen are the choices for a name, the most frequent first, ties by DB and ID.
func (o *Overlay) Chosen(label, name string) []Choice {
	if o == nil {
		return nil
	}
	at := place{label, lexical.Fold(name)}
	o.mu.RLock()
	defer o.mu.RUnlock()
	var out []Choice
	for c, n := range o.chosen[at] {
		out = append(out, Choice{c.db, c.id, n})
	}
	slices.SortFunc(out, func(a, b Choice) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.DB, b.DB), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Version grows with every change: candidates computed at an older version may be
// ranked differently now.
func (o *Overlay) Version() uint64 {
	if o == nil {
		return 0
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.version
}
