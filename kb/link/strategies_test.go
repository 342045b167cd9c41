package link

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/store"
)

// compass is an Embedder that gives each text a direction, in degrees; texts that it does
// not know all point where nothing else is.
type compass map[string]float64

func (c compass) Embed(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = []float32{0, 0, 1, 0}
		if d, ok := c[t]; ok {
			out[i] = []float32{float32(math.Cos(d * math.Pi / 180)), float32(math.Sin(d * math.Pi / 180)), 0, 0}
		}
	}
	return out, nil
}
func (c compass) Dimensions() int { return 4 }
func (c compass) Hash() string    { return "compass" }

// cos is the cosine of an angle in degrees, apart the distance of two such unit vectors.
func cos(degrees float64) float64   { return math.Cos(degrees * math.Pi / 180) }
func apart(degrees float64) float64 { return 2 * math.Sin(degrees*math.Pi/360) }

func names(id, name string, more ...kb.Name) kb.Concept {
	return kb.Concept{ID: id, Name: name, Names: append([]kb.Name{{Text: name, Kind: "preferred"}}, more...)}
}

func mention(text string, count int) kb.Name {
	return kb.Name{Text: text, Kind: "mention", Count: count}
}

// with makes a linker of one strategy over one KB.
func with(t *testing.T, c compass, strategy string, p Params, concepts ...kb.Concept) *Linker {
	t.Helper()
	return linker(t, Options{KBs: map[string][]*store.KB{"": {build(t, "kb", stream(concepts...), c)}}, Embedder: c,
		Settings: Settings{Strategy: strategy, Params: map[string]Params{strategy: p}}})
}

func TestWindows(t *testing.T) {
	for text, want := range map[string][3]string{
		"a":         {"a", "a", "a"},
		"a b":       {"a b", "a", "b"},
		"a b c":     {"a b c", "a b", "b c"},
		"a b c d":   {"a b c d", "a b c", "b c d"},
		"a b c d e": {"a b c d e", "a b c", "c d e"},
	} {
		if got := windows(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// The similarity of a code is a weighted sum, and each part of the mention counts by the
// code's name that is best for that part.
func TestSlidingWindow(t *testing.T) {
	c := compass{
		"dolor de pecho izquierdo": 0, "dolor de pecho": 40, "de pecho izquierdo": -40,
		"x1": 10, "y1": 20, "y2": 38, "y3": -42,
	}
	concepts := []kb.Concept{names("X", "x1"), names("Y", "y1", kb.Name{Text: "y2"}, kb.Name{Text: "y3"})}
	x := []float64{cos(10), cos(30), cos(50)}
	y := []float64{cos(20), cos(2), cos(2)}
	for _, test := range []struct {
		p     Params
		first string
		w     [3]float64
	}{
		{Params{"first": 0, "last": 0}, "X", [3]float64{1, 0, 0}},
		{nil, "Y", [3]float64{0.75, 0.17, 0.08}},
		{Params{"full": 0.5, "first": 0, "last": 1}, "Y", [3]float64{1. / 3, 0, 2. / 3}},
	} {
		got := one(t, with(t, c, SlidingWindow, test.p, concepts...), "", "dolor de pecho izquierdo", 5)
		if len(got) != 2 || got[0].ID != test.first {
			t.Fatalf("%v: %v", test.p, got)
		}
		for _, g := range got {
			parts := map[string][]float64{"X": x, "Y": y}[g.ID]
			want := test.w[0]*parts[0] + test.w[1]*parts[1] + test.w[2]*parts[2]
			if math.Abs(float64(g.Score)-want) > 1e-5 {
				t.Errorf("%v: %s scores %v, want %v", test.p, g.ID, g.Score, want)
			}
			for i, p := range g.Evidence.Parts {
				if p.What != windowNames[i] || math.Abs(float64(p.Score)-parts[i]) > 1e-5 {
					t.Errorf("%v: %s: part %+v, want %v", test.p, g.ID, p, parts[i])
				}
			}
		}
	}
	// Equally near: the name that the corpus wrote more often.
	tie := with(t, compass{"m": 0, "p": 5, "q": -5}, SlidingWindow, nil, names("P", "p"), kb.Concept{ID: "Q", Names: []kb.Name{mention("q", 2)}})
	if got := one(t, tie, "", "m", 2); got[0].ID != "Q" {
		t.Errorf("a tie: %v", got)
	}
}

// species is a small KB: "coco" was written for B more often than for A.
func species() (compass, []kb.Concept) {
	c := compass{"bacteria": 0, "virus": 90, "hongo": 180, "coco": 20, "bacilo": 25, "otro": 60, "gripe aviar": 80}
	return c, []kb.Concept{
		names("A", "bacteria", mention("coco", 1)), names("B", "otro", mention("coco", 3)), names("C", "bacilo"),
		names("V", "virus", mention("gripe aviar", 1)), names("F", "hongo"),
	}
}

func TestIndexSwitch(t *testing.T) {
	c, concepts := species()
	for _, test := range []struct {
		text   string
		at     float64 // direction of the mention
		s, t   float64 // thresholds, in degrees
		first  string
		second string
	}{
		{"m", 22, 4, 90, "B", "B"},   // "coco" is 2 away, within the switch threshold: its most frequent code
		{"m", 24, 5, 90, "B", "C"},   // "coco" wins although "bacilo" is nearer
		{"m", 8, 5, 90, "A", "B"},    // beyond it: "bacteria" (8 away) is nearer than "coco" (12)
		{"m", 12, 5, 90, "B", "A"},   // beyond it: "coco" (8) is nearer than "bacteria" (12)
		{"m", 175, 5, 90, "F", "V"},  // nothing labelled is near: among all names
		{"m", 150, 5, 20, "NIL", ""}, // nothing within t, one word: no concept fits
		{"m", 160, 5, 21, "F", ""},   // within t
	} {
		c["m"] = test.at
		l := with(t, c, IndexSwitch, Params{"switch": apart(test.s), "t": apart(test.t)}, concepts...)
		got := one(t, l, "", test.text, 9)
		if got[0].ID != test.first || test.second != "" && test.second != test.first && got[1].ID != test.second {
			t.Errorf("%+v: %v", test, ids(got))
		}
		if seen := slices.Sorted(slices.Values(ids(got))); len(slices.Compact(seen)) != len(got) {
			t.Errorf("%+v: a concept comes twice: %v", test, ids(got))
		}
		if p := got[0].Evidence.Parts; test.first != "NIL" && (len(p) == 0 || p[0].What != "distance") {
			t.Errorf("%+v: parts %+v", test, p)
		}
	}
}

func TestIndexSwitchLinksParts(t *testing.T) {
	c, concepts := species()
	c["cocos"], c["hongos"] = 19, 179
	l := with(t, c, IndexSwitch, Params{"switch": apart(2), "t": apart(5)}, concepts...)
	got := one(t, l, "", "cocos y hongos", 5)
	if got[0].ID != "B|F" || got[0].Evidence.Match != "composite" || !slices.Equal(ids(got)[1:3], []string{"B", "F"}) {
		t.Errorf("%v", got)
	}
}

func TestNGramLoop(t *testing.T) {
	c := compass{"tos": 0, "fiebre alta": 60, "fiebre": 120, "alta": 180, "alta tos": 240, "disnea": 300}
	concepts := []kb.Concept{names("1", "tos"), names("2", "fiebre alta"), names("3", "fiebre"), names("4", "alta"), names("5", "alta tos"), names("6", "disnea")}
	l := with(t, c, NGramLoop, Params{"t": apart(10)}, concepts...)
	for _, test := range []struct{ text, first, parts string }{
		{"fiebre alta", "2", ""}, // as a whole
		{"fiebre alta tos", "2|1", "fiebre alta[0 11]=2 tos[12 15]=1"},   // from the left; "alta tos" holds a linked word
		{"mucha fiebre", "3", "fiebre[6 12]=3"},                          // one part is no composite
		{"tos y tos", "1", "tos[0 3]=1 tos[6 9]=1"},                      // one concept twice is no composite
		{"niño: disnea fiebre", "6|3", "disnea[6 12]=6 fiebre[13 19]=3"}, // code points, not bytes
		{"disnea con tos y fiebre", "6|1|3", "disnea[0 6]=6 tos[11 14]=1 fiebre[17 23]=3"},
		{"nada de eso", "NIL", ""},
		{"nada", "NIL", ""},
	} {
		got := one(t, l, "", test.text, 9)
		var parts []string
		for _, p := range got[0].Evidence.Parts {
			if p.What == "concept" {
				parts = append(parts, fmt.Sprintf("%s%v=%s", p.Text, [2]int{int(p.Span.Start), int(p.Span.End)}, p.ID))
			}
		}
		if got[0].ID != test.first || strings.Join(parts, " ") != test.parts {
			t.Errorf("%q: %v, parts %q", test.text, ids(got), parts)
		}
		if test.first == "NIL" && got[0].Evidence.Match != "nil" {
			t.Errorf("%q: %+v", test.text, got[0])
		}
	}
	if got := one(t, l, "", "fiebre alta tos", 3); got[1].ID != "1" && got[1].ID != "2" {
		t.Errorf("the parts do not follow: %v", ids(got))
	}
	just, beyond := with(t, c, NGramLoop, Params{"t": apart(30.01)}, concepts...), with(t, c, NGramLoop, Params{"t": apart(29.99)}, concepts...)
	c["m"] = 30
	if a, b := one(t, just, "", "m", 1), one(t, beyond, "", "m", 1); a[0].ID == "NIL" || b[0].ID != "NIL" {
		t.Errorf("at the threshold: %v, %v", ids(a), ids(b))
	}
}

// Codes are put together as the knowledge base does it.
func TestCompositesFollowTheKB(t *testing.T) {
	c := compass{"tos": 0, "fiebre": 90, "tos con fiebre": 180, "bacteria": 270}
	concepts := []kb.Concept{names("1", "tos"), names("2", "fiebre"), names("1+2", "tos con fiebre"), names("2759|H", "bacteria")}
	l := with(t, c, NGramLoop, Params{"t": apart(10)}, concepts...)
	got := one(t, l, "", "fiebre o tos", 9)
	if got[0].ID != "2+1" || got[0].Name != "fiebre + tos" {
		t.Errorf("%+v", got[0])
	}
	if got := one(t, l, "", "tos, fiebre", 9); got[0].ID == "1+2" {
		t.Errorf("a comma belongs to its word: %+v", got[0])
	}
	got = one(t, l, "", "tos y fiebre", 9)
	if got[0].ID != "1+2" || got[0].Name != "tos con fiebre" {
		t.Errorf("a composite that the KB has: %+v", got[0])
	}
	got = one(t, l, "", "tos seca", 9) // one part, and a word left over
	if !slices.Equal(ids(got)[:2], []string{"1", "1|H"}) {
		t.Errorf("a broader code: %v", ids(got))
	}
}

func TestUntunedIsRefused(t *testing.T) {
	c, concepts := species()
	k := build(t, "kb", stream(concepts...), c)
	for _, strategy := range []string{IndexSwitch, NGramLoop} {
		_, err := New(Options{KBs: map[string][]*store.KB{"": {k}}, Embedder: c, Settings: Settings{Strategy: strategy}})
		if !errors.Is(err, ErrUntuned) || !strings.Contains(err.Error(), "gloss kb tune "+k.Dir()) || !strings.Contains(err.Error(), strategy) {
			t.Errorf("%s: %v", strategy, err)
		}
	}
	if err := store.Tune(k.Dir(), NGramLoop, store.Tuning{Params: Params{"t": apart(15)}}); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(k.Dir(), store.Options{Embedder: c})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	kbs := map[string][]*store.KB{"": {again}}
	c["m"] = 165.5
	tuned := linker(t, Options{KBs: kbs, Embedder: c, Settings: Settings{Strategy: NGramLoop}})
	if got := one(t, tuned, "", "m", 1); got[0].ID != "F" {
		t.Errorf("what was tuned does not count: %v", got)
	}
	said := linker(t, Options{KBs: kbs, Embedder: c, Settings: Settings{Strategy: NGramLoop}.With("t", apart(14))})
	if got := one(t, said, "", "m", 1); got[0].ID != "NIL" {
		t.Errorf("what the user said does not count more: %v", got)
	}
}

func TestStrategiesTellWhatTheyLack(t *testing.T) {
	c, concepts := species()
	letters := build(t, "letters", stream(concepts...), nil)
	for _, o := range []Options{
		{KBs: map[string][]*store.KB{"": {letters}}, Embedder: c, Settings: Settings{Strategy: SlidingWindow}},
		{KBs: map[string][]*store.KB{"": {build(t, "kb", stream(concepts...), c)}}, Settings: Settings{Strategy: SlidingWindow}},
	} {
		if _, err := New(o); !errors.Is(err, ErrNeeds) {
			t.Errorf("no vectors: %v", err)
		}
	}
}

func TestRules(t *testing.T) {
	kbs := defaultKBs(t, nil)
	var o Overlay
	o.Add("HUMAN", "fiebre", "demo", "D2")
	l := linker(t, Options{KBs: kbs, Overlay: &o, Settings: Settings{Rules: map[string]string{"HUMAN": "9606", "MAMA": "P1"}}})
	got := one(t, l, "HUMAN", "fiebre", 3)
	if !slices.Equal(ids(got)[:2], []string{"9606", "D2"}) || got[0].Evidence.Match != "rule" || got[0].Score != 1 {
		t.Errorf("%v", got)
	}
	got = one(t, l, "MAMA", "fiebre", 3)
	if got[0].ID != "P1" || got[0].Name != "biopsia de mama" || got[1].ID != "D1" {
		t.Errorf("%v", got)
	}
	if got := one(t, l, "", "fiebre", 1); got[0].ID != "D1" {
		t.Errorf("another label: %v", got)
	}
}

func TestNoConceptHasItsPlace(t *testing.T) {
	kbs := defaultKBs(t, nil)
	l := linker(t, Options{KBs: kbs, Settings: Settings{NoCode: "NO_CODE"}.With("nil", 0.9)})
	if got := one(t, l, "", "fiebre", 9); got[0].ID != "D1" || got[1].ID != "NO_CODE" || got[1].Evidence.Match != "nil" || got[1].Score != 0.9 {
		t.Errorf("an exact name: %v", got)
	}
	if got := one(t, l, "", "febre", 9); got[0].ID != "NO_CODE" || got[1].ID != "D1" {
		t.Errorf("a similar name: %v", got)
	}
	for _, c := range one(t, linker(t, Options{KBs: kbs}), "", "febre", 9) {
		if c.Evidence.Match == "nil" {
			t.Errorf("without a threshold: %v", c)
		}
	}
}

func TestWhatTheDocumentDefines(t *testing.T) {
	kbs := defaultKBs(t, nil)
	l := linker(t, Options{KBs: kbs})
	text := "Diabetes insípida (CDI) con lobulillar (LB)."
	defined := (*lexical.Abbreviations)(nil).WithDefined(lexical.Defined("Se vio una diabetes insípida (DI) en la paciente")...)
	if defined.Len() == 0 {
		t.Fatalf("nothing is defined in %q", text)
	}
	got, err := l.Candidates(context.Background(), []Query{{Text: "DI", Defined: defined}, {Text: "DI"}, {Text: "fiebre", Defined: defined}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if got[0][0].ID != "D3" || got[0][0].Evidence.Match != "exact" || got[0][0].Evidence.Name != "diabetes insípida" {
		t.Errorf("defined: %v", got[0])
	}
	if len(got[1]) > 0 && got[1][0].Evidence.Match == "exact" {
		t.Errorf("the definition leaked to another mention: %v", got[1])
	}
	if got[2][0].ID != "D1" {
		t.Errorf("another mention: %v", got[2])
	}
	// CDI is a name of two concepts; the document says which it means.
	own := (*lexical.Abbreviations)(nil).WithDefined(lexical.Definition{Short: "CDI", Long: "diabetes insípida"})
	got, err = l.Candidates(context.Background(), []Query{{Text: "CDI", Defined: own}, {Text: "CDI"}}, 3)
	if err != nil || got[0][0].ID != "D3" || got[1][0].ID != "M1" {
		t.Errorf("%v, %v", got, err)
	}
}
