package models

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/cache"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// Models that are opened again over the same cache give the same suggestions, and
// give them without running: here, even to somebody who does not wait.
func TestReopenedModelsDoNotCompute(t *testing.T) {
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	text := corpus.NewText("Varón de 61 años con fiebre, tos y carcinoma de pulmón.\nSe pauta paracetamol.")
	sentences := segment.Sentences(text)
	o := Options{Device: "cpu", DemoKBs: true, Strict: true, Cache: filepath.Join(t.TempDir(), cache.File), Warn: func(err error) { t.Error(err) }}
	stopped, stop := context.WithCancel(t.Context())
	stop()

	var mentions []corpus.Mention
	var candidates [][]kb.Candidate
	for round := range 2 {
		m, err := Open(t.Context(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		early, err := m.Suggest(stopped, text, sentences, suggest.ByModel)
		if cached := err == nil; cached != (round == 1) {
			t.Errorf("round %d: %d suggestions of a stopped run, %v", round, len(early), err)
		}
		found, err := m.Suggest(t.Context(), text, sentences, suggest.ByModel)
		if err != nil || len(found) < 3 {
			t.Fatalf("round %d: %v, %v", round, found, err)
		}
		queries := make([]link.Query, len(found))
		for i, x := range found {
			queries[i] = link.Query{Label: x.Label, Text: x.Text}
		}
		offered, err := m.Linker.Candidates(t.Context(), queries, 5)
		if err := errors.Join(err, m.Close()); err != nil {
			t.Fatal(err)
		}
		if round == 1 && (!reflect.DeepEqual(found, mentions) || !reflect.DeepEqual(found, early) || !reflect.DeepEqual(offered, candidates)) {
			t.Errorf("opened again: %v with %v, was %v with %v", found, offered, mentions, candidates)
		}
		mentions, candidates = found, offered
	}
}
