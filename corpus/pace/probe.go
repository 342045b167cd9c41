package pace

import (
	"encoding/json"
	"iter"
	"math"

	"github.com/gloss-nlp/gloss/corpus"
)

// Rate is how many of some decisions were of a sort.
type Rate struct{ Count, Of int }

// MarshalJSON adds the 95 % interval to the counts.
func (r Rate) MarshalJSON() ([]byte, error) {
	low, high := r.Interval()
	return json.Marshal(struct {
		Count int     `json:"count"`
		Of    int     `json:"of"`
		Low   float64 `json:"low"`
		High  float64 `json:"high"`
	}{r.Count, r.Of, low, high})
}

// Share is between 0 and 1; not-a-number of none.
func (r Rate) Share() float64 { return float64(r.Count) / float64(r.Of) }

// Interval is the 95 % score interval of the share (Wilson, 1927): it is right for few
// decisions and for shares near 0 and 1. Of none it is 0 to 1.
func (r Rate) Interval() (low, high float64) {
	if r.Of == 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	n, p := float64(r.Of), r.Share()
	middle := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 + z*z/n
	return max(0, (middle-half)/scale), min(1, (middle+half)/scale)
}

func (r *Rate) count(yes bool) {
	r.Of++
	if yes {
		r.Count++
	}
}

// Probed compares how an annotator decides on suggestions that a probe showed
// otherwise with the rest. Each mention counts once, by what was first decided on it and
// not taken back; what was decided in bulk does not count.
type Probed struct {
	// First is how often, of the candidates in their own order, the first was taken.
	First Rate `json:"first"`
	// Misled is how often, of shuffled candidates, the one that was shown first was taken,
	// which the models do not rank first: accepted without regard to the order.
	Misled Rate `json:"misled"`
	// Sought is how often, of shuffled candidates, the one that the models rank first was
	// taken, where it stood now.
	Sought Rate `json:"sought"`
	// Kept is how often a suggestion that was shown was taken as it is.
	Kept Rate `json:"kept"`
	// Found is how often a hidden suggestion was annotated all the same, with its label and
	// spans; Touched, with its label and spans that overlap: the found ones too.
	Found   Rate `json:"found"`
	Touched Rate `json:"touched"`
	// Missed is how often, of the hidden suggestions in whose place nothing had been
	// annotated and which were decided on once they were shown, one was then taken as it is.
	Missed Rate `json:"missed"`
}

// CountProbed reads the decisions of one journal, oldest first. undone tells whether a
// step is taken back.
func CountProbed(decisions iter.Seq2[corpus.Decision, error], undone func(step int64) bool) (Probed, error) {
	p := prober{bulk: map[int64]bool{}, seen: map[string]bool{}, own: map[string]bool{}, hidden: map[string]bool{}, missed: map[string]bool{}}
	for d, err := range decisions {
		if err != nil {
			return Probed{}, err
		}
		if d.Kind == corpus.Undo || d.Kind == corpus.Redo || undone(d.Step) {
			continue
		}
		p.take(d)
	}
	return p.Probed, nil
}

// prober collects what Probed is made of. Its keys begin with the document.
type prober struct {
	Probed
	bulk   map[int64]bool  // steps
	seen   map[string]bool // annotations whose candidates were decided on
	own    map[string]bool // annotations that the annotator made without a suggestion
	hidden map[string]bool // places of suggestions that were hidden
	missed map[string]bool // those of them where nothing had been annotated, until decided on
}

func (p *prober) take(d corpus.Decision) {
	switch {
	case d.Kind == corpus.Bulk:
		p.bulk[d.Step] = true
		return
	case d.Kind == corpus.Finish && d.Offer != nil:
		for _, h := range d.Offer.Hidden {
			p.reveal(d.Doc, h)
		}
		return
	}
	if d.Before == nil && d.After != nil {
		p.own[d.Doc+"\x00"+d.After.ID] = true
	}
	if d.Before != nil && d.Before.ID == "" && settlesSuggestion(d) {
		p.suggestion(d)
	}
	if !p.bulk[d.Step] {
		p.candidates(d)
	}
}

// settlesSuggestion leaves out what is said of a suggestion that stays one, e.g. a flag.
func settlesSuggestion(d corpus.Decision) bool {
	return d.After != nil && d.After.ID != "" || d.Kind == corpus.Reject
}

// reveal counts what was hidden until a document was finished, the first time.
func (p *prober) reveal(doc string, h corpus.Hidden) {
	place := placeOf(doc, h.Mention)
	if p.hidden[place] {
		return
	}
	if h.Found != nil && !p.own[doc+"\x00"+h.Found.ID] {
		return // it had stood there before: there was nothing to find
	}
	p.hidden[place] = true
	p.missed[place] = h.Found == nil
	p.Touched.count(h.Found != nil)
	p.Found.count(h.Found != nil && h.Found.Spans.Equal(h.Mention.Spans))
}

func placeOf(doc string, m corpus.Mention) string {
	return doc + "\x00" + m.Label + "\x00" + m.Spans.String()
}

// suggestion counts what became of a suggestion.
func (p *prober) suggestion(d corpus.Decision) {
	place := placeOf(d.Doc, *d.Before)
	kept := d.After != nil && d.After.Label == d.Before.Label && d.After.Spans.Equal(d.Before.Spans)
	switch {
	case p.missed[place]:
		p.missed[place] = false
		p.Missed.count(kept)
	case !p.hidden[place] && !p.bulk[d.Step]:
		p.Kept.count(kept)
	}
}

// candidates counts what was chosen of an offer.
func (p *prober) candidates(d corpus.Decision) {
	chosen := corpus.Link{}
	switch {
	case d.After == nil || d.Offer == nil || len(d.Offer.Candidates) == 0:
		return
	case d.Kind == corpus.SetLink && len(d.After.Links) > 0:
		chosen = d.After.Links[0]
	case d.Kind != corpus.NIL:
		return
	}
	key := d.Doc + "\x00" + d.After.ID
	if p.seen[key] {
		return
	}
	p.seen[key] = true
	took := func(o corpus.Offered) bool { return o.ID == chosen.ID && (o.ID == "" || o.DB == chosen.DB) }
	first := took(d.Offer.Candidates[0])
	if d.Offer.Ranks == nil {
		p.First.count(first)
		return
	}
	best := false
	for i, o := range d.Offer.Candidates {
		best = best || i < len(d.Offer.Ranks) && d.Offer.Ranks[i] == 1 && took(o)
	}
	p.Misled.count(first)
	p.Sought.count(best)
}
