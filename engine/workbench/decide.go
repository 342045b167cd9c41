package workbench

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/kb"
)

// Do applies an action. It never waits for the disk or a model, but where Ready
// says so; then it reads what is missing, and other calls go on meanwhile. An action
// that fails changes nothing.
func (w *Workbench) Do(ctx context.Context, a Action) (Result, error) {
	release, err := w.bring(ctx, a)
	defer release()
	if err != nil {
		return Result{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fatal != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrStopped, w.fatal)
	}
	if w.closed {
		return Result{}, ErrStopped
	}
	return w.act(ctx, a)
}

// act is Do with the lock held.
func (w *Workbench) act(ctx context.Context, a Action) (Result, error) {
	switch a := a.(type) {
	case Bulk:
		return w.bulk(ctx, a)
	case Apply:
		return w.apply(ctx, a)
	case Undo:
		return w.undo(ctx, a.Seq)
	case Redo:
		return w.redo(ctx)
	case Finish:
		return w.finish(a.Doc, corpus.Finish)
	case Reopen:
		return w.finish(a.Doc, corpus.Reopen)
	case Resolve:
		return w.resolve(a)
	}
	return w.onItem(a)
}

// onItem does an action on one mention, there or to be made.
func (w *Workbench) onItem(a Action) (Result, error) {
	switch a := a.(type) {
	case Accept:
		return w.accept(a)
	case Choose:
		return w.choose(a)
	case ChooseNIL:
		return w.chooseNIL(a)
	case Reject:
		return w.reject(a)
	case Unlink:
		return w.unlink(a)
	case MoveSpan:
		return w.moveSpan(a)
	case SetLabel:
		return w.setLabel(a)
	case SetNote:
		return w.setNote(a)
	case Create:
		return w.create(a)
	case CreateLinked:
		return w.createLinked(a)
	case ChooseParts:
		return w.chooseParts(a)
	case Split:
		return w.split(a)
	case Join:
		return w.join(a)
	case ToggleFragment:
		return w.toggleFragment(a)
	case Grow:
		return w.resize(a.At, wider, "no wider phrase is here")
	case Shrink:
		return w.resize(a.At, narrower, "it is as narrow as a phrase can be")
	case ToggleAttribute:
		return w.toggleAttribute(a)
	case Flag:
		return w.flag(a.At, cmp.Or(strings.TrimSpace(a.Reason), DefaultFlag))
	case Unflag:
		return w.flag(a.At, "")
	case Repeat:
		return w.repeat(a)
	case Propose:
		return w.propose(a)
	}
	return Result{}, fmt.Errorf("unknown action %T", a)
}

// target is the item that an action is about, with its document.
func (w *Workbench) target(at At) (*document, Item, error) {
	d, err := w.loaded(at.Doc)
	if err != nil {
		return nil, Item{}, err
	}
	it, i := d.picture.Item(at.Key)
	if i < 0 {
		return nil, Item{}, fmt.Errorf("%s in %s: %w", at.Key, at.Doc, ErrNoItem)
	}
	return d, it, nil
}

// record makes one step of decisions whose edits the files in memory already
// hold, and hands them to the journal. It fills in what all decisions share, and
// redraws their documents. The lock is held.
func (w *Workbench) record(decisions ...corpus.Decision) int64 {
	if w.pending != nil { // a bulk records all at its end
		w.pending.decisions = append(w.pending.decisions, decisions...)
		return 0
	}
	step := w.last + 1
	batch := journal.Batch{Decisions: decisions}
	var touched []*document
	w.markDrawn(decisions)
	for i := range decisions {
		w.last++
		c := &decisions[i]
		d := w.docs[c.Doc]
		c.Seq, c.Step, c.Time, c.Who, c.Text = w.last, step, now(), w.opts.Who, d.hash
		if w.look.Doc == d.name && !w.since.IsZero() {
			c.Millis = max(0, time.Since(w.since).Milliseconds())
		}
		if !d.begun {
			batch.Begun = append(batch.Begun, journal.Begun{Doc: d.name, Time: c.Time, Text: d.hash, Ann: d.base})
			d.begun, d.base = true, nil
		}
		d.dirty = d.dirty || len(c.Edit) > 0
		d.lastSeq = w.last
		w.fold.Apply(*c)
		if !slices.Contains(touched, d) {
			touched = append(touched, d)
		}
	}
	for _, d := range touched {
		w.lease(d, len(touched))
	}
	w.since = time.Now()
	w.steps.add(step, decisions)
	if err := w.writer.Enqueue(batch); err != nil {
		w.fatal = err // the writer keeps the batch, and has told why
	}
	w.learn()
	for _, d := range touched {
		w.draw(d)
		w.wantCandidates(d)
	}
	return w.last
}

// saved is called by the journal's writer: everything up to seq is on disk.
func (w *Workbench) saved(seq int64) {
	w.mu.Lock()
	w.synced = max(w.synced, seq)
	w.told()
	w.steps.forget(w.synced)
	w.mu.Unlock()
	w.wakeWriter()
	w.notify()
}

// failed is called by the journal's writer: nothing more can be saved.
func (w *Workbench) failed(err error) {
	w.mu.Lock()
	w.fatal = fmt.Errorf("the journal cannot be written, so input has stopped: %w", err)
	w.mu.Unlock()
	w.notify()
}

// offer is what the annotator saw when deciding on an item.
func (w *Workbench) offer(it Item, shown []kb.Candidate) *corpus.Offer {
	if it.Source == "" && len(shown) == 0 {
		return nil
	}
	o := &corpus.Offer{Score: it.Score, Ranks: it.ranksOf(shown)}
	for _, c := range shown {
		o.Candidates = append(o.Candidates, corpus.Offered{DB: c.DB, ID: c.ID, Score: c.Score})
	}
	if w.models != nil {
		o.Model, o.KB = w.models.Hash, w.models.KBHashes
	}
	return o
}

// now is the time to the millisecond, in UTC: what the journal keeps.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
