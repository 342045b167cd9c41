package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/gloss-nlp/gloss/kb"
)

// Related are the relations that lead from a concept, or from an identifier that was
// retired: a brand's substance, what to use instead. Empty where there are none.
func (k *KB) Related(ctx context.Context, id string) ([]kb.Relation, error) {
	return k.relations(ctx, "SELECT kind, target FROM relations WHERE source = ? ORDER BY kind, target", id)
}

// RelatedTo are the relations that lead to a concept, each with the identifier that
// it leads from: the brands of a substance, the identifiers that it replaced.
func (k *KB) RelatedTo(ctx context.Context, id string) ([]kb.Relation, error) {
	return k.relations(ctx, "SELECT kind, source FROM relations WHERE target = ? ORDER BY kind, source", id)
}

func (k *KB) relations(ctx context.Context, query, id string) (out []kb.Relation, err error) {
	err = each(ctx, k.db, query, func(rows *sql.Rows) error {
		var r kb.Relation
		err := rows.Scan(&r.Kind, &r.ID)
		out = append(out, r)
		return err
	}, id)
	if err != nil {
		return nil, fmt.Errorf("read relations of %s in %s: %w", id, k.dir, err)
	}
	return out, nil
}
