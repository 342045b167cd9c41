package diff

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/convert"
)

// Corpus reads the linked mentions of a corpus, in the order of documents: a brat
// directory, with the lines of its links, or a shared task's table, by document.
func Corpus(path string) ([]Located, error) {
	format, err := convert.Detect(path)
	if err != nil {
		return nil, err
	}
	if format == "brat" {
		return bratMentions(path)
	}
	all, err := convert.Mentions(path)
	if err != nil {
		return nil, err
	}
	var out []Located
	for _, doc := range slices.Sorted(maps.Keys(all)) {
		for _, m := range all[doc] {
			for _, l := range m.Links {
				out = append(out, Located{File: doc, Mention: m, Link: l})
			}
		}
	}
	return out, nil
}

func bratMentions(dir string) ([]Located, error) {
	c, err := brat.Open(dir)
	if err != nil {
		return nil, err
	}
	var out []Located
	for i := range c.Len() {
		d, err := c.Read(c.Name(i))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", c.Name(i), err)
		}
		at := linkLines(d.File)
		for _, m := range d.File.Mentions() {
			for _, l := range m.Links {
				n := at[m.ID+" "+l.ID]
				if n == 0 {
					n = at[m.ID]
				}
				path, line := d.Place(n)
				if rel, err := filepath.Rel(dir, path); err == nil {
					path = filepath.ToSlash(rel)
				}
				out = append(out, Located{File: path, Line: line, Mention: m, Link: l})
			}
		}
	}
	return out, nil
}

// linkLines are the lines of links, from 1, by mention and identifier, and by mention
// alone for those whose line holds several.
func linkLines(f *brat.File) map[string]int {
	at := map[string]int{}
	for i := range f.Len() {
		switch l := f.Line(i); l.Kind {
		case brat.Normalization:
			at[l.Target+" "+l.Ref] = i + 1
		case brat.Note:
			if l.Type == brat.AnnotatorNotes {
				at[l.Target+" "+l.Text], at[l.Target] = i+1, i+1
			}
		case brat.Textbound:
			if at[l.ID] == 0 {
				at[l.ID] = i + 1
			}
		}
	}
	return at
}
