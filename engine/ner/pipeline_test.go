package ner_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// pipelineGolden is what testdata/pipeline/make.py wrote.
type pipelineGolden struct {
	Max    int
	Models map[string][]struct {
		Text        string
		Aggregation string
		Stride      int
		Spans       [][4]any // label, start, end, score
	}
}

func readPipelineGolden(t testing.TB) pipelineGolden {
	t.Helper()
	data, err := os.ReadFile("testdata/pipeline/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g pipelineGolden
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// exported opens a model of testdata/pipeline with a gloss.json; none where settings are empty.
func exported(t testing.TB, model, settings string) *ner.Model {
	t.Helper()
	name, file, _ := strings.Cut(model, "/")
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata/pipeline", name))); err != nil {
		t.Fatal(err)
	}
	if settings != "" {
		if err := os.WriteFile(filepath.Join(dir, "gloss.json"), []byte(settings), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := onnx.OpenDir(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	m, err := ner.Open(onnxtest.Runtime(t), b, ner.Options{BatchTokens: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// expected are the pipeline's spans as an annotator wants them: without the blanks
// that some tokenizers put at their edges, in the order of their places, and of
// several at one place with one label (the bytes of a code point) the likeliest.
func expected(text string, spans [][4]any) []corpus.Mention {
	runes := []rune(text)
	var out []corpus.Mention
	for _, s := range spans {
		start, end := int(s[1].(float64)), int(s[2].(float64))
		for start < end && unicode.IsSpace(runes[start]) {
			start++
		}
		for end > start && unicode.IsSpace(runes[end-1]) {
			end--
		}
		if start < end {
			out = append(out, corpus.Mention{
				Label: s[0].(string), Spans: corpus.One(corpus.Off(start), corpus.Off(end)), Text: string(runes[start:end]),
				Score: corpus.Score(s[3].(float64)),
			})
		}
	}
	slices.SortFunc(out, func(a, b corpus.Mention) int {
		x, y := a.Spans[0], b.Spans[0]
		return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(x.End, y.End), cmp.Compare(a.Label, b.Label), cmp.Compare(b.Score, a.Score))
	})
	return slices.CompactFunc(out, func(a, b corpus.Mention) bool { return a.Same(b) })
}

func compare(t *testing.T, what string, got, want []corpus.Mention, tolerance float64) {
	t.Helper()
	if show(got) != show(want) {
		t.Errorf("%s:\n got %s\nwant %s", what, show(got), show(want))
		return
	}
	for i := range want {
		if d := math.Abs(float64(got[i].Score - want[i].Score)); !(d <= tolerance) {
			t.Errorf("%s, %s: score %v, want %v", what, want[i].Text, got[i].Score, want[i].Score)
		}
	}
}

// The spans, labels and scores of transformers' pipeline, for every kind of
// tokenizer, aggregation and number format.
func TestAggregationsEqualThePipeline(t *testing.T) {
	g := readPipelineGolden(t)
	g.Models["wordpiece/model_external.onnx"] = g.Models["wordpiece"] // the same weights beside the file
	if len(g.Models) != 6 {
		t.Fatalf("%d models", len(g.Models))
	}
	for model, cases := range g.Models {
		tolerance := 1e-5
		if strings.Contains(model, "fp16") {
			tolerance = 1e-3 // versions of ONNX Runtime round 16-bit numbers at other places
		}
		t.Run(model, func(t *testing.T) {
			models := map[string]*ner.Model{}
			mentions := 0
			for _, c := range cases {
				settings := fmt.Sprintf(`{"version": 1, "aggregation": %q, "windows": {"by": "text"}}`, c.Aggregation)
				if c.Stride > 0 {
					settings = fmt.Sprintf(`{"version": 1, "aggregation": %q, "windows": {"by": "text", "max": %d, "stride": %d}}`,
						c.Aggregation, g.Max-2, c.Stride)
				}
				if models[settings] == nil {
					models[settings] = exported(t, model, settings)
				}
				text := corpus.NewText(c.Text)
				got, err := models[settings].Annotate(t.Context(), text, []corpus.Span{{Start: 0, End: text.Len()}}, nil)
				if err != nil {
					t.Fatal(err)
				}
				want := expected(c.Text, c.Spans)
				mentions += len(want)
				compare(t, fmt.Sprintf("%s, stride %d, %.30q", c.Aggregation, c.Stride, c.Text), got, want, tolerance)
			}
			if mentions < 100 {
				t.Errorf("only %d mentions: the test tests little", mentions)
			}
		})
	}
}

// A document that fits into one window gives the pipeline's spans in windows of
// sentences, too.
func TestSentencesGiveWhatThePipelineGives(t *testing.T) {
	g := readPipelineGolden(t)
	for _, model := range []string{"wordpiece", "byte-level", "unigram"} {
		for _, c := range g.Models[model] {
			if c.Stride > 0 || c.Aggregation != "simple" || strings.TrimSpace(c.Text) != c.Text {
				continue
			}
			m := exported(t, model, fmt.Sprintf(`{"version": 1, "aggregation": %q}`, c.Aggregation))
			got, err := m.Annotate(t.Context(), corpus.NewText(c.Text), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, fmt.Sprintf("%s, %.30q", model, c.Text), got, expected(c.Text, c.Spans), 1e-5)
		}
	}
}

// Without any setting, a tag is that of a whole word as a reader sees it: no mention
// ends inside of one, or takes a comma with it.
func TestPlainExportsTagWords(t *testing.T) {
	g := readPipelineGolden(t)
	for _, model := range []string{"wordpiece", "byte-level", "unigram"} {
		m := exported(t, model, "")
		mentions := 0
		for _, c := range g.Models[model] {
			if c.Stride > 0 || c.Aggregation != "simple" {
				continue
			}
			runes := []rune(c.Text)
			letter := func(i corpus.Off) bool {
				return i >= 0 && int(i) < len(runes) && (unicode.IsLetter(runes[i]) || unicode.IsMark(runes[i])) && runes[i] < 0x2000
			}
			got, err := m.Annotate(t.Context(), corpus.NewText(c.Text), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			mentions += len(got)
			for _, x := range got {
				s := x.Spans[0]
				if letter(s.Start-1) && letter(s.Start) || letter(s.End-1) && letter(s.End) {
					t.Errorf("%s: %q of %q cuts a word", model, x.Text, c.Text)
				}
			}
		}
		if mentions < 20 {
			t.Errorf("%s: only %d mentions", model, mentions)
		}
	}
}

func TestAggregationNoneHasTheTagsAsLabels(t *testing.T) {
	m := exported(t, "wordpiece", `{"version": 1, "aggregation": "none"}`)
	if got := fmt.Sprint(m.Labels()); got != "[B-DIS I-DIS B-SYM I-SYM]" {
		t.Error(got)
	}
}
