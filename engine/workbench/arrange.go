package workbench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/corpus/pace"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// ArrangeTitle is the title of Arrange's task.
const ArrangeTitle = "ordering"

// arrangePrefix begins the identifiers of the jobs of Arrange.
const arrangePrefix = "arrange:"

// byChance is the share of documents that are drawn by chance in an order by what the
// models say, to tell how good they are.
const byChance = 0.1

// seed is that of chance: the same after a restart, so that what is drawn is a sample.
const seed = 1

// why is the reason for the place of a document, in a few words and in sentences.
type why struct {
	short, about string
	chance       bool // that nothing but chance chose it
}

// Arrange puts the documents that are not finished in the order that the annotator chooses,
// before those that are; the next session begins with it. What is on the screen comes
// first, so that the next document is the first of the rest. By uncertainty and by value it
// asks the models for the suggestions of all of them, in the background and after whatever a
// person waits for; Status has a task meanwhile. Documents that cannot be read come last.
// It returns when all is done, or ctx ends, and then nothing has changed. Where the models
// learn, such an order is taken anew.
func (w *Workbench) Arrange(ctx context.Context, mode order.Mode) error {
	if _, err := order.ParseMode(string(mode)); err != nil {
		return err
	}
	w.mu.Lock()
	before := w.opts.Order
	w.opts.Order = mode // what is taken anew meanwhile is this one
	w.arranging.wishes++
	w.arranging.now++
	mine := w.arranging.wishes
	w.mu.Unlock()
	err := w.arrange(ctx, mode)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.arranging.now--
	switch {
	case err == nil:
		w.chosen = mode
		w.wakePlace()
	case mine == w.arranging.wishes: // else a newer wish says what is taken
		w.opts.Order = before
	}
	if w.arranging.again && w.arranging.now == 0 {
		w.arranging.again = false
		w.arrangeAgain()
	}
	return err
}

// arranging is what is known of the calls of Arrange.
type arranging struct {
	wishes int  // how many there ever were
	now    int  // that go on
	again  bool // the models say something else since these began
}

// arrange is Arrange without keeping what was chosen. An order that is asked for later
// takes its place: then it ends with context.Canceled.
func (w *Workbench) arrange(ctx context.Context, mode order.Mode) error {
	w.mu.Lock()
	w.arrivals++
	turn, names := w.arrivals, w.col.Names()
	w.mu.Unlock()
	if mode == order.File {
		return w.rearrange(turn, mode, names, nil)
	}
	costs, err := w.costs(ctx)
	if err != nil {
		return err
	}
	o, err := order.New(order.Options{Mode: mode, Share: byChance, Seed: seed, Costs: costs, Bare: w.opts.Blind})
	if err != nil {
		return err
	}
	open, done, m := w.unfinished(names)
	questions := make([]order.Question, len(open))
	for i, name := range open {
		questions[i].Name = name
	}
	if mode != order.Random {
		if m == nil || m.Recognizer == nil && m.Spotter == nil {
			return fmt.Errorf("order by what the models say: %w: there is no model", ErrNotReady)
		}
		if questions, err = w.questions(ctx, m, open); err != nil {
			return err
		}
		w.answered(o, done)
	}
	var arranged []string
	reasons := map[string]why{}
	for _, p := range o.Next(questions, len(questions)) {
		arranged, reasons[p.Name] = append(arranged, p.Name), why{p.Reason, p.About, p.Chance}
	}
	for _, name := range open {
		if _, known := reasons[name]; !known { // it could not be read
			arranged = append(arranged, name)
		}
	}
	return w.rearrange(turn, mode, append(arranged, done...), reasons)
}

// unfinished parts the documents into those that are not finished and those that are.
func (w *Workbench) unfinished(names []string) (open, done []string, m *suggest.Models) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range names {
		if w.fold.Finished(name) {
			done = append(done, name)
		} else {
			open = append(open, name)
		}
	}
	return open, done, w.models
}

// rearrange takes an order of all documents, unless another was asked for meanwhile.
func (w *Workbench) rearrange(turn int, mode order.Mode, names []string, reasons map[string]why) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if turn != w.arrivals {
		return fmt.Errorf("another order was asked for meanwhile: %w", context.Canceled)
	}
	if i := slices.Index(names, w.look.Doc); i > 0 && mode != order.File {
		names = slices.Insert(slices.Delete(slices.Clone(names), i, i+1), 0, w.look.Doc)
	}
	place := make(map[string]int, len(names))
	for i, name := range names {
		place[name] = i
	}
	w.arranged = mode
	w.names, w.place, w.reasons = names, place, reasons // others may hold the old ones
	w.prepare()
	w.notify()
	return nil
}

// collection is the order of the documents now; what it returns does not change.
func (w *Workbench) collection() (names []string, place map[string]int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.names, w.place
}

// costs are what decisions of this annotator take.
func (w *Workbench) costs(ctx context.Context) (order.Costs, error) {
	costs, _, err := w.history(ctx)
	return costs, err
}

// history reads from the journal what decisions of this annotator take, and which mentions
// they decided on, by label and folded text.
func (w *Workbench) history(ctx context.Context) (costs order.Costs, answered map[mentionKey]bool, err error) {
	answered = map[mentionKey]bool{}
	all := func(yield func(corpus.Decision, error) bool) {
		for d, err := range w.journal.All(ctx, journal.Filter{Slim: true}) {
			if m := cmp.Or(d.Before, d.After); err == nil && m != nil {
				w.answer(d, m, answered)
			}
			if !yield(d, err) {
				return
			}
		}
	}
	r, err := pace.Count(all, func(int64) bool { return false }) // time is spent, undone or not
	if err != nil {
		return order.Costs{}, nil, fmt.Errorf("count the decisions: %w", err)
	}
	costs, _ = order.DefaultCosts().Measured(r)
	return costs, answered, nil
}

// answer notes that a mention was decided on, unless that was taken back.
func (w *Workbench) answer(d corpus.Decision, m *corpus.Mention, answered map[mentionKey]bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if answers(d.Kind) && !w.fold.Undone(d.Step) {
		answered[mentionKey{m.Label, w.folded(m.Text)}] = true
	}
}

// answers tells whether a decision says what a mention is, or that it is none.
func answers(k corpus.Kind) bool {
	switch k {
	case corpus.Accept, corpus.SetLink, corpus.NIL, corpus.Reject, corpus.Delete, corpus.SetSpan, corpus.SetLabel:
		return true
	}
	return false
}

// answered tells the order what finished documents hold, as far as they can be read.
func (w *Workbench) answered(o *order.Order, names []string) {
	for _, name := range names {
		src, err := w.col.Read(name)
		if err != nil {
			continue
		}
		a := order.Answer{Name: name}
		for _, m := range src.File.Mentions() {
			a.Texts = append(a.Texts, m.Text)
		}
		o.Answered(a)
	}
}

// questions computes what the models say of documents; those that cannot be read are
// left out.
func (w *Workbench) questions(ctx context.Context, m *suggest.Models, names []string) ([]order.Question, error) {
	t := w.begin(ArrangeTitle, len(names))
	defer t.end()
	type outcome struct {
		at  int
		q   order.Question
		err error
	}
	outcomes := make(chan outcome, len(names))
	for i, name := range names {
		w.queue.Submit(suggest.Job{
			ID: arrangePrefix + name, Priority: nobodyWaits,
			Run: func(ctx context.Context) {
				q, err := w.question(ctx, m, name)
				outcomes <- outcome{i, q, err}
			},
			Dropped: func() { outcomes <- outcome{err: context.Canceled} },
		})
	}
	found := make([]*order.Question, len(names))
	for range names {
		select {
		case <-ctx.Done():
			w.queue.Cancel(func(j suggest.Job) bool { return strings.HasPrefix(j.ID, arrangePrefix) })
			return nil, ctx.Err()
		case one := <-outcomes:
			if errors.Is(one.err, context.Canceled) { // the workbench was closed, or this was asked for again
				return nil, one.err
			}
			if one.err == nil {
				found[one.at] = &one.q
			}
			t.step()
		}
	}
	var all []order.Question
	for _, q := range found {
		if q != nil {
			all = append(all, *q)
		}
	}
	return all, nil
}

// question is a document with what the models say of it, but for what is decided already,
// and what a probe hides: the reason would tell.
func (w *Workbench) question(ctx context.Context, m *suggest.Models, name string) (order.Question, error) {
	src, err := w.col.Read(name)
	if err != nil {
		return order.Question{}, err
	}
	q := order.Question{Name: name, Words: len(segment.Words(src.Text))}
	language, source := suggest.Language(src.Text.String()), ""
	w.promptly(func() { source = m.Source(language) }) // it changes with the recognizer
	if source == "" {
		return q, nil
	}
	var found []corpus.Mention
	for _, piece := range suggest.Chunks(src.Text, segment.Sentences(src.Text)) {
		more, err := m.Suggest(ctx, src.Text, piece, source)
		if err != nil {
			return q, fmt.Errorf("suggestions for %s: %w", name, err)
		}
		found = append(found, more...)
	}
	annotated := newGrid(src.File.Mentions())
	w.promptly(func() {
		for _, f := range found {
			_, hidden := w.opts.Probe.takes(ProbeHide, name, f.Text)
			at, _ := annotated.find(f)
			if hidden || at >= 0 || w.allowed != nil && !w.allowed[f.Label] || w.fold.Rejected(name, f.Label, f.Spans) {
				continue
			}
			q.Guesses = append(q.Guesses, order.Guess{Text: f.Text, Score: f.Score, Margin: corpus.NoScore})
		}
	})
	return q, nil
}

// arrangeAgain takes the order of now anew, in the background, where it follows from what
// the models say and they say something else. The lock is held.
func (w *Workbench) arrangeAgain() {
	if w.closed || w.opts.Order != order.Uncertain && w.opts.Order != order.Value {
		return
	}
	if w.arranging.now > 0 { // it would take the jobs of what somebody waits for
		w.arranging.again = true
		return
	}
	w.loops.Go(func() { w.arrangeAsAsked(context.Background()) }) // it ends with the queue
}

// arrangeAsAsked takes the order that was asked for.
func (w *Workbench) arrangeAsAsked(ctx context.Context) {
	w.mu.Lock()
	mode := w.opts.Order
	w.mu.Unlock()
	if err := w.arrange(ctx, mode); err != nil && ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.message = err.Error()
		w.notify()
	}
}
