// Package score compares predicted mentions with gold ones: strict scores by
// profile, and top-k accuracy of candidates. It counts integers first and
// derives ratios last, so that sums over documents are exact.
package score

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// ErrOptions says that the options ask for something that does not exist.
var ErrOptions = errors.New("wrong scoring options")

// The tasks that are scored.
const (
	NER  = "ner"  // spans and labels
	Norm = "norm" // spans, labels and their codes
)

// Options choose what is scored, and how. The zero value is profile clean, task ner.
type Options struct {
	Profile string   // see Profiles; empty means clean
	Task    string   // NER or Norm; empty means NER
	Labels  []string // score exactly these labels; nil: those that occur in gold
	Codes   []string // the valid codes of task norm: mentions with any other are left out, gold included; nil: every code
}

// Result is a comparison; its JSON is that of gloss eval.
type Result struct {
	Profile string `json:"profile"`
	Task    string `json:"task"`
	Counts
	PerLabel map[string]Counts `json:"per_label"`
	Warnings []string          `json:"warnings"` // what was left out or looks wrong, never nil
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
	CI95      [2]corpus.Score `json:"ci95"` // of F1: percentile bootstrap by document
}

// tally is what one document adds to the counts of one label.
type tally struct{ tp, fp, fn int }

func (t *tally) add(o tally) {
	t.tp += o.tp
	t.fp += o.fp
	t.fn += o.fn
}

// f1 is the harmonic mean of precision and recall; 0 where one side is empty,
// not-a-number where both are.
func (t tally) f1() corpus.Score { return ratio(2*t.tp, 2*t.tp+t.fp+t.fn) }

func (t tally) counts(interval [2]corpus.Score) Counts {
	c := Counts{TP: t.tp, FP: t.fp, FN: t.fn, Pred: t.tp + t.fp, Gold: t.tp + t.fn, F1: t.f1(), CI95: interval}
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
// options name an unknown profile or task.
func Score(gold, pred map[string][]corpus.Mention, o Options) (*Result, error) {
	s, err := newScorer(gold, o)
	if err != nil {
		return nil, err
	}
	s.warnOthers(gold, pred)
	docs := slices.Sorted(maps.Keys(gold))
	tallies := make([][]tally, 0, len(docs)) // by document, then by label
	for _, doc := range docs {
		found, ok := pred[doc]
		if !ok && s.profile.missing == missingSkipped {
			continue
		}
		tallies = append(tallies, s.compare(gold[doc], found))
	}
	s.warnCounts()
	r := &Result{Profile: s.name, Task: s.task, PerLabel: map[string]Counts{}, Warnings: s.warnings}
	intervals := bootstrap(tallies, len(s.labels))
	var all tally
	for i, label := range s.labels {
		var sum tally
		for _, t := range tallies {
			sum.add(t[i])
		}
		r.PerLabel[label] = sum.counts(intervals[i])
		all.add(sum)
	}
	r.Counts = all.counts(intervals[len(s.labels)])
	return r, nil
}

// scorer holds the options in a form that is quick to ask, and what there is to warn of.
type scorer struct {
	name, task string
	profile    profile
	labels     []string
	place      map[string]int  // of a label among labels
	valid      map[string]bool // codes; nil: every one
	warnings   []string

	repeated, invalid, unlinked sides
}

// sides counts something in gold and in the predictions.
type sides struct{ gold, pred int }

func newScorer(gold map[string][]corpus.Mention, o Options) (*scorer, error) {
	s := &scorer{name: o.Profile, task: o.Task, labels: slices.Clone(o.Labels), place: map[string]int{}, warnings: []string{}}
	if s.name == "" {
		s.name = "clean"
	}
	if s.task == "" {
		s.task = NER
	}
	var ok bool
	if s.profile, ok = profiles[s.name]; !ok {
		return nil, fmt.Errorf("%w: unknown profile %q: choose one of %s", ErrOptions, s.name, strings.Join(Profiles(), ", "))
	}
	if s.task != NER && s.task != Norm {
		return nil, fmt.Errorf("%w: profile %s has no task %q: choose %s or %s", ErrOptions, s.name, s.task, NER, Norm)
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
func (s *scorer) compare(gold, pred []corpus.Mention) []tally {
	tallies := make([]tally, len(s.labels))
	g := s.items(gold, &s.repeated.gold, &s.invalid.gold, &s.unlinked.gold)
	p := s.items(pred, &s.repeated.pred, &s.invalid.pred, &s.unlinked.pred)
	for key, it := range p {
		if other, ok := g[key]; ok && s.equal(it, other) {
			tallies[it.label].tp++
		} else {
			tallies[it.label].fp++
		}
	}
	for key, it := range g {
		if other, ok := p[key]; !ok || !s.equal(it, other) {
			tallies[it.label].fn++
		}
	}
	return tallies
}

// equal compares what the key of both does not hold.
func (s *scorer) equal(a, b item) bool { return s.task == NER || slices.Equal(a.codes, b.codes) }
