package score

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/gloss-nlp/gloss/corpus"
)

// TopKDifference compares the top-k accuracy of two lists of candidates for the same gold.
type TopKDifference struct {
	All        TopKDiffs `json:"all"`
	UnseenName TopKDiffs `json:"unseen_name"`
	UnseenCode TopKDiffs `json:"unseen_code"`
}

// TopKDiffs are differences by rank k: the one less the other.
type TopKDiffs struct {
	Diff map[string]corpus.Score `json:"diff"`
	// Diff95 are 95 % percentile intervals of a paired bootstrap: both are scored on the same drawn documents.
	Diff95 map[string][2]corpus.Score `json:"diff_ci95"`
}

// Against compares r with another result on the same gold, with the same options.
func (r *TopKResult) Against(o *TopKResult) TopKDifference {
	var out TopKDifference
	for i, d := range []*TopKDiffs{&out.All, &out.UnseenName, &out.UnseenCode} {
		d.Diff95 = drawn(r.at, r.docs(o), func(doc string) []topKSums { return []topKSums{r.of(doc, i), o.of(doc, i)} },
			func(sums []topKSums, k int) corpus.Score {
				return ratio(sums[0].right[k], sums[0].n) - ratio(sums[1].right[k], sums[1].n)
			})
		d.Diff = map[string]corpus.Score{}
		one, other := []TopKSet{r.All, r.UnseenName, r.UnseenCode}[i], []TopKSet{o.All, o.UnseenName, o.UnseenCode}[i]
		for _, k := range r.at {
			d.Diff[strconv.Itoa(k)] = one.Top[strconv.Itoa(k)] - other.Top[strconv.Itoa(k)]
		}
	}
	return out
}

// intervals are those of a set.
func (r *TopKResult) intervals(set int) map[string][2]corpus.Score {
	return drawn(r.at, r.docs(r), func(doc string) []topKSums { return []topKSums{r.of(doc, set)} },
		func(sums []topKSums, k int) corpus.Score { return ratio(sums[0].right[k], sums[0].n) })
}

// docs are the documents of two results, in order.
func (r *TopKResult) docs(o *TopKResult) []string {
	both := maps.Clone(r.sums)
	maps.Copy(both, o.sums)
	return slices.Sorted(maps.Keys(both))
}

// of are the sums of a document and a set.
func (r *TopKResult) of(doc string, set int) topKSums {
	if s := r.sums[doc]; s != nil {
		return s[set]
	}
	return topKSums{}
}

// drawn is the interval of a value by rank: documents are drawn with replacement, as many as
// there are. Draws without a value are left out. Where fewer than two have mentions there is none.
func drawn(at []int, docs []string, sums func(doc string) []topKSums, value func(sums []topKSums, k int) corpus.Score) map[string][2]corpus.Score {
	rng := rand.New(rand.NewPCG(seed, seed))
	values := map[int][]corpus.Score{}
	for range resamples {
		var all []topKSums
		for range docs {
			some := sums(docs[rng.IntN(len(docs))])
			if all == nil {
				all = make([]topKSums, len(some))
			}
			for i, s := range some {
				all[i].join(s)
			}
		}
		for _, k := range at {
			if all == nil {
				break
			}
			if v := value(all, k); v.Known() {
				values[k] = append(values[k], v)
			}
		}
	}
	known := several(docs, func(doc string) bool { return slices.ContainsFunc(sums(doc), func(s topKSums) bool { return s.n > 0 }) })
	out := map[string][2]corpus.Score{}
	for _, k := range at {
		if !known {
			values[k] = nil
		}
		out[strconv.Itoa(k)] = interval(values[k])
	}
	return out
}
