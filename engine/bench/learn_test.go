package bench

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/ner"
)

// suffixes is an encoder whose state of a word tells its last letter.
type suffixes struct{}

func (suffixes) States(_ context.Context, text corpus.Text, _ []corpus.Span) ([]ner.States, error) {
	s := ner.States{Width: 8}
	for _, w := range segment.Words(text) {
		word := text.Slice(w)
		row := make([]float32, s.Width)
		row[int(word[len(word)-1])%s.Width] = 1
		s.Spans, s.Values = append(s.Spans, w), append(s.Values, row...)
	}
	return []ner.States{s}, nil
}

func (suffixes) Head(string) (ner.Head, bool) { return ner.Head{}, false }

// fevers are documents with words on "itis", each another, which are annotated.
func fevers(from, n int) []corpus.Document {
	var docs []corpus.Document
	for i := range n {
		word := fmt.Sprintf("x%ditis", from+i)
		docs = append(docs, corpus.Document{
			Name: word, Text: corpus.NewText("una " + word + " leve, tos"),
			Mentions: []corpus.Mention{
				{Label: "SIGN", Spans: corpus.One(4, 4+corpus.Off(len(word)))},
				{Label: "SIGN", Spans: corpus.One(11+corpus.Off(len(word)), 14+corpus.Off(len(word)))},
			},
		})
	}
	return docs
}

func TestLearnBench(t *testing.T) {
	o := LearnOptions{
		Encoder: suffixes{}, Train: fevers(0, 12), Test: fevers(50, 4), Layer: learn.Layer{Name: "x", Labels: []string{"SIGN"}},
		Sizes: []int{3, 8}, More: 2, Draws: 2, Seed: 1, Say: func(string, ...any) {},
	}
	r, err := Learn(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.TestDocuments != 4 || r.TestMentions != 8 || len(r.Refit) != 2 || len(r.Sizes) != 2 || len(r.Sizes[1].Draws) != 2 {
		t.Fatalf("%+v", r)
	}
	for _, d := range r.Sizes[1].Draws {
		// Words that were never seen end as those that were; the dictionary knows "tos".
		if d.Learnt.TP != 8 || d.Dictionary.TP != 4 || d.Dictionary.Pred != 4 || d.Told.TP != 16 || d.Mentions != 16 {
			t.Errorf("learnt %+v, dictionary %+v, told %+v", d.Learnt, d.Dictionary, d.Told)
		}
	}
	var svg strings.Builder
	if err := r.Plot(&svg); err != nil {
		t.Fatal(err)
	}
	dots := 0
	for dec := xml.NewDecoder(strings.NewReader(svg.String())); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
			dots++
		}
	}
	if dots != 3*2*2 {
		t.Errorf("%d dots for three lines of two sizes and two draws", dots)
	}
	o.Sizes = []int{11}
	if _, err := Learn(t.Context(), o); err == nil {
		t.Error("learns from more documents than there are")
	}
}

func TestDictionary(t *testing.T) {
	doc := func(text string, spans ...corpus.Span) corpus.Document {
		d := corpus.Document{Text: corpus.NewText(text)}
		for _, s := range spans {
			d.Mentions = append(d.Mentions, corpus.Mention{Label: "A", Spans: corpus.Spans{s}})
		}
		return d
	}
	d := newDictionary([]corpus.Document{
		doc("Dolor de mama, mama", corpus.Span{Start: 0, End: 13}, corpus.Span{Start: 0, End: 5}),
		doc("mama y mama", corpus.Span{Start: 0, End: 4}), // one in four
	}, []string{"A"})
	text := corpus.NewText("mama con DOLOR DE MAMA y dolor")
	var got []string
	for _, m := range d.find(text) {
		got = append(got, text.Join(m.Spans))
	}
	if s := strings.Join(got, "; "); s != "DOLOR DE MAMA; dolor" {
		t.Error(s)
	}
}
