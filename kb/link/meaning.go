package link

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// meaningFloor is the least cosine at which what was chosen for another name speaks for this one.
const meaningFloor = 0.7

// mostEmbedded is how many mentions are remembered with their vectors; then all are forgotten.
const mostEmbedded = 20_000

// meanings are the vectors of learnt names, by label, and of the mentions that were compared
// with them. Names are only ever added: one that was taken back stands for nothing, since
// nothing is chosen for it any more. So a mention is compared with each name once, and a
// choice costs one product a mention. Embedding happens in Prepare alone: to look is quick.
type meanings struct {
	embedder kb.Embedder
	building sync.Mutex // held while texts are embedded, so that each is embedded once

	mu     sync.Mutex
	labels map[string]*meaning
}

// meaning is what is known under one label.
type meaning struct {
	version uint64 // of the label's names
	at      map[string]int32
	names   []string // folded
	vectors [][]float32
	texts   map[string]*compared
}

// compared is a text, and the names that are near it among the first so many.
type compared struct {
	vector []float32
	upTo   int
	near   []kb.Hit // best first
}

// EmbedWith lets names be found by meaning from now on, besides by letters. New calls it
// where the strategy searches by meaning. An embedder of the same Hash keeps the vectors.
func (o *Overlay) EmbedWith(e kb.Embedder) {
	o.mu.Lock()
	defer o.mu.Unlock()
	m := &meanings{embedder: e, labels: map[string]*meaning{}}
	if old := o.meanings; old != nil && old.embedder.Hash() == e.Hash() {
		old.mu.Lock()
		m.labels = old.labels
		old.labels = map[string]*meaning{}
		old.mu.Unlock()
	}
	o.meanings = m
}

// Prepare embeds what the corpus has learnt under a label, and texts that Recall is to be asked
// about, as far as it is not done: what was not embedded is found by letters only. Without
// an embedder, or where nothing was learnt, it does nothing. It takes as long as the
// embedder does.
func (o *Overlay) Prepare(ctx context.Context, label string, texts []string) error {
	if o == nil {
		return nil
	}
	o.mu.RLock()
	m, version := o.meanings, o.changed[label]
	o.mu.RUnlock()
	if m == nil || version == 0 {
		return ctx.Err()
	}
	m.building.Lock()
	defer m.building.Unlock()
	if err := m.embedNames(ctx, label, version, o); err != nil {
		return err
	}
	return m.embedTexts(ctx, label, texts)
}

// of is what is known under a label; mu is held.
func (m *meanings) of(label string) *meaning {
	if m.labels[label] == nil {
		m.labels[label] = &meaning{at: map[string]int32{}, texts: map[string]*compared{}}
	}
	return m.labels[label]
}

// embedNames adds the names that are new.
func (m *meanings) embedNames(ctx context.Context, label string, version uint64, o *Overlay) error {
	m.mu.Lock()
	known := m.of(label)
	done := known.version == version
	m.mu.Unlock()
	if done {
		return nil
	}
	written := o.names(label)
	m.mu.Lock()
	var names []string
	for name := range written {
		if _, have := known.at[name]; !have {
			names = append(names, name)
		}
	}
	m.mu.Unlock()
	slices.Sort(names)
	for part := range slices.Chunk(names, embedBatch) {
		texts := make([]string, len(part))
		for i, name := range part {
			texts[i] = written[name]
		}
		rows, err := embed(ctx, m.embedder, texts)
		if err != nil {
			return fmt.Errorf("embed learnt names: %w", err)
		}
		m.mu.Lock()
		for i, name := range part {
			known.at[name] = int32(len(known.names))
			known.names, known.vectors = append(known.names, name), append(known.vectors, rows[i])
		}
		m.mu.Unlock()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	known.version = version
	return nil
}

// embedTexts adds the texts that are new.
func (m *meanings) embedTexts(ctx context.Context, label string, texts []string) error {
	m.mu.Lock()
	known := m.of(label)
	var missing []string
	seen := map[string]bool{}
	for _, t := range texts {
		if t = lexical.Clean(t); t != "" && !seen[t] && known.texts[t] == nil {
			seen[t] = true
			missing = append(missing, t)
		}
	}
	if len(known.texts)+len(missing) > mostEmbedded {
		known.texts = map[string]*compared{}
	}
	m.mu.Unlock()
	for part := range slices.Chunk(missing, embedBatch) {
		rows, err := embed(ctx, m.embedder, part)
		if err != nil {
			return fmt.Errorf("embed mentions: %w", err)
		}
		m.mu.Lock()
		for i, t := range part {
			known.texts[t] = &compared{vector: rows[i]}
		}
		m.mu.Unlock()
	}
	return nil
}

// embed is a batch of vectors, one a text.
func embed(ctx context.Context, e kb.Embedder, texts []string) ([][]float32, error) {
	rows, err := e.Embed(ctx, texts)
	if err == nil && len(rows) != len(texts) {
		err = fmt.Errorf("%d vectors for %d texts", len(rows), len(texts))
	}
	return rows, err
}

// near are the names whose meaning resembles that of a text, folded, with their cosines, best
// first; none where the text was not embedded.
func (m *meanings) near(label, text string) []alias {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	known, t := m.find(label, text)
	if t == nil {
		return nil
	}
	if t.upTo < len(known.names) {
		for row := t.upTo; row < len(known.names); row++ {
			if s := vec.Dot(t.vector, known.vectors[row]); s >= meaningFloor {
				t.near = append(t.near, kb.Hit{Row: int32(row), Score: s})
			}
		}
		t.upTo = len(known.names)
		slices.SortFunc(t.near, best.Compare)
	}
	out := make([]alias, len(t.near))
	for i, h := range t.near {
		out[i] = alias{name: known.names[h.Row], dense: h.Score}
	}
	return out
}

// cosine is how near a folded name is to a text; NaN where one of them was not embedded.
func (m *meanings) cosine(label, text, name string) float32 {
	if m == nil {
		return nan
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	known, t := m.find(label, text)
	if t == nil {
		return nan
	}
	row, ok := known.at[name]
	if !ok {
		return nan
	}
	return vec.Dot(t.vector, known.vectors[row])
}

// find is what is known of a text under a label; nil where it was not embedded. mu is held.
func (m *meanings) find(label, text string) (*meaning, *compared) {
	known := m.labels[label]
	if known == nil {
		return nil, nil
	}
	return known, known.texts[lexical.Clean(text)]
}
