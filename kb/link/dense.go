package link

import (
	"context"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/store"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// rowsLooked is how many names of a KB each part looks at. Concepts with many
// names crowd the top, so it is well above the number of candidates.
const rowsLooked = 200

// embedBatch is how many mentions are embedded and scanned between two looks at the context.
const embedBatch = 64

// dense tells whether a KB is searched by meaning.
func (l *Linker) dense(k *store.KB) bool { return l.o.Embedder != nil && k.Scanner() != nil }

// hits are what Dense finds for each mention in each of its knowledge bases, nil where
// there is nothing to search by meaning: one pass for each KB.
func (l *Linker) hits(ctx context.Context, jobs []*job) ([][][]kb.Hit, error) {
	out := make([][][]kb.Hit, len(jobs))
	texts, at := map[*store.KB][]string{}, map[*store.KB]map[string]int{}
	var order []*store.KB
	for i, j := range jobs {
		out[i] = make([][]kb.Hit, len(j.kbs))
		for _, k := range j.kbs {
			if !l.dense(k.KB) {
				continue
			}
			if at[k.KB] == nil {
				at[k.KB] = map[string]int{}
				order = append(order, k.KB)
			}
			if _, ok := at[k.KB][j.text]; !ok {
				at[k.KB][j.text] = len(texts[k.KB])
				texts[k.KB] = append(texts[k.KB], j.text)
			}
		}
	}
	for _, k := range order {
		found, err := l.Dense(ctx, k, texts[k])
		if err != nil {
			return nil, err
		}
		for i, j := range jobs {
			for n, b := range j.kbs {
				if b.KB == k {
					out[i][n] = found[at[k][j.text]]
				}
			}
		}
	}
	return out, nil
}

// vectors embeds texts, each once.
func (l *Linker) vectors(ctx context.Context, texts []string) (map[string][]float32, error) {
	out := make(map[string][]float32, len(texts))
	var distinct []string
	for _, t := range texts {
		if _, ok := out[t]; !ok {
			out[t] = nil
			distinct = append(distinct, t)
		}
	}
	for part := range slices.Chunk(distinct, embedBatch) {
		rows, err := l.o.Embedder.Embed(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("embed mentions: %w", err)
		}
		if len(rows) != len(part) {
			return nil, fmt.Errorf("embed mentions: %d vectors for %d texts", len(rows), len(part))
		}
		for i, t := range part {
			out[t] = rows[i]
		}
	}
	return out, nil
}

// scan finds the nearest names of a KB for vectors of mentions.
func scan(ctx context.Context, k *base, queries [][]float32) ([][]kb.Hit, error) {
	var out [][]kb.Hit
	for part := range slices.Chunk(queries, embedBatch) {
		hits, err := k.Scanner().Scan(ctx, part, rowsLooked)
		if err != nil {
			return nil, fmt.Errorf("nearest names in %s: %w", k.Name(), err)
		}
		out = append(out, hits...)
	}
	return out, nil
}

// Dense finds for each text the nearest names of a KB by meaning, and how near the names
// are that its letters find; best first. It depends on nothing but the text and the
// KB's Hash, so its result may be kept (Options.Cache does). The rows are those of
// store.KB.ConceptOf; nil for a KB without vectors or a Linker without an embedder.
func (l *Linker) Dense(ctx context.Context, k *store.KB, texts []string) ([][]kb.Hit, error) {
	out := make([][]kb.Hit, len(texts))
	if !l.dense(k) {
		return out, ctx.Err()
	}
	clean := make([]string, len(texts))
	for i, t := range texts {
		clean[i] = lexical.Clean(t)
	}
	hash := k.Meta().Hash
	if l.o.Cache != nil {
		copy(out, l.o.Cache.Load(hash, clean))
	}
	var missing []int
	for i := range out {
		if out[i] == nil {
			missing = append(missing, i)
		}
	}
	for part := range slices.Chunk(missing, embedBatch) {
		if err := l.denseBatch(ctx, k, clean, part, out); err != nil {
			return nil, fmt.Errorf("nearest names in %s: %w", k.Name(), err)
		}
	}
	return out, nil
}

// denseBatch fills out[i] for the texts of part.
func (l *Linker) denseBatch(ctx context.Context, k *store.KB, texts []string, part []int, out [][]kb.Hit) error {
	names := make([]string, len(part))
	for i, at := range part {
		names[i] = texts[at]
	}
	queries, err := l.o.Embedder.Embed(ctx, names)
	if err != nil {
		return err
	}
	if len(queries) != len(names) {
		return fmt.Errorf("%d vectors for %d texts", len(queries), len(names))
	}
	hits, err := k.Scanner().Scan(ctx, queries, rowsLooked)
	if err != nil {
		return err
	}
	err = parallel(ctx, len(part), func(i int) {
		hits[i] = withLetters(k, names[i], queries[i], hits[i])
	})
	if err != nil {
		return err
	}
	for i, at := range part {
		out[at] = hits[i]
	}
	if l.o.Cache != nil {
		l.o.Cache.Store(k.Meta().Hash, names, hits)
	}
	return nil
}

// withLetters adds the names that letters find, so that both parts of a fusion are
// known for every name that either found.
func withLetters(k *store.KB, text string, query []float32, hits []kb.Hit) []kb.Hit {
	seen := make(map[int32]bool, len(hits))
	for _, h := range hits {
		seen[h.Row] = true
	}
	out := append(make([]kb.Hit, 0, len(hits)+rowsLooked), hits...)
	add := func(row int32) {
		if !seen[row] {
			seen[row] = true
			out = append(out, kb.Hit{Row: row, Score: vec.Dot(query, k.Vectors().Row(row))})
		}
	}
	for _, h := range k.Index().NGram(text, rowsLooked) {
		add(h.Row)
	}
	for _, m := range k.Index().Exact(text) {
		add(m.Row)
	}
	slices.SortFunc(out, best.Compare)
	return out
}
