package workbench

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb/link"
)

// SuggestAllTitle is the title of SuggestAll's task.
const SuggestAllTitle = "annotating"

// allPrefix begins the identifiers of the jobs of SuggestAll.
const allPrefix = "all:"

// SuggestAll computes the suggestions, and their candidates, of every document that
// is not finished, in the background and after whatever a person waits for, so that
// each is there at once when it is opened: the models keep what they computed. It
// returns when all is done, or ctx ends; Status has a task meanwhile. It returns how
// many documents could not be computed, and the first reason.
func (w *Workbench) SuggestAll(ctx context.Context) (failed int, err error) {
	w.mu.Lock()
	m := w.models
	if m != nil {
		w.dropAsks()
	}
	var names []string
	for _, name := range w.names {
		if _, known := w.asker.known[name]; !known && !w.fold.Finished(name) {
			names = append(names, name)
		}
	}
	w.mu.Unlock()
	if m == nil {
		return 0, fmt.Errorf("compute suggestions: %w: there is no model", ErrNotReady)
	}
	t := w.begin(SuggestAllTitle, len(names))
	defer t.end()
	outcome := make(chan error, len(names))
	for _, name := range names {
		w.queue.Submit(suggest.Job{
			ID: allPrefix + name, Priority: nobodyWaits,
			Run:     func(ctx context.Context) { outcome <- w.suggestFor(ctx, m, name) },
			Dropped: func() { outcome <- context.Canceled },
		})
	}
	for range names {
		select {
		case <-ctx.Done():
			w.queue.Cancel(func(j suggest.Job) bool { return strings.HasPrefix(j.ID, allPrefix) })
			return failed, ctx.Err()
		case one := <-outcome:
			t.step()
			if errors.Is(one, context.Canceled) { // the workbench was closed, or this was asked for again
				return failed, one
			}
			if one != nil {
				failed++
				if err == nil {
					err = one
				}
			}
		}
	}
	return failed, err
}

// suggestFor computes what a document needs when it is opened; the models keep it. What is
// undecided there can then be asked.
func (w *Workbench) suggestFor(ctx context.Context, m *suggest.Models, name string) error {
	d := w.fetch(ctx, name)
	if d.err != nil {
		return d.err
	}
	var source, hash string
	w.promptly(func() { source, hash = m.Source(d.language), m.Hash }) // they change with the recognizer
	if source == "" {
		return nil
	}
	for _, piece := range suggest.Chunks(d.text, d.sentences) {
		found, err := m.Suggest(ctx, d.text, piece, source)
		if err != nil {
			return fmt.Errorf("suggestions for %s: %w", name, err)
		}
		for _, f := range found {
			if w.allowed == nil || w.allowed[f.Label] {
				d.suggestions = append(d.suggestions, suggestion{f, source, suggestionKey(f)})
			}
		}
	}
	if queries := w.queriesOf(d); m.Linker != nil && len(queries) > 0 {
		rankings, err := w.rankingsOf(ctx, queries)
		if err != nil {
			return fmt.Errorf("candidates for %s: %w", name, err)
		}
		for i, q := range queries {
			d.rankings[mentionKey{q.Label, q.Text}] = rankings[i]
		}
	}
	w.promptly(func() {
		if w.models == nil || w.models.Hash != hash || w.opts.Blind {
			return
		}
		if d.picture.Items, _ = w.items(d); d.readOnly != "" {
			d.picture.Items = nil
		}
		if here := w.docs[name]; here != nil {
			here.noted = 0 // what is in memory is newer
		}
		w.keepAsks(name, d.picture.Items)
	})
	return nil
}

// queriesOf is what the linker is asked of a document that is only looked at.
func (w *Workbench) queriesOf(d *document) (queries []link.Query) {
	w.promptly(func() {
		d.picture = &Doc{Name: d.name}
		d.picture.Items, _ = w.items(d)
		queries = w.queries(d, func(k mentionKey) bool { return w.allowed == nil || w.allowed[k.label] })
	})
	return queries
}
