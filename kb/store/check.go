package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/vec"
)

const (
	checkNames = 1000
	checkShare = 0.99
)

// selfCheck opens a fresh knowledge base and looks up names of its own.
func selfCheck(ctx context.Context, dir string, o BuildOptions) (err error) {
	k, err := Open(dir, Options{Embedder: o.Embedder})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	return k.CheckNames(ctx, o.Embedder, o.Progress)
}

// CheckNames looks up 1,000 of the knowledge base's names by letters and, with the encoder
// that made its vectors, by meaning: files that do not fit each other, or an encoder that
// does not give the same vector twice, show here and not at the annotator's desk. Under
// 99 % found is ErrSelfCheck. e may be nil, progress too.
func (k *KB) CheckNames(ctx context.Context, e kb.Embedder, progress func(stage string, done, total int)) error {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	rows := sampleRows(k.meta.Names, checkNames)
	progress("check", 0, len(rows))
	var lost []string
	for _, row := range rows {
		if !k.findsByLetters(row) {
			lost = append(lost, k.index.Name(row))
		}
	}
	if err := verdict("letters", lost, len(rows)); err != nil {
		return err
	}
	if k.scanner != nil && e != nil {
		lost, err := k.lostByMeaning(ctx, rows, e, progress)
		if err != nil {
			return err
		}
		if err := verdict("meaning", lost, len(rows)); err != nil {
			return err
		}
	}
	progress("check", len(rows), len(rows))
	return nil
}

func verdict(by string, lost []string, of int) error {
	if float64(of-len(lost)) >= checkShare*float64(of) {
		return nil
	}
	return fmt.Errorf("%d of %d of its own names are not found by %s (%q): %w", len(lost), of, by, lost[:min(3, len(lost))], ErrSelfCheck)
}

// findsByLetters tells whether a name is among its best exact matches; other
// concepts of the same name are not its fault.
func (k *KB) findsByLetters(row int32) bool {
	matches := k.index.Exact(k.index.Name(row))
	for _, m := range matches {
		if m.Level == matches[0].Level && k.ConceptOf(m.Row) == k.ConceptOf(row) {
			return true
		}
	}
	return false
}

// tie is how much two cosines may differ that count as equal.
const tie = 1e-4

// lostByMeaning embeds names anew and returns those whose nearest name is another
// concept's, unless it is the same name, or just as near.
func (k *KB) lostByMeaning(ctx context.Context, rows []int32, e kb.Embedder, progress func(stage string, done, total int)) (lost []string, err error) {
	for at := 0; at < len(rows); at += 128 {
		part := rows[at:min(at+128, len(rows))]
		texts := make([]string, len(part))
		for i, row := range part {
			texts[i] = k.index.Name(row)
		}
		queries, err := e.Embed(ctx, texts)
		if err != nil {
			return nil, fmt.Errorf("self-check: %w", err)
		}
		hits, err := k.scanner.Scan(ctx, queries, 1)
		if err != nil {
			return nil, fmt.Errorf("self-check: %w", err)
		}
		for i, row := range part {
			if len(hits[i]) == 0 {
				lost = append(lost, texts[i])
				continue
			}
			top := hits[i][0]
			own := vec.Dot(k.vectors.Row(row), queries[i])
			same := k.ConceptOf(top.Row) == k.ConceptOf(row) || strings.EqualFold(lexical.Fold(k.index.Name(top.Row)), lexical.Fold(texts[i]))
			if own < 1-0.02 || !same && top.Score > own+tie {
				lost = append(lost, texts[i])
			}
		}
		progress("check", at+len(part), len(rows))
	}
	return lost, nil
}
