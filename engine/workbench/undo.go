package workbench

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// undo takes back the last step that is not taken back yet, or the one that
// holds a decision.
func (w *Workbench) undo(ctx context.Context, seq int64) (Result, error) {
	step := w.fold.UndoTarget()
	if seq != 0 {
		var err error
		if step, err = w.stepOf(ctx, seq); err != nil {
			return Result{}, err
		}
		decisions, err := w.step(ctx, step)
		if err != nil {
			return Result{}, err
		}
		if err := w.alone(ctx, step, decisions); err != nil {
			return Result{}, err
		}
	}
	if step == 0 {
		return Result{}, ErrNothing
	}
	return w.turn(ctx, step, corpus.Undo)
}

// stepOf is the step that holds a decision, which must be in force.
func (w *Workbench) stepOf(ctx context.Context, seq int64) (int64, error) {
	step := w.steps.holding(seq)
	if step == 0 {
		var err error
		if step, err = w.stepOnDisk(ctx, seq); err != nil {
			return 0, err
		}
	}
	decisions, err := w.step(ctx, step)
	if err != nil {
		return 0, err
	}
	switch first := decisions[0]; {
	case first.Kind == corpus.Undo || first.Kind == corpus.Redo:
		return 0, fmt.Errorf("decision %d is itself an %s of step %d: name that step", seq, first.Kind, first.Of)
	case w.fold.Undone(step):
		return 0, fmt.Errorf("decision %d is taken back already: %w", seq, ErrNothing)
	}
	return step, nil
}

// stepOnDisk is the step that holds a decision, as the journal says.
func (w *Workbench) stepOnDisk(ctx context.Context, seq int64) (int64, error) {
	for d, err := range w.journal.All(ctx, journal.Filter{From: seq, To: seq, Slim: true}) {
		if err != nil {
			return 0, fmt.Errorf("read decision %d: %w", seq, err)
		}
		return d.Step, nil
	}
	return 0, fmt.Errorf("the journal has no decision %d: %w", seq, ErrNothing)
}

// redo repeats the step that was undone last.
func (w *Workbench) redo(ctx context.Context) (Result, error) {
	step := w.fold.RedoTarget()
	if step == 0 {
		return Result{}, fmt.Errorf("nothing to redo")
	}
	return w.turn(ctx, step, corpus.Redo)
}

// turn undoes or redoes a step: it edits the files in memory and records one
// decision for each decision of the step. Where a file no longer has the lines,
// nothing changes.
func (w *Workbench) turn(ctx context.Context, step int64, kind corpus.Kind) (Result, error) {
	decisions, err := w.step(ctx, step)
	if err != nil {
		return Result{}, err
	}
	turned := make([]corpus.Decision, len(decisions))
	for i, c := range decisions {
		if _, err := w.need(ctx, c.Doc); err != nil {
			return Result{}, fmt.Errorf("%s %s of %s: %w", kind, c.Kind, c.Doc, err)
		}
		t := corpus.Decision{Kind: kind, Of: step, Doc: c.Doc, Before: c.Before, After: c.After, Edit: c.Edit}
		if kind == corpus.Undo {
			t.Before, t.After, t.Edit = c.After, c.Before, corpus.Invert(c.Edit)
		}
		turned[i] = t
	}
	if kind == corpus.Undo {
		slices.Reverse(turned)
	}
	for i, t := range turned {
		if err := w.docs[t.Doc].file.Apply(t.Edit); err != nil {
			for _, done := range slices.Backward(turned[:i]) {
				err = errors.Join(err, w.docs[done.Doc].file.Revert(done.Edit))
			}
			return Result{}, fmt.Errorf("%s %s in %s: %w", kind, decisions[0].Kind, t.Doc, err)
		}
	}
	w.drawAgain(decisions, kind)
	seq := w.record(turned...)
	return w.turnResult(decisions, turned, seq), nil
}

// turnResult says what was undone or redone, and which item came back: the first
// of the step.
func (w *Workbench) turnResult(decisions, turned []corpus.Decision, seq int64) Result {
	verb := map[corpus.Kind]string{corpus.Undo: "undid ", corpus.Redo: "redid "}[turned[0].Kind]
	head := decisions[0]
	res := Result{Doc: head.Doc, Seq: seq, Message: verb + string(head.Kind)}
	if head.Kind == corpus.Bulk {
		res.Message = verb + head.Note
	} else if text := textOf(head); text != "" {
		res.Message += fmt.Sprintf(" of %q", text)
	}
	for _, c := range decisions {
		about := c.After
		if turned[0].Kind == corpus.Undo {
			about = c.Before
		}
		if about == nil || c.Doc != head.Doc {
			continue
		}
		key := about.ID
		if key == "" {
			key = suggestionKey(*about)
		}
		if _, i := w.docs[c.Doc].picture.Item(key); i >= 0 {
			res.Key = key
			return res
		}
	}
	return res
}

// step returns the decisions of a step, from memory or the journal.
func (w *Workbench) step(ctx context.Context, step int64) ([]corpus.Decision, error) {
	if s, ok := w.steps.known[step]; ok {
		return s, nil
	}
	s, err := w.journal.Step(ctx, step)
	if err != nil {
		return nil, fmt.Errorf("read step %d of the journal: %w", step, err)
	}
	if len(s) == 0 {
		return nil, fmt.Errorf("step %d is not in the journal", step)
	}
	return s, nil
}

// need returns a document that can be decided on, reading it if it must.
func (w *Workbench) need(ctx context.Context, name string) (*document, error) {
	if d := w.docs[name]; d == nil || d.picture == nil {
		if _, known := w.place[name]; !known {
			return nil, ErrUnknown
		}
		w.arrive(w.fetch(ctx, name))
	}
	return w.loaded(name)
}
