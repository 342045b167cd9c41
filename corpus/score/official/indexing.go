package official

import (
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus/score"
)

// indexing is task index of MedProcNER: the codes of a document. The script
// compares two codes as it compares two rows, as sets, and the set of a text
// is the set of its characters: 123 is the same to it as 321 and as 112233.
func indexing(r *run) (*score.Result, error) {
	gold, goldMore, err := r.codeRows(r.Gold, "codes")
	if err != nil {
		return nil, err
	}
	pred, predMore, err := r.codeRows(r.Pred, "code")
	if err != nil {
		return nil, err
	}
	r.warnSome(goldMore+predMore, "rows are ignored: only the first row of a document counts")
	t := tallies{}
	unlike := 0
	var missed []string
	for file, g := range gold {
		codes, err := g.codes()
		if err != nil {
			return nil, err
		}
		var found []string
		if p, ok := pred[file]; ok {
			if found, err = p.codes(); err != nil {
				return nil, err
			}
		} else {
			missed = append(missed, g.file.text)
		}
		hits, more := charHits(codes, found)
		unlike += more
		t.add(g.file.text, "", score.Tally{TP: hits, FP: len(found) - hits, FN: len(codes) - hits})
	}
	var strange []string
	for file, p := range pred {
		if _, ok := gold[file]; !ok {
			strange = append(strange, p.file.text)
		}
	}
	r.warnSome(len(missed), "gold documents have no predictions, all of their codes count as missed: %s", some(missed))
	r.warnSome(len(strange), "predicted documents are dropped, gold has no row for them: %s", some(strange))
	r.warnSome(unlike, "predicted codes count as right although they are others: the script compares codes by the set of their characters")
	res := r.result(t)
	clear(res.PerLabel)
	return res, nil
}

// codeRow is the first row of a document.
type codeRow struct{ file, code cell }

// codes are the distinct parts of the code.
func (c codeRow) codes() ([]string, error) {
	if !c.code.isText() {
		kind := "float"
		if !c.code.missing() && strings.Trim(c.code.text, "-0123456789") == "" {
			kind = "int"
		}
		return nil, dies("AttributeError: '%s' object has no attribute 'split'", kind)
	}
	parts := strings.Split(c.code.text, "+")
	slices.Sort(parts)
	return slices.Compact(parts), nil
}

// codeRows reads the first row of each document, and counts the others.
func (r *run) codeRows(path, column string) (map[string]codeRow, int, error) {
	data, err := r.readFile(path)
	if err != nil {
		return nil, 0, err
	}
	t, err := readTable(data, dialect{quotes: true, header: true})
	if err != nil {
		return nil, 0, err
	}
	at, file := t.column(column), t.column("filename")
	if file < 0 {
		return nil, 0, dies("KeyError: 'filename'")
	}
	if at < 0 {
		return nil, 0, dies("KeyError: \"['%s'] not in index\"", column)
	}
	lonely, more := 0, 0
	files, codes := inferred(t.fields(file), &lonely), inferred(t.fields(at), &lonely)
	rows := map[string]codeRow{}
	for i, f := range files {
		if f.missing() {
			continue
		}
		if _, ok := rows[f.key]; ok {
			more++
			continue
		}
		rows[f.key] = codeRow{f, codes[i]}
	}
	if len(rows) == 0 {
		return nil, 0, dies("AttributeError: 'DataFrame' object has no attribute 'to_list'")
	}
	return rows, more, nil
}

// charHits counts the pairs of codes with the same characters, and how many of
// them are not the same code.
func charHits(gold, pred []string) (hits, unlike int) {
	left := map[string]int{}
	for _, code := range gold {
		left[characters(code)]++
	}
	same := 0
	for _, code := range pred {
		if left[characters(code)] > 0 {
			left[characters(code)]--
			hits++
		}
		if slices.Contains(gold, code) {
			same++
		}
	}
	return hits, hits - min(hits, same)
}

// characters are those of a code, each once, sorted.
func characters(code string) string {
	runes := []rune(code)
	slices.Sort(runes)
	return string(slices.Compact(runes))
}
