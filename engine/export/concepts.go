package export

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/gloss-nlp/gloss/corpus"
)

// Concepts writes the concepts that annotators proposed, and did not take back, as a
// table that a knowledge base can be built from or added to, oldest first; of several
// proposals with one identifier the first. It returns how many lines. No document is read.
func Concepts(out io.Writer, decisions []corpus.Decision, _ Source) (int, error) {
	rows := [][]string{{"db", "id", "name", "kind", "type", "parent"}}
	seen := map[[2]string]bool{}
	for _, d := range Live(decisions) {
		p, ok := d.Proposed()
		if !ok || seen[[2]string{p.DB, p.ID}] {
			continue
		}
		seen[[2]string{p.DB, p.ID}] = true
		rows = append(rows, []string{p.DB, p.ID, p.Name, "preferred", p.Type, p.Parent})
	}
	w := csv.NewWriter(out)
	w.Comma = '\t'
	if err := w.WriteAll(rows); err != nil {
		return 0, fmt.Errorf("export concepts: %w", err)
	}
	return len(rows) - 1, nil
}
