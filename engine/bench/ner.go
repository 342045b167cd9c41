// Package bench measures what gloss computes beside what people use otherwise, on
// the machine at hand.
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// Shape is that of a BERT with random weights: heads of 64 and inner layers of four
// times the width, as published ones have.
type Shape struct{ Layers, Width int }

// String is "LAYERSxWIDTH".
func (s Shape) String() string { return fmt.Sprintf("%dx%d", s.Layers, s.Width) }

// ParseShape reads what String writes.
func ParseShape(text string) (Shape, error) {
	var s Shape
	if n, err := fmt.Sscanf(text, "%dx%d", &s.Layers, &s.Width); n != 2 || err != nil || s.String() != text ||
		s.Layers < 1 || s.Width < 64 || s.Width%64 != 0 {
		return Shape{}, fmt.Errorf("%q is no shape of a model: write LAYERSxWIDTH, such as 4x256, with a width that 64 divides", text)
	}
	return s, nil
}

// NEROptions say what to measure. The texts are needed, and a Worker.
type NEROptions struct {
	Texts   []string
	Model   string                           // a directory; empty: random models
	Shapes  []Shape                          // of the random models
	Docs    int                              // texts to run, taken at even distances; 0: what suits the size of each model
	Threads int                              // of each side
	Runs    int                              // of which the median counts; at least 1
	Python  string                           // with torch and transformers
	Worker  func(context.Context) *exec.Cmd  // makes the command that runs Serve
	Say     func(format string, args ...any) // hears what is being done
}

// NERReport is what was measured.
type NERReport struct {
	Threads      int           `json:"threads"`
	Torch        string        `json:"torch,omitempty"` // version; empty: there was no peer
	Transformers string        `json:"transformers,omitempty"`
	Notes        []string      `json:"notes"` // what could not be measured, and why
	Models       []ModelReport `json:"models"`
}

// ModelReport is a comparison over one model.
type ModelReport struct {
	Name      string   `json:"name"`
	Documents int      `json:"documents"`
	Sides     []Result `json:"sides"`
}

// Result is one side of a comparison.
type Result struct {
	Name      string    `json:"name"`
	Batch     int       `json:"batch"` // the fastest of those tried
	Unit      string    `json:"unit"`  // of Batch
	Seconds   []float64 `json:"seconds"`
	PerSecond float64   `json:"documents_per_second"` // by the median of Seconds
	Times     float64   `json:"times,omitempty"`      // PerSecond over that of the pipeline; 0: there was none
	Peak      int64     `json:"peak_bytes,omitempty"` // most memory of the process during the runs; 0: not known
	Spans     int       `json:"spans"`
	Differ    *int      `json:"differ,omitempty"` // spans that only this side or only the pipeline has
}

// The sides of a comparison.
const (
	Pipeline = "pipeline fp32"
	FP32     = "gloss fp32"
	Int8     = "gloss int8"
)

// NER measures a recogniser side by side with transformers'
// TokenClassificationPipeline: the same model, text and threads, runs by turns, and
// the fastest batch size of each. Without a Python that can run the pipeline, gloss is measured
// alone, and a note tells why.
func NER(ctx context.Context, o NEROptions) (NERReport, error) {
	report := NERReport{Threads: o.Threads, Notes: []string{}}
	scratch, err := os.MkdirTemp("", "gloss-bench-")
	if err != nil {
		return report, err
	}
	defer os.RemoveAll(scratch)
	python, v, err := startPython(ctx, o.Python, o.Threads)
	switch {
	case ctx.Err() != nil:
		return report, ctx.Err()
	case errors.Is(err, ErrNoPeer):
		report.Notes = append(report.Notes, err.Error()+": gloss is measured alone")
	case err != nil:
		return report, err
	default:
		report.Torch, report.Transformers = v.Torch, v.Transformers
		python.Close()
	}
	b := &nerBench{NEROptions: o, scratch: scratch, peer: err == nil, report: &report}
	for _, m := range b.candidates() {
		done, err := b.model(ctx, m)
		if err != nil {
			return report, fmt.Errorf("measure %s: %w", m.name, err)
		}
		report.Models = append(report.Models, done)
	}
	return report, nil
}

type nerBench struct {
	NEROptions
	scratch string
	peer    bool // there is a Python that runs the pipeline
	report  *NERReport
}

func (b *nerBench) note(format string, args ...any) {
	b.report.Notes = append(b.report.Notes, fmt.Sprintf(format, args...))
}

// candidate is a model to be measured.
type candidate struct {
	name  string
	shape Shape  // of a random model
	dir   string // of a model that is there; empty with no shape: the shipped one
	docs  int
}

// Numbers of texts that a shape is run over where nobody says: some seconds a run.
const (
	docsSmall = 64
	docsLarge = 8
	wide      = 512 // from this width on a model is large
)

func (b *nerBench) candidates() []candidate {
	switch {
	case b.Model != "":
		return []candidate{{name: filepath.Base(filepath.Clean(b.Model)), dir: b.Model, docs: docsSmall}}
	case !b.peer:
		b.note("random models are made by Python too: the shipped model is measured instead")
		return []candidate{{name: "gloss-small-es", docs: docsSmall}}
	}
	var found []candidate
	for _, s := range b.Shapes {
		c := candidate{name: s.String(), shape: s, docs: docsSmall}
		if s.Width >= wide {
			c.docs = docsLarge
		}
		found = append(found, c)
	}
	return found
}

// model measures one model.
func (b *nerBench) model(ctx context.Context, m candidate) (ModelReport, error) {
	if b.Docs > 0 {
		m.docs = b.Docs
	}
	texts := spread(b.Texts, m.docs)
	sides, err := b.prepare(ctx, m, texts)
	if err != nil {
		return ModelReport{}, err
	}
	defer func() {
		for _, s := range sides {
			s.process.Close()
		}
	}()
	for _, s := range sides {
		b.Say("%s, %s: trying batch sizes", m.name, s.Name)
		if err := s.sweep(len(texts)); err != nil {
			return ModelReport{}, err
		}
	}
	for i := range b.Runs {
		b.Say("%s: run %d of %d", m.name, i+1, b.Runs)
		for _, s := range sides {
			if err := s.run(texts, i == 0); err != nil {
				return ModelReport{}, err
			}
		}
	}
	return conclude(m.name, texts, sides), nil
}

// spread takes n texts at even distances, the first among them; all where n is 0 or
// more than there are.
func spread(texts []string, n int) []string {
	if n <= 0 || n >= len(texts) {
		return texts
	}
	chosen := make([]string, n)
	for i := range chosen {
		chosen[i] = texts[i*len(texts)/n]
	}
	return chosen
}

// side is one side of a comparison while it is measured.
type side struct {
	Result
	process *process
	batches []int // to be tried
	found   [][]mention
}

// sweepDocs are texts enough to tell one batch size from another.
const sweepDocs = 24

// sweep finds the batch size that takes the least time over a quarter of the texts, or
// sweepDocs where those are fewer.
func (s *side) sweep(docs int) error {
	docs = min(docs, max(4, docs/4), sweepDocs)
	least := 0.0
	for i, batch := range slices.Concat(s.batches[:1], s.batches) { // the first only warms up
		var a runAnswer
		if err := s.process.ask(request{Do: "run", Batch: batch, First: docs}, &a); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		if i > 0 && (s.Batch == 0 || a.Seconds < least) {
			s.Batch, least = batch, a.Seconds
		}
	}
	return nil
}

func (s *side) run(texts []string, spans bool) error {
	var a runAnswer
	if err := s.process.ask(request{Do: "run", Batch: s.Batch, First: len(texts), Spans: spans}, &a); err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	s.Seconds = append(s.Seconds, a.Seconds)
	s.Peak = max(s.Peak, a.Peak)
	if !spans {
		return nil
	}
	if len(a.Spans) != len(texts) {
		return fmt.Errorf("%s: it answers for %d of %d texts", s.Name, len(a.Spans), len(texts))
	}
	for i, doc := range a.Spans {
		s.found = append(s.found, settle(texts[i], doc))
		s.Spans += len(s.found[i])
	}
	return nil
}

// conclude puts the sides beside the pipeline, the first where there is one.
func conclude(name string, texts []string, sides []*side) ModelReport {
	r := ModelReport{Name: name, Documents: len(texts)}
	for _, s := range sides {
		s.PerSecond = float64(len(texts)) / median(s.Seconds)
		if base := sides[0]; base.Name == Pipeline {
			s.Times = s.PerSecond / base.PerSecond
			if s != base {
				n := 0
				for i := range texts {
					n += differ(s.found[i], base.found[i])
				}
				s.Differ = &n
			}
		}
		r.Sides = append(r.Sides, s.Result)
	}
	return r
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
