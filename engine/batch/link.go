package batch

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/link"
)

// Linked is a mention with the candidates that were found for it: a line of the
// output of gloss link. Start and End are the hull of a discontinuous mention.
type Linked struct {
	Doc        string                 `json:"doc"`
	Start      corpus.Off             `json:"start"`
	End        corpus.Off             `json:"end"`
	Label      string                 `json:"label"`
	Text       string                 `json:"text"`
	Context    string                 `json:"-"`
	Defined    *lexical.Abbreviations `json:"-"` // by its document
	Beside     []string               `json:"-"` // the document's mentions with its label
	Gold       []string               `json:"-"` // the concepts that the input links it to
	Candidates []kb.Candidate         `json:"candidates"`
}

// Questions reads the mentions to link: the spans of a brat collection, a
// table of a shared task (texts gives the directory of its .txt files, for the
// context; empty for none), or a table with a mention and, after a tab, its
// context in each line.
func Questions(path, texts string) ([]Linked, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	all, err := convert.Mentions(path)
	if errors.Is(err, convert.ErrFormat) {
		return plain(path)
	}
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		texts = path
	}
	var questions []Linked
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.SortFunc(names, brat.CompareNames)
	for _, name := range names {
		around, defined, err := contexts(texts, name)
		if err != nil {
			return nil, err
		}
		beside := link.Beside(all[name])
		for _, m := range all[name] {
			h := m.Spans.Hull()
			q := Linked{Doc: name, Start: h.Start, End: h.End, Label: m.Label, Text: m.Text, Context: around(h), Defined: defined, Beside: beside[m.Label]}
			for _, l := range m.Links {
				q.Gold = append(q.Gold, l.ID)
			}
			questions = append(questions, q)
		}
	}
	return questions, nil
}

// contexts finds the sentence around a span of a document, and the abbreviations that the
// document defines.
func contexts(dir, name string) (func(corpus.Span) string, *lexical.Abbreviations, error) {
	if dir == "" {
		return func(corpus.Span) string { return "" }, nil, nil
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)+".txt"))
	if err != nil {
		return nil, nil, fmt.Errorf("read the text of %s: %w", name, err)
	}
	text := corpus.NewText(string(data))
	sentences := segment.Sentences(text)
	return func(s corpus.Span) string { return segment.Around(text, sentences, s) }, link.Definitions(text), nil
}

// plain reads lines "mention[<TAB>context]".
func plain(path string) ([]Linked, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var questions []Linked
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		mention, context, _ := strings.Cut(line, "\t")
		if strings.Contains(context, "\t") {
			return nil, fmt.Errorf("%s:%d: want a mention and, after one tab, its context; or the table of a shared task with its header", path, n)
		}
		questions = append(questions, Linked{End: corpus.Off(len([]rune(mention))), Text: mention, Context: context})
	}
	return questions, nil
}

// atOnce is how many mentions go to the linker together.
const atOnce = 256

func queries(of []Linked) []link.Query {
	out := make([]link.Query, len(of))
	for i, q := range of {
		out[i] = link.Query{Label: q.Label, Text: q.Text, Context: q.Context, Defined: q.Defined, Beside: q.Beside}
	}
	return out
}

// Link writes every question with its k best candidates as a line of JSON.
func Link(ctx context.Context, out io.Writer, m *suggest.Models, questions []Linked, k int, progress func(done, total int)) error {
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	done := 0
	for part := range slices.Chunk(questions, atOnce) {
		found, err := m.Linker.Candidates(ctx, queries(part), k)
		if err != nil {
			return err
		}
		for i, q := range part {
			if q.Candidates = found[i]; q.Candidates == nil {
				q.Candidates = []kb.Candidate{}
			}
			if err := enc.Encode(q); err != nil {
				return err
			}
		}
		done += len(part)
		if progress != nil {
			progress(done, len(questions))
		}
	}
	return w.Flush()
}
