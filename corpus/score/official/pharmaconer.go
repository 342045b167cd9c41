package official

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gloss-nlp/gloss/corpus/score"
)

// document is a set of what PharmaCoNER compares, each with its label ("" for codes).
type document map[string]string

// pharmaReader reads the documents of one side.
type pharmaReader struct {
	task     string
	repeated int // items of a document that equal an earlier one
	broken   int // lines that are skipped
	foreign  int // lines that name another document
}

// pharmaconer is both tasks of PharmaCoNER: sets by document, over the
// documents that both sides have.
func pharmaconer(r *run) (*score.Result, error) {
	goldReader, predReader := &pharmaReader{task: r.Task}, &pharmaReader{task: r.Task}
	if isDir(r.Gold) != isDir(r.Pred) {
		return nil, fmt.Errorf("%w: profile pharmaconer compares two directories, or two files", score.ErrOptions)
	}
	gold, err := goldReader.read(r.Gold)
	if err != nil {
		return nil, err
	}
	pred, err := predReader.read(r.Pred)
	if err != nil {
		return nil, err
	}
	if len(pred) == 0 {
		return nil, dies("%s has no .ann or .tsv file: the script reports nothing", r.Pred)
	}
	t := tallies{}
	var unscored, strange []string
	for doc, g := range gold {
		p, ok := pred[doc]
		if !ok {
			unscored = append(unscored, doc)
			continue
		}
		t.compare(doc, g, p)
	}
	for doc := range pred {
		if _, ok := gold[doc]; !ok {
			strange = append(strange, doc)
		}
	}
	r.warnSome(len(unscored), "gold documents have no predictions and are not scored, nothing in them counts as missed: %s", some(unscored))
	r.warnSome(len(strange), "predicted documents are dropped, gold does not have them: %s", some(strange))
	goldReader.warn(r, "gold")
	predReader.warn(r, "predicted")
	res := r.result(t)
	if r.Task == "indexing" {
		clear(res.PerLabel)
	}
	return res, nil
}

func (t tallies) compare(doc string, gold, pred document) {
	t[doc] = map[string]score.Tally{}
	for item, label := range gold {
		if _, ok := pred[item]; ok {
			t.add(doc, label, score.Tally{TP: 1})
		} else {
			t.add(doc, label, score.Tally{FN: 1})
		}
	}
	for item, label := range pred {
		if _, ok := gold[item]; !ok {
			t.add(doc, label, score.Tally{FP: 1})
		}
	}
}

func (pr *pharmaReader) warn(r *run, side string) {
	r.warnSome(pr.repeated, "%s items repeat another of their document; each counts once", side)
	r.warnSome(pr.broken, "%s lines begin with T and are skipped: they have no tab, or no label and offsets behind it", side)
	r.warnSome(pr.foreign, "%s lines name another document than their file; they count for the file", side)
}

// read reads a directory, or one file.
func (pr *pharmaReader) read(path string) (map[string]document, error) {
	files := []string{path}
	if isDir(path) {
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, err
		}
		files = nil
		for _, e := range entries {
			if ext := filepath.Ext(e.Name()); ext == ".ann" || ext == ".tsv" {
				files = append(files, filepath.Join(path, e.Name()))
			}
		}
	}
	docs := map[string]document{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		base := filepath.Base(file)
		name := strings.TrimSuffix(base, filepath.Ext(base))
		if docs[name], err = pr.document(name, data); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

func (pr *pharmaReader) document(name string, data []byte) (document, error) {
	rows, err := lines(data)
	if err != nil {
		return nil, err
	}
	doc := document{}
	for _, row := range rows {
		var item, label string
		if pr.task == "ner" {
			item, label, err = pr.span(strip(row))
		} else {
			item, err = pr.code(name, strip(row))
		}
		if err != nil {
			return nil, err
		}
		if item == "" {
			continue
		}
		if _, again := doc[item]; again {
			pr.repeated++
		}
		doc[item] = label
	}
	return doc, nil
}

// span reads a line of brat's; the item is empty for any other line.
func (pr *pharmaReader) span(line string) (item, label string, err error) {
	if !strings.HasPrefix(line, "T") {
		return "", "", nil
	}
	var words []string
	if fields := strings.Split(line, "\t"); len(fields) > 1 {
		words = strings.FieldsFunc(fields[1], isSpace)
	}
	item = "T"
	for i, word := range words[:min(3, len(words))] {
		if i == 0 {
			label = word
			continue
		}
		n, err := toInt(word)
		if err != nil {
			return "", "", err
		}
		item += fmt.Sprintf(" %d", n)
	}
	if len(words) < 3 {
		pr.broken++
		return "", "", nil
	}
	return item + " " + label, label, nil
}

// code reads a line of an index; the item is never empty.
func (pr *pharmaReader) code(name, line string) (string, error) {
	fields := strings.Split(line, "\t")
	if len(fields) < 2 {
		return "", dies("IndexError: list index out of range")
	}
	if fields[0] != name {
		pr.foreign++
	}
	return "C" + fields[1], nil
}
