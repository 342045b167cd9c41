package journal

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// Alias says that mentions of a label with a text were linked to a concept.
type Alias struct {
	Label string
	Text  string
	DB    string
	ID    string
	Count int // mentions whose link in force this is, at least 1; a difference in AliasChanges
}

// aliases counts links by what was linked to what, so that a million mentions
// of a thousand names cost a thousand entries. Entry 0 stands for no link.
type aliases struct {
	index   map[string]int32
	entries []aliasEntry
	changed []int32 // entries whose count may differ from what was told
}

type aliasEntry struct {
	label, text string
	links       []corpus.Link
	count       int
	told        int // what AliasChanges has told of count
}

func newAliases() aliases {
	return aliases{index: map[string]int32{}, entries: make([]aliasEntry, 1)}
}

// intern returns the entry for a linked mention; 0 where it has no links.
func (a *aliases) intern(m *corpus.Mention) int32 {
	if len(m.Links) == 0 {
		return 0
	}
	i, ok := a.index[aliasKey(m.Label, m.Text, m.Links)]
	if !ok {
		i = a.put(aliasEntry{label: m.Label, text: m.Text, links: slices.Clone(m.Links)})
	}
	return i
}

func (a *aliases) put(e aliasEntry) int32 {
	i := int32(len(a.entries))
	a.index[aliasKey(e.label, e.text, e.links)] = i
	a.entries = append(a.entries, e)
	return i
}

func aliasKey(label, text string, links []corpus.Link) string {
	var b strings.Builder
	b.WriteString(label + "\x00" + text)
	for _, l := range links {
		b.WriteString("\x00" + l.DB + "\x00" + l.ID)
	}
	return b.String()
}

func (a *aliases) add(entry int32, n int) {
	if entry != 0 {
		a.entries[entry].count += n
		a.changed = append(a.changed, entry)
	}
}

// AliasChanges lists by how much the counts of Aliases have changed since it was
// last called, all of them the first time: what it has ever returned adds up to
// Aliases(nil). A count may be negative. It costs what has changed, not what
// there is.
func (s *State) AliasChanges() []Alias {
	var list []Alias
	for _, i := range s.aliases.changed {
		e := &s.aliases.entries[i]
		by := e.count - e.told
		if by == 0 {
			continue
		}
		e.told = e.count
		for _, l := range e.links {
			list = append(list, Alias{Label: e.label, Text: e.text, DB: l.DB, ID: l.ID, Count: by})
		}
	}
	s.aliases.changed = s.aliases.changed[:0]
	return list
}

// Aliases lists what mentions are linked to by decisions in force, sorted. A
// mention counts with its last link only. Texts that normalise makes equal
// count together; nil leaves them as they are.
func (s *State) Aliases(normalise func(string) string) []Alias {
	counts := map[Alias]int{}
	for _, e := range s.aliases.entries {
		if e.count == 0 {
			continue
		}
		text := e.text
		if normalise != nil {
			text = normalise(text)
		}
		for _, l := range e.links {
			counts[Alias{Label: e.label, Text: text, DB: l.DB, ID: l.ID}] += e.count
		}
	}
	list := make([]Alias, 0, len(counts))
	for a, n := range counts {
		a.Count = n
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b Alias) int {
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Text, b.Text), cmp.Compare(a.DB, b.DB), cmp.Compare(a.ID, b.ID))
	})
	return list
}
