package score

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func m(label string, start, end corpus.Off, codes ...string) corpus.Mention {
	x := corpus.Mention{Label: label, Spans: corpus.One(start, end), Text: "Tos"}
	for _, c := range codes {
		x.Links = append(x.Links, corpus.Link{DB: "kb", ID: c})
	}
	return x
}

type docs = map[string][]corpus.Mention

func TestCounts(t *testing.T) {
	split := corpus.Mention{Label: "X", Spans: corpus.Spans{{Start: 0, End: 2}, {Start: 5, End: 7}}}
	turned := corpus.Mention{Label: "X", Spans: corpus.Spans{{Start: 5, End: 7}, {Start: 0, End: 2}}}
	otherKB := m("X", 0, 3, "1")
	otherKB.Links[0].DB = "other"
	for name, c := range map[string]struct {
		gold, pred []corpus.Mention
		o          Options
		tp, fp, fn int
		warnings   int
	}{
		"nothing":              {nil, nil, Options{}, 0, 0, 0, 0},
		"equal":                {[]corpus.Mention{m("X", 0, 3)}, []corpus.Mention{m("X", 0, 3)}, Options{}, 1, 0, 0, 0},
		"boundary":             {[]corpus.Mention{m("X", 0, 3)}, []corpus.Mention{m("X", 0, 4)}, Options{}, 0, 1, 1, 0},
		"label":                {[]corpus.Mention{m("X", 0, 3), m("Y", 5, 6)}, []corpus.Mention{m("Y", 0, 3)}, Options{}, 0, 1, 2, 0},
		"repeated":             {[]corpus.Mention{m("X", 0, 3)}, []corpus.Mention{m("X", 0, 3), m("X", 0, 3)}, Options{}, 1, 0, 0, 1},
		"fragments":            {[]corpus.Mention{split}, []corpus.Mention{turned, m("X", 0, 7)}, Options{}, 1, 1, 0, 0},
		"other label":          {[]corpus.Mention{m("X", 0, 3)}, []corpus.Mention{m("X", 0, 3), m("Z", 0, 3)}, Options{}, 1, 0, 0, 1},
		"chosen labels":        {[]corpus.Mention{m("X", 0, 3), m("Y", 5, 6)}, []corpus.Mention{m("Z", 0, 3)}, Options{Labels: []string{"X", "Z", "X"}}, 0, 1, 1, 1},
		"ner ignores codes":    {[]corpus.Mention{m("X", 0, 3, "1")}, []corpus.Mention{m("X", 0, 3)}, Options{}, 1, 0, 0, 0},
		"norm":                 {[]corpus.Mention{m("X", 0, 3, "1")}, []corpus.Mention{m("X", 0, 3, "1")}, Options{Task: Norm}, 1, 0, 0, 0},
		"norm ignores the KB":  {[]corpus.Mention{m("X", 0, 3, "1")}, []corpus.Mention{otherKB}, Options{Task: Norm}, 1, 0, 0, 0},
		"norm wrong code":      {[]corpus.Mention{m("X", 0, 3, "1")}, []corpus.Mention{m("X", 0, 3, "2")}, Options{Task: Norm}, 0, 1, 1, 0},
		"norm case":            {[]corpus.Mention{m("X", 0, 3, "a")}, []corpus.Mention{m("X", 0, 3, "A")}, Options{Task: Norm}, 0, 1, 1, 0},
		"norm sets":            {[]corpus.Mention{m("X", 0, 3, "1", "2")}, []corpus.Mention{m("X", 0, 3, "2"), m("X", 0, 3, "1")}, Options{Task: Norm}, 1, 0, 0, 1},
		"norm half a set":      {[]corpus.Mention{m("X", 0, 3, "1", "2")}, []corpus.Mention{m("X", 0, 3, "2")}, Options{Task: Norm}, 0, 1, 1, 0},
		"norm composite":       {[]corpus.Mention{m("X", 0, 3, "1+2")}, []corpus.Mention{m("X", 0, 3, "2+1")}, Options{Task: Norm}, 0, 1, 1, 0},
		"norm no code":         {[]corpus.Mention{m("X", 0, 3), m("X", 5, 6, "1")}, []corpus.Mention{m("X", 0, 3), m("X", 5, 6)}, Options{Task: Norm}, 1, 1, 1, 1},
		"norm valid codes":     {[]corpus.Mention{m("X", 0, 3, "1+2|H"), m("X", 5, 6, "9")}, []corpus.Mention{m("X", 0, 3, "1+2|H"), m("X", 5, 6, "1+9")}, Options{Task: Norm, Codes: []string{"1", "2"}}, 1, 0, 0, 1},
		"ner with valid codes": {[]corpus.Mention{m("X", 0, 3, "9")}, []corpus.Mention{m("X", 0, 3, "9")}, Options{Codes: []string{"1"}}, 1, 0, 0, 1},
	} {
		r, err := Score(docs{"d": c.gold}, docs{"d": c.pred}, c.o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r.TP != c.tp || r.FP != c.fp || r.FN != c.fn || r.Pred != c.tp+c.fp || r.Gold != c.tp+c.fn {
			t.Errorf("%s: %+v, want %d %d %d", name, r.Counts, c.tp, c.fp, c.fn)
		}
		if len(r.Warnings) != c.warnings {
			t.Errorf("%s: warnings %q, want %d", name, r.Warnings, c.warnings)
		}
	}
}

func TestDocumentsOfGoldAreScored(t *testing.T) {
	gold := docs{"a": {m("X", 0, 3)}, "b": {m("X", 0, 3), m("Y", 0, 3)}, "empty": nil}
	pred := docs{"a": {m("X", 0, 3)}, "empty": {m("X", 0, 3)}, "c": {m("X", 0, 3), m("Z", 0, 3)}}
	r, err := Score(gold, pred, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.TP != 1 || r.FP != 1 || r.FN != 2 {
		t.Errorf("%+v", r.Counts)
	}
	if got := strings.Join(r.Warnings, "\n"); !strings.Contains(got, "1 predicted documents with 2 mentions") || !strings.Contains(got, "1 gold documents have no predictions") {
		t.Errorf("warnings %s", got)
	}
	if x := r.PerLabel["X"]; x.TP != 1 || x.FP != 1 || x.FN != 1 || x.F1 != 0.5 || !reflect.DeepEqual(r.Labels(), []string{"X", "Y"}) {
		t.Errorf("X: %+v, labels %v", x, r.Labels())
	}
}

// One document does not tell how much documents differ.
func TestNoIntervalOfOneDocument(t *testing.T) {
	gold := docs{"d": {m("X", 0, 3), m("Y", 5, 9)}, "e": {m("X", 0, 3)}, "f": nil}
	r, err := Score(gold, docs{"d": {m("X", 0, 3), m("Y", 6, 9)}, "e": {m("X", 1, 3)}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if y := r.PerLabel["Y"].CI95; y[0].Known() || y[1].Known() {
		t.Errorf("Y is in one document, and has the interval %v", y)
	}
	if x := r.PerLabel["X"].CI95; x != [2]corpus.Score{0, 1} {
		t.Errorf("X is in two documents, and has the interval %v", x)
	}
	if !r.CI95[0].Known() {
		t.Error("there is no interval of all")
	}
	one, err := Score(docs{"d": gold["d"]}, docs{"d": {m("X", 0, 3)}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	empty, err := Score(docs{"d": gold["d"], "f": nil, "g": nil}, docs{"d": gold["d"]}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := empty.Against(one); d.Diff95[0].Known() {
		t.Errorf("one of three documents has mentions: %+v", d)
	}
	if d := one.Against(one); one.CI95[0].Known() || d.Diff != 0 || d.Diff95[0].Known() {
		t.Errorf("of one document: %v, %+v", one.CI95, d)
	}
}

func TestJSON(t *testing.T) {
	r, err := Score(docs{"d": {m("X", 0, 3)}}, docs{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.Warnings = r.Warnings[:0]
	got, err := json.Marshal(r)
	const counts = `"tp":0,"fp":0,"fn":1,"pred":0,"gold":1,"precision":null,"recall":0,"f1":0,"ci95":[null,null]`
	if want := `{"profile":"clean","task":"ner",` + counts + `,"per_label":{"X":{` + counts + `}},"warnings":[]}`; string(got) != want || err != nil {
		t.Errorf("got  %s\nwant %s (%v)", got, want, err)
	}
	if r, _ = Score(docs{"d": nil}, docs{"d": nil}, Options{}); r.F1.Known() || r.CI95[0].Known() || r.CI95[1].Known() {
		t.Errorf("nothing to score: %+v", r.Counts)
	}
}

func TestWrongOptions(t *testing.T) {
	for _, o := range []Options{{Task: "made up"}, {Task: "index"}} {
		if _, err := Score(nil, nil, o); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestInterval(t *testing.T) {
	gold, pred := docs{}, docs{}
	for i := range 100 {
		doc := string(rune('A'+i/26)) + string(rune('a'+i%26))
		gold[doc], pred[doc] = []corpus.Mention{m("X", 0, 3)}, []corpus.Mention{m("X", 0, 3)}
		if i%4 == 0 {
			pred[doc] = []corpus.Mention{m("X", 0, 4)}
		}
	}
	r, err := Score(gold, pred, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// F1 is a mean of 100 independent zeros and ones here: sd = sqrt(.75 * .25 / 100).
	half := 1.96 * math.Sqrt(0.75*0.25/100)
	if lo, hi := float64(r.CI95[0]), float64(r.CI95[1]); math.Abs(lo-(0.75-half)) > 0.02 || math.Abs(hi-(0.75+half)) > 0.02 {
		t.Errorf("interval %v to %v, want about 0.75 ± %.3f", lo, hi, half)
	}
	again, _ := Score(gold, pred, Options{})
	if !reflect.DeepEqual(r, again) {
		t.Error("the same files gave another result")
	}
	if r.PerLabel["X"] != r.Counts {
		t.Errorf("one label, yet %+v and %+v", r.PerLabel["X"], r.Counts)
	}
}

func BenchmarkScore(b *testing.B) {
	gold := docs{}
	for i := range 1000 {
		var ms []corpus.Mention
		for j := range corpus.Off(20) {
			ms = append(ms, m(string(rune('A'+j%8)), j*10, j*10+5))
		}
		gold[string(rune('a'+i%26))+string(rune('0'+i/26))] = ms
	}
	for b.Loop() {
		if _, err := Score(gold, gold, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
