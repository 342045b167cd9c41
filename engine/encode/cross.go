package encode

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/kb"
)

// CrossEncoder reads a mention and a name at once and tells how well they fit: an export of
// sentence-transformers' CrossEncoder, or of a sequence classifier with one output. It
// is safe for concurrent use. Whoever opened it closes it.
type CrossEncoder struct {
	name       string
	hash       string
	session    *onnx.Session
	tokenizer  *onnx.Tokenizer
	pairs      pairs
	activation activation
	batch      onnx.BatchOptions
}

var _ kb.Reranker = (*CrossEncoder)(nil)

// OpenCross loads a cross-encoder. Errors of the bundle wrap onnx.ErrBundle.
func OpenCross(rt *onnx.Runtime, b *onnx.Bundle, o Options) (_ *CrossEncoder, err error) {
	c := &CrossEncoder{name: b.Name(), batch: onnx.BatchOptions{Tokens: o.BatchTokens, Pad: b.Config().Pad()}}
	defer func() {
		if err != nil {
			err = errors.Join(b.Unusable(err), c.Close())
		}
	}()
	limit := b.MaxPieces()
	if m := b.Manifest(); m != nil && m.MaxLength > 0 {
		limit = m.MaxLength
	}
	if limit == 0 {
		limit = defaultMaxLength
	}
	if c.pairs, err = newPairs(b, limit); err != nil {
		return nil, err
	}
	if c.activation, err = activationOf(b); err != nil {
		return nil, err
	}
	c.hash = b.HashOf(fmt.Sprintf("cross max_length=%d activation=%s", limit, c.activation.name))
	src, err := b.Source()
	if err != nil {
		return nil, err
	}
	if c.tokenizer, err = b.Tokenizer(); err != nil {
		return nil, err
	}
	if c.session, err = rt.NewSession(src, onnx.SessionOptions{Outputs: []string{"logits"}, Threads: o.Threads}); err != nil {
		return nil, err
	}
	return c, c.probe()
}

// probe runs the model once, so that a model of the wrong shape is told when it is opened.
func (c *CrossEncoder) probe() error {
	rows, types, err := c.rows(context.Background(), []kb.Pair{{Mention: "a", Name: "b"}})
	if err != nil {
		return err
	}
	n := 0
	err = c.session.RunRows(context.Background(), rows, c.with(types), func(_ int, logits []float32, _ int) { n = len(logits) })
	if err == nil && n != 1 {
		err = fmt.Errorf("it gives %d numbers a pair; a re-ranker gives one", n)
	}
	return err
}

// activation is what makes a score of a logit.
type activation struct {
	name  string
	apply func(float64) float64
	share func(float64) float64 // what it gives as a number in [0, 1]
}

func sigmoid(x float64) float64  { return 1 / (1 + math.Exp(-x)) }
func identity(x float64) float64 { return x }

var activations = []activation{
	{"Sigmoid", sigmoid, identity},
	{"Identity", identity, sigmoid},
	{"Tanh", math.Tanh, func(x float64) float64 { return (x + 1) / 2 }},
}

// activationOf is what config.json says in the place of newer or of older versions of
// sentence-transformers, else a sigmoid, since there is one output. Only functions of
// torch itself are known.
func activationOf(b *onnx.Bundle) (activation, error) {
	var config struct {
		ST struct {
			Activation string `json:"activation_fn"`
		} `json:"sentence_transformers"`
		Legacy string `json:"sbert_ce_default_activation_function"`
	}
	if _, err := b.ReadJSON("config.json", &config); err != nil {
		return activation{}, err
	}
	full := cmp.Or(config.ST.Activation, config.Legacy, "torch.nn.modules.activation.Sigmoid")
	for _, a := range activations {
		if strings.HasPrefix(full, "torch.") && strings.HasSuffix(full, "."+a.name) {
			return a, nil
		}
	}
	return activation{}, fmt.Errorf("config.json: the activation %s is not supported; want torch's Sigmoid, Identity or Tanh", full)
}

// Score returns how well each pair fits, in [0, 1]: what Predict gives, and where that is
// no such share, the share that it stands for.
func (c *CrossEncoder) Score(ctx context.Context, pairs []kb.Pair) ([]float32, error) {
	out, err := c.Predict(ctx, pairs)
	for i, x := range out {
		out[i] = float32(c.activation.share(float64(x)))
	}
	return out, err
}

// Predict returns one number a pair, after the model's own activation: what
// sentence-transformers' predict gives.
func (c *CrossEncoder) Predict(ctx context.Context, pairs []kb.Pair) ([]float32, error) {
	rows, types, err := c.rows(ctx, pairs)
	if err != nil {
		return nil, err
	}
	out := make([]float32, len(pairs))
	err = c.session.RunRows(ctx, rows, c.with(types), func(i int, logits []float32, _ int) {
		out[i] = float32(c.activation.apply(float64(logits[0])))
	})
	if err != nil {
		return nil, fmt.Errorf("score %d names: %w", len(pairs), err)
	}
	return out, nil
}

// with are the options of a run whose rows have these type ids.
func (c *CrossEncoder) with(types [][]int64) onnx.BatchOptions {
	o := c.batch
	o.More = func(batch []int, longest int) map[string]onnx.Tensor {
		all := make([]int64, len(batch)*longest)
		for i, row := range batch {
			copy(all[i*longest:], types[row])
		}
		return map[string]onnx.Tensor{"token_type_ids": onnx.Ints(all, int64(len(batch)), int64(longest))}
	}
	return o
}

// rows encodes each distinct text once, and joins them.
func (c *CrossEncoder) rows(ctx context.Context, pairs []kb.Pair) (rows, types [][]int64, err error) {
	known := map[string][]int64{}
	encode := func(text string) ([]int64, error) {
		if ids, ok := known[text]; ok {
			return ids, nil
		}
		e, err := c.tokenizer.Encode(text, false)
		if err != nil {
			return nil, fmt.Errorf("score %.40q: %w", text, err)
		}
		known[text] = e.IDs
		return e.IDs, nil
	}
	rows, types = make([][]int64, len(pairs)), make([][]int64, len(pairs))
	for i, p := range pairs {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		a, err := encode(p.Mention)
		if err != nil {
			return nil, nil, err
		}
		b, err := encode(p.Name)
		if err != nil {
			return nil, nil, err
		}
		rows[i], types[i] = c.pairs.join(a, b)
	}
	return rows, types, nil
}

// Hash identifies model, tokenizer, length and activation.
func (c *CrossEncoder) Hash() string { return c.hash }

// Name is that of the bundle.
func (c *CrossEncoder) Name() string { return c.name }

// Close waits for the runs that are under way and frees the model. A second call
// does nothing.
func (c *CrossEncoder) Close() error {
	var errs []error
	if c.session != nil {
		errs = append(errs, c.session.Close())
	}
	if c.tokenizer != nil {
		errs = append(errs, c.tokenizer.Close())
	}
	return errors.Join(errs...)
}
