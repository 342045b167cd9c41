package workbench

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// pending collects what the actions of a bulk decide until all of them are done.
type pending struct{ decisions []corpus.Decision }

// bulk does a list of actions as one step: all of them, or none where one
// fails. Each sees the documents as they were before, so an item may be named
// once only. The lock is held.
func (w *Workbench) bulk(ctx context.Context, a Bulk) (Result, error) {
	if err := distinct(a.Actions); err != nil {
		return Result{}, err
	}
	w.pending = &pending{}
	defer func() { w.pending = nil }()
	first := Result{}
	for i, one := range a.Actions {
		res, err := w.act(ctx, one)
		if err != nil {
			return Result{}, errors.Join(fmt.Errorf("action %d of %d: %w", i+1, len(a.Actions), err), w.takeBack(w.pending.decisions))
		}
		if i == 0 {
			first = res
		}
	}
	decisions := w.pending.decisions
	w.pending = nil
	if len(decisions) == 0 {
		return Result{Doc: first.Doc, Key: first.Key, Message: "nothing changed"}, nil
	}
	message := fmt.Sprintf("%d decisions", len(decisions))
	head := corpus.Decision{Doc: decisions[0].Doc, Kind: corpus.Bulk, Note: message}
	seq := w.record(append([]corpus.Decision{head}, decisions...)...)
	return Result{Doc: first.Doc, Key: first.Key, Seq: seq, Message: message}, nil
}

// together records what f decides as one step, or takes all of it back where f
// fails. A step of several decisions gets a head that says what it was for. The
// lock is held; f edits files and calls record.
func (w *Workbench) together(doc, what string, f func() error) (int64, error) {
	outer := w.pending
	if outer == nil {
		w.pending = &pending{}
		defer func() { w.pending = nil }()
	}
	from := len(w.pending.decisions)
	if err := f(); err != nil {
		err = errors.Join(err, w.takeBack(w.pending.decisions[from:]))
		w.pending.decisions = w.pending.decisions[:from]
		return 0, err
	}
	decisions := w.pending.decisions
	if outer != nil || len(decisions) == 0 {
		return 0, nil
	}
	w.pending = nil
	if len(decisions) > 1 {
		head := corpus.Decision{Doc: doc, Kind: corpus.Bulk, Note: what}
		decisions = append([]corpus.Decision{head}, decisions...)
	}
	return w.record(decisions...), nil
}

// takeBack reverts edits of the files in memory that nobody has seen yet.
func (w *Workbench) takeBack(decisions []corpus.Decision) error {
	var errs []error
	for _, d := range slices.Backward(decisions) {
		errs = append(errs, w.docs[d.Doc].file.Revert(d.Edit))
	}
	return errors.Join(errs...)
}

// distinct refuses lists that do not make one step.
func distinct(actions []Action) error {
	if len(actions) == 0 {
		return errors.New("a bulk without actions")
	}
	seen := map[string]bool{}
	for i, a := range actions {
		var name string
		switch a := a.(type) {
		case Bulk, Apply, Resolve, Undo, Redo:
			return fmt.Errorf("action %d of %d: a %T cannot be part of a bulk", i+1, len(actions), a)
		case Create:
			name = fmt.Sprintf("%s\x00%s %s", a.Doc, a.Label, a.Spans)
		case CreateLinked:
			name = fmt.Sprintf("%s\x00%s %s", a.Doc, a.Label, a.Spans)
		case Finish:
			name = a.Doc + "\x00finish"
		case Reopen:
			name = a.Doc + "\x00finish"
		case interface{ item() At }:
			name = a.item().Doc + "\x00" + a.item().Key
		}
		if seen[name] {
			return fmt.Errorf("action %d of %d: it is about the same item as an earlier one", i+1, len(actions))
		}
		seen[name] = true
	}
	return nil
}

// item is what an action is about.
func (a At) item() At { return a }
