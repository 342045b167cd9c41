package link

import (
	"cmp"
	"slices"
	"sort"
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
	mu       sync.RWMutex
	version  uint64
	chosen   map[place]map[choice]int
	changed  map[string]uint64   // label -> version of its last change
	aliases  map[string]*aliases // label -> index of its names, built when asked for
	written  map[place]string    // how a name was first written
	proposed *proposals
	meanings *meanings // nil: names are found by letters only

	building sync.Mutex // held while an index is built, so that it is built once
}

// aliases are the names under one label as they were at a version.
type aliases struct {
	version uint64
	index   *lexical.Index
}

type place struct{ label, name string }

type choice struct{ db, id string }

// Add counts one choice.
func (o *Overlay) Add(label, name, db, id string) { o.Count(label, name, db, id, 1) }

// Remove takes one choice back; one that was never made is ignored.
func (o *Overlay) Remove(label, name, db, id string) { o.Count(label, name, db, id, -1) }

// Count counts many choices at once, or takes them back where by is negative; more
// than were ever made are ignored.
func (o *Overlay) Count(label, name, db, id string, by int) {
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
			delete(o.written, at)
		}
	default:
		if o.chosen == nil {
			o.chosen = map[place]map[choice]int{}
		}
		if o.chosen[at] == nil {
			o.chosen[at] = map[choice]int{}
		}
		if o.written == nil {
			o.written = map[place]string{}
		}
		if o.written[at] == "" {
			o.written[at] = lexical.Clean(name)
		}
		o.chosen[at][c] = n
	}
	o.version++
	if o.changed == nil {
		o.changed = map[string]uint64{}
	}
	o.changed[label] = o.version
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

// aliasFloor is the least similarity at which what was chosen for another name speaks for this one.
const aliasFloor = 0.5

// aliasesLooked is how many such names are looked at.
const aliasesLooked = 20

// alias is a name that resembles another, folded, by letters or by meaning, and what was
// chosen for it. dense is NaN where a name was not embedded.
type alias struct {
	name       string
	lex, dense float32
	choices    []Choice
}

// near are the names under a label that resemble a text but do not equal it: what an
// annotator chose is a name of the concept from then on.
func (o *Overlay) near(label, text string) []alias {
	if o == nil {
		return nil
	}
	index := o.aliasIndex(label)
	if index == nil {
		return nil
	}
	o.mu.RLock()
	m := o.meanings
	o.mu.RUnlock()
	var out []alias
	self := lexical.Fold(text)
	seen := map[string]bool{self: true}
	add := func(a alias) bool {
		// The memory may have moved on since the index was built; then there are no choices.
		if a.choices = o.Chosen(label, a.name); seen[a.name] || len(a.choices) == 0 {
			return false
		}
		seen[a.name] = true
		out = append(out, a)
		return true
	}
	for _, h := range index.NGram(text, aliasesLooked) {
		if name := index.Name(h.Row); h.Score >= aliasFloor {
			add(alias{name: name, lex: h.Score, dense: m.cosine(label, text, name)})
		}
	}
	left := aliasesLooked
	for _, a := range m.near(label, text) {
		row, ok := sort.Find(index.Len(), func(i int) int { return cmp.Compare(a.name, index.Name(int32(i))) })
		if !ok || left == 0 {
			continue
		}
		if a.lex = index.Cosines(text, []int32{int32(row)})[0]; add(a) {
			left--
		}
	}
	return out
}

// names are the names under a label, folded, and how each was first written.
func (o *Overlay) names(label string) map[string]string {
	o.mu.RLock()
	defer o.mu.RUnlock()
	out := map[string]string{}
	for at := range o.chosen {
		if at.label == label {
			out[at.name] = o.written[at]
		}
	}
	return out
}

// aliasIndex indexes the names under a label, again after each change; nil for none.
func (o *Overlay) aliasIndex(label string) *lexical.Index {
	o.mu.RLock()
	have, version := o.aliases[label], o.changed[label]
	o.mu.RUnlock()
	if version == 0 || have != nil && have.version == version {
		if have == nil {
			return nil
		}
		return have.index
	}
	// Not under o.mu: to count a choice never waits for an index.
	o.building.Lock()
	defer o.building.Unlock()
	o.mu.RLock()
	version, have = o.changed[label], o.aliases[label]
	var names []string
	if have == nil || have.version != version { // else somebody else was faster
		for at := range o.chosen {
			if at.label == label {
				names = append(names, at.name)
			}
		}
	}
	o.mu.RUnlock()
	if have != nil && have.version == version {
		return have.index
	}
	slices.Sort(names)
	built := &aliases{version, lexical.New(names)}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.aliases == nil {
		o.aliases = map[string]*aliases{}
	}
	o.aliases[label] = built
	return built.index
}

// Recall is what the memory of a corpus has to say about a name under a label. Where it
// is another one, candidates for the name may be ranked differently.
type Recall struct {
	Chosen []Choice // for the very name, the most frequent first
	Near   []Near   // sorted
}

// Near is a name that resembles another one, folded, and a concept that it stands for,
// since the corpus chose or proposed it.
type Near struct{ Name, DB, ID string }

// Equal tells whether both say the same.
func (r Recall) Equal(s Recall) bool {
	return slices.Equal(r.Chosen, s.Chosen) && slices.Equal(r.Near, s.Near)
}

// Recall is what the memory has to say about a name now; by meaning as far as Prepare embedded it.
func (o *Overlay) Recall(label, name string) Recall {
	if o == nil {
		return Recall{}
	}
	r := Recall{Chosen: o.Chosen(label, name)}
	for _, a := range o.near(label, name) {
		for _, c := range a.choices {
			r.Near = append(r.Near, Near{a.name, c.DB, c.ID})
		}
	}
	ps := o.proposals()
	for _, h := range ps.near(name) {
		p := ps.list[h.Row]
		r.Near = append(r.Near, Near{p.Name, p.DB, p.ID})
	}
	slices.SortFunc(r.Near, func(a, b Near) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.DB, b.DB), cmp.Compare(a.ID, b.ID))
	})
	return r
}
