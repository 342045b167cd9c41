package score

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// Annotator is one person's annotations, by document.
type Annotator struct {
	Name string
	Docs map[string][]corpus.Mention
}

// Agreement is how far annotators agree; its JSON is that of gloss agree.
type Agreement struct {
	Annotators []string              `json:"annotators"`
	Documents  int                   `json:"documents"` // those that all have
	Pairs      []PairAgreement       `json:"pairs"`
	Alpha      corpus.Score          `json:"alpha"` // see UAlpha
	PerLabel   map[string]LabelAlpha `json:"per_label"`
	Worst      []DocAgreement        `json:"worst"`    // the documents that disagree most, at most ten
	Warnings   []string              `json:"warnings"` // never nil
}

// LabelAlpha is the agreement of all annotators on one label.
type LabelAlpha struct {
	Alpha corpus.Score `json:"alpha"` // see UAlpha
	F1    corpus.Score `json:"f1"`    // mean over pairs, of those that have one
	Kappa corpus.Score `json:"kappa"` // likewise
}

// PairAgreement is how far two annotators agree.
type PairAgreement struct {
	A        string               `json:"a"`
	B        string               `json:"b"`
	F1       corpus.Score         `json:"f1"` // of label and fragments; the same whichever is taken for gold
	CI95     [2]corpus.Score      `json:"ci95"`
	Kappa    corpus.Score         `json:"kappa"` // Cohen's, over words, each with one label or none
	PerLabel map[string]LabelPair `json:"per_label"`
}

// LabelPair is how far two annotators agree on one label.
type LabelPair struct {
	F1    corpus.Score    `json:"f1"`
	CI95  [2]corpus.Score `json:"ci95"`
	Kappa corpus.Score    `json:"kappa"` // Cohen's, over words: with this label or not
}

// DocAgreement is how far all annotators agree on one document.
type DocAgreement struct {
	Doc           string       `json:"doc"`
	Disagreements int          `json:"disagreements"` // mentions that the other of a pair does not have, over all pairs
	F1            corpus.Score `json:"f1"`            // over all pairs
}

// Agree compares annotators, two at least, on the documents that all of them
// have. texts hold the documents' texts; without one a document has no words
// for kappa, and for alpha its length is where its last mention ends.
func Agree(annotators []Annotator, texts map[string]corpus.Text) (*Agreement, error) {
	if len(annotators) < 2 {
		return nil, fmt.Errorf("%w: agreement needs two annotators at least", ErrOptions)
	}
	a := &agreer{texts: texts, by: annotators, result: &Agreement{PerLabel: map[string]LabelAlpha{}, Warnings: []string{}, Worst: []DocAgreement{}}}
	a.choose()
	a.sums = make(map[string]Tally, len(a.docs))
	for i := range annotators {
		a.result.Annotators = append(a.result.Annotators, annotators[i].Name)
		for j := range i {
			if err := a.pair(j, i); err != nil {
				return nil, err
			}
		}
	}
	a.alphas()
	a.worst()
	return a.result, nil
}

// agreer compares annotators.
type agreer struct {
	texts  map[string]corpus.Text
	by     []Annotator
	docs   []string
	labels []string
	words  map[string][]corpus.Span
	sums   map[string]Tally // by document, over all pairs
	result *Agreement
}

// choose finds the documents that all annotators have, and their labels.
func (a *agreer) choose() {
	all := map[string]int{}
	for _, one := range a.by {
		for doc := range one.Docs {
			all[doc]++
		}
	}
	var partial []string
	for doc, n := range all {
		if n == len(a.by) {
			a.docs = append(a.docs, doc)
		} else {
			partial = append(partial, doc)
		}
	}
	slices.Sort(a.docs)
	a.result.Documents = len(a.docs)
	if len(partial) > 0 {
		a.result.Warnings = append(a.result.Warnings, fmt.Sprintf("%d documents are left out, not all annotators have them: %s", len(partial), some(partial)))
	}
	seen, textless := map[string]bool{}, 0
	a.words = make(map[string][]corpus.Span, len(a.docs))
	for _, doc := range a.docs {
		text, ok := a.texts[doc]
		if !ok {
			textless++
		}
		a.words[doc] = segment.Words(text)
		for _, one := range a.by {
			for _, m := range one.Docs[doc] {
				seen[m.Label] = true
			}
		}
	}
	if textless > 0 {
		a.result.Warnings = append(a.result.Warnings, fmt.Sprintf("%d documents have no text: kappa leaves them out", textless))
	}
	a.labels = slices.Sorted(maps.Keys(seen))
}

// of are the mentions of one annotator in the chosen documents.
func (a *agreer) of(i int) map[string][]corpus.Mention {
	mentions := make(map[string][]corpus.Mention, len(a.docs))
	for _, doc := range a.docs {
		mentions[doc] = a.by[i].Docs[doc]
	}
	return mentions
}

func (a *agreer) pair(i, j int) error {
	r, err := Score(a.of(i), a.of(j), Options{Labels: a.labels})
	if err != nil {
		return err
	}
	for doc, t := range r.docs {
		sum := a.sums[doc]
		sum.add(t)
		a.sums[doc] = sum
	}
	both := Confusion{}
	for _, doc := range a.docs {
		x, y := wordLabels(a.words[doc], a.by[i].Docs[doc]), wordLabels(a.words[doc], a.by[j].Docs[doc])
		for w := range x {
			both.add(x[w], y[w])
		}
	}
	p := PairAgreement{
		A: a.by[i].Name, B: a.by[j].Name, F1: r.F1, CI95: r.CI95, Kappa: Kappa(both), PerLabel: make(map[string]LabelPair, len(a.labels)),
	}
	for _, label := range a.labels {
		c := r.PerLabel[label]
		p.PerLabel[label] = LabelPair{F1: c.F1, CI95: c.CI95, Kappa: Kappa(both.only(label))}
	}
	a.result.Pairs = append(a.result.Pairs, p)
	return nil
}

// only keeps one label; all others become NoLabel.
func (c Confusion) only(label string) Confusion {
	name := func(l string) string {
		if l == label {
			return label
		}
		return NoLabel
	}
	kept := Confusion{}
	for gold, row := range c {
		for pred, n := range row {
			if kept[name(gold)] == nil {
				kept[name(gold)] = map[string]int{}
			}
			kept[name(gold)][name(pred)] += n
		}
	}
	return kept
}

// Kappa is Cohen's kappa (Cohen 1960) of a square table of counts. It is
// not-a-number where chance alone would agree on everything, or nothing is counted.
func Kappa(c Confusion) corpus.Score {
	rows, columns := map[string]int{}, map[string]int{}
	n, same := 0, 0
	for gold, row := range c {
		for pred, count := range row {
			rows[gold] += count
			columns[pred] += count
			n += count
			if gold == pred {
				same += count
			}
		}
	}
	chance := 0 // times n squared
	for label, count := range rows {
		chance += count * columns[label]
	}
	return ratio(n*same-chance, n*n-chance)
}

func (a *agreer) alphas() {
	var all continuum
	for _, label := range a.labels {
		c := a.continuum(label)
		all.add(c)
		kappas, f1s := []corpus.Score{}, []corpus.Score{}
		for _, p := range a.result.Pairs {
			kappas = append(kappas, p.PerLabel[label].Kappa)
			f1s = append(f1s, p.PerLabel[label].F1)
		}
		a.result.PerLabel[label] = LabelAlpha{Alpha: c.alpha(), F1: mean(f1s), Kappa: mean(kappas)}
	}
	a.result.Alpha = all.alpha()
}

// mean is over the scores that are known.
func mean(scores []corpus.Score) corpus.Score {
	sum, n := corpus.Score(0), 0
	for _, s := range scores {
		if s.Known() {
			sum += s
			n++
		}
	}
	if n == 0 {
		return corpus.NoScore
	}
	return sum / corpus.Score(n)
}

func (a *agreer) worst() {
	const most = 10
	for _, doc := range a.docs {
		if t := a.sums[doc]; t.FP+t.FN > 0 {
			a.result.Worst = append(a.result.Worst, DocAgreement{doc, t.FP + t.FN, t.f1()})
		}
	}
	slices.SortFunc(a.result.Worst, func(x, y DocAgreement) int {
		return cmp.Or(cmp.Compare(y.Disagreements, x.Disagreements), cmp.Compare(x.F1, y.F1), cmp.Compare(x.Doc, y.Doc))
	})
	a.result.Worst = a.result.Worst[:min(most, len(a.result.Worst))]
}
