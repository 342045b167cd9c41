package official

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gloss-nlp/gloss/corpus/score"
)

const morphology = "MORFOLOGIA_NEOPLASIA"

// entity is a line of an .ann file as CANTEMIST's script reads it.
type entity struct {
	place spot
	code  string
}

// spot is what the script joins on: the base name of a file, and the text
// that follows the label.
type spot struct{ file, offset string }

// twoCodes are the annotations for which the script takes either of two codes:
// if one row there is right all are, and the row with this gold code does not count.
var twoCodes = map[spot]string{
	{"cc_onco838.ann", "2509 2534"}:  "8441/0",
	{"cc_onco1057.ann", "2791 2831"}: "8803/3",
}

// annReader collects the entities of one side.
type annReader struct {
	norm     bool
	labels   map[string]bool
	entities []entity

	skipped            []string // files
	related, unlabeled int      // entities that an R line names; with another label
	uncoded            int
}

// cantemist is tasks ner and norm of CANTEMIST.
func cantemist(r *run) (*score.Result, error) {
	gold := &annReader{norm: r.Task == "norm", labels: map[string]bool{morphology: true}}
	pred := &annReader{norm: gold.norm, labels: map[string]bool{morphology: true, "MORFOLOGIA-NEOPLASIA": true}}
	for _, path := range []string{r.Gold, r.Pred} {
		if !isDir(path) {
			return nil, fmt.Errorf("%w: profile cantemist, task %s reads directories of .ann files, and %s is none", score.ErrOptions, r.Task, path)
		}
	}
	if err := gold.walk(r.Gold); err != nil {
		return nil, err
	}
	if err := pred.walk(r.Pred); err != nil {
		return nil, err
	}
	switch {
	case len(pred.entities) == 0:
		return nil, dies("Exception: There are not parsed predicted annotations")
	case len(gold.entities) == 0:
		return nil, dies("Exception: There are not parsed Gold Standard annotations")
	}
	gold.warn(r, "gold")
	pred.warn(r, "predicted")
	found, err := r.inGoldDir(pred.entities)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, dies("ZeroDivisionError: division by zero")
	}
	return r.result(r.joinRows(gold.entities, found)), nil
}

// inGoldDir keeps the predictions of files that the gold directory itself
// holds, empty ones included.
func (r *run) inGoldDir(pred []entity) ([]entity, error) {
	entries, err := os.ReadDir(r.Gold)
	if err != nil {
		return nil, err
	}
	listed := map[string]bool{}
	for _, e := range entries {
		listed[e.Name()] = strings.HasSuffix(e.Name(), ".ann")
	}
	var kept []entity
	for _, e := range pred {
		if listed[e.place.file] {
			kept = append(kept, e)
		}
	}
	r.warnSome(len(pred)-len(kept), "predicted entities are dropped: the gold directory itself has no file of their name")
	return kept, nil
}

// joinRows joins every gold row with every predicted one of its place. What is
// right among the joined rows is a true positive; predicted and gold count places.
func (r *run) joinRows(gold, pred []entity) tallies {
	t := tallies{}
	codes := map[spot][]string{}
	for _, e := range pred {
		if codes[e.place] == nil {
			t.add(e.place.file, morphology, score.Tally{FP: 1})
		}
		codes[e.place] = append(codes[e.place], e.code)
	}
	goldCodes := map[spot][]string{}
	for _, e := range gold {
		if goldCodes[e.place] == nil {
			t.add(e.place.file, morphology, score.Tally{FN: 1})
		}
		goldCodes[e.place] = append(goldCodes[e.place], e.code)
	}
	inflated, special := 0, 0
	for place, want := range goldCodes {
		hits := r.hits(place, want, codes[place])
		inflated += max(0, hits-1)
		if _, ok := twoCodes[place]; ok && r.Task == "norm" {
			special++
		}
		t.add(place.file, morphology, score.Tally{TP: hits, FP: -hits, FN: -hits})
	}
	r.warnSome(inflated, "true positives are counted again, because rows with the same offset are joined each with each; scores can exceed 1 and fp and fn be negative")
	r.warnSome(special, "annotations have two right codes written into the script")
	return t
}

// hits are the valid rows of a join. A gold row without a prediction is joined
// with nothing, and is not valid.
func (r *run) hits(place spot, gold, pred []string) int {
	if r.Task == "ner" {
		return len(gold) * len(pred)
	}
	right := 0
	for _, g := range gold {
		for _, p := range pred {
			if g == p {
				right++
			}
		}
	}
	removed, special := twoCodes[place]
	if !special || right == 0 {
		return right
	}
	rows := 0
	for _, g := range gold {
		if g != removed {
			rows += len(pred)
		}
	}
	return rows
}

func (a *annReader) warn(r *run, side string) {
	r.warnSome(len(a.skipped), "%s files are skipped whole: a line has not exactly three fields between tabs, or an entity is discontinuous: %s", side, some(a.skipped))
	r.warnSome(a.related, "%s entities are dropped because a relation names them", side)
	r.warnSome(a.unlabeled, "%s entities have another label and are left out", side)
	r.warnSome(a.uncoded, "%s entities have no note with a code and vanish: they are neither missed nor wrong", side)
}

// walk reads every file below dir whose name ends in ann.
func (a *annReader) walk(dir string) error {
	var offsets []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(e.Name(), "ann") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return a.read(e.Name(), data)
	})
	if err != nil {
		return err
	}
	for _, e := range a.entities {
		offsets = append(offsets, e.place.offset)
	}
	return checkOffsets(offsets)
}

// checkOffsets fails where the script does, which makes two numbers of each offset.
func checkOffsets(offsets []string) error {
	pairs := 0
	for _, o := range offsets {
		if strings.Contains(o, " ") {
			pairs++
		}
	}
	if len(offsets) > 0 && pairs == 0 {
		return dies("ValueError: Columns must be same length as key")
	}
	for _, o := range offsets {
		start, _, _ := strings.Cut(o, " ")
		if _, err := toInt(start); err != nil {
			return err
		}
	}
	for _, o := range offsets {
		_, end, ok := strings.Cut(o, " ")
		if !ok {
			return dies("TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'")
		}
		if _, err := toInt(end); err != nil {
			return err
		}
	}
	return nil
}

// read adds the entities of one file.
func (a *annReader) read(name string, data []byte) error {
	rows, err := lines(data)
	if err != nil {
		return err
	}
	fields := make([][]string, len(rows))
	for i, line := range rows {
		fields[i] = strings.Split(line, "\t")
		if len(fields[i]) != 3 {
			a.skipped = append(a.skipped, name)
			return nil
		}
		if fields[i][0] == "" {
			return dies("IndexError: string index out of range")
		}
		if _, offset, _ := strings.Cut(fields[i][1], " "); fields[i][0][0] == 'T' && strings.Contains(offset, ";") {
			a.skipped = append(a.skipped, name)
			return nil
		}
	}
	related, codes, err := a.references(fields)
	if err != nil {
		return err
	}
	for _, f := range fields {
		if f[0][0] == 'T' {
			a.entity(name, f, related, codes)
		}
	}
	return nil
}

// references are the entities that relations name, and the notes by target.
func (a *annReader) references(fields [][]string) (related map[string]bool, codes map[string]string, err error) {
	related, codes = map[string]bool{}, map[string]string{}
	for _, f := range fields {
		words := strings.Split(f[1], " ")
		switch {
		case f[0][0] == 'R':
			for i := 1; i <= 2; i++ {
				if len(words) <= i || !strings.Contains(words[i], ":") {
					return nil, nil, dies("IndexError: list index out of range")
				}
				related[strings.Split(words[i], ":")[1]] = true
			}
		case f[0][0] == '#' && a.norm:
			if len(words) < 2 {
				return nil, nil, dies("IndexError: list index out of range")
			}
			codes[words[1]] = strip(f[2])
		}
	}
	return related, codes, nil
}

func (a *annReader) entity(name string, f []string, related map[string]bool, codes map[string]string) {
	label, offset, _ := strings.Cut(f[1], " ")
	code, coded := codes[f[0]]
	switch {
	case related[f[0]]:
		a.related++
	case !a.labels[label]:
		a.unlabeled++
	case a.norm && !coded:
		a.uncoded++
	default:
		a.entities = append(a.entities, entity{spot{name, offset}, code})
	}
}
