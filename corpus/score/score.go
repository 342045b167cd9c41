// Package score compares annotations: predicted mentions with gold ones by
// strict scores, boundary classes and confusions, annotators with each other,
// and candidates with gold codes. It counts integers first and
// derives ratios last, so that sums over documents are exact.
package score

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// ErrOptions says that the options ask for something that does not exist.
var ErrOptions = errors.New("wrong scoring options")

// The tasks that are scored.
const (
	NER  = "ner"  // spans and labels
	Norm = "norm" // spans, labels and their codes
)

// Clean is the name of this profile in results: sets of label and offsets,
// documents without predictions count as missed. The profiles of the official
// scripts are in package official.
const Clean = "clean"

// Options choose what is scored, and how. The zero value is task ner.
type Options struct {
	Task        string   // NER or Norm; empty means NER
	Labels      []string // score exactly these labels; nil: those that occur in gold
	Codes       []string // the valid codes of task norm: mentions with any other are left out, gold included; nil: every code
	Calibration bool     // also tell how far the scores of predictions can be believed
}

// Result is a comparison; its JSON is that of gloss eval.
type Result struct {
	Profile string `json:"profile"`
	Task    string `json:"task"`
	Counts
	PerLabel    map[string]Counts `json:"per_label"`
	MAP         *corpus.Score     `json:"map,omitempty"`         // mean average precision, of tasks that rank
	Accuracy    *corpus.Score     `json:"accuracy,omitempty"`    // of tasks that know nothing else
	Overlap     *Counts           `json:"overlap,omitempty"`     // where the task also counts overlapping spans
	Classes     any               `json:"classes,omitempty"`     // a task's own classes, as map[string]Counts, or ClassCounts
	Calibration *Calibration      `json:"calibration,omitempty"` // where it was asked for
	Warnings    []string          `json:"warnings"`              // what was left out or looks wrong, never nil

	docs map[string]Tally // for paired intervals
}

// Labels are the labels that were scored, sorted.
func (r *Result) Labels() []string { return slices.Sorted(maps.Keys(r.PerLabel)) }

// Counts are the integers of a comparison and the ratios that follow from
// them. A ratio without a denominator is not-a-number.
type Counts struct {
	TP        int             `json:"tp"`
	FP        int             `json:"fp"`
	FN        int             `json:"fn"`
	Pred      int             `json:"pred"` // TP + FP
	Gold      int             `json:"gold"` // TP + FN
	Precision corpus.Score    `json:"precision"`
	Recall    corpus.Score    `json:"recall"`
	F1        corpus.Score    `json:"f1"`
	CI95      [2]corpus.Score `json:"ci95"` // of F1: percentile bootstrap by document; not-a-number, null in JSON, where fewer than two have mentions
}

// Tally is what one document adds to the counts of one label. FP and FN may be
// negative in the sums of an official script that counts a hit twice; TP + FP
// and TP + FN are what it takes for predicted and gold.
type Tally struct{ TP, FP, FN int }

func (t *Tally) add(o Tally) {
	t.TP += o.TP
	t.FP += o.FP
	t.FN += o.FN
}

// f1 is the harmonic mean of precision and recall; 0 where one side is empty,
// not-a-number where both are.
func (t Tally) f1() corpus.Score { return ratio(2*t.TP, 2*t.TP+t.FP+t.FN) }

func (t Tally) counts(interval [2]corpus.Score) Counts {
	c := Counts{TP: t.TP, FP: t.FP, FN: t.FN, Pred: t.TP + t.FP, Gold: t.TP + t.FN, F1: t.f1(), CI95: interval}
	c.Precision, c.Recall = ratio(c.TP, c.Pred), ratio(c.TP, c.Gold)
	return c
}

func ratio(part, whole int) corpus.Score {
	if whole == 0 {
		return corpus.NoScore
	}
	return corpus.Score(part) / corpus.Score(whole)
}

// Score compares predicted mentions with gold ones, both by document; the keys
// of gold are the documents that are scored. The error is ErrOptions where the
// options name an unknown task.
func Score(gold, pred map[string][]corpus.Mention, o Options) (*Result, error) {
	s, err := newScorer(gold, o)
	if err != nil {
		return nil, err
	}
	s.warnOthers(gold, pred)
	byDoc := make(map[string]map[string]Tally, len(gold))
	for doc := range gold {
		tallies := s.compare(gold[doc], pred[doc])
		byLabel := make(map[string]Tally, len(s.labels))
		for i, label := range s.labels {
			byLabel[label] = tallies[i]
		}
		byDoc[doc] = byLabel
	}
	s.warnCounts()
	r := &Result{Profile: Clean, Task: s.task}
	if o.Calibration {
		r.Calibration = newCalibration(s.hits)
		if len(s.hits) == 0 {
			s.warn("no prediction has a score: there is no calibration to tell of")
		}
	}
	r.Warnings = s.warnings
	r.Sum(byDoc, s.labels)
	return r, nil
}

// Sum sets the counts of r, by label and of all labels together, from tallies
// by document and then by label, with their intervals. Labels besides those
// that occur in the tallies get counts of zero.
func (r *Result) Sum(byDoc map[string]map[string]Tally, labels []string) {
	places, labels := placesOf(byDoc, labels)
	docs := slices.Sorted(maps.Keys(byDoc))
	tallies := make([][]Tally, len(docs)) // by document, then by label
	sums := make([]Tally, len(labels)+1)  // the last is of all labels
	r.docs = make(map[string]Tally, len(docs))
	for i, doc := range docs {
		tallies[i] = make([]Tally, len(labels))
		var whole Tally
		for label, t := range byDoc[doc] {
			tallies[i][places[label]] = t
			sums[places[label]].add(t)
			whole.add(t)
		}
		r.docs[doc] = whole
		sums[len(labels)].add(whole)
	}
	intervals := bootstrap(tallies, len(labels))
	r.PerLabel = make(map[string]Counts, len(labels))
	for i, label := range labels {
		r.PerLabel[label] = sums[i].counts(intervals[i])
	}
	r.Counts = sums[len(labels)].counts(intervals[len(labels)])
}

func placesOf(byDoc map[string]map[string]Tally, more []string) (map[string]int, []string) {
	places := map[string]int{}
	for _, label := range more {
		places[label] = 0
	}
	for _, byLabel := range byDoc {
		for label := range byLabel {
			places[label] = 0
		}
	}
	labels := slices.Sorted(maps.Keys(places))
	for i, label := range labels {
		places[label] = i
	}
	return places, labels
}

// scorer holds the options in a form that is quick to ask, and what there is to warn of.
type scorer struct {
	task     string
	labels   []string
	place    map[string]int  // of a label among labels
	valid    map[string]bool // codes; nil: every one
	warnings []string
	hits     []scoredHit // predictions with scores

	repeated, invalid, unlinked sides
}

// sides counts something in gold and in the predictions.
type sides struct{ gold, pred int }

func newScorer(gold map[string][]corpus.Mention, o Options) (*scorer, error) {
	s := &scorer{task: o.Task, labels: slices.Clone(o.Labels), place: map[string]int{}, warnings: []string{}}
	if s.task == "" {
		s.task = NER
	}
	if s.task != NER && s.task != Norm {
		return nil, fmt.Errorf("%w: profile %s has no task %q: choose %s or %s", ErrOptions, Clean, s.task, NER, Norm)
	}
	if s.labels == nil {
		s.labels = labelsOf(gold)
	}
	slices.Sort(s.labels)
	s.labels = slices.Compact(s.labels)
	for i, label := range s.labels {
		s.place[label] = i
	}
	s.setCodes(o.Codes)
	return s, nil
}

func (s *scorer) setCodes(codes []string) {
	if codes == nil {
		return
	}
	if s.task == NER {
		s.warn("the list of valid codes has no part in task %s", NER)
		return
	}
	s.valid = setOf(codes)
}

func labelsOf(all map[string][]corpus.Mention) []string {
	seen := map[string]bool{}
	for _, mentions := range all {
		for _, m := range mentions {
			seen[m.Label] = true
		}
	}
	return slices.Collect(maps.Keys(seen))
}

// compare counts one document, by label.
func (s *scorer) compare(gold, pred []corpus.Mention) []Tally {
	tallies := make([]Tally, len(s.labels))
	g := s.items(gold, &s.repeated.gold, &s.invalid.gold, &s.unlinked.gold)
	p := s.items(pred, &s.repeated.pred, &s.invalid.pred, &s.unlinked.pred)
	for key, it := range p {
		other, ok := g[key]
		right := ok && s.equal(it, other)
		if right {
			tallies[it.label].TP++
		} else {
			tallies[it.label].FP++
		}
		if it.score > 0 { // files without scores give none, or zero
			s.hits = append(s.hits, scoredHit{it.score, right})
		}
	}
	for key, it := range g {
		if other, ok := p[key]; !ok || !s.equal(it, other) {
			tallies[it.label].FN++
		}
	}
	return tallies
}

// equal compares what the key of both does not hold.
func (s *scorer) equal(a, b item) bool { return s.task == NER || slices.Equal(a.codes, b.codes) }
