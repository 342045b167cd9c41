package lens

import (
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Terminology is what the lens asks of a knowledge base.
type Terminology interface {
	Has(code string) bool                  // whether a code, or each part of a composite one, is a concept
	Named(text string) []string            // the concepts that bear a text as their name, whatever its case
	BrandOf(code string) ([]string, error) // the substances of a brand
}

// Stage is where the way from a gold mention to its concept ended; each has exactly one.
type Stage string

// The stages.
const (
	Linked    Stage = "right"        // the prediction is linked to a concept of gold
	WrongSpan Stage = "span"         // no prediction has the span and the label of gold
	NotLinked Stage = "not_linked"   // the prediction has no link, though the right concept came first, or no candidates are known
	RankedLow Stage = "ranked_low"   // the right concept is among the candidates, below another
	NotInKB   Stage = "not_in_kb"    // the knowledge base has no concept of gold's
	NotInTopK Stage = "not_in_top_k" // it has, and it is not among the candidates
	WrongLink Stage = "wrong_link"   // linked to another concept, and candidates are not known or were not followed
)

// Stages are all stages, from right to wrong.
func Stages() []Stage {
	return []Stage{Linked, WrongSpan, NotInKB, NotInTopK, RankedLow, WrongLink, NotLinked}
}

// LinkCause is something that makes linking hard. A mention may have several.
type LinkCause string

// The causes of linking errors.
const (
	SharedName   LinkCause = "shared_name"  // several concepts of the knowledge base bear the mention's text as a name
	Abbreviation LinkCause = "abbreviation" // the mention is an abbreviation
	BrandName    LinkCause = "brand_name"   // it names a brand whose substance is gold's concept, or has a sign of trade marks
)

// LinkCauses are all causes of linking errors.
func LinkCauses() []LinkCause { return []LinkCause{SharedName, Abbreviation, BrandName} }

// LinkCase is what became of the link of one gold mention.
type LinkCase struct {
	Gold   []string    `json:"gold"` // its concepts; any is right
	Pred   []string    `json:"pred"` // those of the prediction with its span; empty where there is none
	Stage  Stage       `json:"stage"`
	Rank   int         `json:"rank"` // of the first right candidate, from 1; 0 where there is none
	Causes []LinkCause `json:"causes"`
}

// Linking counts gold mentions with links by what became of them.
type Linking struct {
	Mentions int                     `json:"mentions"`
	Stages   map[Stage]int           `json:"stages"` // all stages; sums to Mentions
	Ranks    []Rank                  `json:"ranks"`  // of the right concept, where the span is right and candidates are known
	Causes   map[LinkCause]LinkTally `json:"causes"` // those that can be told: without a knowledge base, abbreviations alone
}

// Rank counts mentions whose right concept is at a rank.
type Rank struct {
	Rank  string `json:"rank"` // "1", a range such as "6–10", or "none"
	Count int    `json:"count"`
}

// LinkTally counts mentions with a cause, those with a right span, and those with a right link.
type LinkTally struct {
	Mentions  int `json:"mentions"`
	SpanRight int `json:"span_right"`
	Right     int `json:"right"`
}

// linking looks at the links of all cases, and notes in each what it found; nil
// where gold has none.
func linking(cases []Case, offers map[Place][]corpus.Offered, kb func(string) Terminology) (*Linking, error) {
	l := newLinking(kb != nil)
	for i := range cases {
		c := &cases[i]
		for at, gold := range c.Gold {
			codes := codesOf(gold)
			if len(codes) == 0 {
				continue
			}
			var terms Terminology
			if kb != nil {
				terms = kb(gold.Label)
			}
			link := linkCase(c, gold, codes, offers, terms)
			var err error
			if link.Causes, err = linkCauses(gold, codes, c.goldCauses[at], terms); err != nil {
				return nil, err
			}
			c.Links = append(c.Links, link)
			l.add(link, offers[PlaceOf(c.Doc, gold)] != nil)
		}
	}
	if l.Mentions == 0 {
		return nil, nil
	}
	return l, nil
}

// newLinking has all stages and ranks, and the causes that can be told.
func newLinking(withKB bool) *Linking {
	l := &Linking{Stages: map[Stage]int{}, Causes: map[LinkCause]LinkTally{Abbreviation: {}}, Ranks: make([]Rank, len(ranks))}
	for _, stage := range Stages() {
		l.Stages[stage] = 0
	}
	for i, r := range ranks {
		l.Ranks[i].Rank = r.name
	}
	if withKB {
		l.Causes[SharedName], l.Causes[BrandName] = LinkTally{}, LinkTally{}
	}
	return l
}

func (l *Linking) add(c LinkCase, known bool) {
	l.Mentions++
	l.Stages[c.Stage]++
	if c.Stage != WrongSpan && known {
		for i, r := range ranks {
			if c.Rank <= r.upTo {
				l.Ranks[i].Count++
				break
			}
		}
	}
	for _, cause := range c.Causes {
		t := l.Causes[cause]
		t.Mentions++
		if c.Stage != WrongSpan {
			t.SpanRight++
		}
		if c.Stage == Linked {
			t.Right++
		}
		l.Causes[cause] = t
	}
}

func codesOf(m corpus.Mention) []string {
	var codes []string
	for _, l := range m.Links {
		if l.ID != "" && !slices.Contains(codes, l.ID) {
			codes = append(codes, l.ID)
		}
	}
	return codes
}

// linkCase finds the stage of a gold mention.
func linkCase(c *Case, gold corpus.Mention, codes []string, offers map[Place][]corpus.Offered, terms Terminology) LinkCase {
	l := LinkCase{Gold: codes, Pred: []string{}, Stage: WrongSpan}
	if c.Class != score.Exact {
		return l
	}
	l.Pred = append(l.Pred, codesOf(c.Pred[0])...)
	offered := offers[PlaceOf(c.Doc, gold)]
	right := func(id string) bool { return slices.Contains(codes, id) }
	l.Rank = 1 + slices.IndexFunc(offered, func(o corpus.Offered) bool { return right(o.ID) })
	switch {
	case slices.ContainsFunc(l.Pred, right):
		l.Stage = Linked
	case l.Rank > 1:
		l.Stage = RankedLow
	case l.Rank == 1 && len(l.Pred) == 0:
		l.Stage = NotLinked
	case l.Rank == 1:
		l.Stage = WrongLink
	case terms != nil && !slices.ContainsFunc(codes, terms.Has):
		l.Stage = NotInKB
	case len(offered) > 0:
		l.Stage = NotInTopK
	case len(l.Pred) > 0:
		l.Stage = WrongLink
	default:
		l.Stage = NotLinked
	}
	return l
}

func linkCauses(m corpus.Mention, codes []string, causes []Cause, terms Terminology) ([]LinkCause, error) {
	found := []LinkCause{}
	var named []string
	if terms != nil {
		named = terms.Named(m.Text)
	}
	if len(named) > 1 {
		found = append(found, SharedName)
	}
	if slices.Contains(causes, ShortAbbreviation) || slices.Contains(causes, LongAbbreviation) {
		found = append(found, Abbreviation)
	}
	brand := terms != nil && strings.ContainsAny(m.Text, "®™")
	for _, id := range named {
		substances, err := terms.BrandOf(id)
		if err != nil {
			return nil, err
		}
		brand = brand || slices.ContainsFunc(substances, func(s string) bool { return slices.Contains(codes, s) })
	}
	if brand {
		found = append(found, BrandName)
	}
	return found, nil
}

// ranks are the rows of the report, each up to a rank.
var ranks = []struct {
	upTo int
	name string
}{{0, "none"}, {1, "1"}, {2, "2"}, {3, "3"}, {5, "4–5"}, {10, "6–10"}, {25, "11–25"}, {1 << 30, "26 and more"}}
