package workbench

import (
	"context"
	"fmt"

	"github.com/gloss-nlp/gloss/corpus/journal"
)

// recent is how many of the newest decisions a start looks at for documents that
// a crash may have left behind: more than a person makes while a file waits to
// be written.
const recent = 256

// revisited lists the documents of the newest decisions. A start reads them in
// the background, so that their .ann files are brought to where the journal is
// even if nobody looks at them. It keeps those decisions that Repeat may repeat.
func (w *Workbench) revisited(ctx context.Context) ([]string, error) {
	var names []string
	for d, err := range w.journal.All(ctx, journal.Filter{From: w.journal.Last() - recent + 1, Slim: true}) {
		if err != nil {
			return nil, fmt.Errorf("look for what was decided last: %w", err)
		}
		names = append(names, d.Doc)
		if settles(d) {
			w.settled = append(w.settled, d)
		}
	}
	return names, nil
}
