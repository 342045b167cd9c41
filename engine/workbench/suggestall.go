package workbench

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/corpus/segment"
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
	var names []string
	for _, name := range w.names {
		if !w.fold.Finished(name) {
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

// suggestFor computes what a document needs when it is opened; the models keep it.
func (w *Workbench) suggestFor(ctx context.Context, m *suggest.Models, name string) error {
	src, err := w.col.Read(name)
	if err != nil {
		return err
	}
	source := m.Source(suggest.Language(src.Text.String()))
	if source == "" {
		return nil
	}
	sentences, defined := segment.Sentences(src.Text), link.Definitions(src.Text)
	found := src.File.Mentions()
	for _, piece := range suggest.Chunks(src.Text, sentences) {
		more, err := m.Suggest(ctx, src.Text, piece, source)
		if err != nil {
			return fmt.Errorf("suggestions for %s: %w", name, err)
		}
		found = append(found, more...)
	}
	var queries []link.Query
	beside := link.Beside(found)
	for _, one := range found {
		if m.Linker != nil && w.linkable(one.Label) && (w.allowed == nil || w.allowed[one.Label]) {
			queries = append(queries, link.Query{Label: one.Label, Text: one.Text, Context: segment.Around(src.Text, sentences, one.Spans.Hull()), Defined: defined, Beside: beside[one.Label]})
		}
	}
	if len(queries) == 0 {
		return nil
	}
	if _, err := m.Linker.Candidates(ctx, queries, topK); err != nil {
		return fmt.Errorf("candidates for %s: %w", name, err)
	}
	return nil
}
