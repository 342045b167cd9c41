package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/demo"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
)

// request is what either side is asked.
type request struct {
	Do string `json:"do"` // "open" loads a model, "run" runs it once

	Model   string   `json:"model,omitempty"`
	Threads int      `json:"threads,omitempty"`
	Texts   []string `json:"texts,omitempty"`

	// For the pipeline alone: gloss reads them from gloss.json.
	Aggregation string `json:"aggregation,omitempty"`
	Stride      int    `json:"stride,omitempty"`

	Batch int  `json:"batch,omitempty"` // of gloss in pieces, of the pipeline in windows
	First int  `json:"first,omitempty"` // how many of the texts to run
	Spans bool `json:"spans,omitempty"` // whether to tell what was found
}

type runAnswer struct {
	Seconds float64     `json:"seconds"`
	Peak    int64       `json:"peak"` // most memory during the run, in bytes; 0: not known
	Spans   [][]mention `json:"spans,omitempty"`
}

// Serve is gloss's side of a comparison, as a program of its own: it answers the
// requests until they end. It is made for NER, which starts it.
func Serve(ctx context.Context, requests io.Reader, answers io.Writer) error {
	var w worker
	defer func() { w.close() }()
	in, out := json.NewDecoder(requests), json.NewEncoder(answers)
	for {
		var r request
		if err := in.Decode(&r); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read a request: %w", err)
		}
		var answer runAnswer
		var err error
		if r.Do == "open" {
			err = w.open(r)
		} else {
			answer, err = w.run(ctx, r)
		}
		if err != nil {
			return err
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
	}
}

// worker runs a model over texts.
type worker struct {
	bundle *onnx.Bundle
	rt     *onnx.Runtime
	texts  []ner.Input
	model  *ner.Model // nil until the first run
	batch  int        // that it was opened with
}

func (w *worker) open(r request) (err error) {
	if r.Model == "" {
		w.bundle, err = onnx.OpenBundle(demo.NER(), "the shipped model")
	} else {
		w.bundle, err = onnx.OpenDir(r.Model)
	}
	if err != nil {
		return err
	}
	cpu, err := onnx.ParseDevice("cpu")
	if err != nil {
		return err
	}
	for _, t := range r.Texts {
		w.texts = append(w.texts, ner.Input{Text: corpus.NewText(t)})
	}
	w.rt, err = onnx.Open(onnx.Options{Device: cpu, Threads: r.Threads})
	return err
}

func (w *worker) run(ctx context.Context, r request) (runAnswer, error) {
	if w.rt == nil {
		return runAnswer{}, errors.New("a run before a model")
	}
	if err := w.fit(r.Batch); err != nil {
		return runAnswer{}, err
	}
	forgetPeak()
	start := time.Now()
	found, err := w.model.AnnotateAll(ctx, w.texts[:min(r.First, len(w.texts))], nil)
	if err != nil {
		return runAnswer{}, err
	}
	answer := runAnswer{Seconds: time.Since(start).Seconds(), Peak: peakMemory()}
	if r.Spans {
		for _, mentions := range found {
			doc := []mention{}
			for _, m := range mentions {
				hull := m.Spans.Hull()
				doc = append(doc, mention{m.Label, int(hull.Start), int(hull.End)})
			}
			answer.Spans = append(answer.Spans, doc)
		}
	}
	return answer, nil
}

// fit opens the model for a size of batches.
func (w *worker) fit(batch int) (err error) {
	if w.model != nil && w.batch == batch {
		return nil
	}
	w.close()
	w.model, err = ner.Open(w.rt, w.bundle, ner.Options{BatchTokens: batch})
	w.batch = batch
	return err
}

func (w *worker) close() {
	if w.model != nil {
		w.model.Close() // nothing is left to be lost
		w.model = nil
	}
}
