package ner_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

const headText = "Tumor hepático. Fiebre, tumores de mama y dolor agudo"

// withStates opens the model of testdata whose states are its scores of tags, 10
// numbers a piece.
func withStates(t *testing.T) *ner.Model {
	t.Helper()
	return open(t, edited(t, "layers", "gloss.json", `"logits": "logits"`, `"logits": "logits", "states": "logits"`))
}

// A layer taken as a head, with or without weights, finds what it did.
func TestHeadOfALayer(t *testing.T) {
	m := withStates(t)
	h, ok := m.Head("symptom")
	if !ok || h.First != 5 || len(h.Labels) != 5 {
		t.Fatalf("%v, %+v", ok, h)
	}
	if _, ok := m.Head("none"); ok {
		t.Error("it has a layer that it does not have")
	}
	text := corpus.NewText(headText)
	want, err := m.Annotate(t.Context(), text, nil, nil)
	if err != nil || len(want) < 4 {
		t.Fatal(want, err)
	}
	fresh := h // the states are the scores: the same by weights alone
	fresh.Name, fresh.First, fresh.Weights, fresh.Bias = "fresh", -1, make([]float32, 50), make([]float32, 5)
	for j := range 5 {
		fresh.Weights[j*10+5+j] = 1
	}
	with, err := m.WithHeads(h, fresh)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(with.Layers(), " "); got != "disease symptom fresh" {
		t.Errorf("layers %s", got)
	}
	for _, layers := range [][]string{nil, {"disease", "symptom"}, {"disease", "fresh"}} {
		got, err := with.Annotate(t.Context(), text, nil, layers)
		if err != nil || show(got) != show(want) {
			t.Errorf("layers %v: %s, want %s (%v)", layers, show(got), show(want), err)
		}
	}
	windows, err := with.States(t.Context(), text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range []ner.Head{h, fresh} {
		got, err := head.Find(t.Context(), text, windows)
		only, err2 := m.Annotate(t.Context(), text, nil, []string{"symptom"})
		if err != nil || err2 != nil || show(got) != show(only) || math.Abs(float64(got[0].Score-only[0].Score)) > 1e-9 {
			t.Errorf("head %s finds %s in states, the layer %s (%v)", head.Name, show(got), show(only), err)
		}
	}
}

// A head takes the place of the layer of its name, for that model alone.
func TestWithHeadsReplaces(t *testing.T) {
	m := withStates(t)
	h, _ := m.Head("symptom")
	h.Bias = []float32{100, 0, 0, 0, 0} // nothing is a symptom
	with, err := m.WithHeads(h)
	if err != nil {
		t.Fatal(err)
	}
	text := corpus.NewText(headText)
	got, err := with.Annotate(t.Context(), text, nil, nil)
	if err != nil || strings.Contains(show(got), "SINTOMA") || !strings.Contains(show(got), "ENFERMEDAD") {
		t.Errorf("%s, %v", show(got), err)
	}
	if got, err := m.Annotate(t.Context(), text, nil, nil); err != nil || !strings.Contains(show(got), "SINTOMA") {
		t.Errorf("the model itself: %s, %v", show(got), err)
	}
	other := h
	other.Bias = []float32{99, 0, 0, 0, 0}
	again, err := m.WithHeads(other)
	if err != nil || with.Hash() == m.Hash() || again.Hash() == with.Hash() {
		t.Errorf("hashes %.8s %.8s %.8s, %v", m.Hash(), with.Hash(), again.Hash(), err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := with.Annotate(canceled, text, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestWithHeadsRefuses(t *testing.T) {
	m := withStates(t)
	good, _ := m.Head("symptom")
	for want, spoil := range map[string]func(*ner.Head){
		"no name":          func(h *ner.Head) { h.Name = "" },
		"adds to columns":  func(h *ner.Head) { h.First = 6 },
		"weights for":      func(h *ner.Head) { h.Weights = make([]float32, 49) },
		"biases":           func(h *ner.Head) { h.Bias = make([]float32, 4) },
		"not all numbers":  func(h *ner.Head) { h.Bias = []float32{0, 0, float32(math.NaN()), 0, 0} },
		"does not belong":  func(h *ner.Head) { h.Labels = []string{"O", "B-A", "I-A", "E-A", "X-A"} },
		"crf arrays":       func(h *ner.Head) { h.CRF = onnx.CRF{} },
		"crf.transitions[": func(h *ner.Head) { h.CRF.Transitions = make([][]float32, 5) },
	} {
		h := good
		spoil(&h)
		if _, err := m.WithHeads(h); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := open(t, onnxtest.Bundle(t, "layers")).WithHeads(good); !errors.Is(err, ner.ErrNoStates) {
		t.Errorf("a model without states: %v", err)
	}
}
