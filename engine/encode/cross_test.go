package encode

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/kb"
)

// openCross opens the test model with other keys in its config.json; nil removes one.
func openCross(t *testing.T, config map[string]any) (*CrossEncoder, error) {
	t.Helper()
	dir := copyDir(t, "testdata/cross")
	path := filepath.Join(dir, "config.json")
	data, err := os.ReadFile(path)
	all := map[string]any{}
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	for k, v := range config {
		all[k] = v
	}
	if err == nil {
		data, err = json.Marshal(all)
	}
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := onnx.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := OpenCross(onnxtest.Runtime(t), b, Options{})
	if err == nil {
		t.Cleanup(func() {
			if err := errors.Join(c.Close(), c.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	return c, err
}

// Scores are those of sentence-transformers' CrossEncoder, whichever place says which
// activation it uses.
func TestPredict(t *testing.T) {
	golden := readCrossGolden(t)
	for name, c := range map[string]struct {
		config map[string]any
		want   string
	}{
		"by default": {nil, "Sigmoid"},
		"new":        {map[string]any{"sentence_transformers": map[string]any{"activation_fn": "torch.nn.modules.linear.Identity"}}, "Identity"},
		"legacy":     {map[string]any{"sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity"}, "Identity"},
		"both": {map[string]any{"sentence_transformers": map[string]any{"activation_fn": "torch.nn.modules.activation.Sigmoid"},
			"sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity"}, "Sigmoid"},
	} {
		m, err := openCross(t, c.config)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := m.Predict(t.Context(), golden.pairs())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		shares, err := m.Score(t.Context(), golden.pairs())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, want := range golden.Scores[c.want] {
			if math.Abs(float64(got[i]-want)) > 1e-4 {
				t.Errorf("%s: %q: %v, want %v", name, golden.Texts[i], got[i], want)
			}
			if want := golden.Scores["Sigmoid"][i]; math.Abs(float64(shares[i]-want)) > 1e-4 {
				t.Errorf("%s: %q: as a share %v, want %v", name, golden.Texts[i], shares[i], want)
			}
		}
	}
}

func TestScoreInCompany(t *testing.T) {
	m, err := openCross(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	var many []kb.Pair
	for range 40 {
		many = append(many, readCrossGolden(t).pairs()...)
	}
	all, err := m.Score(t.Context(), many)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range many[:8] {
		alone, err := m.Score(t.Context(), []kb.Pair{p})
		if err != nil || math.Abs(float64(alone[0]-all[i])) > 1e-5 || all[i] != all[i+8] {
			t.Errorf("%v: alone %v, with others %v and %v; %v", p, alone, all[i], all[i+8], err)
		}
	}
	if none, err := m.Score(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("no pairs: %v, %v", none, err)
	}
}

func TestScoreStops(t *testing.T) {
	m, err := openCross(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	pairs := readCrossGolden(t).pairs()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Score(ctx, pairs); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := m.Score(t.Context(), []kb.Pair{{Mention: "\xff"}}); !errors.Is(err, onnx.ErrNotUTF8) {
		t.Errorf("no UTF-8: %v", err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Score(t.Context(), pairs); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestOpenCrossRefuses(t *testing.T) {
	for name, config := range map[string]map[string]any{
		"evil.module.Run":  {"sentence_transformers": map[string]any{"activation_fn": "evil.module.Run"}},
		"torch.nn.Unknown": {"sbert_ce_default_activation_function": "torch.nn.Unknown"},
		"no room":          {"max_position_embeddings": 3},
	} {
		if _, err := openCross(t, config); !errors.Is(err, onnx.ErrBundle) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"names", "plain"} {
		if c, err := OpenCross(onnxtest.Runtime(t), onnxtest.Bundle(t, name), Options{}); !errors.Is(err, onnx.ErrBundle) {
			t.Errorf("a model for another task: %v, %v", c, err)
		}
	}
	// What the hash covers: pooling has no place in it, activation has.
	a, err := openCross(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := openCross(t, map[string]any{"sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity"})
	if err != nil || a.Hash() == b.Hash() || a.Hash() == "" {
		t.Errorf("%v, %s, %s", err, a.Hash(), b.Hash())
	}
}
