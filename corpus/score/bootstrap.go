package score

import (
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

const (
	resamples = 1000
	seed      = 20200917 // fixed, so that the same files give the same interval everywhere
)

// bootstrap returns the 95 % percentile interval of F1 for each label, and for
// all together at the end: documents are drawn with replacement, as many as
// there are. tallies are by document, then by label. Draws without a gold or
// predicted mention have no F1 and are left out. A single document with mentions
// says nothing of how much documents differ, so there is no interval then.
func bootstrap(tallies [][]Tally, labels int) [][2]corpus.Score {
	values := make([][]corpus.Score, labels+1)
	rng := rand.New(rand.NewPCG(seed, seed))
	sums := make([]Tally, labels+1)
	for range resamples {
		clear(sums)
		for range tallies {
			for i, t := range tallies[rng.IntN(len(tallies))] {
				sums[i].add(t)
				sums[labels].add(t)
			}
		}
		for i, sum := range sums {
			if f := sum.f1(); f.Known() {
				values[i] = append(values[i], f)
			}
		}
	}
	intervals := make([][2]corpus.Score, labels+1)
	for i, v := range values {
		if intervals[i] = noInterval; several(tallies, func(doc []Tally) bool { return hasLabel(doc, i, labels) }) {
			intervals[i] = interval(v)
		}
	}
	return intervals
}

// noInterval is not known.
var noInterval = [2]corpus.Score{corpus.NoScore, corpus.NoScore}

// several tells whether at least two documents have what an interval is of: fewer do not
// tell how much documents differ.
func several[D any](docs []D, has func(D) bool) bool {
	n := 0
	for _, doc := range docs {
		if has(doc) {
			n++
		}
	}
	return n > 1
}

// hasLabel tells whether a document has mentions of a label, or of any where label is labels.
func hasLabel(doc []Tally, label, labels int) bool {
	if label < labels {
		doc = doc[label : label+1]
	}
	return slices.ContainsFunc(doc, func(t Tally) bool { return t != Tally{} })
}

// interval cuts 2.5 % off each end.
func interval(values []corpus.Score) [2]corpus.Score {
	n := len(values)
	if n == 0 {
		return noInterval
	}
	slices.Sort(values)
	cut := n / 40
	return [2]corpus.Score{values[cut], values[n-1-cut]}
}

// Difference compares the F1 of two predictions of the same gold.
type Difference struct {
	Counts                 // of the other prediction
	Diff   corpus.Score    `json:"diff"`      // F1 of the one less F1 of the other
	Diff95 [2]corpus.Score `json:"diff_ci95"` // paired percentile bootstrap: both are scored on the same drawn documents
}

// Against compares r with another result on the same gold. A document that
// only one of both has counts for the other as nothing found and nothing to find.
// Where fewer than two documents have mentions there is no interval.
func (r *Result) Against(o *Result) Difference {
	both := maps.Clone(r.docs)
	maps.Copy(both, o.docs)
	names := slices.Sorted(maps.Keys(both))
	rng := rand.New(rand.NewPCG(seed, seed))
	var values []corpus.Score
	for range resamples {
		var a, b Tally
		for range names {
			doc := names[rng.IntN(len(names))]
			a.add(r.docs[doc])
			b.add(o.docs[doc])
		}
		if d := a.f1() - b.f1(); d.Known() {
			values = append(values, d)
		}
	}
	if !several(names, func(doc string) bool { return r.docs[doc] != Tally{} || o.docs[doc] != Tally{} }) {
		values = nil
	}
	return Difference{Counts: o.Counts, Diff: r.F1 - o.F1, Diff95: interval(values)}
}
