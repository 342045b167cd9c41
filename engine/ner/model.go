// Package ner finds mentions with a model: it packs the sentences of a text into
// windows, runs them in batches, decodes the tags of every layer, and gives spans
// with scores.
package ner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/engine/clean"
	"github.com/gloss-nlp/gloss/engine/onnx"
)

// Options say how to run a model. The zero value is fine.
type Options struct {
	BatchTokens int // most pieces a batch; 0: what suits the device
	Threads     int // processor threads of one run; 0: chosen by the size of the model
}

// Model is a loaded recogniser. It is safe for concurrent use. Whoever opened it
// closes it.
type Model struct {
	bundle    *onnx.Bundle
	session   *onnx.Session
	states    *lazyGraph      // gives logits and states side by side
	heads     []Head          // fitted afterwards, see WithHeads
	steps     clean.Steps     // taken on every sentence before it is read
	tokenizer *onnx.Tokenizer // nil where words is set
	words     *wordReader     // nil: the model reads pieces
	layers    []layer
	columns   int    // of the logits that the layers need
	width     int    // of the logits
	plain     bool   // an export without a gloss.json that describes it
	limit     int    // pieces a window, without those of the template
	by        string // as onnx.Windows
	stride    int    // pieces that windows by text share
	// aggregation is one of onnx.Aggregations, or empty.
	aggregation string
	before      []int64 // template's pieces before and after each window
	after       []int64
	batch       onnx.BatchOptions
}

// defaultLimit is the length of a window where the model does not tell one: that
// of most published encoders.
const defaultLimit = 512

// Open loads a recogniser. Without gloss.json, a token classifier as Hugging Face's
// tools export it has one layer with the labels of config.json. Errors of the
// bundle wrap onnx.ErrBundle.
func Open(rt *onnx.Runtime, b *onnx.Bundle, o Options) (_ *Model, err error) {
	m := &Model{bundle: b, states: &lazyGraph{}, batch: onnx.BatchOptions{Tokens: o.BatchTokens, Pad: b.Config().Pad()}}
	defer func() {
		if err != nil {
			err = errors.Join(b.Unusable(err), m.Close())
		}
	}()
	output, special, err := m.configure()
	if err != nil {
		return nil, err
	}
	src, err := b.Source()
	if err != nil {
		return nil, err
	}
	if m.words == nil {
		if m.tokenizer, err = b.Tokenizer(); err != nil {
			return nil, err
		}
	}
	if special && m.words == nil {
		if m.before, m.after, err = m.tokenizer.Template(); err != nil {
			return nil, err
		}
	}
	if err := m.setLimit(); err != nil {
		return nil, err
	}
	if m.session, err = rt.NewSession(src, onnx.SessionOptions{Outputs: []string{output}, Threads: o.Threads}); err != nil {
		return nil, err
	}
	if m.words != nil {
		if err := m.words.check(src, m.session.Inputs()); err != nil {
			return nil, err
		}
	}
	if m.width, err = m.probe(m.session); err != nil {
		return nil, err
	}
	if m.width < m.columns || m.plain && m.width != m.columns {
		return nil, fmt.Errorf("the model gives %d columns a piece, its labels need %d", m.width, m.columns)
	}
	m.configureStates(rt, src, output, o.Threads)
	return m, nil
}

// configure reads gloss.json, or else config.json.
func (m *Model) configure() (output string, special bool, err error) {
	output, special = "logits", true
	var layers []onnx.Layer
	if manifest := m.bundle.Manifest(); manifest != nil {
		if manifest.Task != "" && manifest.Task != "ner" {
			return "", false, fmt.Errorf("it is a model for the task %q, not for \"ner\"", manifest.Task)
		}
		layers = manifest.Layers
		if name := manifest.Outputs["logits"]; name != "" {
			output = name
		}
		m.aggregation, m.by, m.stride = manifest.Aggregation, manifest.Windows.By, manifest.Windows.Stride
		if manifest.Special != nil {
			special = *manifest.Special
		}
		if err := m.configureReader(manifest); err != nil {
			return "", false, err
		}
	}
	if len(layers) == 0 {
		labels, err := m.bundle.Config().Labels()
		if err != nil {
			return "", false, err
		}
		if len(labels) == 0 {
			return "", false, errors.New("it is no token classifier: neither gloss.json has layers nor config.json an id2label")
		}
		layers = []onnx.Layer{{Name: "ner", Labels: labels}}
		m.plain = true // such models are trained on the first piece of each word
	}
	for _, l := range layers {
		parsed, err := newLayer(l)
		if err != nil {
			return "", false, fmt.Errorf("layer %q: %w", l.Name, err)
		}
		m.layers = append(m.layers, parsed)
		m.columns = max(m.columns, l.First+len(l.Labels))
	}
	return output, special, nil
}

// configureReader says how text becomes what the model reads.
func (m *Model) configureReader(manifest *onnx.Manifest) (err error) {
	if m.steps, err = clean.Parse(manifest.Preprocess); err != nil {
		return err
	}
	if m.by == "text" && m.steps.Skips() {
		return errors.New("preprocess step \"skip-one-word-sentences\" wants windows by \"sentence\" or \"line\", not by \"text\"")
	}
	if manifest.Inputs == onnx.WordsAndChars {
		m.words = &wordReader{manifest.Words, manifest.Chars}
		m.batch.Pad, m.batch.Input = manifest.Words.Padding, wordInput
	}
	return nil
}

func (m *Model) setLimit() error {
	if manifest := m.bundle.Manifest(); manifest != nil {
		m.limit = manifest.Windows.Max
	}
	if m.limit == 0 {
		longest := m.bundle.MaxPieces()
		if longest == 0 {
			longest = defaultLimit
		}
		m.limit = longest - len(m.before) - len(m.after)
	}
	if m.limit < 2 {
		return fmt.Errorf("windows of %d pieces are too short", m.limit)
	}
	if m.stride >= m.limit {
		return fmt.Errorf("windows.stride %d is not below the %d pieces of a window", m.stride, m.limit)
	}
	return nil
}

// configureStates says how to load the graph for the encoder's states, beside the
// scores of tags in output.
func (m *Model) configureStates(rt *onnx.Runtime, src onnx.Source, output string, threads int) {
	manifest := m.bundle.Manifest()
	if manifest == nil || manifest.Outputs["states"] == "" {
		return
	}
	m.states.load = func() (graph, error) {
		outputs := []string{output, manifest.Outputs["states"]}
		s, err := rt.NewSession(src, onnx.SessionOptions{Outputs: outputs, Threads: threads})
		if err != nil {
			return graph{}, err
		}
		width, err := m.probe(s)
		if err == nil && width <= m.width {
			err = fmt.Errorf("its output %q gives no states", outputs[1])
		}
		if err != nil {
			return graph{}, errors.Join(err, s.Close())
		}
		return graph{s, width}, nil
	}
}

// probe runs a session once and tells how many numbers it gives a piece, so that a
// model of the wrong shape is told when it is opened, and the first document does not
// wait for what the first run prepares.
func (m *Model) probe(s *onnx.Session) (width int, err error) {
	row := slices.Concat(m.before, []int64{m.batch.Pad, m.batch.Pad}, m.after)
	var chars [][][]int64
	if m.words == nil { // the last pieces or entries of the vocabularies, which the model may lack
		row[len(m.before)] = m.tokenizer.LargestID()
	} else {
		row[0] = int64(m.words.words.Len() - 1)
		chars = [][][]int64{{{int64(m.words.chars.Len() - 1)}, {m.words.chars.Unknown}}}
	}
	err = s.RunRows(context.Background(), [][]int64{row}, m.batchOf(chars), func(_ int, values []float32, w int) {
		if len(values) == len(row)*w {
			width = w
		}
	})
	if err != nil {
		return 0, fmt.Errorf("a first run, of its largest identifier and of padding, fails: %w", err)
	}
	if width == 0 {
		err = errors.New("the model gives one row of numbers a text, not one a piece: it is no token classifier")
	}
	return width, err
}

// batchOf is how to run rows; chars are the characters of their words, for a model
// that reads them.
func (m *Model) batchOf(chars [][][]int64) onnx.BatchOptions {
	o := m.batch
	o.Join = true // where the session has states, they follow the scores of tags
	if m.words != nil {
		o.More = func(batch []int, longest int) map[string]onnx.Tensor {
			rows := make([][][]int64, len(batch))
			for i, row := range batch {
				rows[i] = chars[row]
			}
			return m.words.batch(rows, longest)
		}
	}
	return o
}

// Name is that of the bundle.
func (m *Model) Name() string { return m.bundle.Name() }

// Hash identifies the model by its contents, those of its heads included.
func (m *Model) Hash() string {
	if len(m.heads) == 0 {
		return m.bundle.Hash()
	}
	h := sha256.New()
	_ = json.NewEncoder(h).Encode([]any{m.bundle.Hash(), m.heads}) // WithHeads lets no numbers in that JSON does not hold
	return hex.EncodeToString(h.Sum(nil))
}

// Languages are the languages (ISO 639-1) that the model knows; none where it does
// not say.
func (m *Model) Languages() []string {
	if manifest := m.bundle.Manifest(); manifest != nil {
		return slices.Clone(manifest.Languages)
	}
	return nil
}

// Layers are the names of the layers, in the model's order.
func (m *Model) Layers() []string {
	names := make([]string, len(m.layers))
	for i, l := range m.layers {
		names[i] = l.name
	}
	return names
}

// Labels are the labels of the mentions that the model gives, layer by layer. With
// names of layers, those of these layers.
func (m *Model) Labels(layers ...string) []string {
	var labels []string
	for _, l := range m.layers {
		if len(layers) > 0 && !slices.Contains(layers, l.name) {
			continue
		}
		for _, t := range l.tags {
			label := t.label
			if m.aggregation == aggregateNone && label != "" {
				label = t.name
			}
			if label != "" && !slices.Contains(labels, label) {
				labels = append(labels, label)
			}
		}
	}
	return labels
}

// Close waits for the runs that are under way and frees the model. A second call
// does nothing.
func (m *Model) Close() error {
	var errs []error
	errs = append(errs, m.states.Close())
	if m.session != nil {
		errs = append(errs, m.session.Close())
	}
	if m.tokenizer != nil {
		errs = append(errs, m.tokenizer.Close())
	}
	return errors.Join(errs...)
}
