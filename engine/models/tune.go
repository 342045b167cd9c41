package models

import (
	"context"
	"errors"

	"github.com/gloss-nlp/gloss/kb/link"
	"github.com/gloss-nlp/gloss/kb/store"
)

// Tune finds the settings of a linking strategy for a knowledge base with the models that o
// names; see link.Tune. t.KB and t.Options are filled in.
func Tune(ctx context.Context, dir string, o Options, t link.TuneOptions) (_ store.Tuning, err error) {
	encoder, err := OpenEncoder(o)
	if err != nil {
		return store.Tuning{}, err
	}
	defer func() { err = errors.Join(err, encoder.Close()) }()
	k, err := store.Open(dir, store.Options{Embedder: encoder, Threads: o.Threads})
	if err != nil {
		return store.Tuning{}, err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	t.KB, t.Options = k, link.Options{Embedder: encoder, Settings: o.Link}
	trees, err := o.ranking()
	if err != nil {
		return store.Tuning{}, err
	}
	if trees != nil {
		t.Options.Ranker = trees
	}
	return link.Tune(ctx, t)
}
