package workbench

import (
	"cmp"
	"iter"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/order"
)

// finished are the ends of documents, by name: the first time each was finished, before
// the models could learn from it.
type finished map[string]corpus.Decision

// in passes decisions on, and keeps the ends of documents among them whose suggestions
// were known.
func (f finished) in(all iter.Seq2[corpus.Decision, error]) iter.Seq2[corpus.Decision, error] {
	return func(yield func(corpus.Decision, error) bool) {
		for d, err := range all {
			if err == nil && d.Kind == corpus.Finish && d.Offer != nil && d.Offer.Model != "" {
				if _, known := f[d.Doc]; !known {
					f[d.Doc] = d
				}
			}
			if !yield(d, err) {
				return
			}
		}
	}
}

// mostTrials is how many documents an estimate reads at most.
const mostTrials = 200

// estimate tells how good the suggestions are from documents that chance drew: what was
// suggested there before they were annotated is held against what is annotated now.
func (w *Workbench) estimate(ends finished) (order.Estimate, error) {
	sample, labels := w.sample(ends)
	var trials []order.Trial
	round, hash := 0, ""
	for _, end := range sample {
		if end.Offer.Model != hash {
			round, hash = round+1, end.Offer.Model
		}
		gold, ok := w.annotationsNow(end.Doc)
		if !ok {
			continue
		}
		trials = append(trials, order.Trial{Name: end.Doc, Round: round, Gold: gold, Found: end.Offer.Suggested})
	}
	return order.Judge(trials, labels, order.Documents)
}

// sample are the ends of the documents that are a random sample, oldest first, and the
// labels that can be suggested.
func (w *Workbench) sample(ends finished) (sample []corpus.Decision, labels []string) {
	lots := w.answerable(order.Lots(seed, w.col.Names()))
	w.mu.Lock()
	defer w.mu.Unlock()
	drawn := order.Drawn(lots, w.fold.Finished, func(name string) bool {
		end, ok := ends[name]
		return ok && end.Offer.Drawn
	})
	for _, name := range drawn {
		if end, ok := ends[name]; ok {
			sample = append(sample, end)
		}
	}
	slices.SortFunc(sample, func(a, b corpus.Decision) int { return cmp.Compare(a.Seq, b.Seq) })
	if w.models != nil {
		for _, l := range w.models.Labels {
			if w.allowed == nil || w.allowed[l] {
				labels = append(labels, l)
			}
		}
	}
	return sample[max(0, len(sample)-mostTrials):], labels
}

// answerable leaves out the lots that nobody can finish, up to the first that somebody will.
func (w *Workbench) answerable(lots []string) []string {
	finished := func(name string) bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.fold.Finished(name)
	}
	for i := 0; i < len(lots); {
		if finished(lots[i]) {
			i++
			continue
		}
		if _, err := w.col.Read(lots[i]); err == nil {
			break
		}
		lots = slices.Delete(lots, i, i+1)
	}
	return lots
}

// annotationsNow are the annotations of a finished document; false where it is not, or
// cannot be read.
func (w *Workbench) annotationsNow(name string) ([]corpus.Mention, bool) {
	d, here := w.finishedInMemory(name)
	switch {
	case d == nil:
		return nil, false
	case here:
		return d.Mentions, true
	}
	src, err := w.col.Read(name)
	if err != nil {
		return nil, false
	}
	return src.File.Mentions(), true
}
