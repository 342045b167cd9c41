package official

import (
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// classNames are the four classes of LivingNER's clinical application.
var classNames = []string{"Pet", "AnimalInjury", "Food", "Nosocomial"}

const applicationHeader = "filename,isPet,PetIDs,isAnimalInjury,AnimalInjuryIDs,isFood,FoodIDs,isNosocomial,NosocomialIDs"

// verdict is what a file says of one document and class.
type verdict struct {
	yes   bool
	codes string
}

// verdicts are by document, then by the place of the class.
type verdicts map[string][]verdict

// application is task app of LivingNER: for each class whether it applies to a
// document (simple), and with which codes (complex). There is no overall score.
func application(r *run) (*score.Result, error) {
	data, err := r.codes()
	if err != nil {
		return nil, err
	}
	valid, err := livingner.dictionary(data)
	if err != nil {
		return nil, err
	}
	valid["NA"] = true
	gold, err := r.verdicts(r.Gold, "gold", valid)
	if err != nil {
		return nil, err
	}
	pred, err := r.verdicts(r.Pred, "predicted", valid)
	if err != nil {
		return nil, err
	}
	strange := 0
	for doc := range pred {
		if _, ok := gold[doc]; !ok {
			strange++
		}
	}
	r.warnSome(strange, "predicted documents are not in gold, yet each Yes in them counts as a false positive")
	classes := map[string]score.Counts{}
	for i, name := range classNames {
		classes["simple."+name] = r.class(gold, pred, i, func(g, p verdict) bool { return true })
		classes["complex."+name] = r.class(gold, pred, i, func(g, p verdict) bool { return g.codes == p.codes })
	}
	r.warn("there is no overall score: see the classes; a complex class is right where all codes of a document are")
	res := &score.Result{
		Profile: r.Profile, Task: r.Task, PerLabel: map[string]score.Counts{}, Classes: classes, Warnings: r.warnings,
		Counts: score.Counts{
			Precision: corpus.NoScore, Recall: corpus.NoScore, F1: corpus.NoScore,
			CI95: [2]corpus.Score{corpus.NoScore, corpus.NoScore},
		},
	}
	return res, nil
}

// class counts the documents that both sides say yes to, where same holds.
func (r *run) class(gold, pred verdicts, i int, same func(g, p verdict) bool) score.Counts {
	t := tallies{}
	for doc, p := range pred {
		if p[i].yes {
			t.add(doc, "", score.Tally{FP: 1})
		}
	}
	for doc, g := range gold {
		if !g[i].yes {
			continue
		}
		if p, ok := pred[doc]; ok && p[i].yes && same(g[i], p[i]) {
			t.add(doc, "", score.Tally{TP: 1, FP: -1})
		} else {
			t.add(doc, "", score.Tally{FN: 1})
		}
	}
	var res score.Result
	res.Sum(t, nil)
	return r.rounded(res.Counts)
}

// verdicts reads one side: the first row of each document, without those that
// hold an invalid code in any class.
func (r *run) verdicts(path, side string, valid map[string]bool) (verdicts, error) {
	data, err := r.readFile(path)
	if err != nil {
		return nil, err
	}
	t, err := readTable(data, literal)
	if err != nil {
		return nil, err
	}
	if header := strings.Join(t.columns, ","); header != applicationHeader {
		return nil, dies("Exception: Error! File headers are not correct %s: %s", path, header)
	}
	found := verdicts{}
	seen := map[string]bool{}
	repeated, invalid := 0, 0
	for _, row := range t.rows {
		if seen[row[0].text] {
			repeated++
			continue
		}
		seen[row[0].text] = true
		v := make([]verdict, len(classNames))
		ok := true
		for i := range v {
			v[i] = verdict{row[1+2*i].text == "Yes", applicationCodes(row[2+2*i].text)}
			ok = ok && allValid(v[i].codes, valid)
		}
		if !ok {
			invalid++
			continue
		}
		found[row[0].text] = v
	}
	r.warnSome(repeated, "%s rows repeat a document; the first is kept", side)
	r.warnSome(invalid, "%s rows are left out with all their classes: they hold a code that is not in the list", side)
	return found, nil
}

// applicationCodes is the form in which the codes of a class are compared:
// parts between plus signs, each with its own parts between bars.
func applicationCodes(codes string) string {
	var all strings.Builder
	for part := range strings.SplitSeq(codes, "+") {
		all.WriteString("+" + livingner.normal(part))
	}
	parts := strings.Split(sortedParts(strip(all.String()), "++", "+"), "+")
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), "+")
}
