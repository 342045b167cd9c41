package simulate

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/order"
)

// The sentences of a document share all of it among them: its text, words and mentions.
func TestSentencesAreAllOfADocument(t *testing.T) {
	d := corpus.Document{Name: "d", Text: corpus.NewText("\n Tos. Fiebre alta\n\nSin disnea. \n")}
	for _, w := range segment.Words(d.Text) {
		d.Mentions = append(d.Mentions, corpus.Mention{Label: "L", Spans: corpus.Spans{w}})
	}
	d.Mentions = append(d.Mentions, corpus.Mention{Label: "L", Spans: corpus.One(7, 30)}) // across two sentences
	all := sentences(d)
	if len(all) != 3 || all[0].name != "d:0" || all[2].at != 2 {
		t.Fatalf("%+v", all)
	}
	end, words, mentions := corpus.Off(0), []int{}, []int{}
	for _, a := range all {
		if a.span.Start != end {
			t.Errorf("%s begins at %d, want %d", a.name, a.span.Start, end)
		}
		end, words, mentions = a.span.End, append(words, a.words), append(mentions, len(a.own(d.Mentions)))
	}
	if end != d.Text.Len() || !reflect.DeepEqual(words, []int{2, 2, 3}) || !reflect.DeepEqual(mentions, []int{2, 3, 3}) {
		t.Errorf("up to %d of %d, words %v, mentions %v", end, d.Text.Len(), words, mentions)
	}
	if none := sentences(corpus.Document{Name: "empty"}); len(none) != 0 {
		t.Errorf("%+v", none)
	}
}

// Sentences are compared with whole documents in file order; what is read for them is
// charged, and answered.
func TestRunSentences(t *testing.T) {
	o := options("")
	o.Unit = Sentence
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Curves {
		if (c.Unit == Document) != (c.Order == order.File) {
			t.Fatalf("%s asks for a %s", c.Order, c.Unit)
		}
		for i, p := range c.Points {
			w := p.Work
			if c.Unit == Document {
				if w.Sentences+w.Jumps > 0 {
					t.Errorf("%s: %+v", c.Order, w)
				}
				continue
			}
			if i < 3 && (w.Sentences < o.Sentences[i] || w.Sentences > o.Sentences[i]+2) || w.Sentences > 72 {
				t.Errorf("%s %d, update %d: %d sentences", c.Order, c.Seed, i+1, w.Sentences)
			}
			if w.Jumps < w.Documents || w.Words < 3*w.Sentences || w.Documents > 24 {
				t.Errorf("%s %d, update %d: %+v", c.Order, c.Seed, i+1, w)
			}
		}
	}
	var svg strings.Builder
	if err := r.Plot(&svg); err != nil || !strings.Contains(svg.String(), "12 test documents; sentences asked") || strings.Count(svg.String(), ">file, documents") != 2 {
		t.Errorf("%v\n%s", err, svg.String())
	}
	for _, s := range r.Summary {
		if s.Order != order.File && (s.Unit != Sentence || s.Reached > 0 && s.Asked > 72) {
			t.Errorf("%+v", s)
		}
	}
}

// What is learnt from is what was answered, and nothing else.
func TestAnswered(t *testing.T) {
	s, err := begin(func() Options { o := options(""); o.Unit = Sentence; return o }())
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.annotator(Curve{Order: order.Random, Unit: Sentence, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.annotate(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	finished := 0
	for _, p := range a.answered() {
		finished += len(p.Finished)
		for i, span := range p.Finished {
			if name := a.at.Asked[0]; i == 0 && p.Name == a.byName[name].doc.Name && span != a.byName[name].span {
				t.Errorf("%s: %v is finished, %v was asked", p.Name, span, a.byName[name].span)
			}
		}
	}
	if finished != len(a.at.Asked) || finished < 10 || a.at.Work.Documents != len(a.answered()) {
		t.Errorf("%d finished of %d asked, %+v", finished, len(a.at.Asked), a.at.Work)
	}
	whole, err := s.annotator(Curve{Order: order.Random, Unit: Document, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := whole.annotate(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	want := []learn.Part{{Document: whole.byName[whole.at.Asked[0]].doc}, {Document: whole.byName[whole.at.Asked[1]].doc}}
	if got := whole.answered(); !reflect.DeepEqual(fmt.Sprint(got), fmt.Sprint(want)) || got[0].Finished != nil {
		t.Errorf("%v, want %v", got, want)
	}
}
