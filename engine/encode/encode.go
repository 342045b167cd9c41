// Package encode turns names and mentions into vectors of unit length with a
// bi-encoder.
package encode

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/kb"
)

// Options say how to run a model. The zero value is fine.
type Options struct {
	BatchTokens int // most pieces a batch; 0: what suits the device
	Threads     int // processor threads of one run; 0: chosen by the size of the model
}

// Encoder is a loaded bi-encoder. It is safe for concurrent use. Whoever opened it
// closes it.
type Encoder struct {
	settings
	name      string
	hash      string
	session   *onnx.Session
	tokenizer *onnx.Tokenizer
	width     int
	pooled    bool // the graph pools: it gives a vector a text
	batch     onnx.BatchOptions
}

var _ kb.Embedder = (*Encoder)(nil)

// outputs are the names under which exports give their vectors, best first: pooled
// ones, then those of the pieces.
var outputs = []string{"sentence_embedding", "last_hidden_state", "token_embeddings"}

// Hash identifies the vectors that a bundle gives: model, tokenizer, pooling and
// length. It does not load the model.
func Hash(b *onnx.Bundle) (string, error) {
	s, err := settingsOf(b)
	if err != nil {
		return "", b.Unusable(err)
	}
	return b.HashOf(s.key()), nil
}

// Open loads a bi-encoder: a directory of sentence-transformers, one with a
// gloss.json, or a plain export, whose pieces' vectors are averaged. Errors of the
// bundle wrap onnx.ErrBundle.
func Open(rt *onnx.Runtime, b *onnx.Bundle, o Options) (_ *Encoder, err error) {
	e := &Encoder{name: b.Name(), batch: onnx.BatchOptions{Tokens: o.BatchTokens, Pad: b.Config().Pad()}}
	defer func() {
		if err != nil {
			err = errors.Join(b.Unusable(err), e.Close())
		}
	}()
	if e.settings, err = settingsOf(b); err != nil {
		return nil, err
	}
	e.hash = b.HashOf(e.key())
	src, err := b.Source()
	if err != nil {
		return nil, err
	}
	output, err := e.chooseOutput(src, b.Manifest())
	if err != nil {
		return nil, err
	}
	if e.tokenizer, err = b.Tokenizer(); err != nil {
		return nil, err
	}
	if e.session, err = rt.NewSession(src, onnx.SessionOptions{Outputs: []string{output}, Threads: o.Threads}); err != nil {
		return nil, err
	}
	if err := e.probe(b.Manifest()); err != nil {
		return nil, err
	}
	return e, nil
}

func (e *Encoder) chooseOutput(src onnx.Source, m *onnx.Manifest) (string, error) {
	declared, err := src.Outputs()
	if err != nil {
		return "", err
	}
	wanted := outputs
	switch {
	case m != nil && m.Outputs["vectors"] != "":
		wanted = []string{m.Outputs["vectors"]}
	case e.inGraph:
		wanted = outputs[:1]
	}
	for _, name := range wanted {
		if slices.Contains(declared, name) {
			return name, nil
		}
	}
	return "", fmt.Errorf("its model gives %q, and a sentence encoder with these settings gives one of %q", declared, wanted)
}

// probe runs the model once, so that a model of the wrong shape is told when it is
// opened.
func (e *Encoder) probe(m *onnx.Manifest) error {
	row, err := e.ids("a b")
	if err != nil {
		return err
	}
	err = e.session.RunRows(context.Background(), [][]int64{row}, e.batch, func(_ int, values []float32, width int) {
		e.width, e.pooled = width, len(values) == width && len(row) > 1
	})
	if err != nil {
		return err
	}
	if m != nil && m.Dimensions > 0 && m.Dimensions != e.width {
		return fmt.Errorf("its vectors have %d dimensions, gloss.json says %d", e.width, m.Dimensions)
	}
	return nil
}

// ids are the pieces of a text, cut to the model's length: pieces of the text go,
// those of the template stay.
func (e *Encoder) ids(text string) ([]int64, error) {
	if e.lower {
		text = strings.ToLower(text)
	}
	encoding, err := e.tokenizer.Encode(text, e.special)
	if err != nil {
		return nil, err
	}
	ids, extra := encoding.IDs, encoding.Len()-e.maxLength
	if extra <= 0 {
		return ids, nil
	}
	tail := len(ids)
	for tail > 0 && encoding.Special[tail-1] {
		tail--
	}
	return slices.Concat(ids[:max(0, tail-extra)], ids[tail:]), nil
}

// Embed returns one row of Dimensions() numbers a text, of unit length. Similarity
// is the product of rows. A text without any piece gets a row of zeros.
func (e *Encoder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	rows := make([][]int64, len(texts))
	for i, text := range texts {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var err error
		if rows[i], err = e.ids(text); err != nil {
			return nil, fmt.Errorf("embed %.40q: %w", text, err)
		}
	}
	all := make([]float32, len(texts)*e.width)
	vectors := make([][]float32, len(texts))
	for i := range vectors {
		vectors[i] = all[i*e.width : (i+1)*e.width : (i+1)*e.width]
	}
	err := e.session.RunRows(ctx, rows, e.batch, func(i int, values []float32, width int) {
		if e.pooled {
			copy(vectors[i], values)
		} else {
			e.pooling.pool(vectors[i], values, width)
		}
		normalize(vectors[i])
	})
	if err != nil {
		return nil, fmt.Errorf("embed %d names: %w", len(texts), err)
	}
	return vectors, nil
}

// Dimensions is the length of a row.
func (e *Encoder) Dimensions() int { return e.width }

// Hash identifies model, tokenizer, pooling and length; an index remembers it.
func (e *Encoder) Hash() string { return e.hash }

// Name is that of the bundle.
func (e *Encoder) Name() string { return e.name }

// Close waits for the runs that are under way and frees the model. A second call
// does nothing.
func (e *Encoder) Close() error {
	var errs []error
	if e.session != nil {
		errs = append(errs, e.session.Close())
	}
	if e.tokenizer != nil {
		errs = append(errs, e.tokenizer.Close())
	}
	return errors.Join(errs...)
}
