package tui

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/gloss-nlp/gloss/engine/order"
)

// The order is switched by key, and the first line says by what the documents stand.
func TestTheOrderIsSwitched(t *testing.T) {
	for _, w := range []int{60, 80, 120} {
		s := open(t, w, 24, Options{})
		s.press("V")
		s.wantText("Order of the documents", "by doubt", "value: most to ask in a minute first")
		s.f.reasons = map[string]string{"onco2": "4 of 7 unsure, about 2 min"}
		s.press("v")
		s.wantLog("arrange value")
		s.wantText("documents by value: ] goes on", "2 of 3 by value")
		s.press("M")
		s.wantText("2 of 3 by value (V changes it)", "4 of 7 unsure")
		s.press("esc")
		if w >= 80 { // else there is no room beside the position
			s.wantText("4 of 7 unsure, about 2 min")
		}
		s.press("V")
		s.press("f")
		s.wantText("documents as they lie")
		s.f.reasons = nil
		s.press("n")
		s.wantText("2 of 3  ")
	}
}

func TestAnOrderThatCannotBe(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.status.Device = ""
	s.m.refresh()
	s.press("V v")
	s.wantText("there is no model to compute with")
	s.wantLog()
	s.press("V r")
	s.wantLog("arrange random")
	s.wantText("documents by chance", "2 of 3 by chance")

	s.f.status.Device, s.f.ordered = "cpu", make(chan error, 1)
	for err, want := range map[error]string{
		context.Canceled: "stopped: the order is as it was", errors.New("the journal is gone"): "the journal is gone",
		fmt.Errorf("order: %w", order.ErrMode): "unknown order",
	} {
		s.f.ordered <- err
		s.m.refresh()
		s.press("V u")
		s.wantText(want, "2 of 3 by chance")
	}
	_, cmd := s.m.Update(stroke("E")) // one thing at a time is asked for
	s.press("V")
	s.wantText("suggestions are being computed for every document: X stops that")
	s.press("X")
	s.run(cmd)

	c := compared(t, 80, 24, nil)
	c.press("V")
	c.wantText("the lens has its own order: Q chooses")
}

// Status lines of documents that were chosen by chance say so.
func TestTheReasonOfAPick(t *testing.T) {
	s := open(t, 80, 24, Options{})
	s.f.reasons = map[string]string{"onco3": "drawn by chance"}
	s.f.status.Order = order.Uncertain
	s.m.refresh()
	s.press("]")
	if s.m.docName != "onco3" {
		t.Fatal(s.m.docName)
	}
	s.wantText("drawn by chance", "3 of 3 by doubt")
	s.press("o")
	s.wantText("1 to decide · drawn by chance")
}
