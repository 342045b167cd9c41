package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync/atomic"

	"github.com/gloss-nlp/gloss/kb/store"
)

// Gold is a mention whose concept is known.
type Gold struct {
	Query
	IDs []string // any of them is right; where the KB has none of them, that no concept fits is
}

// TuneOptions say what to find settings with. Data and KB are required.
type TuneOptions struct {
	KB       *store.KB
	Options  Options // its Settings choose the strategy; values in them are not tuned. KBs are left out of account
	Gold     []Gold
	NIL      bool   // also find the score below which no concept fits
	Data     string // what Gold is, in words
	Progress func(done, total int)
}

// Tune finds the settings of a strategy whose first candidates are right most often, among
// all points of the settings' grids; of equally good ones what is in force, else the
// first. A first candidate is right where it is the gold concept, or says that none fits
// where the knowledge base does not have that. It changes nothing; store.Tune keeps the
// result. ErrSetting where the strategy has nothing to tune.
func Tune(ctx context.Context, o TuneOptions) (store.Tuning, error) {
	t, err := newTuner(o)
	if err != nil {
		return store.Tuning{}, err
	}
	if err := t.l.strategy.measure(ctx, t.l, t.jobs); err != nil {
		return store.Tuning{}, fmt.Errorf("tune %s: %w", t.l.strategy.Name, err)
	}
	result := store.Tuning{Data: o.Data, Mentions: len(o.Gold)}
	if t.inForce != nil {
		if result.Before, err = t.accuracy(ctx, t.inForce); err != nil {
			return result, err
		}
		result.Params, result.Accuracy = maps.Clone(t.inForce), result.Before
	}
	for i, p := range t.points {
		share, err := t.accuracy(ctx, p)
		if err != nil {
			return result, err
		}
		if result.Params == nil || share > result.Accuracy {
			result.Params, result.Accuracy = maps.Clone(p), share
		}
		if o.Progress != nil {
			o.Progress(i+1, len(t.points))
		}
	}
	if o.NIL {
		if err := t.findNIL(ctx, &result); err != nil {
			return result, err
		}
	}
	return result, nil
}

// tuner is the work of one Tune.
type tuner struct {
	l       *Linker
	jobs    []*job
	gold    [][]Gold // beside jobs
	points  []Params // of the grid
	inForce Params   // nil where the strategy was not tuned yet
}

func newTuner(o TuneOptions) (*tuner, error) {
	if len(o.Gold) == 0 {
		return nil, fmt.Errorf("tune: no annotated mentions with links: %w", ErrSetting)
	}
	s, err := Lookup(o.Options.Settings.Strategy)
	if err != nil {
		return nil, err
	}
	said := o.Options.Settings.Params[s.Name]
	t := &tuner{}
	o.Options.KBs = map[string][]*store.KB{"": {o.KB}}
	o.Options.Cache, o.Options.Overlay = nil, nil
	t.inForce, err = s.settle(said, o.Options.KBs[""])
	if err != nil && !errors.Is(err, ErrUntuned) {
		return nil, err
	}
	t.points = s.grid(said)
	if len(t.points) == 0 && !o.NIL {
		return nil, fmt.Errorf("strategy %s has nothing to tune but the score below which no concept fits: %w", s.Name, ErrSetting)
	}
	// The linker is made with the settings under which most is measured.
	first := Params{}
	maps.Copy(first, said)
	maps.Copy(first, s.widest)
	o.Options.Settings.Params = map[string]Params{s.Name: first}
	if t.l, err = New(o.Options); err != nil {
		return nil, err
	}
	t.distinct(o.Gold)
	return t, nil
}

// distinct makes one job of equal mentions.
func (t *tuner) distinct(gold []Gold) {
	at := map[*job]int{}
	queries := make([]Query, len(gold))
	for i, g := range gold {
		queries[i] = g.Query
		queries[i].Defined = nil // strategies are tuned by what mentions say themselves
	}
	asks, jobs, which := t.l.distinct(queries, false)
	t.jobs, t.gold = jobs, make([][]Gold, len(jobs))
	for i, j := range jobs {
		at[j] = i
	}
	for i, g := range gold {
		if a := asks[which[i]]; len(a.jobs) > 0 {
			t.gold[at[a.jobs[0]]] = append(t.gold[at[a.jobs[0]]], g)
		}
	}
}

// grid are the points of the settings' grids that have sense; settings that the user
// said stay.
func (s *Strategy) grid(said Params) []Params {
	points := []Params{{}}
	tuned := false
	for _, q := range s.All() {
		values := q.Grid
		if v, ok := said[q.Name]; ok {
			values = []float64{v}
		} else if len(values) == 0 {
			values = []float64{q.Default}
		} else {
			tuned = true
		}
		var more []Params
		for _, p := range points {
			for _, v := range values {
				p := maps.Clone(p)
				p[q.Name] = v
				more = append(more, p)
			}
		}
		points = more
	}
	if !tuned {
		return nil
	}
	return slices.DeleteFunc(points, func(p Params) bool {
		return s.valid != nil && s.valid(p) != nil || s.worth != nil && !s.worth(p)
	})
}

// accuracy is the share of mentions whose first candidate is right.
func (t *tuner) accuracy(ctx context.Context, p Params) (float64, error) {
	var right, all atomic.Int64
	err := parallel(ctx, len(t.jobs), func(i int) {
		j := t.jobs[i]
		j.p = p
		t.l.strategy.score(t.l, j)
		if t.l.learns(j) {
			order(j.found)
			t.l.rank(&ask{label: j.label, text: j.text, jobs: []*job{j}}, j.found)
		}
		top := first(j)
		for _, g := range t.gold[i] {
			all.Add(1)
			if t.right(j, top, g) {
				right.Add(1)
			}
		}
	})
	return float64(right.Load()) / float64(max(1, all.Load())), err
}

// first is the best candidate of a mention; nil where the answer is that no concept fits.
func first(j *job) *found {
	if len(j.found) == 0 {
		return nil
	}
	top := slices.MinFunc(j.found, compare)
	if top.score < max(j.nilAt, j.p["nil"]) {
		return nil
	}
	return top
}

// right tells whether an answer is the gold one.
func (t *tuner) right(j *job, top *found, g Gold) bool {
	if top == nil {
		return !slices.ContainsFunc(g.IDs, func(id string) bool { _, ok := j.kbs[0].Lookup(id); return ok })
	}
	id := top.id
	if top.concept != noConcept {
		id, _, _ = j.kbs[top.kb].Numbered(top.concept)
	}
	return slices.Contains(g.IDs, id)
}

// findNIL finds the score below which to say that no concept fits, where that pays.
func (t *tuner) findNIL(ctx context.Context, result *store.Tuning) error {
	p := maps.Clone(result.Params)
	p["nil"] = 0
	if _, err := t.accuracy(ctx, p); err != nil {
		return err
	}
	type answer struct {
		score float64
		gain  int // how many more are right if this one is refused
	}
	var answers []answer
	for i, j := range t.jobs {
		top := first(j)
		if top == nil {
			continue
		}
		a := answer{score: top.score}
		for _, g := range t.gold[i] {
			if t.right(j, nil, g) {
				a.gain++
			}
			if t.right(j, top, g) {
				a.gain--
			}
		}
		answers = append(answers, a)
	}
	slices.SortFunc(answers, func(a, b answer) int { return cmp.Compare(a.score, b.score) })
	best, gain, at := 0, 0, 0.0
	for i, a := range answers {
		if gain += a.gain; i+1 < len(answers) && answers[i+1].score == a.score {
			continue
		}
		next := 1.0
		if i+1 < len(answers) {
			next = answers[i+1].score
		}
		if gain > best {
			best, at = gain, math.Min(1, (a.score+next)/2)
		}
	}
	p["nil"] = at
	var err error
	result.Params = p
	result.Accuracy, err = t.accuracy(ctx, p)
	return err
}
