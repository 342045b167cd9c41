// Package order says what is worth asking next: documents, or mentions, by how little
// the model knows of them, by what an answer is expected to teach a second, or by
// chance. It knows of questions what its caller tells, reads nothing itself, and is
// not safe for concurrent use.
package order

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// Mode is a way of ordering.
type Mode string

// The modes.
const (
	File      Mode = "file"      // as the questions come
	Random    Mode = "random"    // by chance
	Uncertain Mode = "uncertain" // most of what the model is unsure of first
	Value     Mode = "value"     // most of it for a second of work first
)

// Modes are all modes, the default first.
func Modes() []Mode { return []Mode{File, Random, Uncertain, Value} }

// ErrMode is the error of a mode that does not exist.
var ErrMode = errors.New("unknown order")

// ParseMode reads a mode; empty is File.
func ParseMode(s string) (Mode, error) {
	if s == "" {
		return File, nil
	}
	if m := Mode(s); slices.Contains(Modes(), m) {
		return m, nil
	}
	return "", fmt.Errorf("%w %q: it is file, random, uncertain or value", ErrMode, s)
}

// Guess is what a model says of a place in a question.
type Guess struct {
	Text   string       // of the mention
	Score  corpus.Score // how likely it is right
	Margin corpus.Score // by how much the first candidate for its link is ahead of the second; NoScore: it is not linked
	Alike  int          // further places that read the same: one answer serves for all
}

// Question is a document, one of its sentences, or a mention (no Words, one guess), that
// can be asked.
type Question struct {
	Name    string // unique
	Words   int    // to be read for an answer
	Guesses []Guess
	Doc     string // of a sentence that is asked by itself: its document
	At      int    // its place among the sentences of Doc, from 0
}

// Answer is what was learnt from a question.
type Answer struct {
	Name   string
	Texts  []string // of the mentions that are there
	Missed int      // of them, those that no guess touched
}

// Pick is a question to ask now.
type Pick struct {
	Name   string
	Chance bool    // it belongs to the share that is drawn by chance
	Read   Work    // of sentences: what is to be read to get to it, and jumps
	Gain   float64 // bits that the answer is expected to teach
	Cost   float64 // seconds that the answer is expected to take
	Reason string  // in a few words
	About  string  // the same in whole sentences
}

// Options say how to order.
type Options struct {
	Mode  Mode
	Share float64 // of the picks that are drawn by chance whatever the mode, in [0, 1]
	Seed  uint64  // of chance
	Costs Costs
	Bare  bool // suggestions are not shown to who answers: each mention has to be marked
}

// Order picks questions, none twice.
type Order struct {
	o     Options
	due   float64 // chance picks that are owed
	asked map[string]bool
	drawn map[string]bool // by chance, asked before or not
	seen  map[string]int  // texts of mentions that were answered
	// Of answers that came when there were guesses: mentions that guesses touched, and
	// that none did.
	guessed         bool
	touched, missed int
}

// New makes an order over nothing asked yet.
func New(o Options) (*Order, error) {
	if _, err := ParseMode(string(o.Mode)); err != nil {
		return nil, err
	}
	if !(o.Share >= 0 && o.Share <= 1) {
		return nil, fmt.Errorf("share by chance %v: it lies between 0 and 1", o.Share)
	}
	return &Order{o: o, asked: map[string]bool{}, drawn: map[string]bool{}, seen: map[string]int{}}, nil
}

// Switch changes the mode; what was asked stays asked.
func (o *Order) Switch(m Mode) error {
	m, err := ParseMode(string(m))
	if err == nil {
		o.o.Mode = m
	}
	return err
}

// Answered tells what a question taught. It counts as asked, whoever chose it.
func (o *Order) Answered(a Answer) {
	o.asked[a.Name] = true
	if o.guessed {
		o.missed += a.Missed
		o.touched += len(a.Texts) - a.Missed
	}
	for _, t := range a.Texts {
		o.seen[fold(t)]++
	}
}

// Asked tells whether a question was asked, or answered unasked.
func (o *Order) Asked(name string) bool { return o.asked[name] }

// Sampled tells whether a question was drawn by chance. Those that were are a random
// sample of all questions, also where some of them had been asked before for another
// reason: what was found in them before they were answered tells without bias how good
// the model was.
func (o *Order) Sampled(name string) bool { return o.drawn[name] && o.asked[name] }

// Next picks up to n of the questions that were not asked yet, in the order in which to
// ask them. They count as asked from now on. A sentence comes with the one before it and
// the one after, which give it its sense: who has read them answers them, too, so that
// the last pick may go beyond n.
func (o *Order) Next(questions []Question, n int) []Pick {
	var open []*weighed
	for _, q := range questions {
		if !o.asked[q.Name] {
			open = append(open, o.weigh(q))
		}
	}
	o.guessed = o.guessed || slices.ContainsFunc(open, func(w *weighed) bool { return len(w.Guesses) > 0 })
	r := newRound(o, questions, open)
	lots := o.lots(questions)
	picks := []Pick{}
	for len(picks) < n && len(r.open) > 0 {
		at, chance := o.choose(r.open, &lots)
		w := r.open[at]
		reason, about := o.reason(w, chance)
		read, beside := r.take(w)
		picks = append(picks, Pick{w.Name, chance, read, w.gain, w.cost, reason, about})
		for _, b := range beside {
			picks = append(picks, Pick{Name: b.Name, Reason: stoodBeside, About: "It stands beside a sentence that is asked, and was read for its sense."})
		}
	}
	return picks
}

// choose is the place of the next pick.
func (o *Order) choose(open []*weighed, lots *[]string) (at int, chance bool) {
	o.due += o.o.Share
	mode := o.o.Mode
	if o.due >= 1-1e-9 {
		o.due--
		mode = Random
	} else if mode != File && !o.guessed {
		mode = Random // nothing is known yet
	}
	switch mode {
	case Random:
		return o.draw(open, lots), true
	case Uncertain:
		return best(open, func(w *weighed) float64 { return w.gain }), false
	case Value:
		return best(open, func(w *weighed) float64 { return w.gain / max(w.cost, 1e-9) }), false
	}
	return 0, false
}

// best is the place of the largest; of equal ones the first.
func best(open []*weighed, of func(*weighed) float64) int {
	at, top := 0, math.Inf(-1)
	for i, w := range open {
		if v := of(w); v > top {
			at, top = i, v
		}
	}
	return at
}

// lots are the names of all questions in the order of chance, but for those that were drawn.
func (o *Order) lots(questions []Question) []string {
	var names []string
	for _, q := range questions {
		if !o.drawn[q.Name] {
			names = append(names, q.Name)
		}
	}
	return Lots(o.o.Seed, names)
}

// draw draws lots up to one that is open.
func (o *Order) draw(open []*weighed, lots *[]string) int {
	for len(*lots) > 0 {
		name := (*lots)[0]
		*lots = (*lots)[1:]
		o.drawn[name] = true
		if at := slices.IndexFunc(open, func(w *weighed) bool { return w.Name == name }); at >= 0 {
			return at
		}
	}
	return 0
}
