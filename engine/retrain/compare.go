package retrain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/engine/export"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// ErrFew is wrapped where too few documents are finished, on one side of the split.
var ErrFew = errors.New("too few finished documents")

// fewest are the held-out documents that an interval takes at the least.
const fewest = 2

// split parts finished documents into those to train on and those that are held out, and
// tells what is missing on either side.
func split(docs []corpus.Document) (train, held []corpus.Document, err error) {
	marked := map[bool]int{}
	for _, d := range docs {
		away := export.Split(d.Text.String()) == export.SplitHeld
		if away {
			held = append(held, d)
		} else {
			train = append(train, d)
		}
		if len(d.Mentions) > 0 {
			marked[away]++
		}
	}
	switch {
	case len(docs) == 0:
		err = fmt.Errorf("%w: none is finished (key f)", ErrFew)
	case marked[true]+marked[false] == 0:
		err = fmt.Errorf("%w: the %d finished ones have no mentions", ErrFew, len(docs))
	case marked[false] == 0:
		err = fmt.Errorf("%w: all %d with mentions are of the third that is held out to compare models on: finish more", ErrFew, marked[true])
	case marked[true] < fewest:
		err = fmt.Errorf("%w: %d of %d with mentions are of the third that is held out to compare models on, and %d are the least: finish more",
			ErrFew, marked[true], marked[true]+marked[false], fewest)
	}
	return train, held, err
}

// digest names documents and what is annotated in them.
func digest(docs []corpus.Document) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, d := range docs {
		_ = enc.Encode([]any{d.Name, d.Text.String(), d.Mentions}) // nothing there that JSON does not hold
	}
	return hex.EncodeToString(h.Sum(nil))
}

// score says how good a model is on documents, as it was trained: without what was learnt
// over it, which has seen them. What was scored before is not scored again.
func (s *Shelf) score(ctx context.Context, name, dir string, docs []corpus.Document) (r *score.Result, hash string, err error) {
	m, err := s.o.Open(dir)
	if err != nil {
		return nil, "", fmt.Errorf("model %s: %w", Title(name), err)
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	key := m.Hash() + " " + digest(docs)
	s.mu.Lock()
	r = s.scores[key]
	s.mu.Unlock()
	if r != nil {
		return r, m.Hash(), nil
	}
	gold, found := map[string][]corpus.Mention{}, map[string][]corpus.Mention{}
	for _, d := range docs {
		gold[d.Name] = d.Mentions
		if found[d.Name], err = m.Annotate(ctx, d.Text, nil, nil); err != nil {
			return nil, "", fmt.Errorf("model %s: %s: %w", Title(name), d.Name, err)
		}
	}
	if r, err = score.Score(gold, found, score.Options{}); err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	s.scores[key] = r
	s.mu.Unlock()
	return r, m.Hash(), nil
}

// inUse is the score of the model in use.
func (s *Shelf) inUse(ctx context.Context, used string, docs []corpus.Document) (*score.Result, error) {
	dir, _ := s.Place(used)
	r, _, err := s.score(ctx, used, dir, docs)
	if err != nil {
		return nil, fmt.Errorf("compare with the model in use: %w", err)
	}
	return r, nil
}

// Models tells of every model how good it is on the finished documents that are held out,
// against the one in use: those that cannot be opened have an error. reached hears how
// many are done. The error wraps ErrFew where there is nothing to compare on; then the
// models are listed without figures.
func (s *Shelf) Models(ctx context.Context, docs []corpus.Document, used string, reached func(done, total int)) ([]suggest.Bundle, error) {
	names, err := s.Names()
	if err != nil {
		return nil, err
	}
	_, held, few := split(docs)
	all := make([]suggest.Bundle, len(names))
	for i, name := range names {
		all[i] = s.bundle(name)
		all[i].Used = name == used
		if few != nil {
			all[i].Err = s.check(name)
		}
	}
	if few != nil {
		return all, few
	}
	now, err := s.inUse(ctx, used, held)
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		reached(i, len(names))
		dir, _ := s.Place(name)
		r, _, err := s.score(ctx, name, dir, held)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if all[i].Err = err; err == nil {
			all[i].Comparison = comparison(r, now, len(held))
		}
	}
	return all, nil
}

func (s *Shelf) bundle(name string) suggest.Bundle {
	b := suggest.Bundle{Name: name, Title: Title(name)}
	b.Dir, b.Learned = s.Place(name)
	return b
}

func comparison(r, now *score.Result, documents int) *suggest.Comparison {
	c := &suggest.Comparison{Documents: documents, New: r.Counts, Old: r.Against(now)}
	c.Better, c.Worse = c.Old.Diff95[0] > 0, c.Old.Diff95[1] < 0
	return c
}

// compare compares the model in a directory with the one in use, and keeps that in the history.
func (s *Shelf) compare(ctx context.Context, name, dir, used string, docs []corpus.Document) (suggest.Bundle, error) {
	b := s.bundle(name)
	b.Dir = dir
	_, held, err := split(docs)
	if err != nil {
		return b, err
	}
	now, err := s.inUse(ctx, used, held)
	if err != nil {
		return b, err
	}
	r, hash, err := s.score(ctx, name, dir, held)
	if err != nil {
		return b, err
	}
	b.Comparison = comparison(r, now, len(held))
	return b, s.add(Event{Kind: Compared, Model: name, Hash: hash, Note: b.Comparison.String()})
}
