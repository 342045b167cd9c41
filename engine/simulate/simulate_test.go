package simulate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// letters is an encoder whose states are the letters of each word: enough to learn
// which words are mentions.
type letters struct{ texts int }

func (e *letters) Head(string) (ner.Head, bool) { return ner.Head{}, false }

func (e *letters) States(ctx context.Context, text corpus.Text, _ []corpus.Span) ([]ner.States, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e.texts++
	s := ner.States{Width: 26, Columns: 0}
	for _, w := range segment.Words(text) {
		row := make([]float32, s.Width)
		for _, r := range text.Slice(w) {
			if r >= 'a' && r <= 'z' {
				row[r-'a']++
			}
		}
		s.Spans, s.Values = append(s.Spans, w), append(s.Values, row...)
	}
	return []ner.States{s}, nil
}

var words = strings.Fields("casa perro mesa silla libro tren calle plaza puente fuente zorro xenon kiwi yate wok")

// documents are texts of three lines and ten words each, in which words with a rare letter are mentions.
func documents(prefix string, n int) []corpus.Document {
	var all []corpus.Document
	for i := range n {
		var text []string
		for k := range 10 {
			text = append(text, words[(i*(7+len(prefix))+k*(1+i%5))%len(words)])
			if k%4 == 3 {
				text[k] += "\n"
			}
		}
		d := corpus.Document{Name: fmt.Sprint(prefix, i), Text: corpus.NewText(prefix + " " + strings.Join(text, " "))}
		for _, w := range segment.Words(d.Text) {
			if strings.ContainsAny(d.Text.Slice(w), "zxkyw") {
				d.Mentions = append(d.Mentions, corpus.Mention{Label: "RARE", Spans: corpus.Spans{w}, Text: d.Text.Slice(w), Score: corpus.NoScore})
			}
		}
		all = append(all, d)
	}
	return all
}

func options(dir string) Options {
	return Options{
		Pool: documents("a", 24), Test: documents("bb", 12), Encoder: &letters{}, Orders: order.Modes(), Seeds: []uint64{1, 2},
		Sizes: []int{3, 6, 12}, Sentences: []int{6, 15, 30}, Share: .2, Target: .95, Costs: order.DefaultCosts(), Dir: dir, Model: "letters",
	}
}

// untimed is a report without what depends on the machine.
func untimed(r *Report) *Report {
	r.FullFit = 0
	for _, c := range r.Curves {
		for i := range c.Points {
			c.Points[i].Fit = 0
		}
	}
	return r
}

func TestRun(t *testing.T) {
	r, err := Run(t.Context(), options(""))
	if err != nil {
		t.Fatal(err)
	}
	if value(r.Full.F1) < .9 || len(r.Curves) != 1+2+2+4 || len(r.Summary) != 8 {
		t.Fatalf("F1 %v, %d curves, %d lines", r.Full.F1, len(r.Curves), len(r.Summary))
	}
	for _, c := range r.Curves {
		for i, p := range c.Points {
			w := p.Work
			if drawn := c.Order == order.Random && i > 0; i == 0 && p.Told.Documents > 0 || drawn && p.Told.Documents == 0 {
				t.Errorf("%s, update %d: told from %d documents", c.Order, i+1, p.Told.Documents)
			}
			if i < 3 && w.Documents != r.sizes(i) || w.Accepted+w.Fixed+w.Added < w.Documents/2 {
				t.Errorf("%s %d, update %d: %+v", c.Order, c.Seed, i+1, w)
			}
			if i == 0 && w.Accepted+w.Fixed+w.Rejected > 0 {
				t.Errorf("%s: suggestions before anything was learnt: %+v", c.Order, w)
			}
		}
	}
	var svg strings.Builder
	if err := r.Plot(&svg); err != nil || strings.Contains(svg.String(), "NaN") || strings.Count(svg.String(), "<path") < 17 {
		t.Errorf("%v\n%s", err, svg.String())
	}
}

func (r *Report) sizes(i int) int { return []int{3, 6, 12}[i] }

// A run that is stopped at any moment ends, when it goes on, as one that was not.
func TestGoOn(t *testing.T) {
	for _, unit := range []Unit{Document, Sentence} {
		o := options(t.TempDir())
		o.Unit = unit
		whole, err := Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		o.Dir = t.TempDir()
		stops := 0
		for {
			r, err := Run(&mortal{t.Context(), 2500}, o)
			if err == nil {
				if !reflect.DeepEqual(fmt.Sprintf("%+v", untimed(r)), fmt.Sprintf("%+v", untimed(whole))) {
					t.Errorf("%s: after %d stops:\n%+v\nwant\n%+v", unit, stops, r, whole)
				}
				break
			}
			if stops++; !errors.Is(err, context.Canceled) || stops > 50 {
				t.Fatal(err)
			}
		}
		if stops < 5 {
			t.Errorf("%s: it was stopped %d times only", unit, stops)
		}
	}
}

// mortal is cancelled after it was asked so often.
type mortal struct {
	context.Context
	left int
}

func (m *mortal) Err() error {
	if m.left--; m.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestRefuses(t *testing.T) {
	bare := documents("a", 5)
	for i := range bare {
		bare[i].Mentions = nil
	}
	for name, change := range map[string]func(*Options){
		"0 documents to annotate":                      func(o *Options) { o.Pool = nil },
		"0 to score on":                                func(o *Options) { o.Test = nil },
		"the documents to annotate have no mention of": func(o *Options) { o.Pool = bare },
		"have no mention of OTHER":                     func(o *Options) { o.Labels = []string{"OTHER"} },
		"is among those to annotate":                   func(o *Options) { o.Test = o.Pool[:3] },
		"rise from 1":                                  func(o *Options) { o.Sizes = []int{6, 3} },
		"some lie below the 24":                        func(o *Options) { o.Sizes = []int{24} },
		"unknown unit":                                 func(o *Options) { o.Unit = "word" },
		"numbers of sentences":                         func(o *Options) { o.Unit, o.Sentences = Sentence, []int{9, 6} },
		"below the 72":                                 func(o *Options) { o.Unit, o.Sentences = Sentence, []int{72} },
		"a target above 0":                             func(o *Options) { o.Target = math.NaN() },
		"lies between 0 and 1":                         func(o *Options) { o.Share = 2 },
	} {
		dir := filepath.Join(t.TempDir(), "out")
		o := options(dir)
		change(&o)
		if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: a directory was made", name)
		}
	}
}

func TestOtherSettings(t *testing.T) {
	dir := t.TempDir()
	o := options(dir)
	o.Orders = o.Orders[:1]
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Options){
		"costs": func(o *Options) { o.Costs.New = 9 }, "sizes": func(o *Options) { o.Sizes = []int{4} },
		"pool": func(o *Options) { o.Pool = o.Pool[1:] }, "model": func(o *Options) { o.Model = "x" }, "share": func(o *Options) { o.Share = 0 },
		"unit": func(o *Options) { o.Unit = Sentence },
	} {
		changed := o
		change(&changed)
		if _, err := Run(t.Context(), changed); !errors.Is(err, ErrSettings) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "full.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "full.json") {
		t.Error(err)
	}
}

func TestCompare(t *testing.T) {
	m := func(label string, start, end corpus.Off) corpus.Mention {
		return corpus.Mention{Label: label, Spans: corpus.One(start, end)}
	}
	gold := []corpus.Mention{m("A", 0, 5), m("A", 10, 20), m("B", 30, 35), m("A", 40, 45)}
	gold[0].Links = []corpus.Link{{ID: "x"}}
	found := []corpus.Mention{m("A", 0, 5), m("A", 12, 20), m("A", 10, 12), m("A", 30, 35), m("A", 60, 65)}
	if got, want := compare(gold, found), (order.Work{Accepted: 1, Fixed: 1, Rejected: 3, Added: 2, Linked: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestSummary(t *testing.T) {
	p := func(docs, added int, f1 float64) Point {
		return Point{Work: order.Work{Documents: docs, Added: added, Accepted: 0}, Test: score.Counts{F1: corpus.Score(f1)}}
	}
	r := &Report{Target: .5, Full: score.Counts{F1: .8}, Costs: order.Costs{New: 1}, Curves: []Curve{
		{Order: order.File, Points: []Point{p(10, 100, .3), p(20, 200, .5)}},
		{Order: order.Random, Seed: 1, Points: []Point{p(10, 100, .4)}},
		{Order: order.Random, Seed: 2, Points: []Point{p(10, 100, .3), p(20, 200, .35)}},
		{Order: order.Value, Points: []Point{p(10, 60, .4)}},
		{Order: order.Value, Bare: true, Points: []Point{p(10, 75, .4)}},
	}}
	got := r.summary()
	if s := got[0]; s.Reached != 1 || s.Seconds != 150 || s.Asked != 15 || s.Saved != 0 {
		t.Errorf("file: %+v", s)
	}
	if s := got[2]; s.Seeds != 2 || s.Reached != 1 || s.Seconds != 100 || math.Abs(float64(s.Saved)-1./3) > 1e-9 {
		t.Errorf("random: %+v", s)
	}
	if bare, with := got[4], got[5]; bare.Suggestions || bare.Seconds != 75 || !with.Suggestions || with.Seconds != 60 {
		t.Errorf("value: %+v %+v", bare, with)
	}
}

// Where a curve ends at the whole pool, that is not drawn: all else would be small.
func TestPlotLeavesTheWholePoolOut(t *testing.T) {
	p := func(hours int, f1 float64) Point {
		return Point{Work: order.Work{Added: 3600 * hours}, Test: score.Counts{F1: corpus.Score(f1)}}
	}
	r := &Report{Target: .5, Full: score.Counts{F1: .9}, Costs: order.Costs{New: 1}, Curves: []Curve{
		{Order: order.Random, Seed: 1, Points: []Point{p(1, .3), p(2, .4)}},
		{Order: order.Random, Seed: 2, Points: []Point{p(1, .3), p(2, .4), p(500, .9)}},
	}}
	var svg strings.Builder
	if err := r.Plot(&svg); err != nil || strings.Contains(svg.String(), ">500<") || strings.Count(svg.String(), "<circle") != 8 {
		t.Errorf("%v\n%s", err, svg.String())
	}
}

// fixed always finds the same concept first, unless the memory chose another.
type fixed struct{ memory *link.Overlay }

func (f fixed) Candidates(_ context.Context, queries []link.Query, _ int) ([][]kb.Candidate, error) {
	out := make([][]kb.Candidate, len(queries))
	for i, q := range queries {
		out[i] = []kb.Candidate{{ID: "first"}}
		if c := f.memory.Chosen(q.Label, q.Text); len(c) > 0 {
			out[i][0].ID = c[0].ID
		}
	}
	return out, nil
}

func TestLink(t *testing.T) {
	at := func(doc, text, gold string) Linkable {
		return Linkable{Doc: doc, Query: link.Query{Label: "L", Text: text}, Gold: []string{gold}}
	}
	memory := &link.Overlay{}
	r, err := Link(t.Context(), LinkOptions{
		Mentions: []Linkable{at("1", "asma", "first"), at("1", "tos", "second"), at("1", "Tos", "second"), at("2", "tos", "second")},
		Plain:    fixed{}, Learning: fixed{memory}, Memory: memory, DB: func(string) string { return "KB" }, Bins: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &LinkReport{All: Share{4, 1, 3}, Known: Share{2, 0, 2}, New: Share{2, 1, 1}, Bins: []Share{{2, 1, 1}, {2, 0, 2}}}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("%+v, want %+v", r, want)
	}
	if _, err := Link(t.Context(), LinkOptions{}); err == nil {
		t.Error("no mentions, no error")
	}
}
