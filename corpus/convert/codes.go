package convert

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// ranked are the distinct codes of a document, those with the best score
// first; equal ones, and those without a score, which come last, by the first
// place in the text. A composite code (a+b) counts as its parts.
func ranked(d doc, r *Report) []string {
	type best struct {
		code  string
		score corpus.Score
		first corpus.Off
	}
	var codes []best
	index := map[string]int{}
	for _, m := range d.Mentions {
		if len(m.Links) == 0 {
			r.lose(1, "mentions without a code", leftOut)
		}
		for _, k := range m.Links {
			for code := range strings.SplitSeq(k.ID, "+") {
				code = strings.Join(strings.Fields(code), "_")
				if code == "" {
					continue
				}
				i, known := index[code]
				if !known {
					i = len(codes)
					index[code] = i
					codes = append(codes, best{code, corpus.NoScore, m.Spans.Hull().Start})
				}
				c := &codes[i]
				c.first = min(c.first, m.Spans.Hull().Start)
				if m.Score.Known() && (!c.score.Known() || m.Score > c.score) {
					c.score = m.Score
				}
			}
		}
	}
	slices.SortStableFunc(codes, func(a, b best) int {
		if a.score.Known() != b.score.Known() {
			if a.score.Known() {
				return -1
			}
			return 1
		}
		if a.score.Known() && a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		return cmp.Compare(a.first, b.first)
	})
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = c.code
	}
	r.Written += len(out)
	return out
}

// codeRows calls f with every document that has codes, and counts what files
// of codes do not hold.
func codeRows(docs []doc, r *Report, f func(name string, codes []string)) {
	for _, d := range docs {
		r.lose(len(d.Mentions), "places and labels of mentions", leftOut)
		codes := ranked(d, r)
		if len(codes) > 0 {
			f(d.Name, codes)
		}
	}
	r.texts(docs)
}

// uncoded counts the documents that a file of rows does not name.
func (r *Report) uncoded(docs []doc) {
	for _, d := range docs {
		if !slices.ContainsFunc(d.Mentions, func(m corpus.Mention) bool { return len(m.Links) > 0 }) {
			r.lose(1, "documents without codes", leftOut)
		}
	}
}

// writeCoding writes CANTEMIST's coding file as systems submit it.
func writeCoding(docs []doc, r *Report) ([]file, error) {
	var b strings.Builder
	codeRows(docs, r, func(name string, codes []string) {
		for _, c := range codes {
			fmt.Fprintf(&b, "%s\t%s\n", name, c)
		}
	})
	r.uncoded(docs)
	return single(&b), nil
}

// writeIndexing writes PharmaCoNER's file for each document; one without codes
// has an empty file, since documents without a file are not scored.
func writeIndexing(docs []doc, r *Report) ([]file, error) {
	rows := map[string]string{}
	codeRows(docs, r, func(name string, codes []string) {
		for _, c := range codes {
			rows[name] += name + "\t" + c + "\n"
		}
	})
	files := make([]file, 0, len(docs))
	for _, d := range docs {
		files = append(files, file{name: d.Name + ".tsv", data: []byte(rows[d.Name])})
	}
	return files, nil
}

// writeIndex writes MedProcNER's index, a row a document.
func writeIndex(docs []doc, r *Report) ([]file, error) {
	var b strings.Builder
	b.WriteString("filename\tcode\n")
	codeRows(docs, r, func(name string, codes []string) {
		fmt.Fprintf(&b, "%s\t%s\n", name, strings.Join(codes, "+"))
	})
	r.uncoded(docs)
	return single(&b), nil
}
