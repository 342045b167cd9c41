package official

import (
	"maps"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// depth is as far as a ranking is looked at.
const depth = 1000

// ranking is the codes of one document, best first, each once.
type ranking []string

// coding is the mean average precision of CANTEMIST's coding task, as
// trectools 0.0.44 computes it: the order of the file is the ranking.
func coding(r *run) (*score.Result, error) {
	valid, err := r.validCodes()
	if err != nil {
		return nil, err
	}
	names := []string{"document", "code"}
	gold, err := r.rankings(r.Gold, dialect{quotes: true, header: true, names: names}, nil)
	if err != nil {
		return nil, err
	}
	pred, err := r.rankings(r.Pred, dialect{quotes: true, names: names}, valid)
	if err != nil {
		return nil, err
	}
	r.warn("the first row of gold is taken for a header, whatever it holds; codes are compared without regard to case")
	strange, unranked := 0, 0
	for doc := range pred {
		if _, ok := gold[doc]; !ok {
			strange++
		}
	}
	for doc := range gold {
		if len(pred[doc]) == 0 {
			unranked++
		}
	}
	r.warnSome(strange, "predicted documents are dropped: gold does not have them")
	r.warnSome(unranked, "gold documents have no valid predicted code and are no part of the mean")
	t := tallies{}
	mean, ranked := r.averages(gold, pred, t)
	if ranked == 0 { // trectools divides by no documents, unless gold has no code at all
		mean = float64(corpus.NoScore)
		if !slices.ContainsFunc(slices.Collect(maps.Values(gold)), func(codes ranking) bool { return len(codes) > 0 }) {
			mean = 0
		}
	}
	res := r.result(t)
	clear(res.PerLabel)
	m := corpus.Score(mean)
	if m.Known() {
		m = r.roundScore(m)
	}
	res.MAP = &m
	res.Warnings = append(res.Warnings, "the script prints the mean average precision alone; the counts are of distinct codes by document, whatever their rank")
	return res, nil
}

// averages sums the average precision of each document and counts its codes.
func (r *run) averages(gold, pred map[string]ranking, t tallies) (mean float64, ranked int) {
	sum := 0.0
	for _, doc := range slices.Sorted(maps.Keys(gold)) {
		codes, want := pred[doc], gold[doc]
		codes = codes[:min(depth, len(codes))]
		if len(codes) > 0 {
			ranked++
		}
		hits, precision := 0, 0.0
		for i, code := range codes {
			if slices.Contains(want, code) {
				hits++
				precision += float64(hits) / float64(i+1)
			}
		}
		if len(want) > 0 {
			sum += precision / float64(len(want))
		}
		t.add(doc, "", score.Tally{TP: hits, FP: len(codes) - hits, FN: len(want) - hits})
	}
	return sum / float64(ranked), ranked
}

// validCodes are the first column of the list, in lower case.
func (r *run) validCodes() (map[string]bool, error) {
	data, err := r.codes()
	if err != nil {
		return nil, err
	}
	rows, err := tokenise(strings.TrimPrefix(string(data), "\ufeff"), dialect{quotes: true})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, dies("EmptyDataError: No columns to parse from file")
	}
	column := make([]field, len(rows))
	for i, row := range rows {
		column[i].text = row.fields[0]
	}
	lonely := 0
	valid := map[string]bool{}
	for _, c := range inferred(column, &lonely) {
		if !c.isText() {
			return nil, dies("AttributeError: 'float' object has no attribute 'lower'")
		}
		valid[strings.ToLower(c.text)] = true
	}
	return valid, nil
}

// rankings reads one side: codes in lower case, each once; those that are not
// valid are then left out, where valid is not nil.
func (r *run) rankings(path string, d dialect, valid map[string]bool) (map[string]ranking, error) {
	side, importError := "predicted", "The predictions file does not have 2 columns. Then, it was not imported"
	if d.header {
		side, importError = "gold", "The GS file does not have 2 columns. Then, it was not imported"
	}
	data, err := r.readFile(path)
	if err != nil {
		return nil, err
	}
	records, err := tokenise(strings.TrimPrefix(string(data), "\ufeff"), d)
	if err != nil {
		return nil, err
	}
	if len(records) > 0 && len(records[0].fields) != 2 {
		return nil, dies("ImportError: %s", importError)
	}
	t, err := readTable(data, d)
	if err != nil {
		return nil, err
	}
	lonely := 0
	docs, codes := inferred(t.fields(0), &lonely), inferred(t.fields(1), &lonely)
	if len(codes) > 0 && !slices.ContainsFunc(codes, cell.isText) {
		return nil, dies("AttributeError: Can only use .str accessor with string values!")
	}
	all := map[string]ranking{}
	repeated, invalid, unread := 0, 0, 0
	for i, doc := range docs {
		code := strings.ToLower(codes[i].text)
		switch {
		case doc.missing():
			unread++
		case codes[i].missing():
			all[doc.key] = append(all[doc.key], nil...) // the document is there all the same
			unread++
		case slices.Contains(all[doc.key], code):
			repeated++
		case valid != nil && !valid[code]:
			invalid++
		default:
			all[doc.key] = append(all[doc.key], code)
		}
	}
	r.warnSome(unread, "%s rows are lost: their document or code is read as missing (NA, null, nan, empty ...)", side)
	r.warnSome(repeated, "%s codes repeat one of their document; the first is kept", side)
	r.warnSome(invalid, "%s codes are not in the list and are left out before ranks are counted", side)
	return all, nil
}
