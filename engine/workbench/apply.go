package workbench

import (
	"context"
	"errors"
	"fmt"
)

// apply does what a preview proposed, as one step. What cannot be done any more
// is left out, and told. The lock is held.
func (w *Workbench) apply(ctx context.Context, a Apply) (Result, error) {
	var res Result
	changed := map[string]bool{}
	what := a.What
	if what == "" {
		what = fmt.Sprintf("%d places", len(a.Places))
	}
	if len(a.Places) == 0 {
		return res, errors.New("no place is chosen")
	}
	seq, err := w.together(a.Places[0].Doc, what, func() error {
		closed, seen := map[string]bool{}, map[string]bool{}
		for i := range a.Places {
			p := &a.Places[i]
			if err := ctx.Err(); err != nil {
				return err
			}
			if closed[p.Doc] {
				continue
			}
			if err := w.applyAt(ctx, p, seen); err != nil {
				closed[p.Doc] = whole(err)
				res.LeftOut = append(res.LeftOut, leftOut(p, err))
				continue
			}
			changed[p.Doc] = true
		}
		if len(changed) == 0 {
			return fmt.Errorf("%s: nothing of it can be done: %s", what, res.LeftOut[0].Why)
		}
		return nil
	})
	if err != nil {
		return Result{}, err
	}
	if seq == 0 && w.pending == nil {
		return Result{Doc: a.Places[0].Doc, LeftOut: res.LeftOut, Message: "nothing changed"}, nil
	}
	res.Doc, res.Key, res.Seq = a.Places[0].Doc, a.Places[0].Key, seq
	res.Message = fmt.Sprintf("%s: %s in %s", what, count(len(a.Places)-len(res.LeftOut), "place"), count(len(changed), "document"))
	if n := len(res.LeftOut); n > 0 {
		res.Message += fmt.Sprintf(", %d left out (%s: %s)", n, res.LeftOut[0].Doc, res.LeftOut[0].Why)
	}
	return res, nil
}

// applyAt does the action of one place.
func (w *Workbench) applyAt(ctx context.Context, p *Place, seen map[string]bool) error {
	switch p.Do.(type) {
	case nil, Bulk, Apply, Undo, Redo, Resolve:
		return fmt.Errorf("a %T cannot be done at a place", p.Do)
	}
	name := p.Doc + "\x00" + p.Key
	if p.Key == "" {
		name += p.Label + " " + p.Spans.String()
	}
	if seen[name] {
		return errors.New("it is listed twice")
	}
	if _, err := w.need(ctx, p.Doc); err != nil {
		return err
	}
	seen[name] = true
	_, err := w.onItem(p.Do)
	return err
}

// whole tells whether an error is about all of a document.
func whole(err error) bool {
	return errors.Is(err, ErrReadOnly) || errors.Is(err, ErrUnknown) || errors.Is(err, ErrNotReady)
}

func leftOut(p *Place, err error) LeftOut {
	if whole(err) {
		return LeftOut{Doc: p.Doc, Why: err.Error()}
	}
	return LeftOut{Doc: p.Doc, Place: p, Why: err.Error()}
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
