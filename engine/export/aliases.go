package export

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// alias is a name that annotators linked to a concept.
type alias struct{ db, id, name string }

// Aliases writes the names of mentions that were linked, and still are, as a table that
// a knowledge base can be built from or added to: a line a name and concept, with how
// often it was chosen, in the order of concepts. It returns how many lines.
func Aliases(out io.Writer, decisions []corpus.Decision, src Source) (int, error) {
	count := map[alias]int{}
	err := eachLink(decisions, src, func(r LinkRow) error {
		if name := lexical.Clean(r.Text); r.ID != "" && name != "" {
			count[alias{r.DB, r.ID, name}]++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	w := csv.NewWriter(out)
	w.Comma = '\t'
	rows := [][]string{{"db", "id", "name", "kind", "count"}}
	for _, a := range slices.SortedFunc(maps.Keys(count), func(a, b alias) int {
		return cmp.Or(cmp.Compare(a.db, b.db), cmp.Compare(a.id, b.id), cmp.Compare(a.name, b.name))
	}) {
		rows = append(rows, []string{a.db, a.id, a.name, "mention", strconv.Itoa(count[a])})
	}
	if err := w.WriteAll(rows); err != nil {
		return 0, fmt.Errorf("export aliases: %w", err)
	}
	return len(count), nil
}
