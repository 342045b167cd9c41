package workbench

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// Entry is a step of the history: what one undo takes back.
type Entry struct {
	Seq       int64       // of its first decision: what Undo names
	Time      time.Time   // UTC
	Kind      corpus.Kind // Bulk for a step of several decisions
	Doc       string      // of its first decision
	Documents int         // that it changed
	Decisions int         // without the head of a bulk
	Text      string      // of the mention, or what a bulk was for
	What      string      // what it did, e.g. `SINTOMA → ENFERMEDAD`
	Undone    bool        // taken back: there is nothing to undo
}

// HistoryQuery chooses a page of the history. The zero value is the newest one.
type HistoryQuery struct {
	Before int64  // only steps before this one; 0 for no limit
	Limit  int    // of entries; 0 for 100
	Doc    string // only steps that begin in this document; "" for all
}

// DependsError says that a step cannot be undone alone, since a later one builds on it.
type DependsError struct {
	Step int64 // that was to be undone
	On   Entry // the newest of those that build on it: undo that first
}

// Error names the later step.
func (e *DependsError) Error() string {
	return fmt.Sprintf("step %d cannot be undone alone: step %d (%s of %q in %s) builds on it; undo that first",
		e.Step, e.On.Seq, e.On.Kind, e.On.Text, e.On.Doc)
}

// History lists the steps of this annotator, newest first, without the undos and
// redos themselves: what was taken back is marked. It reads the journal, so call
// it off the event loop.
func (w *Workbench) History(ctx context.Context, q HistoryQuery) ([]Entry, error) {
	if q.Limit <= 0 {
		q.Limit = 100
	}
	if q.Before <= 0 {
		w.mu.Lock()
		q.Before = w.last + 1
		w.mu.Unlock()
	}
	var list []Entry
	for len(list) < q.Limit && q.Before > 1 {
		from := max(1, q.Before-decisionsAPage)
		page, err := w.historyPage(ctx, from, q.Before-1)
		if err != nil {
			return nil, fmt.Errorf("read the history: %w", err)
		}
		for _, e := range slices.Backward(page) {
			if len(list) < q.Limit && (q.Doc == "" || q.Doc == e.Doc) {
				list = append(list, e)
			}
		}
		q.Before = from
		if len(page) > 0 {
			q.Before = min(q.Before, page[0].Seq)
		}
	}
	return list, nil
}

// decisionsAPage is how many decisions are looked at at once.
const decisionsAPage = 1000

// historyPage are the steps that have a decision in [from, to], oldest first.
func (w *Workbench) historyPage(ctx context.Context, from, to int64) ([]Entry, error) {
	var steps [][]corpus.Decision
	for c, err := range w.decisions(ctx, from, to) {
		switch n := len(steps); {
		case err != nil:
			return nil, err
		case c.Kind == corpus.Undo || c.Kind == corpus.Redo:
		case n > 0 && steps[n-1][0].Step == c.Step:
			steps[n-1] = append(steps[n-1], c)
		default:
			steps = append(steps, []corpus.Decision{c})
		}
	}
	if len(steps) > 0 && steps[0][0].Seq > steps[0][0].Step { // the page begins within a step
		whole, err := w.wholeStep(ctx, steps[0][0].Step)
		if err != nil {
			return nil, err
		}
		steps[0] = whole
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Entry, len(steps))
	for i, s := range steps {
		list[i] = entryOf(s)
		list[i].Undone = w.fold.Undone(s[0].Step)
	}
	return list, nil
}

func (w *Workbench) wholeStep(ctx context.Context, step int64) ([]corpus.Decision, error) {
	w.mu.Lock()
	s, ok := w.steps.known[step]
	w.mu.Unlock()
	if ok {
		return s, nil
	}
	return w.journal.Step(ctx, step)
}

// decisions streams those of a range, oldest first, also what is not on disk yet.
func (w *Workbench) decisions(ctx context.Context, from, to int64) iter.Seq2[corpus.Decision, error] {
	return func(yield func(corpus.Decision, error) bool) {
		w.mu.Lock()
		onDisk := min(to, w.synced)
		var recent []corpus.Decision
		for _, step := range w.steps.own {
			for _, c := range w.steps.known[step] {
				if c.Seq > onDisk && c.Seq >= from && c.Seq <= to {
					recent = append(recent, c)
				}
			}
		}
		w.mu.Unlock()
		if from <= onDisk {
			for c, err := range w.journal.All(ctx, journal.Filter{From: from, To: onDisk, Slim: true}) {
				if !yield(c, err) || err != nil {
					return
				}
			}
		}
		for _, c := range recent {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// entryOf is what a person reads of a step.
func entryOf(decisions []corpus.Decision) Entry {
	head := decisions[0]
	e := Entry{Seq: head.Step, Time: head.Time, Kind: head.Kind, Doc: head.Doc, Decisions: len(decisions)}
	var docs []string
	for _, c := range decisions {
		if !slices.Contains(docs, c.Doc) {
			docs = append(docs, c.Doc)
		}
	}
	e.Documents = len(docs)
	if head.Kind == corpus.Bulk {
		e.Decisions, e.Text = len(decisions)-1, head.Note
		return e
	}
	e.Text, e.What = textOf(head), whatOf(head)
	return e
}

// textOf is the mention that a decision is about, or the concept that it proposes.
func textOf(c corpus.Decision) string {
	switch p, ok := c.Proposed(); {
	case ok:
		return p.Name
	case c.Before != nil:
		return c.Before.Text
	case c.After != nil:
		return c.After.Text
	}
	return ""
}

// whatOf is what a decision changed, as short as it can be said.
func whatOf(c corpus.Decision) string {
	switch {
	case c.Kind == corpus.SetLabel && c.Before != nil && c.After != nil:
		return c.Before.Label + " → " + c.After.Label
	case c.Kind == corpus.SetSpan && c.After != nil:
		return "→ " + c.After.Text
	case c.Kind == corpus.SetLink && c.After != nil && len(c.After.Links) > 0:
		return "→ " + c.After.Links[0].ID + " " + c.After.Links[0].Name
	case c.Kind == corpus.Unlink && c.Before != nil && len(c.Before.Links) > 0:
		return "was " + c.Before.Links[0].ID + " " + c.Before.Links[0].Name
	}
	if p, ok := c.Proposed(); ok {
		return p.ID
	}
	m := cmp.Or(c.After, c.Before)
	if m == nil || c.Kind == corpus.Flag {
		return c.Note
	}
	return m.Label
}

// alone tells why a step that is not the last one cannot be undone by itself: a
// later one in force is about an annotation that would go, or changed again what it
// changed. The lock is held.
func (w *Workbench) alone(ctx context.Context, step int64, decisions []corpus.Decision) error {
	if step == w.fold.UndoTarget() {
		return nil
	}
	var docs []string
	newest := int64(0)
	for _, c := range decisions {
		if slices.Contains(docs, c.Doc) {
			continue
		}
		docs = append(docs, c.Doc)
		for later, err := range w.after(ctx, c.Doc, step) {
			if err != nil {
				return fmt.Errorf("look for what builds on step %d: %w", step, err)
			}
			if later.Step > newest && !w.fold.Undone(later.Step) && buildsOn(later, decisions) {
				newest = later.Step
			}
		}
	}
	if newest == 0 {
		return nil
	}
	on, err := w.step(ctx, newest)
	if err != nil {
		return err
	}
	return &DependsError{step, entryOf(on)}
}

// after streams the decisions on a document after a step, without undos and redos.
// The lock is held.
func (w *Workbench) after(ctx context.Context, doc string, step int64) iter.Seq2[corpus.Decision, error] {
	counts := func(c corpus.Decision) bool {
		return c.Doc == doc && c.Step > step && c.Kind != corpus.Undo && c.Kind != corpus.Redo
	}
	return func(yield func(corpus.Decision, error) bool) {
		if step < w.synced {
			for c, err := range w.journal.All(ctx, journal.Filter{Doc: doc, From: step + 1, To: w.synced}) {
				if (err != nil || counts(c)) && !yield(c, err) {
					return
				}
			}
		}
		for _, s := range w.steps.own {
			for _, c := range w.steps.known[s] {
				if c.Seq > w.synced && counts(c) && !yield(c, nil) {
					return
				}
			}
		}
	}
}

// buildsOn tells whether a later decision is about an annotation that an earlier one
// made, took away one that it is about, or touches a line whose id that one touched: the
// id may be another line's since.
func buildsOn(later corpus.Decision, earlier []corpus.Decision) bool {
	ids := lineIDs(later.Edit)
	for _, c := range earlier {
		if c.Doc != later.Doc {
			continue
		}
		made := idOf(c.Before) == "" && idOf(c.After) != ""
		if made && (idOf(later.Before) == idOf(c.After) || idOf(later.After) == idOf(c.After)) {
			return true
		}
		if gone := idOf(later.Before); later.After == nil && gone != "" && (idOf(c.Before) == gone || idOf(c.After) == gone) {
			return true
		}
		for id := range lineIDs(c.Edit) {
			if ids[id] {
				return true
			}
		}
	}
	return false
}

func idOf(m *corpus.Mention) string {
	if m == nil {
		return ""
	}
	return m.ID
}

// lineIDs are the ids of the lines that edits touch; an equiv, which has none, is named
// by all that it says.
func lineIDs(edits []corpus.LineEdit) map[string]bool {
	ids := map[string]bool{}
	for _, e := range edits {
		for _, line := range []*string{e.Old, e.New} {
			if line == nil {
				continue
			}
			id, _, _ := strings.Cut(*line, "\t")
			if id == "*" {
				id = *line
			}
			ids[id] = true
		}
	}
	return ids
}
