package workbench

import (
	"strings"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

// Tie is a relation, an event or an equivalence of the file, as one of the mentions in
// it sees it. Ties are shown and kept; gloss does not edit them.
type Tie struct {
	ID   string // "R1", "E2", "*" for an equivalence
	Type string
	Role string // of the mention itself; "" where it is an event's trigger, or one of equals
	// With are the others, in the order of the file.
	With       []TieEnd
	Attributes []string // of the relation or event itself, as those of an item
	Note       string   // the same
}

// TieEnd is one of the other mentions of a tie; an event stands for its trigger.
type TieEnd struct{ Role, Key, Text string }

// ties collects, by the ids of mentions, what ties them to others.
func ties(f *brat.File, notes map[string]string, attributes map[string][]string) map[string][]Tie {
	var of map[string][]Tie
	for i := range f.Len() {
		l := f.Line(i)
		if l.Failed || l.Kind != brat.Relation && l.Kind != brat.Event && l.Kind != brat.Equiv {
			continue
		}
		if of == nil {
			of = map[string][]Tie{}
		}
		ends := endsOf(f, l)
		for k, self := range ends {
			t := Tie{ID: l.ID, Type: l.Type, Role: self.Role}
			if l.ID != "*" {
				t.Attributes, t.Note = attributes[l.ID], notes[l.ID]
			}
			for j, other := range ends {
				if j != k {
					t.With = append(t.With, other)
				}
			}
			// A mention may take part in one line twice, an event in itself.
			if all := of[self.Key]; len(all) == 0 || all[len(all)-1].ID != l.ID || l.ID == "*" {
				of[self.Key] = append(all, t)
			}
		}
	}
	return of
}

// endsOf are the mentions that a line ties, an event's trigger first.
func endsOf(f *brat.File, l brat.Line) []TieEnd {
	var ends []TieEnd
	add := func(role, id string) {
		key, text := mentionOf(f, id)
		ends = append(ends, TieEnd{role, key, text})
	}
	if l.Kind == brat.Event {
		add("", l.Trigger)
	}
	for _, a := range l.Args {
		add(a.Role, a.ID)
	}
	for _, m := range l.Members {
		add("", m)
	}
	return ends
}

// mentionOf is the mention that an id stands for: an event's is its trigger. An id that
// is not there is shown as it is.
func mentionOf(f *brat.File, id string) (key, text string) {
	l, ok := f.Find(id)
	if ok && l.Kind == brat.Event {
		id = l.Trigger
		l, ok = f.Find(id)
	}
	if !ok || l.Kind != brat.Textbound {
		return id, id
	}
	return id, strings.Join(strings.Fields(l.Text), " ")
}
