package ner

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/onnx"
)

func layerOf(t *testing.T, scheme, labels string) layer {
	t.Helper()
	l, err := newLayer(onnx.Layer{Name: "x", Labels: strings.Fields(labels), Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestDetect(t *testing.T) {
	for labels, want := range map[string]string{
		"O B-A I-A":             "iob2",
		"O I-A I-B B-A":         "iob2",
		"I-A O":                 "iob2",
		"O B-A I-A E-A S-A":     "bioes",
		"B-A I-A L-A O U-A":     "bilou",
		"B-A M-A E-A W-A O":     "bmewo",
		"O B-A M-A E-A W-A V-A": "bmewov",
		"O B-A I-A S-A V-A":     "bioesv",
		"O B-A M-A E-A L-A":     "flat",
		"O A B":                 "flat",
		"O B-A C":               "iob2",
		"LABEL_0 LABEL_1":       "flat",
		"O X-RAY":               "flat",
		"O B-X-RAY I-X-RAY B-B": "iob2",
	} {
		if got := detect(strings.Fields(labels)); got != want {
			t.Errorf("%s: %s, want %s", labels, got, want)
		}
	}
}

func TestNewLayerErrors(t *testing.T) {
	for scheme, labels := range map[string]string{"iob3": "O B-A", "iob2": "O S-A", "bioes": "O A", "bilou": "O B-"} {
		if _, err := newLayer(onnx.Layer{Scheme: scheme, Labels: strings.Fields(labels)}); err == nil {
			t.Errorf("%s takes %s", scheme, labels)
		}
	}
}

// Each case is a sequence of tags and the mentions in it as label and pieces.
func TestRuns(t *testing.T) {
	bioes := "O B-A I-A E-A S-A B-B I-B E-B S-B"
	for _, c := range []struct {
		scheme, labels, path string
		strict, lenient      string
	}{
		{"bioes", bioes, "O B-A I-A E-A O S-B", "A13 B55", "A13 B55"},
		{"bioes", bioes, "S-A S-A B-A E-A B-A E-A", "A00 A11 A23 A45", "A00 A11 A23 A45"},
		{"bioes", bioes, "B-A O E-A I-A E-A", "", "A00 A22 A34"},
		{"bioes", bioes, "B-A E-B I-A B-A I-A", "", "A00 B11 A22 A34"},
		{"bioes", bioes, "B-A S-B E-A", "B11", "A00 B11 A22"},
		{"bilou", "O B-A I-A L-A U-A", "U-A B-A I-A L-A O", "A00 A13", "A00 A13"},
		{"bmewo", "O B-A M-A E-A W-A", "W-A B-A M-A E-A O", "A00 A13", "A00 A13"},
		{"bmewov", "O B-A M-A E-A W-A V-A V-B", "B-A V-A E-A O V-A V-A E-A W-A V-A V-B O V-A", "", "A02 A46 A77 A88 B99 Abb"},
		{"bmewo-v", "O B-A M-A E-A W-A V-A", "B-A M-A V-A V-A B-A E-A", "", "A03 A45"},
		{"", "O B-A I-A C", "B-A I-A C C O C", "", "A01 C23 C55"},
		{"iob2", "O B-A I-A B-B I-B", "B-A I-A B-A O I-B I-B I-A", "", "A01 A22 B45 A66"},
		{"iob1", "O B-A I-A", "I-A I-A B-A I-A O I-A", "", "A01 A23 A55"},
		{"flat", "O A B", "A A O B A A", "", "A01 B33 A45"},
	} {
		l := layerOf(t, c.scheme, c.labels)
		var path []int
		for _, name := range strings.Fields(c.path) {
			path = append(path, slices.Index(strings.Fields(c.labels), name))
		}
		if got := write(lenientRuns(path, l.tags)); got != c.lenient {
			t.Errorf("%s, lenient: %q, want %q", c.path, got, c.lenient)
		}
		if got := write(strictRuns(path, l.tags)); l.whole() && got != c.strict {
			t.Errorf("%s, strict: %q, want %q", c.path, got, c.strict)
		}
	}
}

func write(runs []run) string {
	var out []string
	for _, r := range runs {
		out = append(out, r.label+strconv.FormatInt(int64(r.first), 16)+strconv.FormatInt(int64(r.last), 16))
	}
	return strings.Join(out, " ")
}

// V is the innermost mention's.
func TestNested(t *testing.T) {
	labels := "O B-A M-A E-A W-A V-A V-B B-B E-B"
	for path, want := range map[string]string{
		"V-A M-A E-A":                     "A00",
		"V-A V-A E-A":                     "A01",
		"B-A M-A V-A":                     "A22",
		"B-A V-A E-A":                     "A11",
		"V-A M-A V-A V-A E-A O V-A E-A":   "A00 A23 A66",
		"V-A V-A":                         "", // what lies in nothing is no nested mention
		"W-A V-A O B-A E-A":               "",
		"V-B E-B V-A E-A":                 "B00 A22",
		"B-A V-B E-A":                     "",
		"V-A B-A V-A E-A V-A E-A O O W-A": "A22 A44",
	} {
		l := layerOf(t, "bmewov", labels)
		var tags []int
		for _, name := range strings.Fields(path) {
			tags = append(tags, slices.Index(strings.Fields(labels), name))
		}
		if got := write(nested(tags, l.tags, lenientRuns(tags, l.tags))); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// Mentions in others are put together among themselves where windows overlap.
func TestSweepKeepsNested(t *testing.T) {
	h := func(start, end int, inner bool) hit { return hit{span{start, end}, "A", 0.5, inner} }
	got := sweep("nine text", []hit{h(0, 9, false), h(0, 3, true), h(4, 9, false), h(0, 4, true)})
	if want := []hit{h(0, 9, false), h(0, 4, true)}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The pipeline compares lengths in code points: a letter with an accent is one.
func TestSweepCountsCodePoints(t *testing.T) {
	text := "con placebo más"
	sure, doubtful := hit{span{0, 11}, "A", 0.9, false}, hit{span{4, 16}, "A", 0.5, false}
	if got := sweep(text, []hit{sure, doubtful}); !slices.Equal(got, []hit{sure}) {
		t.Errorf("got %v, want %v: both have 11 code points", got, sure)
	}
}

// The parts of a long sentence keep every piece once, away from their edges.
func TestParts(t *testing.T) {
	for limit := 2; limit < 70; limit++ {
		for size := 1; size < 300; size++ {
			next, shared := 0, min(overlap, limit/2)
			cut := parts(size, limit)
			for i, p := range cut {
				last := i == len(cut)-1
				if p.from != next || p.end-p.start > limit || p.start > p.from || p.to > p.end || p.to <= p.from {
					t.Fatalf("size %d, limit %d: %v", size, limit, cut)
				}
				if i > 0 && p.from-p.start < shared/2 || !last && p.end-p.to < shared/2 {
					t.Fatalf("size %d, limit %d: pieces at the edge count: %v", size, limit, cut)
				}
				next = p.to
			}
			if next != size || size <= limit && len(cut) != 1 {
				t.Fatalf("size %d, limit %d: %v", size, limit, cut)
			}
		}
	}
	// As the trainer cuts them: 64 pieces, 16 of them shared, the first half of these in the earlier part.
	if got, want := parts(100, 64), []part{{0, 64, 0, 56}, {48, 100, 56, 100}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTrim(t *testing.T) {
	text := "a \u00a0tumor\n b"
	if start, end := trim(text, 1, len(text)-1); text[start:end] != "tumor" {
		t.Errorf("%q", text[start:end])
	}
	if start, end := trim(text, 1, 4); start != end {
		t.Errorf("white space alone: [%d,%d)", start, end)
	}
}

func TestMerge(t *testing.T) {
	m := func(label string, start, end corpus.Off, score corpus.Score) corpus.Mention {
		return corpus.Mention{Label: label, Spans: corpus.One(start, end), Score: score}
	}
	got := merge([]corpus.Mention{m("A", 5, 9, 0.5), m("B", 5, 9, 0.6), m("A", 0, 9, 0.7), m("A", 5, 9, 0.8)})
	want := []corpus.Mention{m("A", 0, 9, 0.7), m("A", 5, 9, 0.8), m("B", 5, 9, 0.6)}
	if !slices.EqualFunc(got, want, func(a, b corpus.Mention) bool { return a.Same(b) && a.Score == b.Score }) {
		t.Errorf("got %+v", got)
	}
}

func TestLongestLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"tumor", "tumor"},
		{"HISTOLOGÍA\nadenocarcinoma de colon", "adenocarcinoma de colon"},
		{"adenocarcinoma\ncolon\n", "adenocarcinoma"},
		{"\ntumor", "tumor"},
		{"\n", ""},
	} {
		if start, end := longestLine(c.text, 0, len(c.text)); c.text[start:end] != c.want {
			t.Errorf("of %q it keeps %q", c.text, c.text[start:end])
		}
	}
}
