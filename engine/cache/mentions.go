package cache

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/gloss-nlp/gloss/corpus"
)

// annotator finds mentions in some consecutive sentences of a text.
type annotator interface {
	Annotate(ctx context.Context, text corpus.Text, sentences []corpus.Span, layers []string) ([]corpus.Mention, error)
}

// Recognizer computes only what it did not compute before. It is safe for
// concurrent use if what it was made of is.
type Recognizer struct {
	cache *Cache
	inner annotator
	model string
}

// Recognizer puts the cache before a recognizer, whose result depends on nothing but
// model (the hash of its bundle), the sentences and the layers.
func (c *Cache) Recognizer(inner annotator, model string) *Recognizer {
	return &Recognizer{c, inner, model}
}

// found is a mention as the file keeps it: offsets from the first sentence's start.
type found struct {
	Label      string
	Start, End corpus.Off
	Score      corpus.Score
}

// Annotate returns the mentions of some consecutive sentences of a text, of all of
// it where sentences are nil, with scores.
func (r *Recognizer) Annotate(ctx context.Context, text corpus.Text, sentences []corpus.Span, layers []string) ([]corpus.Mention, error) {
	k, within, ok := r.key(text, sentences, layers)
	if !ok {
		return r.inner.Annotate(ctx, text, sentences, layers)
	}
	if value := r.cache.get([]key{k})[0]; value != nil {
		if mentions, ok := decode(value, text, within); ok {
			return mentions, nil
		}
	}
	mentions, err := r.inner.Annotate(ctx, text, sentences, layers)
	if err != nil {
		return nil, err
	}
	if value, ok := encode(mentions, within); ok {
		r.cache.put([]key{k}, [][]byte{value})
	}
	return mentions, nil
}

// key names the result by all that it depends on. Where the sentences lie in the
// text does not count: what was computed is found again after an edit elsewhere.
func (r *Recognizer) key(text corpus.Text, sentences []corpus.Span, layers []string) (key, corpus.Span, bool) {
	within := corpus.Span{Start: 0, End: text.Len()}
	if sentences != nil {
		if len(sentences) == 0 {
			return key{}, within, false
		}
		within = corpus.Span{Start: sentences[0].Start, End: sentences[len(sentences)-1].End}
	}
	if !text.In(within) {
		return key{}, within, false
	}
	var cuts strings.Builder
	for _, s := range sentences {
		fmt.Fprintf(&cuts, "%d %d,", s.Start-within.Start, s.End-within.Start)
	}
	return keyOf("mentions", program(), r.model, fmt.Sprintf("%q", layers), cuts.String(), text.Slice(within)), within, true
}

// program is the revision of this program, which may decode in another way than the last.
var program = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	revision := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" {
			revision += " " + s.Value
		}
	}
	return revision
})

func encode(mentions []corpus.Mention, within corpus.Span) ([]byte, bool) {
	list := make([]found, len(mentions))
	for i, m := range mentions {
		if len(m.Spans) != 1 || m.ID != "" || len(m.Links) > 0 {
			return nil, false
		}
		list[i] = found{m.Label, m.Spans[0].Start - within.Start, m.Spans[0].End - within.Start, m.Score}
	}
	value, err := json.Marshal(list)
	return value, err == nil
}

func decode(value []byte, text corpus.Text, within corpus.Span) ([]corpus.Mention, bool) {
	var list []found
	if json.Unmarshal(value, &list) != nil {
		return nil, false
	}
	mentions := make([]corpus.Mention, len(list))
	for i, f := range list {
		s := corpus.Span{Start: f.Start + within.Start, End: f.End + within.Start}
		if !text.In(s) || f.Label == "" {
			return nil, false
		}
		mentions[i] = corpus.Mention{Label: f.Label, Spans: corpus.Spans{s}, Text: text.Slice(s), Score: f.Score}
	}
	return mentions, true
}
