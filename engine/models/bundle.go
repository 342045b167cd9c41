package models

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/engine/demo"
	"github.com/gloss-nlp/gloss/engine/encode"
	"github.com/gloss-nlp/gloss/engine/onnx"
)

// ErrLayer is a layer that the model does not have.
var ErrLayer = errors.New("no such layer")

// layersIn makes sure that a model has the layers that were asked for.
func layersIn(b *onnx.Bundle, want []string) error {
	m := b.Manifest()
	if m == nil || len(want) == 0 {
		return nil
	}
	var names []string
	for _, l := range m.Layers {
		names = append(names, l.Name)
	}
	for _, w := range want {
		if !slices.Contains(names, w) {
			return fmt.Errorf("the model %s has no layer %q, it has %s: %w", b.Name(), w, strings.Join(names, ", "), ErrLayer)
		}
	}
	return nil
}

// ShippedLabels are the labels that the shipped model gives.
func ShippedLabels() ([]string, error) {
	b, err := onnx.OpenBundle(demo.NER(), "the shipped model")
	if err != nil {
		return nil, err
	}
	var labels []string
	for _, l := range b.Manifest().Layers {
		for _, tag := range l.Labels {
			if _, label, ok := strings.Cut(tag, "-"); ok && !slices.Contains(labels, label) {
				labels = append(labels, label)
			}
		}
	}
	return labels, nil
}

// OpenEncoder opens the name encoder alone. The caller closes it.
func OpenEncoder(o Options) (*encode.Encoder, error) {
	d, err := onnx.ParseDevice(device(o))
	if err != nil {
		return nil, err
	}
	rt, err := onnx.Open(onnx.Options{Device: d, Threads: o.Threads})
	if err != nil {
		return nil, err
	}
	b, err := o.encoder()
	if err != nil {
		return nil, fmt.Errorf("open the name encoder: %w", err)
	}
	return encode.Open(rt, b, encode.Options{})
}
