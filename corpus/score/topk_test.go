package score

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func line(doc, label string, start, end corpus.Off, ids ...string) Line {
	l := Line{Doc: doc, Label: label, Start: start, End: end}
	for _, id := range ids {
		l.Candidates = append(l.Candidates, Candidate{id})
	}
	return l
}

func named(text string, x corpus.Mention) corpus.Mention {
	x.Text = text
	return x
}

func TestTopK(t *testing.T) {
	apart := corpus.Mention{Label: "X", Text: "a c", Spans: corpus.Spans{{Start: 60, End: 61}, {Start: 64, End: 65}}, Links: []corpus.Link{{ID: "1"}}}
	gold := docs{
		"d": {
			named("Tos", m("X", 0, 3, "1")),        // first
			named("Tos", m("X", 0, 3, "1")),        // the same again: counts once
			named("fiebre", m("X", 5, 9, "2")),     // second
			named("disnea", m("X", 12, 15, "9")),   // not among the candidates
			named("asma", m("Y", 12, 15, "1+2")),   // composite: the parts are no answer
			named("EPOC", m("X", 20, 24, "3")),     // no line
			named("nada", m("X", 30, 34)),          // no code: left out
			named("dos", m("X", 40, 43, "4", "5")), // either is right
			apart,                                  // by its hull
		},
	}
	lines := []Line{
		line("d", "X", 0, 3, "1", "2"), line("d", "X", 0, 3, "7"), line("d", "X", 5, 9, "1", "2"), line("d", "X", 12, 15, "1", "2"),
		line("d", "Y", 12, 15, "1", "2+1", "2"), line("e", "X", 20, 24, "3"), line("d", "X", 40, 43, "5"), line("d", "X", 60, 65, "8", "7", "1"),
	}
	r, err := TopK(gold, lines, TopKOptions{
		At: []int{2, 1, 5, 2}, Codes: []string{"1", "2", "3", "4", "1+2"},
		Known: []corpus.Mention{named("TOS", m("Z", 0, 0, "9")), named("Fiebre", m("X", 0, 0, "2")), named("dos", m("X", 0, 0, "5"))},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"all":{"n":7,"ceiling":0.8571428571428571,"top":{"1":0.2857142857142857,"2":0.42857142857142855,"5":0.5714285714285714}},` +
		`"unseen_name":{"n":4,"ceiling":0.75,"top":{"1":0,"2":0,"5":0.25}},` +
		`"unseen_code":{"n":4,"ceiling":1,"top":{"1":0.25,"2":0.25,"5":0.5}},` +
		`"codes_hit":2,"codes":7,"missing":1}`
	if got := intervalsOf.ReplaceAllString(string(got), ""); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if one := r.All.CI95["2"]; one[0].Known() || one[1].Known() {
		t.Errorf("one document, and its interval is %v", one)
	}
}

// intervalsOf finds the intervals in JSON.
var intervalsOf = regexp.MustCompile(`,"ci95":\{[^}]*\}`)

func TestTopKLeavesOut(t *testing.T) {
	gold := docs{"d": {m("X", 0, 3, "8000/3"), m("X", 4, 6, "8000/6/H"), m("X", 7, 9, "8010/3"), m("X", 10, 12, "9")}}
	lines := []Line{line("d", "X", 0, 3, "8000/3"), line("d", "X", 4, 6, "8000/3"), line("d", "X", 7, 9, "8010/3")}
	for _, test := range []struct {
		o       TopKOptions
		n       int
		top     corpus.Score
		missing int
	}{
		{TopKOptions{}, 4, 0.5, 1},
		{TopKOptions{Without: []string{"8000/*"}}, 2, 0.5, 1},
		{TopKOptions{Without: []string{"8000/3", "9"}}, 2, 0.5, 0},
		{TopKOptions{Reachable: true, Codes: []string{"8000/3", "8000/6/H", "8010/3"}}, 3, 2. / 3, 0},
	} {
		r, err := TopK(gold, lines, test.o)
		if err != nil || r.All.N != test.n || r.All.Top["1"] != test.top || r.Missing != test.missing {
			t.Errorf("%+v: %+v, %v", test.o, r, err)
		}
	}
	if _, err := TopK(gold, lines, TopKOptions{Reachable: true}); !errors.Is(err, ErrOptions) {
		t.Errorf("reachable by no codes: %v", err)
	}
}

func TestTopKAgainst(t *testing.T) {
	gold, good, bad := docs{}, []Line{}, []Line{}
	for i := range 40 {
		name := fmt.Sprint(i)
		gold[name] = []corpus.Mention{named("a", m("X", 0, 3, "1")), named("b", m("X", 4, 6, "2"))}
		second := "2"
		if i%4 == 0 {
			second = "3"
		}
		good = append(good, line(name, "X", 0, 3, "1"), line(name, "X", 4, 6, second))
		bad = append(bad, line(name, "X", 0, 3, "1"), line(name, "X", 4, 6, "3", second))
	}
	o := TopKOptions{At: []int{1, 2}, Known: []corpus.Mention{named("a", m("X", 0, 3, "1"))}}
	one, err := TopK(gold, good, o)
	if err != nil {
		t.Fatal(err)
	}
	other, err := TopK(gold, bad, o)
	if err != nil {
		t.Fatal(err)
	}
	if ci := one.All.CI95["1"]; !(ci[0] > 0.75 && ci[0] < 0.875 && ci[1] > 0.875 && ci[1] < 1) {
		t.Errorf("interval %v around %v", ci, one.All.Top["1"])
	}
	d := one.Against(other)
	if d.All.Diff["1"] != 0.375 || d.All.Diff["2"] != 0 || d.UnseenName.Diff["1"] != 0.75 {
		t.Errorf("differences %+v", d)
	}
	if ci := d.All.Diff95["1"]; !(ci[0] > 0.25 && ci[0] < 0.375 && ci[1] > 0.375 && ci[1] < 0.5) {
		t.Errorf("interval of the difference %v", ci)
	}
	if d.All.Diff95["2"] != [2]corpus.Score{0, 0} {
		t.Errorf("what is the same in every document has the interval %v", d.All.Diff95["2"])
	}
	if back := other.Against(one); back.All.Diff["1"] != -0.375 || back.All.Diff95["1"][0] != -d.All.Diff95["1"][1] {
		t.Errorf("the other way round %+v", back.All)
	}
}

func TestTopKOfNothing(t *testing.T) {
	r, err := TopK(docs{"d": nil}, nil, TopKOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(r.All)
	if want := `{"n":0,"ceiling":null,"top":{"1":null,"25":null,"5":null},"ci95":{"1":[null,null],"25":[null,null],"5":[null,null]}}`; string(got) != want {
		t.Errorf("got %s", got)
	}
	if _, err := TopK(nil, nil, TopKOptions{At: []int{0}}); !errors.Is(err, ErrOptions) {
		t.Errorf("got %v", err)
	}
}

// Lines are what gloss link writes, whatever else that holds.
func TestLineJSON(t *testing.T) {
	var l Line
	err := json.Unmarshal([]byte(`{"doc":"a/b","start":1,"end":4,"label":"X","text":"tos","candidates":[{"id":"1:2","name":"n","score":null,"evidence":{}}]}`), &l)
	if err != nil || l.Doc != "a/b" || l.Start != 1 || l.End != 4 || l.Candidates[0].ID != "1:2" {
		t.Errorf("%+v, %v", l, err)
	}
}
