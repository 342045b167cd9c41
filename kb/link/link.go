// Package link goes from a mention to ranked concepts: what the corpus chose before,
// exact names, names similar by letters, names near by meaning, put together by a
// strategy. Each candidate says why it is offered.
package link

import (
	"cmp"
	"context"
	"fmt"
	"maps"
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
	// SlidingWindow adds up how near a concept is to the mention, to its beginning and to its end.
	SlidingWindow = "sliding-window"
	// IndexSwitch looks among the mentions of annotated corpora first, then among all names,
	// then for parts of the mention.
	IndexSwitch = "index-switch"
	// NGramLoop looks for parts of a mention that is near to no name as a whole.
	NGramLoop = "ngram-loop"
	// BiCross ranks what is near by meaning again, with a cross-encoder.
	BiCross = "bi+cross"
	// Lexical writes abbreviations out and goes by words and edit distance.
	Lexical = "lexical"
)

// Options of a Linker.
type Options struct {
	// KBs are the knowledge bases of each label in search order; those of "" serve
	// the labels that have none of their own.
	KBs map[string][]*store.KB
	// Embedder embeds mentions; nil: letters only. It must have made the vectors of all
	// KBs that have some.
	Embedder kb.Embedder
	// Reranker is what some strategies read names with; nil: there is none.
	Reranker kb.Reranker
	// Ranker ranks the candidates of the strategy Gloss again; nil: their similarity ranks them.
	Ranker Ranker
	// Settings choose the strategy and how it goes about.
	Settings Settings
	// Abbreviations are what strategies write out besides what documents define; nil: none.
	Abbreviations *lexical.Abbreviations
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
	// Defined are the abbreviations that the mention's document defines; nil: none. A mention
	// that holds some is looked for in full as well.
	Defined *lexical.Abbreviations
	// Beside are the mentions of its document with its label, this one among them or not; nil: none
	// are known. A learnt ranking reads what is nearest to them.
	Beside []string
}

// Linker finds candidates. It is safe for concurrent use; it owns neither its
// knowledge bases nor its models.
type Linker struct {
	o        Options
	strategy *Strategy
	params   map[string]Params // by label of o.KBs
	kbs      map[*store.KB]*base
}

// New checks the options: ErrStrategy, ErrSetting, ErrNeeds or ErrUntuned, or
// store.ErrEncoder where a knowledge base has vectors of another encoder.
func New(o Options) (*Linker, error) {
	s, err := Lookup(o.Settings.Strategy)
	if err != nil {
		return nil, err
	}
	if err := o.Settings.Check(); err != nil {
		return nil, err
	}
	if o.KBs, err = o.within(); err != nil {
		return nil, err
	}
	l := &Linker{o: o, strategy: s, params: map[string]Params{}, kbs: map[*store.KB]*base{}}
	for label, ks := range o.KBs {
		for _, k := range ks {
			if m := k.Meta(); o.Embedder != nil && m.Encoder != "" && m.Encoder != o.Embedder.Hash() {
				return nil, fmt.Errorf("knowledge base %s has vectors of encoder %s, mentions are embedded by %s: %w",
					k.Dir(), m.Encoder, o.Embedder.Hash(), store.ErrEncoder)
			}
			if l.kbs[k] == nil {
				l.kbs[k] = newBase(k)
			}
		}
		if l.params[label], err = s.settle(o.Settings.Params[s.Name], ks); err != nil {
			return nil, err
		}
	}
	if err := s.ready(o); err != nil {
		return nil, err
	}
	if o.Overlay != nil && s != &byLetters && slices.ContainsFunc(slices.Collect(maps.Keys(l.kbs)), l.dense) {
		o.Overlay.EmbedWith(o.Embedder)
	}
	return l, nil
}

// KBs are the knowledge bases that serve a label, in search order: the parts of them with
// the semantic types that it is linked to.
func (l *Linker) KBs(label string) []*store.KB { return l.o.serving(label) }

// Overlay is the memory of the corpus that was given to New; may be nil.
func (l *Linker) Overlay() *Overlay { return l.o.Overlay }

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
	out = append(out, l.searchProposed(label, query, k)...)
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

// Definitions are the abbreviations that a document defines, for Query.Defined; nil
// where there are none.
func Definitions(text corpus.Text) *lexical.Abbreviations {
	found := lexical.Defined(text.String())
	if len(found) == 0 {
		return nil
	}
	return (*lexical.Abbreviations)(nil).WithDefined(found...)
}

// Beside are the texts of a document's mentions by label, for Query.Beside.
func Beside(mentions []corpus.Mention) map[string][]string {
	out := map[string][]string{}
	for _, m := range mentions {
		out[m.Label] = append(out[m.Label], m.Text)
	}
	return out
}
