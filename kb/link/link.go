// Package link goes from a mention to ranked concepts: what the corpus chose before,
// exact names, names similar by letters, names near by meaning, put together by a
// strategy. Each candidate says why it is offered.
package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/store"
)

// The strategies.
const (
	// Gloss adds up similarity by meaning and by letters, with a bonus for equal names.
	Gloss = "gloss"
	// ExactThenDense offers the concepts of equal names, and after them the others by
	// meaning alone (by letters where there are no vectors).
	ExactThenDense = "exact-then-dense"
)

// ErrStrategy is the error of a strategy that does not exist.
var ErrStrategy = errors.New("unknown strategy")

// Strategies are the names of all strategies, the default first.
func Strategies() []string { return []string{Gloss, ExactThenDense} }

// Options of a Linker.
type Options struct {
	// KBs are the knowledge bases of each label in search order; those of "" serve
	// the labels that have none of their own.
	KBs map[string][]*store.KB
	// Embedder embeds mentions; nil: letters only. It must have made the vectors of all
	// KBs that have some.
	Embedder kb.Embedder
	// Strategy is Gloss where empty.
	Strategy string
	// Weight is the share of meaning in Gloss, in (0, 1]; 0 chooses by KB: 0.95 where it
	// holds mentions of an annotated corpus, else 0.4.
	Weight float64
	// Overlay is the memory of the corpus; nil: none.
	Overlay *Overlay
	// Cache keeps what was computed by meaning; nil: nothing is kept.
	Cache Cache
}

// Cache keeps dense hits by name and knowledge base. Safe for concurrent use.
type Cache interface {
	// Load returns hits for each name, nil for those that it does not have. kb is the
	// Hash of a knowledge base, which changes with its content and its encoder.
	Load(kb string, names []string) [][]kb.Hit
	// Store takes the hits of names; it may forget them at any time.
	Store(kb string, names []string, hits [][]kb.Hit)
}

// Query is a mention to be linked.
type Query struct {
	Label   string
	Text    string
	Context string // the sentence around it, for strategies that read it
}

// Linker finds candidates. It is safe for concurrent use; it owns neither its
// knowledge bases nor its embedder.
type Linker struct {
	o Options
}

// New checks the options: ErrStrategy, or store.ErrEncoder where a knowledge base
// has vectors of another encoder.
func New(o Options) (*Linker, error) {
	if o.Strategy == "" {
		o.Strategy = Gloss
	}
	if !slices.Contains(Strategies(), o.Strategy) {
		return nil, fmt.Errorf("%q (strategies are %q): %w", o.Strategy, Strategies(), ErrStrategy)
	}
	if !(o.Weight >= 0 && o.Weight <= 1) {
		return nil, fmt.Errorf("weight of meaning %v is not in [0, 1]", o.Weight)
	}
	for _, ks := range o.KBs {
		for _, k := range ks {
			if m := k.Meta(); o.Embedder != nil && m.Encoder != "" && m.Encoder != o.Embedder.Hash() {
				return nil, fmt.Errorf("knowledge base %s has vectors of encoder %s, mentions are embedded by %s: %w",
					k.Dir(), m.Encoder, o.Embedder.Hash(), store.ErrEncoder)
			}
		}
	}
	return &Linker{o}, nil
}

// KBs are the knowledge bases that serve a label, in search order.
func (l *Linker) KBs(label string) []*store.KB {
	if ks := l.o.KBs[label]; len(ks) > 0 {
		return ks
	}
	return l.o.KBs[""]
}

// Overlay is the memory of the corpus that was given to New; may be nil.
func (l *Linker) Overlay() *Overlay { return l.o.Overlay }

// Candidates returns up to k candidates for each query, best first; a query of a label
// without knowledge bases has none. Scores lie in [0, 1] and are comparable within
// one list. Ties: the name that the corpus wrote more often, then the earlier KB, then
// the earlier concept in it. Equal queries of one call are computed once.
func (l *Linker) Candidates(ctx context.Context, queries []Query, k int) ([][]kb.Candidate, error) {
	out := make([][]kb.Candidate, len(queries))
	if k <= 0 {
		return out, ctx.Err()
	}
	jobs, which := l.distinct(queries)
	if err := l.embedAll(ctx, jobs); err != nil {
		return nil, err
	}
	if err := parallel(ctx, len(jobs), func(i int) { jobs[i].result = l.rank(jobs[i], k) }); err != nil {
		return nil, err
	}
	for i, j := range which {
		out[i] = slices.Clone(jobs[j].result)
	}
	return out, nil
}

// job is one distinct mention of a call.
type job struct {
	label, text string
	kbs         []*store.KB
	hits        [][]kb.Hit // by meaning, beside kbs; nil where there are no vectors
	result      []kb.Candidate
}

// distinct returns the distinct jobs of queries and which of them answers each query.
func (l *Linker) distinct(queries []Query) (jobs []*job, which []int) {
	type key struct{ label, text string }
	at := map[key]int{}
	for _, q := range queries {
		id := key{q.Label, lexical.Clean(q.Text)}
		i, ok := at[id]
		if !ok {
			i = len(jobs)
			at[id] = i
			kbs := l.KBs(q.Label)
			jobs = append(jobs, &job{label: id.label, text: id.text, kbs: kbs, hits: make([][]kb.Hit, len(kbs))})
		}
		which = append(which, i)
	}
	return jobs, which
}

// embedAll fills in the hits by meaning, one pass for each KB.
func (l *Linker) embedAll(ctx context.Context, jobs []*job) error {
	type slot struct{ job, kb int }
	slots := map[*store.KB]map[string][]slot{}
	var order []*store.KB
	texts := map[*store.KB][]string{}
	for i, j := range jobs {
		for n, k := range j.kbs {
			if !l.dense(k) || j.text == "" {
				continue
			}
			if slots[k] == nil {
				slots[k] = map[string][]slot{}
				order = append(order, k)
			}
			if slots[k][j.text] == nil {
				texts[k] = append(texts[k], j.text)
			}
			slots[k][j.text] = append(slots[k][j.text], slot{i, n})
		}
	}
	for _, k := range order {
		hits, err := l.Dense(ctx, k, texts[k])
		if err != nil {
			return err
		}
		for i, text := range texts[k] {
			for _, s := range slots[k][text] {
				jobs[s.job].hits[s.kb] = hits[i]
			}
		}
	}
	return nil
}

// parallel calls f for 0..n-1 on all processors and stops early when ctx ends.
func parallel(ctx context.Context, n int, f func(i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// Search answers a query as it is being typed, over the knowledge bases of a label:
// at most k concepts, better matches first, ties in search order.
func (l *Linker) Search(ctx context.Context, label, query string, k int) ([]kb.Candidate, error) {
	var out []kb.Candidate
	for _, b := range l.KBs(label) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out = append(out, b.Search(query, k)...)
	}
	slices.SortStableFunc(out, func(a, b kb.Candidate) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(k, len(out))], nil
}

// Spot finds the names of a label's knowledge bases in a text, as suggestions without
// a model: longest names, no overlaps, the earlier KB first. Each mention is linked to
// the concept that the corpus or the KB's mentions chose most often for the name.
func (l *Linker) Spot(label string, text corpus.Text) []corpus.Mention {
	var out []corpus.Mention
	for _, k := range l.KBs(label) {
		for _, s := range k.Spot(text) {
			m := corpus.Mention{Label: label, Spans: corpus.Spans{s.Span}, Text: text.Slice(s.Span), Score: corpus.NoScore}
			if slices.ContainsFunc(out, func(o corpus.Mention) bool { return o.Spans.Overlaps(m.Spans) }) {
				continue
			}
			n := s.Concepts[0]
			for _, c := range l.o.Overlay.Chosen(label, m.Text) {
				if at, ok := k.Lookup(c.ID); ok && (c.DB == "" || c.DB == k.Name()) {
					n = at
					break
				}
			}
			id, name, _ := k.Numbered(n)
			m.Links = []corpus.Link{{DB: k.Name(), ID: id, Name: name}}
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b corpus.Mention) int { return cmp.Compare(a.Spans[0].Start, b.Spans[0].Start) })
	return out
}
