package lens

import (
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// chooseLabels are the labels to look at (see Options), sorted, and those of them
// that gold does not have.
func chooseLabels(gold, pred map[string][]corpus.Mention, o Options) (all, foreign []string) {
	ofGold := map[string]bool{}
	for _, mentions := range gold {
		for _, m := range mentions {
			ofGold[m.Label] = true
		}
	}
	if o.Labels != nil {
		return o.Labels, nil
	}
	instead, beside := map[string]bool{}, map[string]bool{}
	for doc := range gold {
		var ours, others []corpus.Mention
		for _, m := range pred[doc] {
			if ofGold[m.Label] {
				ours = append(ours, m)
			} else {
				others = append(others, m)
			}
		}
		for _, m := range others {
			instead[m.Label] = instead[m.Label] || meets(m, gold[doc])
			beside[m.Label] = beside[m.Label] || meets(m, ours)
		}
	}
	for _, label := range slices.Sorted(maps.Keys(instead)) {
		if instead[label] && !beside[label] {
			foreign = append(foreign, label)
		}
	}
	all = slices.AppendSeq(slices.Clone(foreign), maps.Keys(ofGold))
	slices.Sort(all)
	if all == nil {
		all = []string{} // nil would be every label
	}
	return all, foreign
}

func meets(m corpus.Mention, others []corpus.Mention) bool {
	return slices.ContainsFunc(others, func(o corpus.Mention) bool { return o.Spans.Overlaps(m.Spans) })
}
