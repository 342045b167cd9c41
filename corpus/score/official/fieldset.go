package official

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus/score"
)

// row is an annotation as MedProcNER and SympTEMIST compare it: by the set of
// its fields, in which order and repeats are lost.
type row struct {
	file, start, end, text, label, code cell

	plain string // the set of the fields
	split string // the same with the parts of the code, where the task splits it
}

// rowReader turns tables into rows.
type rowReader struct {
	cells func(column []field) []cell // the types of a column
	code  bool                        // the task compares codes
	parts bool                        // and takes composite ones apart
}

// rows reads the columns that the task compares.
func (rr rowReader) rows(t *table) ([]row, error) {
	need := []string{"filename", "start_span", "end_span", "text", "label"}
	if rr.code {
		need = append(need, "code")
	}
	if t.column("filename") < 0 {
		return nil, dies("KeyError: 'filename'")
	}
	var missing []string
	columns := make([][]cell, len(need))
	for i, name := range need {
		at := t.column(name)
		if at < 0 {
			missing = append(missing, name)
			continue
		}
		columns[i] = rr.cells(t.fields(at))
	}
	if len(missing) > 0 {
		return nil, dies("KeyError: \"%s not in index\"", list(missing))
	}
	rows := make([]row, len(t.rows))
	for i := range rows {
		r := row{file: columns[0][i], start: columns[1][i], end: columns[2][i], text: columns[3][i], label: columns[4][i]}
		if rr.code {
			r.code = columns[5][i]
		}
		r.sets(rr)
		rows[i] = r
	}
	return rows, nil
}

func list(names []string) string { return "['" + strings.Join(names, "', '") + "']" }

func (t *table) fields(at int) []field {
	column := make([]field, len(t.rows))
	for i, r := range t.rows {
		column[i] = r[at]
	}
	return column
}

func (r *row) sets(rr rowReader) {
	keys := []string{r.file.key, r.start.key, r.end.key, r.text.key, r.label.key}
	if rr.parts {
		split := slices.Clone(keys)
		for part := range strings.SplitSeq(r.code.text, "+") {
			split = append(split, textCell(strings.TrimRightFunc(part, isSpace)).key)
		}
		r.split = setKey(split)
	}
	if rr.code {
		keys = append(keys, r.code.key)
	}
	r.plain = setKey(keys)
}

// setKey is the same for equal sets.
func setKey(keys []string) string {
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), "\x00")
}

// matches tells whether a gold row and a predicted one are the same to the script.
func (r *row) matches(p *row) bool {
	return r.split != "" && r.split == p.split || r.plain == p.plain
}

// firstKept drops the rows that repeat file, label, start and end of an earlier one.
func firstKept(rows []row) (kept []row, dropped int) {
	seen := map[[4]string]bool{}
	for _, r := range rows {
		key := [4]string{place(r.file), place(r.label), place(r.start), place(r.end)}
		if seen[key] {
			continue
		}
		seen[key] = true
		kept = append(kept, r)
	}
	return kept, len(rows) - len(kept)
}

// place is the key of a cell where all that is missing is alike.
func place(c cell) string {
	if c.missing() {
		return keyNaN
	}
	return c.key
}

// byFile groups rows; those without a file name are lost, as in a groupby.
func byFile(rows []row) (map[string][]row, error) {
	groups := map[string][]row{}
	for _, r := range rows {
		if !r.file.missing() {
			groups[r.file.key] = append(groups[r.file.key], r)
		}
	}
	if len(groups) == 0 {
		return nil, dies("AttributeError: 'DataFrame' object has no attribute 'to_list'")
	}
	return groups, nil
}

// pairUp matches greedily: gold rows in order, each with the first predicted
// row left that is the same. It returns the pairs and what is left over.
func pairUp(gold, pred []row, same func(g, p *row) (bool, error)) (pairs [][2]*row, goldLeft, predLeft []*row, err error) {
	for i := range pred {
		predLeft = append(predLeft, &pred[i])
	}
	for i := range gold {
		found := -1
		for j, p := range predLeft {
			ok, err := same(&gold[i], p)
			if err != nil {
				return nil, nil, nil, err
			}
			if ok {
				found = j
				break
			}
		}
		if found < 0 {
			goldLeft = append(goldLeft, &gold[i])
			continue
		}
		pairs = append(pairs, [2]*row{&gold[i], predLeft[found]})
		predLeft = slices.Delete(predLeft, found, found+1)
	}
	return pairs, goldLeft, predLeft, nil
}

// setScore scores rows by the sets of their fields.
func (r *run) setScore(gold, pred map[string][]row) (tallies, error) {
	t := tallies{}
	var swapped, otherText int
	for file, goldRows := range gold {
		doc := goldRows[0].file.text
		pairs, goldLeft, predLeft, err := pairUp(goldRows, pred[file], func(g, p *row) (bool, error) { return g.matches(p), nil })
		if err != nil {
			return nil, err
		}
		for _, pair := range pairs {
			t.add(doc, pair[0].label.text, score.Tally{TP: 1})
			if pair[0].start.key != pair[1].start.key {
				swapped++
			}
		}
		for _, g := range goldLeft {
			t.add(doc, g.label.text, score.Tally{FN: 1})
			if slices.ContainsFunc(predLeft, g.differsInText) {
				otherText++
			}
		}
		for _, p := range predLeft {
			t.add(doc, p.label.text, score.Tally{FP: 1})
		}
	}
	r.warnSome(swapped, "pairs match although their offsets differ: the script compares the fields of a row as a set")
	r.warnSome(otherText, "gold rows are missed because the text differs where file, label and offsets agree")
	return t, nil
}

func (r *row) differsInText(p *row) bool {
	return r.start.key == p.start.key && r.end.key == p.end.key && r.label.key == p.label.key && r.text.key != p.text.key
}

// warnRows tells of rows that the script treats in a surprising way.
func (r *run) warnRows(gold, pred map[string][]row, dropped int) {
	r.warnSome(dropped, "predicted rows repeat file, label and offsets of an earlier one; the first is kept, whatever its code")
	var strange, missed []string
	strays := 0
	for file, rows := range pred {
		if gold[file] == nil {
			strange = append(strange, rows[0].file.text)
			strays += len(rows)
		}
	}
	repeated, unread := 0, 0
	for file, rows := range gold {
		if pred[file] == nil {
			missed = append(missed, rows[0].file.text)
		}
		_, again := firstKept(rows)
		repeated += again
		for _, g := range rows {
			if g.text.missing() {
				unread++
			}
		}
	}
	r.warnSome(strays, "predicted rows are dropped: gold has no row for %s", some(strange))
	r.warnSome(len(missed), "gold documents have no predictions, all of their rows count as missed: %s", some(missed))
	r.warnSome(repeated, "gold rows repeat an earlier one; each wants a prediction of its own, and repeated predictions are dropped")
	r.warnSome(unread, "gold texts are read as missing values (NA, null, nan, empty ...)")
}

// kindsOf names the types that a column holds.
func kindsOf(rows []row, get func(*row) cell) string {
	kinds := map[string]bool{}
	for i := range rows {
		c := get(&rows[i])
		switch {
		case c.missing():
		case c.isText():
			kinds["text"] = true
		case strings.ContainsAny(c.text, ".einf"):
			kinds["decimal numbers"] = true
		default:
			kinds["whole numbers"] = true
		}
	}
	var names []string
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " and ")
}

// warnKinds warns where gold and predictions read a column as different types.
func (r *run) warnKinds(gold, pred []row, name string, get func(*row) cell) {
	if g, p := kindsOf(gold, get), kindsOf(pred, get); g != p && g != "" && p != "" {
		r.warnings = append(r.warnings, fmt.Sprintf("column %s is read as %s in gold and as %s in the predictions; text never equals a number", name, g, p))
	}
}
