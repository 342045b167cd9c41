package workbench

import (
	"context"
	"errors"
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// The titles of the tasks of training, and of comparing models.
const (
	TrainTitle   = "training"
	CompareTitle = "comparing models"
)

// compareJob is the job of comparing models.
const compareJob = "compare"

// Shelf keeps the recognizers of a collection, and trains further ones.
type Shelf interface {
	// Train trains a recognizer from finished documents, or goes on where a training was
	// stopped, and compares it with the one in use. told hears what begins, and then how
	// much of it is done. It takes minutes, on other threads than its caller's.
	Train(ctx context.Context, docs []corpus.Document, used string, told func(what string, done, total int)) (suggest.Bundle, error)
	// Models are all of them, compared with the one in use where the documents allow; where
	// they do not, both the models and the error are returned.
	Models(ctx context.Context, docs []corpus.Document, used string, reached func(done, total int)) ([]suggest.Bundle, error)
	// Use remembers which one is used, for the next session.
	Use(name string) error
}

// Train trains a recognizer from the documents that are finished, in the background, and
// compares it with the one in use; which of both is used stays for the annotator to say.
// Status has a task meanwhile. Ending ctx stops it, and so does Close; the next Train
// goes on from there.
func (w *Workbench) Train(ctx context.Context) (suggest.Bundle, error) {
	if err := w.exchangeable(); err != nil {
		return suggest.Bundle{}, fmt.Errorf("train: %w", err)
	}
	ctx, done, err := w.errand(ctx)
	if err != nil {
		return suggest.Bundle{}, err
	}
	defer done()
	t := w.begin(TrainTitle, 0)
	defer t.end()
	docs, err := w.finishedDocuments(ctx)
	if err != nil {
		return suggest.Bundle{}, err
	}
	used := w.usedModel()
	b, err := w.opts.Shelf.Train(ctx, docs, used, func(what string, done, total int) {
		if what != "" {
			w.tell(what)
		}
		t.reach(done, total)
	})
	if w.usedModel() != used {
		b.Comparison = nil // with a model that is not in use any more
	}
	return b, err
}

// Models are the recognizers of the collection, compared with the one in use on the
// finished documents that no training sees. Where nothing can be compared yet, both the
// models and the reason are returned.
func (w *Workbench) Models(ctx context.Context) (all []suggest.Bundle, err error) {
	if err := w.exchangeable(); err != nil {
		return nil, fmt.Errorf("list the models: %w", err)
	}
	t := w.begin(CompareTitle, 0)
	defer t.end()
	_, err = w.outcomeOf(ctx, compareJob, func(ctx context.Context) (string, error) {
		docs, err := w.finishedDocuments(ctx)
		if err == nil {
			all, err = w.opts.Shelf.Models(ctx, docs, w.usedModel(), t.reach)
		}
		return "", err
	})
	return all, err
}

// UseModel suggests by another recognizer from now on, and in the next session. The
// document on screen stays; others get new suggestions, those that come next first.
func (w *Workbench) UseModel(ctx context.Context, b suggest.Bundle) (report string, err error) {
	if err := w.exchangeable(); err != nil {
		return "", fmt.Errorf("switch: %w", err)
	}
	w.mu.Lock()
	m := w.models
	w.mu.Unlock()
	return w.outcomeOf(ctx, switchJob, func(ctx context.Context) (string, error) {
		w.exchange.Lock() // waits for a learning that runs
		defer w.exchange.Unlock()
		if err := ctx.Err(); err != nil {
			return "", err
		}
		learnt, err := m.Use(ctx, b.Dir, b.Learned)
		if err != nil {
			return "", fmt.Errorf("switch to the model %s: %w", b.Title, err)
		}
		report := fmt.Sprintf("suggestions are those of the model %s now", b.Title)
		if err := w.opts.Shelf.Use(b.Name); err != nil {
			report += fmt.Sprintf(", until you leave (%v)", err)
		}
		w.promptly(func() {
			w.used = b.Name
			w.adopt(m, learnt)
		})
		return report, nil
	})
}

// exchangeable tells why recognizers cannot be trained and exchanged, where they cannot.
func (w *Workbench) exchangeable() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.opts.Blind:
		return errors.New("nothing is suggested in this session")
	case w.models == nil:
		return fmt.Errorf("%w: there is no model", ErrNotReady)
	case w.opts.Shelf == nil || w.models.Use == nil:
		return errors.New("this session uses one model only")
	}
	return nil
}

func (w *Workbench) usedModel() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.used
}

// tell shows a message.
func (w *Workbench) tell(message string) {
	w.mu.Lock()
	w.message = message
	w.mu.Unlock()
	w.notify()
}

// errand lets something run that Close ends and waits for; done says that it has ended.
func (w *Workbench) errand(ctx context.Context) (_ context.Context, done func(), err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ctx, nil, ErrStopped
	}
	w.loops.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	forget := w.atClose(cancel)
	return ctx, func() { forget(); cancel(); w.loops.Done() }, nil
}
