package official

import (
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// medprocner is tasks ner and norm of MedProcNER.
func medprocner(r *run) (*score.Result, error) {
	lonely := 0
	rr := rowReader{
		cells: func(column []field) []cell { return inferred(column, &lonely) },
		code:  r.Task == "norm", parts: r.Task == "norm",
	}
	d := dialect{quotes: true, header: true}
	gold, pred, err := r.rowPair(d, rr, true)
	if err != nil {
		return nil, err
	}
	t, err := r.setScore(gold, pred)
	if err != nil {
		return nil, err
	}
	return r.result(t), nil
}

// symptemist is all tasks of SympTEMIST.
func symptemist(r *run) (*score.Result, error) {
	rr := rowReader{cells: asText, code: r.Task != "ner"}
	gold, pred, err := r.rowPair(dialect{python: true, header: true}, rr, r.Task != "multi")
	if err != nil {
		return nil, err
	}
	t, err := r.setScore(gold, pred)
	if err != nil {
		return nil, err
	}
	r.warnQuotes(gold, pred)
	var overlap *score.Counts
	if r.Task == "ner" {
		if overlap, err = r.overlap(gold, pred); err != nil {
			return nil, err
		}
	}
	res := r.result(t)
	res.Overlap = overlap
	if r.Task != "ner" {
		accuracy := res.Recall
		res.Accuracy = &accuracy
		res.Warnings = append(res.Warnings, "the script prints accuracy alone: right rows of gold rows; precision and F1 are not its")
	}
	return res, nil
}

// rowPair reads gold and predictions, by file.
func (r *run) rowPair(d dialect, rr rowReader, dedupe bool) (gold, pred map[string][]row, err error) {
	goldTable, err := r.mentionTable(r.Gold, d, spanLayout, rr.code)
	if err != nil {
		return nil, nil, in(r.Gold, err)
	}
	predTable, err := r.mentionTable(r.Pred, d, spanLayout, rr.code)
	if err != nil {
		return nil, nil, in(r.Pred, err)
	}
	if dedupe {
		if missing := predTable.lacks("filename", "label", "start_span", "end_span"); missing != nil {
			return nil, nil, dies("KeyError: Index(%s, dtype='object')", list(missing))
		}
	}
	goldRows, err := rr.rows(goldTable)
	if err != nil {
		return nil, nil, err
	}
	if gold, err = byFile(goldRows); err != nil {
		return nil, nil, err
	}
	predRows, err := rr.rows(predTable)
	if err != nil {
		return nil, nil, err
	}
	dropped := 0
	if dedupe {
		predRows, dropped = firstKept(predRows)
	}
	if pred, err = byFile(predRows); err != nil {
		return nil, nil, err
	}
	r.warnRows(gold, pred, dropped)
	r.warnKinds(goldRows, predRows, "filename", func(x *row) cell { return x.file })
	r.warnKinds(goldRows, predRows, "start_span", func(x *row) cell { return x.start })
	r.warnKinds(goldRows, predRows, "end_span", func(x *row) cell { return x.end })
	r.warnKinds(goldRows, predRows, "code", func(x *row) cell { return x.code })
	return gold, pred, nil
}

func (t *table) lacks(names ...string) []string {
	var missing []string
	for _, name := range names {
		if t.column(name) < 0 {
			missing = append(missing, name)
		}
	}
	return missing
}

func (r *run) warnQuotes(gold, pred map[string][]row) {
	count := func(files map[string][]row) (n int) {
		for _, rows := range files {
			for _, x := range rows {
				if strings.HasPrefix(x.text.text, `"`) {
					n++
				}
			}
		}
		return n
	}
	if g, p := count(gold), count(pred); g+p > 0 {
		r.warn("%d gold and %d predicted texts begin with a quotation mark: the script reads quotes literally, so both sides must have the same ones", g, p)
	}
}

// overlap pairs rows whose offsets overlap as text, not as numbers.
func (r *run) overlap(gold, pred map[string][]row) (*score.Counts, error) {
	t := tallies{}
	unlike := 0
	for file, goldRows := range gold {
		doc := goldRows[0].file.text
		pairs, goldLeft, predLeft, err := pairUp(goldRows, pred[file], overlaps)
		if err != nil {
			return nil, err
		}
		t.add(doc, "", score.Tally{TP: len(pairs), FP: len(predLeft), FN: len(goldLeft)})
		for _, pair := range pairs {
			if !overlapAsNumbers(pair[0], pair[1]) {
				unlike++
			}
		}
		for _, g := range goldLeft {
			if slices.ContainsFunc(predLeft, func(p *row) bool { return overlapAsNumbers(g, p) }) {
				unlike++
			}
		}
	}
	r.warnSome(unlike, "gold rows overlap a prediction as numbers but not as text, or the other way round: the script compares offsets as text")
	var res score.Result
	res.Sum(t, nil)
	counts := r.rounded(res.Counts)
	return &counts, nil
}

// overlaps is p0 <= g0 <= p1 or g0 <= p0 <= g1, and the same label; missing
// labels, which are the same in a set, are not equal to each other here.
func overlaps(g, p *row) (bool, error) {
	inside, err := between(p.start, g.start, p.end)
	if err == nil && !inside {
		inside, err = between(g.start, p.start, g.end)
	}
	return inside && g.label.key == p.label.key && g.label.key != keyNaN, err
}

// between is a <= b <= c in Python: the second comparison is made only where
// the first holds, not-a-number is never in order, and other types do not mix.
func between(a, b, c cell) (bool, error) {
	for _, pair := range [][2]cell{{a, b}, {b, c}} {
		switch x, y := pair[0], pair[1]; {
		case x.isText() && y.isText():
			if x.text > y.text {
				return false, nil
			}
		case x.key == keyNaN && y.key == keyNaN:
			return false, nil
		default:
			return false, dies("TypeError: '<=' not supported between instances of '%s' and '%s'", typeName(x), typeName(y))
		}
	}
	return true, nil
}

func typeName(c cell) string {
	switch {
	case c.key == keyNone:
		return "NoneType"
	case c.missing():
		return "float"
	}
	return "str"
}

// overlapAsNumbers is what a reader would expect, touching spans included as the script does.
func overlapAsNumbers(g, p *row) bool {
	span := func(x *row) (corpus.Span, bool) {
		start, errStart := toInt(x.start.text)
		end, errEnd := toInt(x.end.text)
		return corpus.Span{Start: corpus.Off(start), End: corpus.Off(end)}, errStart == nil && errEnd == nil
	}
	a, okA := span(g)
	b, okB := span(p)
	return okA && okB && g.label.key == p.label.key && (b.Start <= a.Start && a.Start <= b.End || a.Start <= b.Start && b.Start <= a.End)
}
