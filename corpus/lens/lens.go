// Package lens looks at where annotations differ from gold ones, and why: boundary
// classes by label, length and cause, the words won and lost at edges, the stage
// at which linking went wrong, and every case behind a count, so that it can be
// shown and mended. It also gives a second opinion on human annotations. It reads
// and prints nothing.
//
// The causes are those that error analyses of clinical entity recognition name
// (Akhtyamova et al. 2020 and others on PharmaCoNER and CANTEMIST): hyphens,
// abbreviations, long entities, misspellings, unseen words, nesting, entities
// recognised in pieces, wrong offsets only.
package lens

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// ErrNothing says that two sides have nothing that could be compared.
var ErrNothing = errors.New("nothing to compare")

// Side is one of the annotations that are compared. Mentions may have scores.
type Side struct {
	Name   string
	Docs   map[string]corpus.Document
	Offers map[Place][]corpus.Offered // candidates that were found for mentions, best first; nil where none are known
}

// Place ties candidates to a mention.
type Place struct {
	Doc, Label string
	Hull       corpus.Span
}

// PlaceOf is where a mention of a document is.
func PlaceOf(doc string, m corpus.Mention) Place { return Place{doc, m.Label, m.Spans.Hull()} }

func (s Side) mentions() map[string][]corpus.Mention {
	all := make(map[string][]corpus.Mention, len(s.Docs))
	for name, d := range s.Docs {
		all[name] = d.Mentions
	}
	return all
}

// Options say what to look at. The zero value looks at all labels of gold.
type Options struct {
	// Labels are looked at, and no others; nil: those that occur in gold, and those
	// that were predicted in their place: some of their mentions overlap gold ones and
	// none overlaps a predicted mention of a label of gold's, as those of other layers do.
	Labels []string
	Known  []corpus.Document              // what the model learnt from, for unseen words and misspellings; nil: not known
	KB     func(label string) Terminology // the knowledge base of a label, nil where it has none; nil: none at all
}

// Report is what the lens saw; its JSON is that of gloss errors.
type Report struct {
	Gold      string            `json:"gold"` // names of the sides
	Pred      string            `json:"pred"`
	Documents int               `json:"documents"`
	Totals    score.Counts      `json:"totals"` // as gloss eval counts them
	Classes   score.ClassCounts `json:"classes"`
	// Labels counts mentions by gold label and then predicted label; Words counts
	// words likewise. score.NoLabel stands for none.
	Labels      score.Confusion    `json:"labels"`
	Words       score.Confusion    `json:"word_labels"`
	Tokens      map[string][]Word  `json:"tokens"` // by side (score.LeftLost and its like), most frequent first
	PerLabel    map[string]Tally   `json:"per_label"`
	Lengths     []Length           `json:"lengths"`
	Causes      map[Cause]Tally    `json:"causes"`                // those that can be told: unseen words and names only where known texts were given
	Calibration *score.Calibration `json:"calibration,omitempty"` // where predictions have scores
	Linking     *Linking           `json:"linking,omitempty"`     // where gold has links
	Warnings    []string           `json:"warnings"`
	Cases       []Case             `json:"cases,omitempty"` // exact ones included, by document and place

	result *score.Result
}

// Tally counts the mentions of both sides that have something in common.
type Tally struct {
	Gold      int               `json:"gold"`
	GoldRight int               `json:"gold_right"` // of them, those of class exact
	Pred      int               `json:"pred"`
	PredRight int               `json:"pred_right"`
	Recall    corpus.Score      `json:"recall"`
	Precision corpus.Score      `json:"precision"`
	Classes   score.ClassCounts `json:"classes"` // those that occur
}

// add counts a mention; gold tells of which side.
func (t *Tally) add(class score.Class, gold bool) {
	right := 0
	if class == score.Exact {
		right = 1
	}
	if gold {
		t.Gold++
		t.GoldRight += right
	} else {
		t.Pred++
		t.PredRight += right
	}
	if t.Classes == nil {
		t.Classes = score.ClassCounts{}
	}
	t.Classes[class]++
}

func (t Tally) done() Tally {
	t.Recall, t.Precision = ratio(t.GoldRight, t.Gold), ratio(t.PredRight, t.Pred)
	if t.Classes == nil {
		t.Classes = score.ClassCounts{}
	}
	return t
}

func ratio(part, whole int) corpus.Score {
	if whole == 0 {
		return corpus.NoScore
	}
	return corpus.Score(part) / corpus.Score(whole)
}

// Look compares predictions with gold. The documents are those of gold. The error
// is ErrNothing where gold has no mention of the labels, or the sides share no
// document, and names the document whose texts differ.
func Look(gold, pred Side, o Options) (*Report, error) {
	texts, err := texts(gold, pred)
	if err != nil {
		return nil, err
	}
	g, p := gold.mentions(), pred.mentions()
	labels, foreign := chooseLabels(g, p, o)
	res, err := score.Score(g, p, score.Options{Labels: labels, Calibration: scored(p)})
	if err != nil {
		return nil, err
	}
	if res.Gold == 0 {
		return nil, fmt.Errorf("%w: gold (%s) has no mention%s: name annotated documents, or other labels", ErrNothing, gold.Name, of(o.Labels))
	}
	pairs := score.Paired(g, p, texts, res.Labels())
	r := &Report{
		Gold: gold.Name, Pred: pred.Name, Documents: len(pairs), Totals: res.Counts, Warnings: res.Warnings,
		Labels: score.MentionConfusion(pairs), Words: score.TokenConfusion(pairs), Tokens: words(score.EdgeTokens(pairs)),
		Calibration: res.Calibration, result: res,
	}
	for _, label := range foreign {
		r.Warnings = append(r.Warnings, fmt.Sprintf("gold has no %s, which was predicted in the place of its labels: it is looked at all the same, and gloss eval counts it only with --labels", label))
	}
	r.Cases = cases(pairs, newCauses(texts, o.Known))
	r.count(res.Labels(), o.Known != nil)
	r.Linking, err = linking(r.Cases, pred.Offers, o.KB)
	return r, err
}

// of names labels in a message.
func of(labels []string) string {
	if labels == nil {
		return ""
	}
	return fmt.Sprintf(" of %q", labels)
}

// texts are the texts of gold's documents, from the side that has them.
func texts(gold, pred Side) (map[string]corpus.Text, error) {
	all := make(map[string]corpus.Text, len(gold.Docs))
	common := 0
	for _, name := range slices.Sorted(maps.Keys(gold.Docs)) {
		text := gold.Docs[name].Text
		other, ok := pred.Docs[name]
		if ok {
			common++
		}
		switch {
		case text.Len() == 0:
			text = other.Text
		case ok && other.Text.Len() > 0 && other.Text.String() != text.String():
			return nil, fmt.Errorf("the text of %s differs between %s and %s: only annotations of one text can be compared", name, gold.Name, pred.Name)
		}
		all[name] = text
	}
	if common == 0 {
		return nil, fmt.Errorf("%w: %s has %d documents and %s has %d, none of the same name", ErrNothing, gold.Name, len(gold.Docs), pred.Name, len(pred.Docs))
	}
	return all, nil
}

// scored tells whether some mention has a score.
func scored(all map[string][]corpus.Mention) bool {
	for _, mentions := range all {
		if slices.ContainsFunc(mentions, func(m corpus.Mention) bool { return m.Score > 0 }) {
			return true
		}
	}
	return false
}

// count sums the cases; known tells whether it is known what was learnt from.
func (r *Report) count(labels []string, known bool) {
	r.Classes = score.ClassCounts{}
	for _, class := range score.Classes() {
		r.Classes[class] = 0
	}
	byLabel, byCause, byLength := map[string]Tally{}, map[Cause]Tally{}, make([]Tally, len(lengths))
	for _, label := range labels {
		byLabel[label] = Tally{}
	}
	for _, cause := range Causes() {
		if known || cause != UnseenWord && cause != UnseenName {
			byCause[cause] = Tally{}
		}
	}
	for _, c := range r.Cases {
		c.each(func(m corpus.Mention, causes []Cause, gold bool) {
			r.Classes[c.Class]++
			addTo(byLabel, m.Label, c.Class, gold)
			byLength[lengthOf(m)].add(c.Class, gold)
			for _, cause := range causes {
				addTo(byCause, cause, c.Class, gold)
			}
		})
	}
	for label, t := range byLabel {
		byLabel[label] = t.done()
	}
	for cause, t := range byCause {
		byCause[cause] = t.done()
	}
	r.PerLabel, r.Causes = byLabel, byCause
	for i, t := range byLength {
		r.Lengths = append(r.Lengths, Length{Words: lengths[i].name, Tally: t.done()})
	}
}

func addTo[K comparable](tallies map[K]Tally, key K, class score.Class, gold bool) {
	t := tallies[key]
	t.add(class, gold)
	tallies[key] = t
}
