package workbench

import (
	"context"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// linkedAtOnce is how many mentions a job links: few enough that the first
// candidates of a long document are soon there.
const linkedAtOnce = 64

// mentionKey is a mention whose candidates are kept: they depend on no more
// within a document.
type mentionKey struct{ label, text string }

// ranking is what is known of the candidates of a mention.
type ranking struct {
	candidates []kb.Candidate
	bare       []kb.Candidate // the same while the corpus had chosen nothing for the name; nil: not known
	recalled   link.Recall    // what the memory of the corpus had to say then
}

// links tells whether there is something to link with. The lock is held.
func (w *Workbench) links() bool {
	return w.models != nil && w.models.Linker != nil && !w.closed && !w.opts.Blind
}

// wantCandidates asks the linker about the mentions of a document that it has
// not seen yet. The lock is held.
func (w *Workbench) wantCandidates(d *document) {
	if !w.links() || !d.asked {
		return
	}
	queries := w.queries(d, func(k mentionKey) bool {
		_, known := d.rankings[k]
		return !known && !d.linking[k]
	})
	for part := range slices.Chunk(queries, linkedAtOnce) {
		for _, q := range part {
			d.linking[mentionKey{q.Label, q.Text}] = true
		}
		w.linkJobs++
		w.submit(suggest.Job{ID: fmt.Sprintf("link:%s:%d", d.name, w.linkJobs), Group: d.name, Run: func(ctx context.Context) {
			w.link(ctx, d, part)
		}})
	}
}

// queries are the mentions of a document that are wanted, each once. The lock is held.
func (w *Workbench) queries(d *document, wanted func(mentionKey) bool) []link.Query {
	var queries []link.Query
	seen := map[mentionKey]bool{}
	want := func(m *corpus.Mention) {
		k := mentionKey{m.Label, m.Text}
		if seen[k] || !wanted(k) || !w.linkable(m.Label) {
			return
		}
		seen[k] = true
		queries = append(queries, link.Query{Label: m.Label, Text: m.Text, Context: segment.Around(d.text, d.sentences, m.Spans.Hull()), Defined: d.defined})
	}
	for i := range d.picture.Items {
		want(&d.picture.Items[i].Mention)
	}
	for i := range d.waiting {
		want(&d.waiting[i].Mention)
	}
	if len(queries) > 0 {
		beside := link.Beside(d.mentions())
		for i := range queries {
			queries[i].Beside = beside[queries[i].Label]
		}
	}
	return queries
}

// mentions are all of a document, suggested or annotated.
func (d *document) mentions() []corpus.Mention {
	all := make([]corpus.Mention, 0, len(d.picture.Items)+len(d.waiting))
	for i := range d.picture.Items {
		all = append(all, d.picture.Items[i].Mention)
	}
	for i := range d.waiting {
		all = append(all, d.waiting[i].Mention)
	}
	return all
}

// link computes candidates, off the lock.
func (w *Workbench) link(ctx context.Context, d *document, queries []link.Query) {
	rankings, err := w.rankingsOf(ctx, queries)
	w.promptly(func() { w.linked(d, queries, rankings, err, ctx.Err()) })
}

// linked takes the candidates of mentions. The lock is held.
func (w *Workbench) linked(d *document, queries []link.Query, rankings []ranking, err, cancelled error) {
	for _, q := range queries {
		delete(d.linking, mentionKey{q.Label, q.Text})
	}
	if err != nil && cancelled != nil {
		return
	}
	if err != nil {
		w.message = fmt.Sprintf("candidates for %s: %v", d.name, err)
		rankings = make([]ranking, len(queries)) // do not ask for ever
	}
	for i, q := range queries {
		d.rankings[mentionKey{q.Label, q.Text}] = rankings[i]
	}
	w.draw(d)
}

// rankingsOf asks the linker. What the corpus teaches meanwhile makes the ranking old:
// its memory is asked first.
func (w *Workbench) rankingsOf(ctx context.Context, queries []link.Query) ([]ranking, error) {
	rankings := make([]ranking, len(queries))
	texts := map[string][]string{}
	for _, q := range queries {
		texts[q.Label] = append(texts[q.Label], q.Text)
	}
	if err := w.prepareMemory(ctx, texts); err != nil {
		return nil, err
	}
	for i, q := range queries {
		rankings[i].recalled = w.memory.Recall(q.Label, q.Text)
	}
	found, err := w.models.Linker.Candidates(ctx, queries, topK)
	if err != nil {
		return nil, err
	}
	for i := range rankings {
		rankings[i].candidates = found[i]
		if len(rankings[i].recalled.Chosen) == 0 {
			rankings[i].bare = found[i]
		}
	}
	return rankings, nil
}

// prepareMemory lets the memory of the corpus embed what it is to be asked about, by label.
func (w *Workbench) prepareMemory(ctx context.Context, texts map[string][]string) error {
	for label, list := range texts {
		if err := w.memory.Prepare(ctx, label, list); err != nil {
			return err
		}
	}
	return nil
}
