package ner

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/onnx"
)

// Head is a layer that was fitted after the model was trained: a linear layer over
// the encoder's states and a chain over its tags. Its scores add to those of a layer
// of the model where there is one to begin from, so that without weights it is that
// layer.
type Head struct {
	Name        string            `json:"name"`
	First       int               `json:"first"`   // column of States.Logits that the scores of tag 0 add to; below 0: they add to none
	Labels      []string          `json:"labels"`  // tags of the scheme BIOES
	Weights     []float32         `json:"weights"` // a row of Width numbers a tag; empty: all are 0
	Bias        []float32         `json:"bias"`    // one a tag; empty: all are 0
	CRF         onnx.CRF          `json:"crf"`
	Calibration *onnx.Calibration `json:"calibration"` // nil: scores are mean probabilities of tags
}

// Head is a layer of the model, as it was trained, in the form of a head; false
// where there is none of that name, or none that a head can begin from: one with a
// chain over tags of the scheme BIOES.
func (m *Model) Head(name string) (Head, bool) {
	manifest := m.bundle.Manifest()
	if manifest == nil {
		return Head{}, false
	}
	i := slices.IndexFunc(manifest.Layers, func(l onnx.Layer) bool { return l.Name == name })
	if i < 0 || manifest.Layers[i].CRF == nil || m.aggregation != "" {
		return Head{}, false
	}
	l := manifest.Layers[i]
	h := Head{Name: name, First: l.First, Labels: slices.Clone(l.Labels), CRF: *l.CRF, Calibration: l.Calibration}
	_, err := h.layer()
	return h, err == nil
}

// WithHeads is the model with other heads: each takes the place of the layer of its
// name, or comes after all layers. The encoder is shared: closing either model closes
// both. The error wraps ErrNoStates where the model gives no states to read.
func (m *Model) WithHeads(heads ...Head) (*Model, error) {
	g, err := m.states.open()
	if err != nil {
		return nil, fmt.Errorf("states of model %s: %w", m.Name(), err)
	}
	with := *m
	with.layers, with.heads = slices.Clone(m.layers), slices.Clone(m.heads)
	for _, h := range heads {
		if err := h.fits(g.width-m.width, m.width); err != nil {
			return nil, fmt.Errorf("head %q for model %s: %w", h.Name, m.Name(), err)
		}
		l, err := h.layer()
		if err != nil {
			return nil, fmt.Errorf("head %q for model %s: %w", h.Name, m.Name(), err)
		}
		if i := slices.IndexFunc(with.layers, func(o layer) bool { return o.name == h.Name }); i >= 0 {
			with.layers[i] = l
		} else {
			with.layers = append(with.layers, l)
		}
		with.heads = append(slices.DeleteFunc(with.heads, func(o Head) bool { return o.Name == h.Name }), h)
	}
	return &with, nil
}

// fits tells whether the head reads states and scores of these widths.
func (h Head) fits(width, columns int) error {
	n := len(h.Labels)
	switch {
	case h.Name == "":
		return errors.New("it has no name")
	case h.First >= 0 && h.First+n > columns:
		return fmt.Errorf("it adds to columns %d to %d of %d", h.First, h.First+n-1, columns)
	case len(h.Weights) != 0 && len(h.Weights) != n*width:
		return fmt.Errorf("it has %d weights for %d tags and states of %d numbers", len(h.Weights), n, width)
	case len(h.Bias) != 0 && len(h.Bias) != n:
		return fmt.Errorf("it has %d biases for %d tags", len(h.Bias), n)
	case slices.ContainsFunc(slices.Concat(h.Weights, h.Bias), func(v float32) bool { return v-v != 0 }):
		return errors.New("its weights are not all numbers")
	}
	return nil
}

// layer makes the head ready to decode, or says what is wrong with its tags.
func (h Head) layer() (layer, error) {
	described := onnx.Layer{Name: h.Name, Labels: h.Labels, Scheme: "bioes", CRF: &h.CRF, Calibration: h.Calibration}
	if err := described.Check(); err != nil {
		return layer{}, err
	}
	l, err := newLayer(described)
	l.head = &h
	return l, err
}

// Scores writes what the head scores the tags of each piece of a window: out has
// len(s.Spans) rows of len(h.Labels) numbers.
func (h Head) Scores(out []float32, s States) {
	n := len(h.Labels)
	for t := range s.Spans {
		h.score(out[t*n:(t+1)*n], s.Logits[t*s.Columns:(t+1)*s.Columns], s.Row(t))
	}
}

// score writes the scores of one piece.
func (h Head) score(out, logits, state []float32) {
	clear(out)
	if h.First >= 0 {
		copy(out, logits[h.First:h.First+len(out)])
	}
	for j, b := range h.Bias {
		out[j] += b
	}
	if len(h.Weights) > 0 {
		addProducts(out, h.Weights, state)
	}
}

// addProducts adds to each out[j] the product of row j of weights with x, four rows
// at a time, so that x is read once for them and four sums grow side by side.
func addProducts(out, weights, x []float32) {
	width, j := len(x), 0
	for ; j+4 <= len(out); j += 4 {
		w := weights[j*width : (j+4)*width]
		a, b, c, d := w[:width], w[width:2*width], w[2*width:3*width], w[3*width:4*width]
		var p, q, r, s float32
		for i, v := range x {
			p += v * a[i]
			q += v * b[i]
			r += v * c[i]
			s += v * d[i]
		}
		out[j] += p
		out[j+1] += q
		out[j+2] += r
		out[j+3] += s
	}
	for ; j < len(out); j++ {
		a := weights[j*width : (j+1)*width]
		var p, q, r, s float32
		i := 0
		for ; i+4 <= width; i += 4 {
			p += x[i] * a[i]
			q += x[i+1] * a[i+1]
			r += x[i+2] * a[i+2]
			s += x[i+3] * a[i+3]
		}
		for ; i < width; i++ {
			p += x[i] * a[i]
		}
		out[j] += p + q + r + s
	}
}

// joint are the head's scores for rows of a graph that gives columns scores of the
// model's own and the states after them.
func (h Head) joint(values []float32, width, columns int) emissions {
	n := len(h.Labels)
	e := emissions{values: make([]float32, len(values)/width*n), width: n, n: n}
	for t := range e.len() {
		row := values[t*width : (t+1)*width]
		h.score(e.row(t), row[:columns], row[columns:])
	}
	return e
}

// Find returns the mentions that the head finds in a text whose windows have these
// states, as Annotate of a model with the head does.
func (h Head) Find(ctx context.Context, text corpus.Text, windows []States) ([]corpus.Mention, error) {
	l, err := h.layer()
	if err != nil {
		return nil, fmt.Errorf("head %q: %w", h.Name, err)
	}
	found := make([][][]hit, len(windows))
	shared, n := false, len(h.Labels)
	for i, w := range windows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(w.Spans) == 0 {
			continue
		}
		if err := h.fits(w.Width, w.Columns); err != nil {
			return nil, fmt.Errorf("head %q: %w", h.Name, err)
		}
		e := emissions{values: make([]float32, len(w.Spans)*n), width: n, n: n}
		h.Scores(e.values, w)
		spans := make([]span, len(w.Spans))
		for k, s := range w.Spans {
			spans[k] = span{text.Byte(s.Start), text.Byte(s.End)}
		}
		found[i] = [][]hit{l.hits(l.chain(e, spans))}
		shared = shared || i > 0 && len(windows[i-1].Spans) > 0 && windows[i-1].Spans[len(windows[i-1].Spans)-1].Start >= w.Spans[0].Start
	}
	found = slices.DeleteFunc(found, func(w [][]hit) bool { return w == nil })
	return mentions(text, found, 1, assembly{sweep: shared, lines: true}), nil
}
