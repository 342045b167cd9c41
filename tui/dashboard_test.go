package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/gloss-nlp/gloss/corpus/pace"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

func (f *fake) Overview(context.Context) (workbench.Overview, error) { return f.counts, nil }

func (f *fake) SuggestAll(ctx context.Context) (int, error) {
	if f.all == nil {
		return 0, nil // all is known
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case err := <-f.all:
		return 0, err
	}
}

func (f *fake) Arrange(ctx context.Context, mode order.Mode) error {
	f.log = append(f.log, "arrange "+string(mode))
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-f.ordered:
		if err != nil {
			return err
		}
	default:
	}
	f.status.Order = mode
	return nil
}

func (f *fake) Questions(context.Context, int) (workbench.Questions, error) {
	if f.refuses != nil {
		return workbench.Questions{}, f.refuses
	}
	var q workbench.Questions
	if len(f.picks) > 0 {
		q, f.picks = f.picks[0], f.picks[1:]
	}
	return q, nil
}

func someCounts() workbench.Overview {
	return workbench.Overview{
		Report: pace.Report{
			Acts:   []pace.Act{{Name: "accept", Count: 30, Timed: 28, Median: 1.8}, {Name: "link", Count: 12, Timed: 12, Median: 4.25}, {Name: "bulk", Count: 1}},
			Labels: []pace.Label{{Name: "ENFERMEDAD", Kept: 18, Fixed: 3, Rejected: 4, Added: 2, Linked: 12, First: 9}, {Name: "SINTOMA", Added: 1}},
			Course: []float64{8, 6, 4, 2}, Steps: 43, Timed: 40, Active: 120, Settled: 40,
		},
		Documents: 12, Finished: 4, Begun: 2, Left: 310, Counted: 5, Flagged: 2, Target: 0.9, Order: order.File,
	}
}

func TestTheOverview(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.counts = someCounts()
	s.press("O")
	s.wantText("4 of 12 finished", "40 settled by you", "about 310 left", "3 documents not counted yet", "2 to discuss",
		"about 17 min", "3.2 s a mention", "1.8 s", "30 times", "not timed", "8.0 s → 2.0 s a decision",
		"72 % of 25 kept", "3 fixed", "4 rejected", "2 added", "first concept right 75 % of 12 times", "nothing runs",
		"an F1 of 0.90", "in this order chance draws none", "V chooses one in which it does", "Q draws one in ten")
	s.f.counts.Finished = 5
	s.f.status.Saved++ // one decision more, while it is open
	_, cmd := s.m.Update(changedMsg{})
	s.run(s.m.recountCmd())
	if cmd == nil {
		t.Error("a decision was made and nothing is counted again")
	}
	s.press("O")
	if s.m.box.Box != nil {
		t.Error("its own key does not close the overview")
	}
}

func TestWorkThatWasAskedForCanBeStopped(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.all = make(chan error, 1)
	s.press("X")
	s.wantText("nothing runs that was asked for")
	_, cmd := s.m.Update(stroke("E"))
	s.f.status.Tasks = []workbench.Task{{Title: workbench.SuggestAllTitle, Done: 34, Total: 200}}
	s.m.refresh()
	s.press("O")
	s.wantText("annotating", "34 of 200", "X stops it")
	s.press("esc E")
	s.wantText("X stops that")
	s.press("X")
	s.f.status.Tasks = nil
	s.run(cmd)
	s.wantText("stopped: what was computed is kept")
	for _, c := range []struct {
		err  error
		want string
	}{{nil, "suggestions for every document are computed"}, {errors.New("a.txt is gone"), "a.txt is gone"}} {
		s.f.all <- c.err
		s.press("E")
		s.wantText(c.want)
	}
	s.f.status.Device = ""
	s.m.refresh()
	s.press("E")
	s.wantText("there is no model to compute with")
}

// At every width, with and without signs beyond ASCII, the overview fits and says
// the same.
func TestTheOverviewFits(t *testing.T) {
	for _, w := range []int{60, 80, 200} {
		for _, ascii := range []bool{false, true} {
			s := open(t, w, 60, Options{ASCII: ascii})
			s.f.counts = someCounts()
			s.press("O")
			s.wantText("4 of 12 finished", "first concept right 75 %")
			for _, r := range s.text() {
				if ascii && strings.ContainsRune("▁▂▃▄▅▆▇█▰▱", r) {
					t.Fatalf("%d columns: %c is not ASCII", w, r)
				}
			}
		}
	}
}

// What the overview, the tour and the choice between two versions look like.
func TestPages(t *testing.T) {
	draw := func(name string, open func(w, h int) *screen) {
		for _, z := range goldenSizes {
			t.Run(fmt.Sprintf("%s/%dx%d", name, z.w, z.h), func(t *testing.T) {
				golden.RequireEqual(t, trimmed(open(z.w, z.h).m.View().Content))
			})
		}
	}
	overview := func(opt Options) func(w, h int) *screen {
		return func(w, h int) *screen {
			s := open(t, w, h, opt)
			s.f.counts = someCounts()
			s.press("O")
			return s
		}
	}
	draw("overview", overview(Options{}))
	draw("overview-ascii", overview(Options{ASCII: true}))
	draw("tour", func(w, h int) *screen {
		s := open(t, w, h, Options{Demo: true})
		s.press("T")
		return s
	})
	draw("tour-longest", func(w, h int) *screen {
		s := open(t, w, h, Options{Demo: true})
		s.press("T T T T") // how boundaries move
		return s
	})
	draw("versions", func(w, h int) *screen {
		s := inConflict(t, w, h)
		s.press("D")
		return s
	})
}
