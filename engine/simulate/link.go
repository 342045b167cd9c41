package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/link"
)

// Linker finds candidates for mentions, best first.
type Linker interface {
	Candidates(ctx context.Context, queries []link.Query, k int) ([][]kb.Candidate, error)
}

// Linkable is a mention with the concepts that are right for it.
type Linkable struct {
	Doc string
	link.Query
	Gold []string
}

// LinkOptions say how to simulate linking.
type LinkOptions struct {
	Mentions []Linkable // in the order in which they are answered
	Plain    Linker     // that learns nothing
	Learning Linker     // that reads Memory
	Memory   *link.Overlay
	DB       func(label string) string // of the knowledge base that a choice is made from
	Bins     int                       // points of the curve
	Progress func(done, total int)     // may be nil
}

// Share counts first candidates that are right.
type Share struct {
	Mentions int `json:"mentions"`
	Plain    int `json:"plain"`    // right without learning
	Learning int `json:"learning"` // right with it
}

func (s *Share) add(plain, learning bool) {
	s.Mentions++
	if plain {
		s.Plain++
	}
	if learning {
		s.Learning++
	}
}

// LinkReport is how often the first candidate of a mention was right before its own
// answer was known.
type LinkReport struct {
	All   Share   `json:"all"`
	Known Share   `json:"known"` // the same name was answered before
	New   Share   `json:"new"`   // it was not
	Bins  []Share `json:"bins"`  // equal runs of mentions, in their order
}

// Link answers mentions one by one: it asks both linkers for the first candidate, and
// then tells the memory what is right, as the workbench does when a concept is chosen.
// Where several concepts are right, the first is chosen.
func Link(ctx context.Context, o LinkOptions) (*LinkReport, error) {
	n := len(o.Mentions)
	if n == 0 {
		return nil, errors.New("simulate linking: there are no mentions with a link")
	}
	o.Bins = min(max(1, o.Bins), n)
	r := &LinkReport{Bins: make([]Share, o.Bins)}
	known := map[[2]string]bool{}
	done := 0
	for doc := range chunksByDoc(o.Mentions) {
		queries := make([]link.Query, len(doc))
		for i, m := range doc {
			queries[i] = m.Query
		}
		plain, err := o.Plain.Candidates(ctx, queries, 1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", doc[0].Doc, err)
		}
		for i, m := range doc {
			learning, err := o.Learning.Candidates(ctx, queries[i:i+1], 1)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.Doc, err)
			}
			a, b := hits(plain[i], m.Gold), hits(learning[0], m.Gold)
			r.All.add(a, b)
			r.Bins[done*o.Bins/n].add(a, b)
			if name := [2]string{m.Label, lexical.Fold(m.Text)}; known[name] {
				r.Known.add(a, b)
			} else {
				r.New.add(a, b)
				known[name] = true
			}
			o.Memory.Add(m.Label, m.Text, o.DB(m.Label), m.Gold[0])
			done++
			if o.Progress != nil {
				o.Progress(done, n)
			}
		}
	}
	return r, nil
}

// chunksByDoc are runs of mentions of one document.
func chunksByDoc(all []Linkable) func(yield func([]Linkable) bool) {
	return func(yield func([]Linkable) bool) {
		for len(all) > 0 {
			end := slices.IndexFunc(all, func(m Linkable) bool { return m.Doc != all[0].Doc })
			if end < 0 {
				end = len(all)
			}
			if !yield(all[:end]) {
				return
			}
			all = all[end:]
		}
	}
}

// hits tells whether the first candidate is right.
func hits(found []kb.Candidate, gold []string) bool {
	return len(found) > 0 && slices.Contains(gold, found[0].ID)
}

// Plot draws top-1 accuracy over the mentions answered, with and without learning.
func (r *LinkReport) Plot(w io.Writer) error {
	plain, learning := series{name: "names of the KB alone", colour: 0}, series{name: "learning at once", colour: 1}
	at := 0
	for _, b := range r.Bins {
		x := float64(at) + float64(b.Mentions)/2
		at += b.Mentions
		plain.points = append(plain.points, [2]float64{x, float64(b.Plain) / float64(b.Mentions)})
		learning.points = append(learning.points, [2]float64{x, float64(b.Learning) / float64(b.Mentions)})
	}
	c := chart{title: "First candidates that are right, before the answer is known", x: "mentions answered before",
		y: "top-1 accuracy", series: []series{learning, plain}}
	return c.svg(w)
}
