package lens

import (
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Versus holds a model against the first one, over the gold mentions.
type Versus struct {
	Pred      string          `json:"pred"`
	Both      int             `json:"both"`       // gold mentions that both got right
	OnlyFirst int             `json:"only_first"` // that the first got right alone
	OnlyThis  int             `json:"only_this"`
	Neither   int             `json:"neither"`
	Diff      corpus.Score    `json:"diff"`      // its F1 less that of the first
	Diff95    [2]corpus.Score `json:"diff_ci95"` // paired percentile bootstrap by document
}

// Compare holds each report against the first; all must be of the same gold side
// and the same options. It is empty for one report.
func Compare(reports []*Report) []Versus {
	list := []Versus{}
	if len(reports) == 0 {
		return list
	}
	first := reports[0].rightGold()
	for _, r := range reports[1:] {
		d := r.result.Against(reports[0].result)
		v := Versus{Pred: r.Pred, Diff: d.Diff, Diff95: d.Diff95}
		right := r.rightGold()
		for at := range first {
			switch a, b := first[at], right[at]; {
			case a && b:
				v.Both++
			case a:
				v.OnlyFirst++
			case b:
				v.OnlyThis++
			default:
				v.Neither++
			}
		}
		list = append(list, v)
	}
	return list
}

// rightGold tells of every gold mention whether the predictions have it.
func (r *Report) rightGold() map[goldKey]bool {
	all := map[goldKey]bool{}
	for _, c := range r.Cases {
		for _, m := range c.Gold {
			all[goldKey{c.Doc, m.Label, m.Spans.String()}] = c.Class == score.Exact
		}
	}
	return all
}

type goldKey struct{ doc, label, spans string }
