package workbench

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

// ProbeKind is what a probe does to the items that it takes.
type ProbeKind string

// The kinds of probes.
const (
	// ProbeShuffle shows the first candidates of an undecided mention in another order:
	// what the models rank first is not shown first.
	ProbeShuffle ProbeKind = "shuffle"
	// ProbeHide shows a suggestion only when its document is finished.
	ProbeHide ProbeKind = "hide"
)

// shuffled is how many candidates change their places: few, so that all are on the screen.
const shuffled = 3

// Probe measures how far suggestions lead the annotator: a share of them is shown
// otherwise than the models would have it, and the journal says which. The zero value
// takes none. Which items it takes follows from the names of their documents and their
// text alone, so it is the same after a restart and on another machine.
type Probe struct {
	Share float64 // of the items, from 0 to 1
	Kind  ProbeKind
}

// NewProbe checks a share, from 0 to 1, and a kind; ProbeShuffle where it is empty.
func NewProbe(share float64, kind string) (Probe, error) {
	if !(share >= 0 && share <= 1) {
		return Probe{}, fmt.Errorf("a probe of %g %%: it takes from 0 to 100 %% of the items", 100*share)
	}
	p := Probe{share, ProbeKind(kind)}
	switch p.Kind {
	case "":
		p.Kind = ProbeShuffle
	case ProbeShuffle, ProbeHide:
	default:
		return Probe{}, fmt.Errorf("probe kind %q: it is %s or %s", kind, ProbeShuffle, ProbeHide)
	}
	return p, nil
}

// String is what the annotator is told; "" where nothing is probed.
func (p Probe) String() string {
	if p.Share == 0 {
		return ""
	}
	return fmt.Sprintf("probe: %s %.4g %%", p.Kind, 100*p.Share)
}

// takes tells whether a mention is probed, with a number that is drawn for it.
func (p Probe) takes(kind ProbeKind, doc, text string) (draw uint64, ok bool) {
	if p.Share == 0 || p.Kind != kind {
		return 0, false
	}
	h := sha256.Sum256([]byte(doc + "\x00" + text))
	const bits = 53 // of the mantissa
	place := float64(binary.BigEndian.Uint64(h[:])>>(64-bits)) / (1 << bits)
	return binary.BigEndian.Uint64(h[8:]), place < p.Share
}

// others are the orders of two and of three candidates in which the first is not first.
var others = map[int][][]int{
	2: {{2, 1}},
	3: {{2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}},
}

// shuffle returns the candidates as they are shown, with the rank, from 1, that the
// models gave each of them; nil ranks where they are as the models rank them.
func (p Probe) shuffle(doc, text string, ranked []kb.Candidate) (shown []kb.Candidate, ranks []int) {
	draw, ok := p.takes(ProbeShuffle, doc, text)
	orders := others[min(shuffled, len(ranked))]
	if !ok || orders == nil {
		return ranked, nil
	}
	ranks = slices.Clone(orders[draw%uint64(len(orders))])
	for len(ranks) < len(ranked) {
		ranks = append(ranks, len(ranks)+1)
	}
	for _, r := range ranks {
		shown = append(shown, ranked[r-1])
	}
	return shown, ranks
}

// lookUp gives an item its candidates, as a probe shows them where it takes the item.
func (w *Workbench) lookUp(d *document, it *Item) {
	it.Candidates, it.Ready = w.candidatesOf(d, it.Mention)
	if it.State.Undecided() {
		it.Candidates, it.Ranks = w.opts.Probe.shuffle(d.name, it.Text, it.Candidates)
	}
}

// ranksOf are the ranks of candidates that were shown, where a probe changed their order.
func (it *Item) ranksOf(shown []kb.Candidate) []int {
	if it.Ranks == nil || len(shown) > len(it.Ranks) || !slices.EqualFunc(shown, it.Candidates[:len(shown)], sameCandidate) {
		return nil // not what was offered, e.g. found by a search
	}
	return slices.Clone(it.Ranks[:len(shown)])
}

// hides tells whether a probe keeps a suggestion from the annotator, who has not passed
// its document yet. The lock is held.
func (w *Workbench) hides(d *document, s suggestion) bool {
	_, ok := w.opts.Probe.takes(ProbeHide, d.name, s.Text)
	return ok && !w.passed[d.name] && !w.fold.Finished(d.name) && !w.fold.Rejected(d.name, s.Label, s.Spans)
}

// arriving counts the suggestions that wait to be shown. The lock is held.
func (w *Workbench) arriving(d *document) int {
	n := len(d.waiting)
	for _, s := range d.waiting {
		if w.hides(d, s) {
			n--
		}
	}
	return n
}

// hidden are the suggestions that a probe keeps from the annotator, each with what is
// annotated in its place; nil for none. The lock is held.
func (w *Workbench) hidden(d *document) []corpus.Hidden {
	var all []corpus.Hidden
	annotated := d.file.Mentions()
	places := newGrid(annotated)
	for _, s := range slices.Concat(d.suggestions, d.waiting) {
		if !w.hides(d, s) {
			continue
		}
		h := corpus.Hidden{Mention: s.Mention.Clone()}
		if i, _ := places.find(s.Mention); i >= 0 {
			m := annotated[i].Clone()
			h.Found = &m
		}
		all = append(all, h)
	}
	return all
}
