package tui

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

func (f *fake) Train(ctx context.Context) (suggest.Bundle, error) {
	select {
	case <-ctx.Done():
		return suggest.Bundle{}, ctx.Err()
	case err := <-f.all:
		return f.trained, err
	}
}

func (f *fake) Models(context.Context) ([]suggest.Bundle, error) { return f.models, f.few }

func (f *fake) UseModel(_ context.Context, b suggest.Bundle) (string, error) {
	for i := range f.models {
		f.models[i].Used = f.models[i].Name == b.Name
	}
	return "suggestions are those of the model " + b.Title + " now", nil
}

// compared is a bundle with figures.
func measured(name string, f1, was, low, high float64) suggest.Bundle {
	c := &suggest.Comparison{Documents: 4, New: score.Counts{F1: corpus.Score(f1)}, Better: low > 0, Worse: high < 0}
	c.Old = score.Difference{Counts: score.Counts{F1: corpus.Score(was)}, Diff: corpus.Score(f1 - was), Diff95: [2]corpus.Score{corpus.Score(low), corpus.Score(high)}}
	title := name
	if name == "" {
		title = "as configured"
	}
	return suggest.Bundle{Name: name, Title: title, Comparison: c}
}

func TestTrainingOffersOnlyWhatIsBetter(t *testing.T) {
	s := open(t, 200, 60, Options{})
	s.f.all = make(chan error, 1)
	for _, c := range []struct {
		bundle suggest.Bundle
		err    error
		want   string
	}{
		{measured("2026-11-21", 0.8, 0.4, 0.2, 0.6), nil, "Y switches to the model 2026-11-21, better: F1 0.80 against 0.40 of the model in use (difference +0.40, +0.20 to +0.60) on 4 held-out documents, which are few"},
		{measured("2026-11-22", 0.2, 0.4, -0.3, -0.1), nil, "the model 2026-11-22 is not offered, though Y lists it; worse: F1 0.20 against 0.40 of the model in use (difference -0.20, -0.30 to -0.10)"},
		{measured("2026-11-23", 0.5, 0.4, -0.1, 0.3), nil, "the model 2026-11-23 is not offered, though Y lists it; no better by more than chance: F1 0.50"},
		{measured("2026-11-24", 0.5, math.NaN(), 0.1, 0.3), nil, "against 0.00 of the model in use"},
		{suggest.Bundle{}, errors.New("no Python that can train: there is no python3"), "there is no python3"},
		{suggest.Bundle{}, context.Canceled, "stopped: K goes on from there"},
	} {
		s.f.trained = c.bundle
		s.f.all <- c.err
		s.press("K")
		s.wantText(c.want)
	}
}

func TestTrainingIsStopped(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.all = make(chan error, 1)
	_, cmd := s.m.Update(stroke("K"))
	s.wantText("X stops it")
	s.f.status.Tasks = []workbench.Task{{Title: workbench.TrainTitle, Done: 30, Total: 600}}
	s.m.refresh()
	s.press("K")
	s.wantText("training", "30/600", "a model is being trained: X stops that")
	s.press("O")
	s.wantText("X stops it")
	s.press("esc")
	_, other := s.m.Update(stroke("R")) // goes on beside it, and is stopped first
	s.press("X")
	s.run(other)
	s.wantText("stopped: the model is as it was")
	s.press("X")
	s.f.status.Tasks = nil
	s.run(cmd)
	s.wantText("stopped: K goes on from there")
}

func TestModelsAreListedAndSwitched(t *testing.T) {
	s := open(t, 120, 40, Options{})
	base := measured("", 0.4, 0.4, 0, 0)
	base.Used = true
	broken := suggest.Bundle{Name: "half", Title: "half", Err: errors.New("model.onnx is cut off")}
	s.f.models = []suggest.Bundle{base, measured("bad", 0.1, 0.4, -0.4, -0.2), measured("good", 0.9, 0.4, 0.3, 0.7), broken}
	s.press("Y")
	s.wantText("Models, by the documents that are held out", "F1 0.40, in use", "F1 0.10, -0.30 (-0.40 to -0.20) worse", "better", "broken: model.onnx is cut off")
	s.press("enter") // the one that is better is the one to take
	s.wantText("suggestions are those of the model good now")
	s.press("Y enter")
	s.wantText("the model as configured now")
	s.f.few = errors.New("too few finished documents")
	for i := range s.f.models {
		s.f.models[i].Comparison = nil
	}
	s.press("Y")
	s.wantText("not compared: too few finished documents", "as configured", "in use")
	s.press("esc")
	s.f.models = nil
	s.press("Y")
	s.wantText("too few finished documents")
}
