package lens_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// side makes annotations of one document, "d", from lines of a label and a piece
// of its text, the first such piece.
func side(t *testing.T, name, text string, lines ...string) lens.Side {
	t.Helper()
	doc := corpus.Document{Name: "d", Text: corpus.NewText(text)}
	for _, line := range lines {
		label, piece, _ := strings.Cut(line, " ")
		at := strings.Index(text, piece)
		if at < 0 {
			t.Fatalf("%q does not hold %q", text, piece)
		}
		doc.Mentions = append(doc.Mentions, corpus.Mention{
			Label: label, Spans: corpus.One(doc.Text.Off(at), doc.Text.Off(at+len(piece))), Text: piece, Score: corpus.NoScore,
		})
	}
	return lens.Side{Name: name, Docs: map[string]corpus.Document{"d": doc}}
}

func look(t *testing.T, gold, pred lens.Side, o lens.Options) *lens.Report {
	t.Helper()
	r, err := lens.Look(gold, pred, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEachMentionHasItsCauses(t *testing.T) {
	// Several documents make words frequent; the known texts make some of them seen.
	known := []corpus.Document{{Name: "k", Text: corpus.NewText("Carcinoma ductal de mama, CDI, tumor y metástasis ósea. Ca o ca y Ca."),
		Mentions: []corpus.Mention{{Label: "X", Text: "carcinoma ductal"}, {Label: "X", Text: "Apudoma"}}}}
	for i := range 20 {
		text := "linfoma"
		if i < 2 {
			text = "lirfoma linfoma" // with the document in question, three: too often for a mistake
		}
		if i < 6 {
			text += " metástasis carcinoma tumor met"
		}
		known = append(known, corpus.Document{Text: corpus.NewText(text)})
	}
	for _, c := range []struct {
		text string
		want string
	}{
		{"carcinoma ductal", ""},
		{"Carcinoma Ductal", ""}, // case does not count
		{"carcinoma", "unseen_name"},
		{"S-100", "hyphen abbreviation_1_2 unseen_word unseen_name"},
		{"S–", "hyphen abbreviation_1_2 unseen_word unseen_name"},
		{"CK 7", "abbreviation_1_2 unseen_word unseen_name"},
		{"Hb", "abbreviation_1_2 unseen_word unseen_name"},
		{"CDI", "abbreviation_3_up unseen_name"},
		{"Ca", "abbreviation_1_2 unseen_name"}, // "ca" is there, but "Ca" is there more often
		{"PEComa", "abbreviation_3_up unseen_word unseen_name"},
		{"pT3N0M0", "abbreviation_3_up unseen_word unseen_name"},
		{"TUMOR", "unseen_name"}, // a word of the texts in capitals
		{"MET", "unseen_name"},
		{"y", "unseen_name"}, // a word that the texts write small is none
		{"CDI de mama", "unseen_name"},
		{"carcinoma ductal de mama y ósea", "more_than_five_words unseen_name"},
		{"metástasis, ósea y tumor", "unseen_name"}, // five with the comma
		{"carcnoma", "misspelling unseen_word unseen_name"},
		{"metastasis", "misspelling unseen_word unseen_name"}, // an accent is a letter
		{"crcainoma", "unseen_word unseen_name"},              // two changes
		{"carcinomas", "unseen_word unseen_name"},             // a plural is no mistake
		{"metátsasis", "misspelling unseen_word unseen_name"}, // two letters exchanged
		{"tmuor", "unseen_word unseen_name"},                  // too short to tell
		{"lirfoma", "unseen_name"},
		{"linfma", "misspelling unseen_word unseen_name"},
		{"apudoma", ""}, // of a known mention whose text does not have it
		{"ADENOMA", "unseen_word unseen_name"},
		{"GIST CDI LMA", "unseen_word unseen_name"}, // a heading
		{"7", "unseen_name"},                        // a number is no unseen word
	} {
		gold := side(t, "g", c.text+" .", "X "+c.text)
		r := look(t, gold, gold, lens.Options{Known: known})
		if got := strings.Join(names(r.Cases[0].Causes), " "); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func names[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func TestCausesOfTheClass(t *testing.T) {
	const text = "infiltración de médula ósea y fiebre alta"
	for name, c := range map[string]struct {
		gold, pred []string
		want       string // class and causes of each case
	}{
		"pieces": {[]string{"X infiltración de médula ósea"}, []string{"X infiltración de", "X ósea"}, "split[fragmented]"},
		// They are no pieces where they overlap one another, or reach beyond.
		"overlapping pieces": {[]string{"X infiltración de médula ósea"}, []string{"X infiltración de médula", "X médula ósea"}, "split[]"},
		"one piece beyond":   {[]string{"X infiltración de médula ósea"}, []string{"X infiltración", "X ósea y"}, "split[]"},
		"edge":               {[]string{"X fiebre alta"}, []string{"X fiebre"}, "right_short[offset_only]"},
		"edge and label":     {[]string{"X fiebre alta"}, []string{"Y fiebre"}, "right_short[]"},
		"label":              {[]string{"X fiebre"}, []string{"Y fiebre"}, "label_only[]"},
		"nested":             {[]string{"X fiebre alta", "X fiebre"}, []string{"X fiebre alta"}, "exact[nested] missed[nested]"},
		"touching is not in": {[]string{"X fiebre", "X alta"}, []string{"X fiebre", "X alta"}, "exact[] exact[]"},
	} {
		r := look(t, side(t, "g", text, c.gold...), side(t, "p", text, c.pred...), lens.Options{})
		var got []string
		for _, k := range r.Cases {
			got = append(got, fmt.Sprint(k.Class, k.Causes))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}

// Whatever the mentions, every table sums to what eval counts.
func TestTablesSumToTheTotals(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	words := strings.Repeat("una lesión de alto grado, CDI-2 ", 8)
	text := corpus.NewText(words)
	random := func() lens.Side {
		s := lens.Side{Name: "s", Docs: map[string]corpus.Document{}}
		for _, doc := range []string{"a", "b", "c"} {
			d := corpus.Document{Name: doc, Text: text}
			for range rng.IntN(9) {
				start := corpus.Off(rng.IntN(200))
				span := corpus.Span{Start: start, End: start + 1 + corpus.Off(rng.IntN(30))}
				d.Mentions = append(d.Mentions, corpus.Mention{
					Label: string(rune('X' + rng.IntN(2))), Spans: corpus.Spans{span}, Text: text.Slice(span), Score: corpus.Score(rng.Float64()),
				})
			}
			s.Docs[doc] = d
		}
		return s
	}
	for range 300 {
		gold, pred := random(), random()
		r, err := lens.Look(gold, pred, lens.Options{})
		if errors.Is(err, lens.ErrNothing) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		res, err := score.Score(mentions(gold), mentions(pred), score.Options{Labels: slices.Sorted(maps.Keys(r.PerLabel))})
		if err != nil || !reflect.DeepEqual(res.Counts, r.Totals) {
			t.Fatalf("totals %+v, eval %+v, %v", r.Totals, res.Counts, err)
		}
		want := fmt.Sprint(res.Gold, res.TP, res.Pred, res.TP, res.Gold+res.Pred)
		var lengths []lens.Tally
		for _, l := range r.Lengths {
			lengths = append(lengths, l.Tally)
		}
		var labels []lens.Tally
		for _, tally := range r.PerLabel {
			labels = append(labels, tally)
		}
		for what, tallies := range map[string][]lens.Tally{"lengths": lengths, "labels": labels} {
			if got := sumOf(tallies); got != want {
				t.Fatalf("%s sum to %s, want %s", what, got, want)
			}
		}
		sum := 0
		for _, n := range r.Classes {
			sum += n
		}
		if sum != res.Gold+res.Pred || r.Classes[score.Exact] != 2*res.TP {
			t.Fatalf("classes %v, eval %+v", r.Classes, res.Counts)
		}
	}
}

// sumOf adds up gold, right gold, predicted, right predicted, and all classes.
func sumOf(tallies []lens.Tally) string {
	var gold, goldRight, pred, predRight, classes int
	for _, t := range tallies {
		gold, goldRight, pred, predRight = gold+t.Gold, goldRight+t.GoldRight, pred+t.Pred, predRight+t.PredRight
		for _, n := range t.Classes {
			classes += n
		}
	}
	return fmt.Sprint(gold, goldRight, pred, predRight, classes)
}

func mentions(s lens.Side) map[string][]corpus.Mention {
	all := map[string][]corpus.Mention{}
	for name, d := range s.Docs {
		all[name] = d.Mentions
	}
	return all
}

func TestReportJSON(t *testing.T) {
	const text = "leucemia linfoblástica aguda y fiebre"
	gold := side(t, "G", text, "X leucemia linfoblástica aguda", "X fiebre")
	pred := side(t, "P", text, "X leucemia linfoblástica", "Y y")
	r := look(t, gold, pred, lens.Options{})
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"classes": `{"both_sides":0,"crossing":0,"exact":0,"fragment":0,"label_only":0,"left_long":0,"left_short":0,"merge":0,"missed":1,"right_long":0,"right_short":2,"split":0,"spurious":0}`,
		"labels":  `{"X":{"O":1,"X":1}}`,
		"tokens":  `{"left_gained":[],"left_lost":[],"right_gained":[],"right_lost":[["aguda",1]]}`,
	} {
		if data, _ := json.Marshal(got[key]); string(data) != want {
			t.Errorf("%s is %s, want %s", key, data, want)
		}
	}
	if w := r.Warnings; len(w) != 1 || !strings.Contains(w[0], "Y (1)") {
		t.Errorf("warnings %q", w)
	}
	if r.Calibration != nil || r.Linking != nil {
		t.Error("calibration without scores, or linking without links")
	}
}

func TestNothingToCompare(t *testing.T) {
	gold := side(t, "G", "tos y fiebre", "X tos")
	other := lens.Side{Name: "P", Docs: map[string]corpus.Document{"e": {Name: "e", Text: corpus.NewText("tos")}}}
	empty := side(t, "P", "tos y fiebre")
	if _, err := lens.Look(gold, other, lens.Options{}); !errors.Is(err, lens.ErrNothing) || !strings.Contains(err.Error(), "none of the same name") {
		t.Errorf("other documents: %v", err)
	}
	if _, err := lens.Look(empty, gold, lens.Options{}); !errors.Is(err, lens.ErrNothing) {
		t.Errorf("empty gold: %v", err)
	}
	if _, err := lens.Look(gold, gold, lens.Options{Labels: []string{"Z"}}); !errors.Is(err, lens.ErrNothing) || !strings.Contains(err.Error(), `"Z"`) {
		t.Errorf("no such label: %v", err)
	}
	if _, err := lens.Look(gold, side(t, "P", "otro texto"), lens.Options{}); err == nil || !strings.Contains(err.Error(), "the text of d differs between G and P") {
		t.Errorf("other text: %v", err)
	}
	r := look(t, gold, empty, lens.Options{})
	if r.Classes[score.Missed] != 1 || r.Totals.Pred != 0 {
		t.Errorf("no predictions: %+v", r.Classes)
	}
	// A document that predictions lack is missed, and said so.
	two := side(t, "G", "tos y fiebre", "X tos")
	two.Docs["e"] = corpus.Document{Name: "e", Text: corpus.NewText("tos"), Mentions: []corpus.Mention{{Label: "X", Spans: corpus.One(0, 3), Text: "tos"}}}
	r = look(t, two, gold, lens.Options{})
	if r.Classes[score.Missed] != 1 || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "1 gold documents have no predictions") {
		t.Errorf("a missing document: %v %q", r.Classes, r.Warnings)
	}
}

func TestCompareModels(t *testing.T) {
	const text = "tos fiebre edema asma"
	gold := side(t, "G", text, "X tos", "X fiebre", "X edema", "X asma")
	a := look(t, gold, side(t, "A", text, "X tos", "X fiebre"), lens.Options{})
	b := look(t, gold, side(t, "B", text, "X fiebre", "X edema"), lens.Options{})
	got := lens.Compare([]*lens.Report{a, b})
	if len(got) != 1 || got[0].Pred != "B" || fmt.Sprint(got[0].Both, got[0].OnlyFirst, got[0].OnlyThis, got[0].Neither) != "1 1 1 1" || got[0].Diff != 0 {
		t.Errorf("got %+v", got)
	}
	if got := lens.Compare([]*lens.Report{a}); got == nil || len(got) != 0 {
		t.Errorf("one model: %v", got)
	}
	better := look(t, gold, gold, lens.Options{})
	if got := lens.Compare([]*lens.Report{a, better}); !(got[0].Diff > 0) {
		t.Errorf("a better model differs by %v", got[0].Diff)
	}
}

func TestContext(t *testing.T) {
	const text = "tiene fiebre muy alta desde ayer"
	r := look(t, side(t, "G", text, "X fiebre muy alta"), side(t, "P", text, "X muy alta desde"), lens.Options{})
	want := []lens.Segment{{Text: "ne "}, {Text: "fiebre ", Gold: true}, {Text: "muy alta", Gold: true, Pred: true}, {Text: " desde", Pred: true}, {Text: " ay"}}
	if got := r.Cases[0].Context(3); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := r.Cases[0].Context(99); got[0].Text != "tiene " || got[len(got)-1].Text != " ayer" {
		t.Errorf("beyond the text: %+v", got)
	}
	r = look(t, side(t, "G", text, "X "+text), side(t, "P", text), lens.Options{})
	if got := r.Cases[0].Context(3); len(got) != 1 {
		t.Errorf("nothing around: %+v", got)
	}
	if got := (lens.Case{}).Context(3); got != nil {
		t.Errorf("without a text: %+v", got)
	}
}

func TestLengthsOfMentions(t *testing.T) {
	const text = "uno dos tres cuatro cinco seis siete ocho nueve"
	r := look(t, side(t, "G", text, "X "+text, "X uno dos tres cuatro cinco seis siete ocho", "X tres"), side(t, "P", text), lens.Options{})
	got := map[string]int{}
	for _, l := range r.Lengths {
		got[l.Words] = l.Gold
	}
	if want := map[string]int{"1": 1, "2": 0, "3": 0, "4": 0, "5": 0, "6–8": 1, "9–12": 1, "13 and more": 0}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

// A table of gold has no texts; those of the predictions will do.
func TestGoldWithoutTexts(t *testing.T) {
	const text = "fiebre alta"
	gold := side(t, "G", text, "X fiebre alta")
	d := gold.Docs["d"]
	d.Text = corpus.Text{}
	gold.Docs["d"] = d
	r := look(t, gold, side(t, "P", text, "X fiebre"), lens.Options{})
	if got := fmt.Sprint(r.Tokens[score.RightLost]); got != "[{alta 1}]" {
		t.Errorf("got %s", got)
	}
}

func TestCasesAreInOrder(t *testing.T) {
	const text = "tos tos"
	gold := side(t, "G", text, "X tos")
	for _, doc := range []string{"c", "a", "b"} {
		d := gold.Docs["d"]
		d.Name = doc
		d.Mentions = []corpus.Mention{{Label: "X", Spans: corpus.One(4, 7), Text: "tos"}, {Label: "X", Spans: corpus.One(0, 3), Text: "tos"}}
		gold.Docs[doc] = d
	}
	r := look(t, gold, gold, lens.Options{})
	got := ""
	for _, c := range r.Cases {
		got += fmt.Sprint(c.Doc, c.Hull().Start, " ")
	}
	if got != "a0 a4 b0 b4 c0 c4 d0 " {
		t.Errorf("got %s", got)
	}
	r = look(t, side(t, "G", "tos con fiebre", "X fiebre", "X tos con", "X tos"), side(t, "P", "tos con fiebre", "X tos con fiebre"), lens.Options{})
	for _, m := range r.Cases[0].Gold {
		got += m.Text + ","
	}
	if !strings.HasSuffix(got, " tos con,tos,fiebre,") {
		t.Errorf("gold mentions of a case: %s", got)
	}
}

// A label that gold lacks is an error where it stands for one of gold's, and
// another layer where it stands beside it.
func TestPredictedLabelsThatGoldLacks(t *testing.T) {
	const text = "fiebre alta, tos y asma"
	gold := side(t, "G", text, "X fiebre", "X tos")
	for name, c := range map[string]struct {
		pred   []string
		labels []string
		want   string // missed, label_only, spurious
		warn   string
	}{
		"instead":            {[]string{"Y fiebre", "X tos", "Y asma"}, nil, "0 2 1", "gold has no Y"},
		"beside":             {[]string{"Y fiebre", "X tos", "Y tos"}, nil, "1 0 0", "not scored: Y (2)"},
		"elsewhere":          {[]string{"X fiebre", "X tos", "Y asma"}, nil, "0 0 0", "not scored: Y (1)"},
		"asked for":          {[]string{"Y fiebre", "X tos", "Y tos"}, []string{"X", "Y"}, "0 2 1", ""},
		"instead, not asked": {[]string{"Y fiebre", "X tos"}, []string{"X"}, "1 0 0", "not scored: Y (1)"},
	} {
		r := look(t, gold, side(t, "P", text, c.pred...), lens.Options{Labels: c.labels})
		if got := fmt.Sprint(r.Classes[score.Missed], r.Classes[score.LabelOnly], r.Classes[score.Spurious]); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if got := strings.Join(r.Warnings, "\n"); !strings.Contains(got, c.warn) || (c.warn == "") != (got == "") {
			t.Errorf("%s: warnings %q", name, got)
		}
	}
	if r := look(t, gold, side(t, "P", text, "Y fiebre"), lens.Options{}); r.Labels["X"]["Y"] != 1 || r.Labels["X"][score.NoLabel] != 1 {
		t.Errorf("confusion %v", r.Labels)
	}
}
