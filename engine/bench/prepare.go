package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

// What random models are made with, and how models are run that do not say: windows as long
// as the model takes, which share a quarter of their pieces.
const (
	vocabulary  = 16000
	longest     = 512
	aggregation = "simple"
)

// Batch sizes to be tried: windows of the pipeline, pieces of gloss.
var (
	pipelineBatches = []int{1, 2, 4, 8, 16}
	glossBatches    = []int{512, 1024, 2048, 4096}
)

// prepare makes what is to be run, and starts the sides of the comparison, the
// pipeline first.
func (b *nerBench) prepare(ctx context.Context, m candidate, texts []string) (sides []*side, err error) {
	defer func() {
		if err != nil {
			for _, s := range sides {
				s.process.Close()
			}
		}
	}()
	if m.shape == (Shape{}) && m.dir == "" {
		return b.gloss(ctx, nil, FP32, "", texts)
	}
	dir := filepath.Join(b.scratch, m.name)
	if m.dir != "" {
		b.Say("%s: preparing", m.name)
		err = linkFiles(m.dir, dir)
	} else {
		b.Say("%s: making a model with random weights", m.name)
		err = b.python(ctx, map[string]any{
			"do": "make", "out": dir, "layers": m.shape.Layers, "width": m.shape.Width, "vocabulary": vocabulary, "longest": longest, "texts": b.Texts,
		})
	}
	if err != nil {
		return nil, err
	}
	how, comparable, err := decoding(dir)
	if err != nil {
		return nil, err
	}
	if !comparable {
		b.note("%s: gloss.json makes windows or mentions as the pipeline does not: gloss is measured alone", m.name)
	} else if b.peer {
		s, err := b.pipeline(ctx, dir, how, texts)
		if err != nil {
			b.note("%s: the pipeline does not open it: %v: gloss is measured alone", m.name, err)
		} else {
			sides = append(sides, s)
		}
	}
	if sides, err = b.gloss(ctx, sides, FP32, dir, texts); err != nil || !b.peer {
		return sides, err
	}
	small := dir + "-int8"
	if err := b.quantise(ctx, dir, small); err != nil {
		b.note("%s: not measured with 8 bits: %v", m.name, err)
		return sides, nil
	}
	return b.gloss(ctx, sides, Int8, small, texts)
}

// pipeline starts the peer on a model.
func (b *nerBench) pipeline(ctx context.Context, dir string, how onnx.Manifest, texts []string) (*side, error) {
	p, _, err := startPython(ctx, b.Python, b.Threads)
	if err != nil {
		return nil, err
	}
	err = p.ask(request{
		Do: "open", Model: dir, Threads: b.Threads, Texts: texts, Aggregation: how.Aggregation, Stride: how.Windows.Stride,
	}, nil)
	if err != nil {
		p.Close()
		return nil, err
	}
	return &side{Result: Result{Name: Pipeline, Unit: "windows"}, process: p, batches: pipelineBatches}, nil
}

// gloss starts gloss on a model and adds it to the sides.
func (b *nerBench) gloss(ctx context.Context, sides []*side, name, dir string, texts []string) ([]*side, error) {
	p, err := start(b.Worker(ctx))
	if err != nil {
		return sides, fmt.Errorf("start gloss: %w", err)
	}
	sides = append(sides, &side{Result: Result{Name: name, Unit: "pieces"}, process: p, batches: glossBatches})
	return sides, p.ask(request{Do: "open", Model: dir, Threads: b.Threads, Texts: texts}, nil)
}

// python lets a Python of its own do one thing.
func (b *nerBench) python(ctx context.Context, request any) error {
	p, _, err := startPython(ctx, b.Python, b.Threads)
	if err != nil {
		return err
	}
	defer p.Close()
	return p.ask(request, nil)
}

// quantise makes a model of 8 bits beside a prepared one.
func (b *nerBench) quantise(ctx context.Context, from, to string) error {
	bundle, err := onnx.OpenDir(from)
	if err != nil {
		return err
	}
	src, err := bundle.Source()
	if err != nil {
		return err
	}
	if err := linkFiles(from, to, "model.onnx", "onnx"); err != nil {
		return err
	}
	return b.python(ctx, map[string]any{"do": "quantise", "source": src.Path, "target": filepath.Join(to, "model.onnx")})
}

// decoding is how a prepared model makes windows and mentions: as its gloss.json
// says, or else as one says that is written for it here. comparable tells whether
// the pipeline can do the same.
func decoding(dir string) (how onnx.Manifest, comparable bool, err error) {
	bundle, err := onnx.OpenDir(dir)
	if err != nil {
		return how, false, err
	}
	if m := bundle.Manifest(); m != nil {
		return *m, m.Aggregation != "" && m.Windows.By == "text" && m.Windows.Stride > 0 && m.Windows.Max == 0 && len(m.Layers) == 0, nil
	}
	size := bundle.MaxPieces()
	if size == 0 {
		size = longest
	}
	how = onnx.Manifest{Version: 1, Aggregation: aggregation, Windows: onnx.Windows{By: "text", Stride: size / 4}}
	data, err := json.Marshal(map[string]any{"version": 1, "aggregation": aggregation, "windows": map[string]any{"by": "text", "stride": size / 4}})
	if err != nil {
		return how, false, err
	}
	return how, true, os.WriteFile(filepath.Join(dir, "gloss.json"), data, 0o600)
}

// linkFiles makes a directory with links to what another one holds, but for the
// names left out.
func linkFiles(from, to string, without ...string) error {
	from, err := filepath.Abs(from)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	err = os.MkdirAll(to, 0o700)
	for _, e := range entries {
		if err == nil && !slices.Contains(without, e.Name()) {
			err = os.Symlink(filepath.Join(from, e.Name()), filepath.Join(to, e.Name()))
		}
	}
	return err
}
