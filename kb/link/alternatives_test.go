package link

import (
	"math"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/store"
)

func TestAlternatives(t *testing.T) {
	l := linker(t, Options{KBs: tumours(t, true)})
	at := func(text, code string) (int, kb.Candidate) {
		got := one(t, l, "", text, 50)
		if n := slices.Index(ids(got), code); n >= 0 {
			return n, got[n]
		}
		return -1, kb.Candidate{}
	}
	// "gris" says grade 4 or grade 3, half of the time each: neither is sure, both are offered.
	four, c := at("melanoma nodular coroideo gris", "8720/34")
	three, _ := at("melanoma nodular coroideo gris", "8720/33")
	if four < 1 || three < 1 {
		t.Errorf("grades that a word makes likely: at %d and %d", four, three)
	}
	if c.Evidence.Match != "composed" || c.Evidence.Name != "melanoma nodular coroideo" || c.Name != "melanoma nodular coroideo (8720/34)" {
		t.Errorf("%+v", c)
	}
	for _, p := range c.Evidence.Parts {
		if !(p.Score > 0.2 && p.Score <= 1) || p.What == "base" {
			t.Errorf("part %+v", p)
		}
	}
	// The second best base gets them too.
	if n, _ := at("melanoma epidermoide metastasis", "8720/6"); n < 0 {
		t.Error("the base of another candidate is not tried")
	}
	if n, _ := at("melanoma nodular coroideo", "8720/33"); n >= 0 {
		t.Error("an equal name needs no alternatives")
	}
}

// A grammar alone, without annotated mentions, tells nothing of the parts.
func TestGrammarWithoutMentions(t *testing.T) {
	k := build(t, "icd", stream(names("8140/3", "adenocarcinoma"), names("8720/3", "melanoma")), nil)
	if err := store.Declare(k.Dir(), kb.Grammars["icd-o"]); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(k.Dir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	l := linker(t, Options{KBs: map[string][]*store.KB{"": {again}}})
	all, numbers, err := l.Features(t.Context(), []Query{{Text: "melanoma de alto grado"}})
	if err != nil || !slices.Equal(ids(all[0]), []string{"8720/3", "8140/3"}) {
		t.Fatalf("%v, %v", all, err)
	}
	for i, x := range numbers[0][0] {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			t.Errorf("%s is %v", FeatureNames[i], x)
		}
	}
}

func TestSpeechTells(t *testing.T) {
	k := newBase(tumours(t, true)[""][0])
	c := k.composer()
	told := c.speech.tell(grammarWords("metastasis alto grado"))
	if told[0] != nil {
		t.Errorf("words tell the base: %v", told[0])
	}
	for i, part := range c.codes.Parts()[1:] {
		sum := 0.0
		for _, chance := range told[i+1] {
			sum += chance
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%s: chances add up to %v", part, sum)
		}
	}
	nothing, one := c.speech.tell(grammarWords("zzz")), c.speech.tell(grammarWords("metastasis"))
	if told[2]["4"] < 0.8 || told[2]["4"] < 1.5*nothing[2]["4"] || one[1]["6"] < 0.7 || one[1]["6"] < 1.5*nothing[1]["6"] {
		t.Errorf("with words %v, %v; without %v", told, one, nothing)
	}
}

// What a document says beside a mention is known to a learnt ranking.
func TestBeside(t *testing.T) {
	kbs := tumours(t, true)
	l := linker(t, Options{KBs: kbs})
	beside := []string{"carcinoma gris", "metastasis epidermoide", "Carcinoma  Gris", "adenocarcinoma de pulmon"}
	all, numbers, err := l.Features(t.Context(), []Query{{Text: "carcinoma gris", Beside: beside}, {Text: "carcinoma gris"}})
	if err != nil {
		t.Fatal(err)
	}
	feature := func(query int, id, name string) float64 {
		i := slices.Index(ids(all[query]), id)
		if i < 0 {
			t.Fatalf("%s is not among %v", id, ids(all[query]))
		}
		return float64(numbers[query][i][slices.Index(FeatureNames, name)])
	}
	for _, test := range []struct {
		query    int
		id, name string
		want     float64
	}{
		{0, "8070/34", "beside", math.Log1p(2)}, // equal ones are not counted, nor is the mention itself
		{0, "8070/34", "beside_same", 0}, {0, "8070/6", "beside_same", 1},
		{0, "8070/34", "beside_base", 1}, {0, "8140/6", "beside_base", 1}, {0, "otro", "beside_base", 0}, {0, "8140/3", "beside_same", 1},
		{0, "8070/6", "beside_parts", 0.5}, {0, "8140/3", "beside_parts", 0.5}, {0, "8070/34", "beside_parts", 0},
		{1, "8070/34", "beside", 0}, {1, "8070/34", "beside_base", 0},
	} {
		if got := feature(test.query, test.id, test.name); math.Abs(got-test.want) > 1e-6 {
			t.Errorf("query %d: %s of %s is %v, want %v", test.query, test.name, test.id, got, test.want)
		}
	}
}

// Names among the runs of a mention's words are candidates, and a learnt ranking knows how long they are.
func TestRuns(t *testing.T) {
	l := linker(t, Options{KBs: tumours(t, true)})
	text := "recaida frontal de melanoma nodular coroideo"
	all, numbers, err := l.Features(t.Context(), []Query{{Text: text}, {Text: "melanoma nodular coroideo"}})
	if err != nil {
		t.Fatal(err)
	}
	of := func(query int, id, name string) float64 {
		i := slices.Index(ids(all[query]), id)
		if i < 0 {
			t.Fatalf("%s is not among %v", id, ids(all[query]))
		}
		return float64(numbers[query][i][slices.Index(FeatureNames, name)])
	}
	share := 25. / 44
	for _, test := range []struct {
		query    int
		id, name string
		want     float64
	}{
		{0, "8720/3", "run", share}, {0, "8720/3", "run_base", share}, {0, "8720/6", "run", 0}, {0, "8720/6", "run_base", share},
		{1, "8720/3", "run", 0}, // the whole is no run of it
		{0, "8720/3", "kb_parts", 1}, {0, "8720/3", "kb_mentions", 8. / 17},
	} {
		if got := of(test.query, test.id, test.name); math.Abs(got-test.want) > 1e-6 {
			t.Errorf("query %d: %s of %s is %v, want %v", test.query, test.name, test.id, got, test.want)
		}
	}
	kbs := map[string][]*store.KB{"": {build(t, "far", stream(names("1", "zzz"), names("2", "tos seca")), nil)}}
	if got := one(t, linker(t, Options{KBs: kbs}), "", "accesos continuos repetidos de tos seca", 9); len(got) == 0 || got[0].ID != "2" {
		t.Errorf("a name within: %v", got)
	}
}
