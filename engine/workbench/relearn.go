package workbench

import (
	"context"
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// defaultLearnEvery is how many documents are finished between two times of learning.
const defaultLearnEvery = 10

// learnJob is the identifier of the job that learns: one that begins takes the place of
// one that waits, and follows one that runs.
const learnJob = "learn"

// finishedOne counts a finished document, and learns from all of them when enough have
// come since the last time. The lock is held.
func (w *Workbench) finishedOne() {
	w.unlearnt++
	if w.opts.LearnEvery < 0 || w.unlearnt < w.opts.LearnEvery || w.models == nil || w.models.Learn == nil || w.opts.Blind {
		return
	}
	w.unlearnt = 0
	m := w.models
	w.queue.Submit(suggest.Job{ID: learnJob, Priority: nobodyWaits, Run: func(ctx context.Context) { w.relearn(ctx, m) }})
}

// relearn runs on a thread of the queue.
func (w *Workbench) relearn(ctx context.Context, m *suggest.Models) {
	t := w.begin("learning", 0)
	defer t.end()
	docs, err := w.finishedDocuments(ctx)
	var learnt suggest.Learnt
	if err == nil {
		learnt, err = m.Learn(ctx, docs)
	}
	w.promptly(func() {
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			w.message = fmt.Sprintf("learn from finished documents: %v", err)
		default:
			w.message = learnt.Report
		}
		if learnt.Better {
			m.Hash, m.Labels = learnt.Hash, learnt.Labels
			w.renew()
			w.arrangeAgain()
		}
		w.notify()
	})
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

// renew makes documents forget what was suggested before, but for the one on screen,
// and asks again for those that come next. The lock is held.
func (w *Workbench) renew() {
	if w.held > 0 || w.closed {
		return
	}
	for name, d := range w.docs {
		if name != w.look.Doc && d.picture != nil && !d.dirty && d.lastSeq <= w.synced {
			w.queue.Cancel(func(j suggest.Job) bool { return j.Group == name })
			delete(w.docs, name)
		}
	}
	w.prepare()
}
