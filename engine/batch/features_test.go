package batch

import (
	"context"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// lengths gives each mention one candidate, with the length of its text and of its sentence.
type lengths struct{}

func (lengths) Features(_ context.Context, queries []link.Query) ([][]kb.Candidate, [][][]float32, error) {
	var found [][]kb.Candidate
	var rows [][][]float32
	for _, q := range queries {
		found = append(found, []kb.Candidate{{DB: "kb", ID: q.Text, Evidence: kb.Evidence{Name: "la " + q.Text}}})
		rows = append(rows, [][]float32{{float32(len(q.Text)), float32(len(q.Context))}})
	}
	return found, rows, nil
}

func TestFeatures(t *testing.T) {
	var out strings.Builder
	n, err := Features(t.Context(), &out, lengths{}, []Linked{
		{Doc: "a", Label: "L", Text: "sin enlace"},
		{Doc: "b", Label: "L", Text: "tos", Context: "Tos & fiebre", Gold: []string{"1", "2"}},
	}, nil)
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	const want = `{"doc":"b","label":"L","text":"tos","context":"Tos & fiebre","gold":["1","2"],"candidates":[{"db":"kb","id":"tos","name":"la tos","x":[3,12]}]}`
	if len(lines) != 2 || !strings.HasPrefix(lines[0], `{"features":["exact","lexical"`) || lines[1] != want {
		t.Errorf("got\n%s\nwant the features and\n%s", out.String(), want)
	}
}
