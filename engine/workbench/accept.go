package workbench

import (
	"context"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// Acceptable lists the undecided items that a filter chooses, with what Apply
// would do with each: nothing is changed. Documents whose suggestions are not
// computed yet are counted in Unknown, not waited for.
func (w *Workbench) Acceptable(ctx context.Context, f Filter) (Preview, error) {
	labels := map[string]bool{}
	for _, l := range f.Labels {
		labels[l] = true
	}
	return w.previewOf(ctx, "filtering", f.Scope, f.Doc, func(_ context.Context, name string) (found, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		var out found
		d := w.docs[name]
		if d == nil || d.picture == nil || d.err != nil || !d.asked || d.chunks > 0 {
			return found{unknown: true}, nil
		}
		for _, it := range d.picture.Items {
			if !it.State.Undecided() || len(labels) > 0 && !labels[it.Label] || !f.passes(it) {
				continue
			}
			if d.readOnly != "" {
				return found{left: []LeftOut{{Doc: name, Why: d.readOnly}}}, nil
			}
			if f.Link && it.Ranks != nil {
				p := placeAt(d, it.Spans, it.Label)
				out.left = append(out.left, LeftOut{Doc: name, Place: &p, Why: "a probe changed the order of its candidates: decide on it alone"})
				continue
			}
			var c *kb.Candidate
			if f.Link {
				c = &it.Candidates[0]
			}
			p := placeAt(d, it.Spans, it.Label)
			p.Key, p.Do = it.Key, settling(At{name, it.Key}, it, c)
			out.places = append(out.places, p)
		}
		return out, nil
	})
}

// passes tells whether scores and candidates are good enough.
func (f Filter) passes(it Item) bool {
	if f.MinScore > 0 && !(float64(it.Score) >= f.MinScore) {
		return false
	}
	if !f.Exact && !f.Link {
		return true
	}
	if !it.Ready || len(it.Candidates) == 0 {
		return false
	}
	c := it.Candidates[0]
	switch {
	case f.Exact && (c.NIL() || lexical.Fold(c.Evidence.Name) != lexical.Fold(it.Text)):
		return false
	case f.Link && f.MinLink > 0 && !(float64(c.Score) >= f.MinLink):
		return false
	}
	return true
}
