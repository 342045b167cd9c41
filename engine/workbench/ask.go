package workbench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/kb"
)

// Question is an undecided mention that is worth asking next, wherever it is.
type Question struct {
	At
	Label  string
	Text   string
	Spans  corpus.Spans
	Alike  int    // further undecided mentions that are known to read the same, and are not asked
	Chance bool   // it was drawn by chance, for an honest estimate
	Reason string // why it is asked, in a few words
	About  string // the same in whole sentences
}

// Questions are some of the questions of a collection.
type Questions struct {
	List    []Question // those to be asked next, in their order
	Left    int        // others that are known, and were not asked yet
	Unknown int        // documents whose suggestions are not computed yet: SuggestAll computes them
}

// contextWords is how many words are read around a mention that is asked.
const contextWords = 25

// asker picks questions. None is asked twice, in whatever document it is: mentions of
// one label that read the same are one question.
type asker struct {
	turn  sync.Mutex   // of one call of Questions at a time
	order *order.Order // nil: nothing was asked yet

	// The workbench's lock guards these.
	known map[string][]ask // by document, of those whose suggestions are computed
	hash  string           // of the recognizer that they are of
	drawn map[At]bool      // asked by chance, and not decided on yet
}

// ask stands for the undecided mentions of a document that read the same: it is the one
// that the models are least sure of.
type ask struct {
	at    At
	like  mentionKey // what mentions that are one question share; its text is folded
	spans corpus.Spans
	guess order.Guess // Alike counts the others
}

// Questions picks up to n questions, most worth asking first: in the way in which the
// documents are ordered, by value where that is as they lie. Mentions take part of
// documents that are not finished and whose suggestions are known. Mentions that read as
// one that was decided, in this session or before, are not asked. It reads the journal, so
// call it off the event loop.
func (w *Workbench) Questions(ctx context.Context, n int) (Questions, error) {
	mode, err := w.canAsk()
	if err != nil {
		return Questions{}, fmt.Errorf("ask: %w", err)
	}
	w.asker.turn.Lock()
	defer w.asker.turn.Unlock()
	costs, answered, err := w.history(ctx)
	if err != nil {
		return Questions{}, err
	}
	if w.asker.order == nil {
		if w.asker.order, err = order.New(order.Options{Mode: mode, Share: byChance, Seed: seed, Costs: costs}); err != nil {
			return Questions{}, err
		}
	}
	o := w.asker.order
	if err := o.Switch(mode); err != nil {
		return Questions{}, err
	}
	asks, unknown := w.asks()
	questions, by := make([]order.Question, len(asks)), make(map[string]ask, len(asks))
	for i, a := range asks {
		name := a.like.label + "\x00" + a.like.text
		questions[i], by[name] = order.Question{Name: name, Words: contextWords, Guesses: []order.Guess{a.guess}}, a
		if answered[a.like] {
			o.Answered(order.Answer{Name: name})
		}
	}
	out := Questions{Unknown: unknown}
	for _, p := range o.Next(questions, n) {
		out.List = append(out.List, by[p.Name].question(p))
	}
	for _, q := range questions {
		if !o.Asked(q.Name) {
			out.Left++
		}
	}
	w.noteDrawn(out.List)
	return out, nil
}

// canAsk is the mode by which questions are picked, or why none can be.
func (w *Workbench) canAsk() (order.Mode, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.opts.Blind:
		return "", errors.New("nothing is suggested in this session")
	case w.models == nil:
		return "", fmt.Errorf("%w: there is no model", ErrNotReady)
	case w.opts.Order == order.File:
		return order.Value, nil
	}
	return w.opts.Order, nil
}

// asks are all questions that are known, each once, as the collection has them, and in how
// many documents suggestions are not.
func (w *Workbench) asks() (all []ask, unknown int) {
	w.mu.Lock()
	w.dropAsks()
	w.mu.Unlock()
	at := map[mentionKey]int{}
	for _, name := range w.col.Names() {
		known, ok := w.asksOf(name)
		if !ok {
			unknown++
		}
		for _, a := range known {
			i, seen := at[a.like]
			if !seen {
				at[a.like] = len(all)
				all = append(all, a)
				continue
			}
			n := all[i].guess.Alike + 1 + a.guess.Alike
			if a.guess.Bits() > all[i].guess.Bits() {
				all[i] = a
			}
			all[i].guess.Alike = n
		}
	}
	return all, unknown
}

// asksOf are the questions of one document, none of a finished one; false where they are
// not known. The lock is held for one document at a time: keys wait for it.
func (w *Workbench) asksOf(name string) ([]ask, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fold.Finished(name) {
		return nil, true
	}
	if d := w.docs[name]; d != nil {
		w.noteAsks(d)
	}
	known, ok := w.asker.known[name]
	return known, ok
}

// noteAsks keeps what is undecided in a document, where all that is suggested there is
// known and it can be decided on. The lock is held.
func (w *Workbench) noteAsks(d *document) {
	switch {
	case d.picture == nil || d.err != nil || !d.asked || d.chunks > 0 || w.stale[d.name] || w.models == nil:
		return
	case d.readOnly != "":
		w.keepAsks(d.name, nil)
		return
	}
	if _, known := w.asker.known[d.name]; known && d.noted == d.picture.Version {
		return
	}
	d.noted = d.picture.Version
	w.keepAsks(d.name, d.picture.Items)
}

// keepAsks keeps the undecided items of a document. The lock is held.
func (w *Workbench) keepAsks(name string, items []Item) {
	asks, at := []ask{}, map[mentionKey]int{}
	for i := range items {
		it := &items[i]
		if !it.State.Undecided() {
			continue
		}
		// Strings of its own: pieces of the text and of the file would keep all of these in memory.
		key, label := strings.Clone(it.Key), strings.Clone(it.Label)
		a := ask{at: At{name, key}, like: mentionKey{label, w.folded(it.Text)}, spans: it.Spans, guess: guessOf(it)}
		a.guess.Text = strings.Clone(it.Text)
		j, seen := at[a.like]
		if !seen {
			at[a.like] = len(asks)
			asks = append(asks, a)
			continue
		}
		n := asks[j].guess.Alike + 1
		if a.guess.Bits() > asks[j].guess.Bits() {
			asks[j] = a
		}
		asks[j].guess.Alike = n
	}
	w.dropAsks()
	w.asker.known[name] = slices.Clone(asks) // no larger than it is: there is one of each document
}

// dropAsks forgets what a recognizer before suggested. The lock is held.
func (w *Workbench) dropAsks() {
	if w.models != nil && (w.asker.known == nil || w.asker.hash != w.models.Hash) {
		w.asker.known, w.asker.hash = map[string][]ask{}, w.models.Hash
	}
}

// guessOf is what the models say of an item. A mention that is annotated already is only
// asked for its concept. What a probe shuffled counts as the models rank it, so that
// nothing tells that it is shuffled.
func guessOf(it *Item) order.Guess {
	g := order.Guess{Text: it.Text, Score: it.Score, Margin: corpus.NoScore}
	if it.State == Pending {
		g.Score = 1
	}
	if ranked := it.ranked(); len(ranked) > 1 && ranked[0].Score.Known() && ranked[1].Score.Known() {
		g.Margin = ranked[0].Score - ranked[1].Score
	}
	return g
}

// ranked are the candidates as the models rank them.
func (it *Item) ranked() []kb.Candidate {
	if it.Ranks == nil {
		return it.Candidates
	}
	all := make([]kb.Candidate, len(it.Candidates))
	for i, c := range it.Candidates {
		all[it.Ranks[i]-1] = c
	}
	return all
}

// question is what is asked, with the reason.
func (a ask) question(p order.Pick) Question {
	q := Question{At: a.at, Label: a.like.label, Text: a.guess.Text, Spans: a.spans, Alike: a.guess.Alike, Chance: p.Chance}
	q.Reason, q.About = p.OfMention(a.guess)
	return q
}

// noteDrawn remembers questions that were drawn by chance, until they are decided on.
func (w *Workbench) noteDrawn(all []Question) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, q := range all {
		if !q.Chance {
			continue
		}
		if w.asker.drawn == nil {
			w.asker.drawn = map[At]bool{}
		}
		w.asker.drawn[q.At] = true
	}
}

// markDrawn says in the first decision on a mention that was asked by chance that it was.
// The lock is held.
func (w *Workbench) markDrawn(decisions []corpus.Decision) {
	for i := range decisions {
		c := &decisions[i]
		if len(w.asker.drawn) == 0 || c.Before == nil || !answers(c.Kind) {
			continue
		}
		at := drawnAt(c)
		if w.asker.drawn[at] && c.Offer != nil {
			c.Offer.Drawn = true
		}
		delete(w.asker.drawn, at)
	}
}

func drawnAt(c *corpus.Decision) At {
	if c.Before.ID == "" {
		return At{c.Doc, suggestionKey(*c.Before)}
	}
	return At{c.Doc, c.Before.ID}
}

// drawAgain notes that what was decided on mentions that chance drew was taken back, or is
// in force again: the next decision is the answer then. The lock is held.
func (w *Workbench) drawAgain(decisions []corpus.Decision, kind corpus.Kind) {
	for i := range decisions {
		c := &decisions[i]
		if c.Offer == nil || !c.Offer.Drawn || c.Before == nil {
			continue
		}
		if w.asker.drawn == nil {
			w.asker.drawn = map[At]bool{}
		}
		if at := drawnAt(c); kind == corpus.Undo {
			w.asker.drawn[at] = true
		} else {
			delete(w.asker.drawn, at)
		}
	}
}
