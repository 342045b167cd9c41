package batch

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"slices"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// FeatureRows are the candidates of a mention as a learnt ranking sees them: a line of what
// Features writes, after a first line with the names of the features.
type FeatureRows struct {
	Doc        string             `json:"doc"`
	Label      string             `json:"label"`
	Text       string             `json:"text"`
	Context    string             `json:"context"` // the sentence around it
	Gold       []string           `json:"gold"`    // the concepts that the input links it to
	Candidates []FeatureCandidate `json:"candidates"`
}

// FeatureCandidate is a candidate and its features, in the order of the first line.
type FeatureCandidate struct {
	DB       string    `json:"db"`
	ID       string    `json:"id"`
	Name     string    `json:"name"` // by which it was found
	Features []float32 `json:"x"`
}

// Featurer tells what a learnt ranking reads of the candidates of mentions.
type Featurer interface {
	Features(ctx context.Context, queries []link.Query) ([][]kb.Candidate, [][][]float32, error)
}

// Features writes what a ranking is trained on: see FeatureRows. Mentions without a link
// are left out; it returns how many it wrote.
func Features(ctx context.Context, out io.Writer, l Featurer, questions []Linked, progress func(done, total int)) (int, error) {
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string][]string{"features": link.FeatureNames}); err != nil {
		return 0, err
	}
	questions = slices.DeleteFunc(slices.Clone(questions), func(q Linked) bool { return len(q.Gold) == 0 })
	done := 0
	for part := range slices.Chunk(questions, atOnce) {
		found, rows, err := l.Features(ctx, queries(part))
		if err != nil {
			return done, err
		}
		for i, q := range part {
			line := FeatureRows{Doc: q.Doc, Label: q.Label, Text: q.Text, Context: q.Context, Gold: q.Gold, Candidates: []FeatureCandidate{}}
			for n, c := range found[i] {
				line.Candidates = append(line.Candidates, FeatureCandidate{c.DB, c.ID, c.Evidence.Name, rows[i][n]})
			}
			if err := enc.Encode(line); err != nil {
				return done, err
			}
		}
		done += len(part)
		if progress != nil {
			progress(done, len(questions))
		}
	}
	return done, w.Flush()
}
