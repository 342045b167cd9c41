package lens

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// ErrNoScores says that a model's annotations have no scores: its confidence is not known.
var ErrNoScores = errors.New("no scores")

// OpinionKind says what an opinion is about.
type OpinionKind string

// The kinds of opinions.
const (
	SpanOpinion     OpinionKind = "span"     // the model sees a mention where the person marked nothing
	BoundaryOpinion OpinionKind = "boundary" // the model draws its edges elsewhere, or makes several of one or one of several
	LabelOpinion    OpinionKind = "label"    // the model gives the same span another label
	LinkOpinion     OpinionKind = "link"     // the model links the same mention to another concept
	UnevenOpinion   OpinionKind = "uneven"   // the same string is annotated in one place and not in another
)

// OpinionKinds are all kinds, in the order of reports.
func OpinionKinds() []OpinionKind {
	return []OpinionKind{SpanOpinion, BoundaryOpinion, LabelOpinion, LinkOpinion, UnevenOpinion}
}

// Opinion is a place where a person's annotations are in doubt.
type Opinion struct {
	Kind       OpinionKind      `json:"kind"`
	Doc        string           `json:"doc"`
	Human      []corpus.Mention `json:"human"`      // what is annotated there; empty where nothing is
	Model      []corpus.Mention `json:"model"`      // what might be instead; empty for no annotation
	Confidence corpus.Score     `json:"confidence"` // the model's, of its weakest mention; of uneven strings the share of places that speak for it
	Why        string           `json:"why"`
}

// OpinionOptions say how sure a second opinion must be.
type OpinionOptions struct {
	Labels []string     // as in Options
	Sure   corpus.Score // the least score of the model's mentions
	// SureLink is the least score of the model's concept, and that of the person's
	// must be below half of it.
	SureLink corpus.Score
	Uneven   corpus.Score // the least share of places; see uneven.go
}

// SecondOpinion lists where a model contradicts a person with confidence, and
// strings that the person annotates in one place and not in another; the surest
// come first. Annotations of which the model sees no trace are not among them: it
// says nothing of how sure it is of nothing. The model's side may have no
// documents, and only strings are looked at then. The error is ErrNoScores where
// its mentions have no scores.
func SecondOpinion(human, model Side, o OpinionOptions) ([]Opinion, error) {
	found := []Opinion{}
	if len(model.Docs) > 0 {
		r, err := Look(human, model, Options{Labels: o.Labels})
		if err != nil {
			return nil, err
		}
		if r.Totals.Pred > 0 && r.Calibration == nil {
			return nil, fmt.Errorf("%w: the mentions of %s have none, so nothing is known of how sure they are: give what gloss annotate wrote, with its gloss.jsonl", ErrNoScores, model.Name)
		}
		for _, c := range r.Cases {
			found = append(found, contradictions(c, model.Offers, o)...)
		}
	}
	found = append(found, unevens(human, o)...)
	slices.SortStableFunc(found, func(a, b Opinion) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.Doc, b.Doc), cmp.Compare(a.start(), b.start()))
	})
	return found, nil
}

func (o Opinion) start() corpus.Off {
	return Case{Gold: o.Human, Pred: o.Model}.Hull().Start
}

// contradictions are what a model has against the annotations of one case.
func contradictions(c Case, offers map[Place][]corpus.Offered, o OpinionOptions) []Opinion {
	op := Opinion{Doc: c.Doc, Human: c.Gold, Model: c.Pred, Confidence: weakest(c.Pred)}
	switch c.Class {
	case score.Missed:
		return nil
	case score.Exact:
		return linkOpinion(c, offers, o)
	case score.Spurious:
		op.Kind, op.Why = SpanOpinion, "not annotated"
	case score.LabelOnly:
		op.Kind, op.Why = LabelOpinion, fmt.Sprintf("%s, not %s", c.Pred[0].Label, c.Gold[0].Label)
	default:
		op.Kind, op.Why = BoundaryOpinion, string(c.Class)
	}
	if op.Confidence < o.Sure || !op.Confidence.Known() {
		return nil
	}
	return []Opinion{op}
}

// weakest is the lowest score of mentions; none where one of them has none.
func weakest(mentions []corpus.Mention) corpus.Score {
	low := corpus.Score(1)
	for _, m := range mentions {
		if !m.Score.Known() {
			return corpus.NoScore
		}
		low = min(low, m.Score)
	}
	return low
}

func linkOpinion(c Case, offers map[Place][]corpus.Offered, o OpinionOptions) []Opinion {
	human, model := c.Gold[0], c.Pred[0]
	codes, offered := codesOf(human), offers[PlaceOf(c.Doc, human)]
	if len(codes) == 0 || len(offered) == 0 || slices.Contains(codes, offered[0].ID) {
		return nil
	}
	best := offered[0]
	own := slices.IndexFunc(offered, func(o corpus.Offered) bool { return slices.Contains(codes, o.ID) })
	if best.ID == "" || !(best.Score >= o.SureLink) || own >= 0 && !(offered[own].Score < best.Score/2) {
		return nil
	}
	why := fmt.Sprintf("%s, not %s, which is no candidate", best.ID, codes[0])
	if own >= 0 {
		why = fmt.Sprintf("%s, not %s, which is candidate %d", best.ID, codes[0], own+1)
	}
	model.Links = []corpus.Link{{DB: best.DB, ID: best.ID}}
	return []Opinion{{Kind: LinkOpinion, Doc: c.Doc, Human: c.Gold, Model: []corpus.Mention{model}, Confidence: best.Score, Why: why}}
}

// sortedDocs are the names of a side's documents.
func (s Side) sortedDocs() []string { return slices.Sorted(maps.Keys(s.Docs)) }
