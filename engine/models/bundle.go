package models

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/engine/demo"
	"github.com/gloss-nlp/gloss/engine/encode"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
)

// ErrLayer is a layer that the model does not have.
var ErrLayer = errors.New("no such layer")

// layersIn makes sure that a model, or what was learnt over it, has the layers that
// were asked for.
func layersIn(b *onnx.Bundle, want []string, learned []learn.Learned) error {
	m := b.Manifest()
	if m == nil || len(want) == 0 {
		return nil
	}
	var names []string
	for _, l := range m.Layers {
		names = append(names, l.Name)
	}
	for _, l := range learned {
		names = append(names, l.Head.Name)
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

// OpenRecognizer opens the recognition model alone, without what was learnt over it.
// The caller closes it.
func OpenRecognizer(o Options) (*ner.Model, error) {
	d, err := onnx.ParseDevice(device(o))
	if err != nil {
		return nil, err
	}
	rt, err := onnx.Open(onnx.Options{Device: d, Threads: cmp.Or(o.Threads, runtime.NumCPU())})
	if err != nil {
		return nil, err
	}
	b, err := o.recognizer()
	if err != nil {
		return nil, fmt.Errorf("open the model: %w", err)
	}
	return ner.Open(rt, b, ner.Options{})
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
