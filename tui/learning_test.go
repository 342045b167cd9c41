package tui

import (
	"context"
	"errors"
	"testing"

	"github.com/gloss-nlp/gloss/engine/workbench"
)

func (f *fake) Learn(ctx context.Context) (string, error) {
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case err := <-f.all:
		return "learnt from 12 documents: ROOM F1 0.91 (0.85 to 0.95), new: used", err
	}
}

func (f *fake) SwitchLearnt(context.Context) (string, error) {
	if f.aside = !f.aside; f.aside {
		return "what was learnt is laid aside", nil
	}
	return "what was learnt is used again", nil
}

func TestLearningIsAskedForAndStopped(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.all = make(chan error, 1)
	_, cmd := s.m.Update(stroke("R"))
	s.wantText("X stops it")
	s.f.status.Tasks = []workbench.Task{{Title: workbench.LearnTitle, Done: 1, Total: 5}}
	s.m.refresh()
	s.press("S")
	s.wantText("learning 1/5", "the model is learning: X stops that")
	s.press("O")
	s.wantText("X stops it")
	s.press("esc X")
	s.f.status.Tasks = nil
	s.run(cmd)
	s.wantText("stopped: the model is as it was")
	for _, c := range []struct {
		err  error
		want string
	}{{nil, "ROOM F1 0.91 (0.85 to 0.95), new: used"}, {errors.New("1 finished, two are the least"), "two are the least"}} {
		s.f.all <- c.err
		s.press("R")
		s.wantText(c.want)
	}
	s.press("S")
	s.wantText("what was learnt is laid aside")
	s.press("S")
	s.wantText("what was learnt is used again")
	s.f.status.Device = ""
	s.m.refresh()
	s.press("S")
	s.wantText("there is no model to compute with")
}
