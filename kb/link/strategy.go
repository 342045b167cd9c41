package link

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/kb/store"
)

// Errors of strategies. They are wrapped; compare with errors.Is.
var (
	// ErrStrategy is the error of a strategy or a setting that does not exist.
	ErrStrategy = errors.New("unknown strategy")
	// ErrSetting is the error of a setting that does not exist or has no sense.
	ErrSetting = errors.New("wrong setting")
	// ErrNeeds is the error of a strategy that lacks a part: vectors, a re-ranker.
	ErrNeeds = errors.New("strategy lacks a part")
	// ErrUntuned is the error of a strategy whose thresholds have no sense but with the
	// encoder that they were found with.
	ErrUntuned = errors.New("strategy is not tuned")
)

// Strategy is a way from a mention to ranked concepts. A new one is a file with a value
// of this type, and its line in strategies.
//
// It works in two steps, so that tuning measures once and scores often: measure fills
// in what there is to know about a mention's concepts, score ranks them by it. Both get
// mentions with their settings (job.p), already checked.
type Strategy struct {
	Name   string
	About  string  // one line for a person
	Params []Param // its settings, besides those that every strategy has

	Vectors  bool // it needs knowledge bases with vectors, and their encoder
	Reranker bool // it needs Options.Reranker
	parts    bool // it takes mentions apart itself

	context func(p Params) bool  // whether it reads Query.Context; nil: never
	valid   func(p Params) error // what the bounds of single settings do not tell; nil: nothing
	worth   func(p Params) bool  // which points of the grid tuning tries; nil: all that are valid
	widest  Params               // settings under which measure leaves nothing out, for tuning; nil: any

	// measure sets the found of each mention. Mentions of one call are measured together,
	// so that they share batches of the models.
	measure func(ctx context.Context, l *Linker, jobs []*job) error
	// score sets the score, in [0, 1], of what was found, and may add to it. It is called
	// from several goroutines, once a mention.
	score func(l *Linker, j *job)
	// alike is the score of a name that the corpus gave a concept, by its similarities alone: f has
	// no others. nil: the greater of the two, below an equal name.
	alike func(j *job, f *found) float64
}

// Param is a setting of a strategy.
type Param struct {
	Name     string
	About    string
	Default  float64
	Min, Max float64
	Grid     []float64 // the values that tuning tries; none: it is not tuned
	// Tuned: there is no default that means anything for another encoder; the value comes from
	// kb.json or from the user.
	Tuned bool
}

// Params are values of settings by name.
type Params map[string]float64

// strategies are all there are, the default first.
var strategies = []*Strategy{&gloss, &exactThenDense, &slidingWindow, &indexSwitch, &ngramLoop, &biCross, &byLetters}

// common are the settings of every strategy.
var common = []Param{
	{Name: "nil", About: "score of the best concept below which no concept is said to fit; 0: never", Max: 1},
}

// Strategies are the names of all strategies, the default first.
func Strategies() []string {
	var names []string
	for _, s := range strategies {
		names = append(names, s.Name)
	}
	return names
}

// Lookup finds a strategy by name, the default for ""; ErrStrategy.
func Lookup(name string) (*Strategy, error) {
	if name == "" {
		return strategies[0], nil
	}
	for _, s := range strategies {
		if s.Name == name {
			return s, nil
		}
	}
	return nil, fmt.Errorf("%q (strategies are %s): %w", name, strings.Join(Strategies(), ", "), ErrStrategy)
}

// All are the settings of a strategy, with those that every one has.
func (s *Strategy) All() []Param { return slices.Concat(s.Params, common) }

// check tells settings that the strategy does not have, or that are out of bounds.
func (s *Strategy) check(p Params) error {
	all := s.All()
	for _, name := range slices.Sorted(maps.Keys(p)) {
		i := slices.IndexFunc(all, func(q Param) bool { return q.Name == name })
		if i < 0 {
			var names []string
			for _, q := range all {
				names = append(names, q.Name)
			}
			return fmt.Errorf("strategy %s has no setting %q, it has %s: %w", s.Name, name, strings.Join(names, ", "), ErrSetting)
		}
		if v := p[name]; !(v >= all[i].Min && v <= all[i].Max) {
			return fmt.Errorf("strategy %s: %s = %v is not in [%v, %v]: %w", s.Name, name, v, all[i].Min, all[i].Max, ErrSetting)
		}
	}
	return nil
}

// settle are the values in force for the knowledge bases of a label: what the user said,
// else what the first of them that was tuned for the strategy keeps, else the defaults.
func (s *Strategy) settle(said Params, kbs []*store.KB) (Params, error) {
	p := Params{}
	for _, q := range s.All() {
		if !q.Tuned {
			p[q.Name] = q.Default
		}
	}
	for _, k := range kbs {
		if t, ok := k.Meta().Tuned[s.Name]; ok {
			maps.Copy(p, t.Params)
			break
		}
	}
	maps.Copy(p, said)
	if err := s.check(p); err != nil {
		return nil, err
	}
	for _, q := range s.All() {
		if _, ok := p[q.Name]; !ok && len(kbs) > 0 {
			return nil, fmt.Errorf(`strategy %s: its threshold %q depends on the encoder and was not found for %s yet: run "gloss kb tune %s --from-corpus DIR --strategy %s", or set it in [link.%s] of gloss.toml: %w`,
				s.Name, q.Name, kbs[0].Dir(), kbs[0].Dir(), s.Name, s.Name, ErrUntuned)
		}
	}
	if s.valid != nil && len(kbs) > 0 {
		if err := s.valid(p); err != nil {
			return nil, fmt.Errorf("strategy %s: %w: %w", s.Name, err, ErrSetting)
		}
	}
	return p, nil
}

// ready tells what the strategy needs and does not have.
func (s *Strategy) ready(o Options) error {
	if s.Reranker && o.Reranker == nil {
		return fmt.Errorf("strategy %s needs a re-ranker: name a cross-encoder with --reranker: %w", s.Name, ErrNeeds)
	}
	if !s.Vectors {
		return nil
	}
	for _, kbs := range o.KBs {
		for _, k := range kbs {
			if o.Embedder == nil || k.Scanner() == nil {
				return fmt.Errorf("strategy %s finds names by meaning, and %s has no vectors or its encoder is not at hand: build it without --letters: %w",
					s.Name, k.Dir(), ErrNeeds)
			}
		}
	}
	return nil
}

// steps are the values from lo to hi, n in all.
func steps(lo, hi float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		v := lo + (hi-lo)*float64(i)/float64(n-1)
		out[i] = math.Round(v*1e6) / 1e6
	}
	return out
}
