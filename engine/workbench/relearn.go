package workbench

import (
	"context"
	"errors"
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// defaultLearnEvery is how many documents are finished between two times of learning.
const defaultLearnEvery = 10

// LearnTitle is the title of the task of learning, whoever asked for it.
const LearnTitle = "learning"

// The jobs that change the recognizer: one that begins takes the place of one that
// waits, and ends one that runs.
const (
	learnJob  = "learn"
	switchJob = "switch"
)

// Learn has the models learn from the documents that are finished, and says what came
// of it: how good each layer is against the one as shipped, and whether it is used. It
// runs in the background; Status has a task meanwhile. It returns when that is done, or
// soon after ctx ends, and then nothing has changed.
func (w *Workbench) Learn(ctx context.Context) (report string, err error) {
	m, err := w.teachable()
	if err != nil {
		return "", fmt.Errorf("learn: %w", err)
	}
	t := w.begin(LearnTitle, 0)
	defer t.end()
	return w.outcomeOf(ctx, learnJob, func(ctx context.Context) (string, error) { return w.relearn(ctx, m, t) })
}

// SwitchLearnt lays what was learnt aside, so that the model suggests as it was shipped,
// or takes it up again; that holds for the next run, too. It takes a second at most, and
// waits for a learning that runs. The document on screen stays; others get new suggestions.
func (w *Workbench) SwitchLearnt(ctx context.Context) (report string, err error) {
	m, err := w.teachable()
	if err != nil {
		return "", fmt.Errorf("switch: %w", err)
	}
	return w.outcomeOf(ctx, switchJob, func(context.Context) (string, error) {
		w.exchange.Lock()
		defer w.exchange.Unlock()
		learnt, err := m.Switch()
		if err == nil {
			w.promptly(func() { w.adopt(m, learnt) })
		}
		return learnt.Report, err
	})
}

// teachable are the models, where they learn and what they learn is used.
func (w *Workbench) teachable() (*suggest.Models, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.opts.Blind:
		return nil, errors.New("nothing is suggested in this session")
	case w.models == nil:
		return nil, fmt.Errorf("%w: there is no model", ErrNotReady)
	case w.models.Learn == nil:
		return nil, errors.New("this model cannot learn")
	}
	return w.models, nil
}

// outcomeOf runs a job of the queue, which is cancelled when ctx ends, and waits for it.
func (w *Workbench) outcomeOf(ctx context.Context, id string, run func(context.Context) (string, error)) (report string, err error) {
	done := make(chan struct{})
	w.queue.Submit(suggest.Job{
		ID: id, Priority: w.priority(suggest.Job{ID: id}),
		Run:     func(ctx context.Context) { report, err = run(ctx); close(done) },
		Dropped: func() { err = context.Canceled; close(done) },
	})
	stop := context.AfterFunc(ctx, func() { w.queue.Cancel(func(j suggest.Job) bool { return j.ID == id }) })
	defer stop()
	<-done
	return report, err
}

// finishedOne counts a finished document, and learns from all of them when enough have
// come since the last time. The lock is held.
func (w *Workbench) finishedOne() {
	w.unlearnt++
	m := w.models
	if w.opts.LearnEvery < 0 || w.unlearnt < w.opts.LearnEvery || m == nil || m.Learn == nil || m.Aside || w.opts.Blind {
		return
	}
	if w.queue.Has(func(j suggest.Job) bool { return j.ID == learnJob }) { // the next one finished asks again
		return
	}
	w.unlearnt = 0
	w.queue.Submit(suggest.Job{ID: learnJob, Priority: w.priority(suggest.Job{ID: learnJob}), Run: func(ctx context.Context) {
		t := w.begin(LearnTitle, 0)
		defer t.end()
		report, err := w.relearn(ctx, m, t)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			report = fmt.Sprintf("learn from finished documents: %v", err)
		}
		w.promptly(func() {
			w.message = report
			w.notify()
		})
	}})
}

// relearn runs on a thread of the queue.
func (w *Workbench) relearn(ctx context.Context, m *suggest.Models, t *task) (report string, err error) {
	docs, err := w.finishedDocuments(ctx)
	if err != nil {
		return "", err
	}
	w.exchange.Lock()
	defer w.exchange.Unlock()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	learnt, err := m.Learn(ctx, docs, t.reach)
	if err != nil {
		return "", err
	}
	w.promptly(func() { w.adopt(m, learnt) })
	return learnt.Report, nil
}

// adopt takes the recognizer as it is now. The lock is held.
func (w *Workbench) adopt(m *suggest.Models, learnt suggest.Learnt) {
	if !learnt.Changed {
		return
	}
	m.Hash, m.Labels, m.Aside = learnt.Hash, learnt.Labels, learnt.Aside
	if learnt.Name != "" {
		m.Name, m.Languages = learnt.Name, learnt.Languages
	}
	w.renew()
	w.arrangeAgain()
	w.notify()
}

// finishedDocuments reads the documents that are finished: from memory where they are
// there, else from disk.
func (w *Workbench) finishedDocuments(ctx context.Context) ([]corpus.Document, error) {
	var docs []corpus.Document
	names, _ := w.collection()
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d, here := w.finishedInMemory(name)
		if d == nil {
			continue
		}
		if !here {
			src, err := w.col.Read(name)
			if err != nil {
				return nil, err
			}
			d = &corpus.Document{Name: name, Text: src.Text, Mentions: src.File.Mentions()}
		}
		docs = append(docs, *d)
	}
	return docs, nil
}

// finishedInMemory is nil for a document that is not finished, and an empty one where
// it is not in memory.
func (w *Workbench) finishedInMemory(name string) (*corpus.Document, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.fold.Finished(name) {
		return nil, false
	}
	if d := w.docs[name]; d != nil && d.picture != nil && d.err == nil {
		return &corpus.Document{Name: name, Text: d.text, Mentions: d.file.Mentions()}, true
	}
	return &corpus.Document{}, false
}

// renew makes documents forget what was suggested before, and asks again for those
// that come next: at once, but for the one on screen and those that are not wholly on
// disk, which are renewed once they are left and written. The lock is held.
func (w *Workbench) renew() {
	for name := range w.docs {
		w.stale[name] = true
	}
	w.prepare()
}

// dropStale drops the stale documents that nobody needs as they are. The lock is held.
func (w *Workbench) dropStale() {
	if w.held > 0 || w.closed {
		return
	}
	gone := map[string]bool{}
	for name := range w.stale {
		d := w.docs[name]
		switch {
		case name == w.look.Doc || d != nil && (d.dirty || d.lastSeq > w.synced):
			continue
		case d != nil && d.picture != nil:
			gone[name] = true
			delete(w.docs, name)
		}
		delete(w.stale, name) // what is being read was not suggested anything yet
	}
	if len(gone) > 0 {
		w.queue.Cancel(func(j suggest.Job) bool { return gone[j.Group] })
	}
}
