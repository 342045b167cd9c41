package official

import (
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus/score"
)

// temistRules say where DisTEMIST and LivingNER differ.
type temistRules struct {
	layout  layout
	labels  []string // all others are left out
	headers []string // the only ones that are read, joined by commas
	strip   bool     // white space around codes is no part of them
	trimmed bool     // the dictionary's lines lose theirs; else a line is cut at its first tab and keeps its end
}

var (
	distemist = temistRules{
		layout: offLayout, labels: []string{"ENFERMEDAD"},
		headers: []string{
			"filename,mark,label,off0,off1,span", "filename,label,off0,off1,span",
			"filename,mark,label,off0,off1,span,code", "filename,label,off0,off1,span,code",
			"filename,mark,label,off0,off1,span,code,semantic_rel",
		},
	}
	livingner = temistRules{
		layout: taxonLayout, labels: []string{"SPECIES", "HUMAN"}, strip: true, trimmed: true,
		headers: []string{
			"filename,mark,label,off0,off1,span", "filename,mark,label,off0,off1,span,NCBITax",
			"filename,mark,label,off0,off1,span,isH,isN,iscomplex,NCBITax",
		},
	}
)

// literal is how both read tables: quotes are nothing special, nothing is
// missing, everything is text.
var literal = dialect{header: true}

// mark is a row of their tables.
type mark struct {
	file, offset, label string
	code                string
}

// key is what makes two rows the same annotation.
func (m mark) key() [3]string { return [3]string{m.file, m.offset, m.label} }

// temist is tasks ner and norm of DisTEMIST and LivingNER.
func temist(r *run) (*score.Result, error) {
	rules := distemist
	if r.Profile == "livingner" {
		rules = livingner
	}
	gold, goldCoded, err := r.marks(r.Gold, "gold", rules)
	if err != nil {
		return nil, err
	}
	pred, predCoded, err := r.marks(r.Pred, "predicted", rules)
	if err != nil {
		return nil, err
	}
	switch {
	case len(pred) == 0:
		return nil, dies("Exception: There are not parsed predicted annotations")
	case len(gold) == 0:
		return nil, dies("Exception: There are not parsed Gold Standard annotations")
	}
	pred = r.inGold(gold, pred)
	if r.Task == "norm" && !(goldCoded && predCoded) {
		return nil, dies("KeyError: '%s_x'", rules.layout.code)
	}
	if len(pred) == 0 {
		return nil, dies("ZeroDivisionError: division by zero")
	}
	return r.result(r.join(gold, pred)), nil
}

// join counts a gold row as found where a predicted row has its file, offset
// and label, and in task norm its code.
func (r *run) join(gold, pred []mark) tallies {
	t := tallies{}
	codes := map[[3]string]string{}
	for _, m := range pred {
		codes[m.key()] = m.code
		t.add(m.file, m.label, score.Tally{FP: 1})
	}
	for _, m := range gold {
		code, ok := codes[m.key()]
		if ok && (r.Task != "norm" || code == m.code) {
			t.add(m.file, m.label, score.Tally{TP: 1, FP: -1})
		} else {
			t.add(m.file, m.label, score.Tally{FN: 1})
		}
	}
	return t
}

// inGold drops predictions for other documents than those that gold has left.
func (r *run) inGold(gold, pred []mark) []mark {
	files, found := map[string]bool{}, map[string]bool{}
	for _, m := range gold {
		files[m.file] = true
	}
	var kept []mark
	for _, m := range pred {
		if files[m.file] {
			kept = append(kept, m)
			found[m.file] = true
		}
	}
	r.warnSome(len(pred)-len(kept), "predicted rows are dropped: gold has no row for their documents")
	r.warnSome(len(files)-len(found), "gold documents have no predictions, all of their rows count as missed")
	return kept
}

// marks reads one side; side names it in warnings. coded tells whether the
// table has codes.
func (r *run) marks(path, side string, rules temistRules) (kept []mark, coded bool, err error) {
	t, err := r.mentionTable(path, literal, rules.layout, r.Task == "norm")
	if err != nil {
		return nil, false, in(path, err)
	}
	if header := strings.Join(t.columns, ","); !slices.Contains(rules.headers, header) {
		return nil, false, dies("Exception: Error! File headers are not correct in %s: %s", path, header)
	}
	coded = t.column(rules.layout.code) >= 0
	kept = r.firstMarks(t, side, rules)
	if !coded {
		return kept, false, nil
	}
	data, err := r.codes()
	if err != nil {
		return nil, false, err
	}
	valid, err := rules.dictionary(data)
	if err != nil {
		return nil, false, err
	}
	before := len(kept)
	kept = slices.DeleteFunc(kept, func(m mark) bool { return !allValid(m.code, valid) })
	r.warnSome(before-len(kept), "%s rows are left out: they hold a code that is not in the list (this happens in every task where the table has codes)", side)
	return kept, coded, nil
}

// firstMarks reads the rows of the task's labels, the first of each annotation.
func (r *run) firstMarks(t *table, side string, rules temistRules) []mark {
	l := rules.layout
	at := func(row []field, column string) string {
		if i := t.column(column); i >= 0 {
			return row[i].text
		}
		return ""
	}
	var kept []mark
	seen := map[[3]string]bool{}
	others, repeated := 0, 0
	for _, row := range t.rows {
		m := mark{file: at(row, l.file), offset: at(row, l.start) + " " + at(row, l.end), label: at(row, l.label)}
		switch {
		case !slices.Contains(rules.labels, m.label):
			others++
			continue
		case seen[m.key()]:
			repeated++
			continue
		}
		seen[m.key()] = true
		m.code = rules.normal(at(row, l.code))
		kept = append(kept, m)
	}
	r.warnSome(others, "%s rows are left out: their label is not among %s", side, strings.Join(rules.labels, ", "))
	r.warnSome(repeated, "%s rows repeat file, label and offsets of an earlier one; the first is kept, whatever its code", side)
	return kept
}

// normal is the form in which codes are compared.
func (rules temistRules) normal(code string) string {
	if rules.strip {
		code = strip(code)
	}
	return sortedParts(code, "+", "|")
}

// sortedParts replaces one separator by another, sorts the parts as text, each
// once, and cuts separators off both ends.
func sortedParts(code, from, to string) string {
	parts := strings.Split(strings.ReplaceAll(code, from, to), to)
	slices.Sort(parts)
	return strings.Trim(strings.Join(slices.Compact(parts), to), to)
}

// allValid asks the dictionary for each part of a code; the mark |H is cut
// out wherever it stands, also at the beginning of a part.
func allValid(code string, valid map[string]bool) bool {
	code = strings.ReplaceAll(strings.ReplaceAll(code, "+", "|"), "|H", "")
	for part := range strings.SplitSeq(code, "|") {
		if !valid[part] {
			return false
		}
	}
	return true
}

// dictionary reads the valid codes. DisTEMIST's script keeps the line end of a
// line without a tab, so that its code equals none.
func (rules temistRules) dictionary(data []byte) (map[string]bool, error) {
	rows, err := lines(data)
	if err != nil {
		return nil, err
	}
	ended := len(data) > 0 && (data[len(data)-1] == '\n' || data[len(data)-1] == '\r')
	valid := map[string]bool{}
	for i, line := range rows {
		if rules.trimmed {
			valid[strip(line)] = true
			continue
		}
		code, _, tab := strings.Cut(line, "\t")
		if tab || i == len(rows)-1 && !ended {
			valid[code] = true
		}
	}
	return valid, nil
}
