package score

import (
	"encoding/json"
	"errors"
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
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTopKOfNothing(t *testing.T) {
	r, err := TopK(docs{"d": nil}, nil, TopKOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(r.All)
	if want := `{"n":0,"ceiling":null,"top":{"1":null,"25":null,"5":null}}`; string(got) != want {
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
