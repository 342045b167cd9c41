package tui

import (
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
)

// stage runs a model in synthetic time, with models that work beside it, and remembers
// when the screen changed.
type stage struct {
	*screen
	msgs   chan tea.Msg
	seen   string
	frames []time.Time
}

// onStage runs a play on the sample, while something is being annotated.
func onStage(t *testing.T, play func(g *stage)) {
	synctest.Test(t, func(t *testing.T) {
		g := &stage{screen: open(t, 120, 40, Options{}), msgs: make(chan tea.Msg, 100)}
		g.f.status.Tasks = []workbench.Task{{Title: "annotating", Total: 100000}}
		g.take(changedMsg{})
		g.frames = nil
		defer func() {
			close(g.f.changed)
			time.Sleep(time.Second) // the commands that wait end
		}()
		play(g)
	})
}

func (g *stage) take(msg tea.Msg) {
	_, cmd := g.m.Update(msg)
	if g.m.frame != g.seen {
		g.seen, g.frames = g.m.frame, append(g.frames, time.Now())
	}
	g.start(cmd)
}

func (g *stage) start(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				g.start(c)
			}
		default:
			g.msgs <- msg
		}
	}()
}

// changed says that the workbench changed.
func (f *fake) change() {
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

// pass lets time pass, in which the work goes on a hundred times a second.
func (g *stage) pass(d time.Duration) {
	end, work := time.After(d), time.NewTicker(10*time.Millisecond)
	defer work.Stop()
	for {
		select {
		case <-work.C:
			if len(g.f.status.Tasks) > 0 {
				g.f.status.Tasks = slices.Clone(g.f.status.Tasks)
				g.f.status.Tasks[0].Done++
				g.f.change()
			}
		case msg := <-g.msgs:
			g.take(msg)
		case <-end:
			return
		}
	}
}

func TestNewsIsPaintedTwiceASecond(t *testing.T) {
	onStage(t, func(g *stage) {
		g.pass(10 * time.Second)
		if n := len(g.frames); n < 10 || n > 21 {
			t.Errorf("%d frames in 10 seconds, want 20", n)
		}
		if done := g.m.status.Tasks[0].Done; done < 900 {
			t.Errorf("%d parts are shown of 1000 that are done", done)
		}
	})
}

func TestNewsWaitsAfterAKey(t *testing.T) {
	onStage(t, func(g *stage) {
		for i := range 20 {
			g.pass(730 * time.Millisecond)
			g.frames = nil
			pressed := time.Now()
			g.take(stroke([]string{"n", "p"}[i%2]))
			g.pass(499 * time.Millisecond)
			if len(g.frames) != 1 || !g.frames[0].Equal(pressed) {
				t.Fatalf("a key at %v was painted at %v", pressed, g.frames)
			}
		}
	})
}

// One who never pauses sees how far the work is all the same, in the frames of keys.
func TestNewsComesWithKeysAtLast(t *testing.T) {
	onStage(t, func(g *stage) {
		keys := strings.Fields("n j p k")
		for i := range 100 {
			g.take(stroke(keys[i%4]))
			g.pass(70 * time.Millisecond)
		}
		if len(g.frames) != 100 {
			t.Errorf("%d frames for 100 keys", len(g.frames))
		}
		if late := g.f.status.Tasks[0].Done - g.m.status.Tasks[0].Done; late > 320 {
			t.Errorf("the last %d parts are not shown", late)
		}
	})
}

// Numbers that grow move nothing beside them: what moves is sent.
func TestWorkStandsStillAsItGoesOn(t *testing.T) {
	onStage(t, func(g *stage) {
		at := func() int { return strings.Index(g.text(), "annotating") }
		g.pass(time.Second)
		before := at()
		g.pass(12 * time.Second)
		if g.wantText("annotating   1"); at() != before { // a number of four digits
			t.Errorf("the work is told at %d, and %d when more is done", before, at())
		}
	})
}

// What a person or a script waits for does not wait for a pause.
func TestWhatIsWaitedForIsPaintedAtOnce(t *testing.T) {
	const soon = 80 * time.Millisecond
	for _, c := range []struct {
		name   string
		before func(f *fake)
		change func(f *fake)
		want   string
	}{
		{"idle", nil, func(f *fake) { f.status.Tasks = nil }, "idle"},
		{"saved", nil, func(f *fake) { f.status.Saved = 7 }, "saved 7"},
		{"a message", nil, func(f *fake) { f.status.Message = "onco2: the disk is full" }, "the disk is full"},
		{"it cannot be saved", nil, func(f *fake) { f.status.Fatal = io.ErrShortWrite }, "Decisions can no longer be saved"},
		{"read-only", nil, func(f *fake) { f.docs["onco2"] = f.edit("onco2"); f.docs["onco2"].ReadOnly = "it is leased" }, "read-only: it is leased"},
		{"candidates", func(f *fake) { f.offer(nil) }, func(f *fake) { f.offer(candidates("x")) }, "1 8140/3 adenocarcinoma, SAI"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onStage(t, func(g *stage) {
				if c.before != nil {
					c.before(g.f)
					g.pass(time.Second)
				}
				g.take(stroke("j"))
				g.pass(10 * time.Millisecond)
				c.change(g.f)
				g.f.change()
				g.pass(soon)
				g.wantText(c.want)
			})
		})
	}
}

// offer gives the first mention of the sample its candidates, or takes them away.
func (f *fake) offer(list []kb.Candidate) {
	d := f.edit("onco2")
	d.Items[0].Candidates, d.Items[0].Ready = list, list != nil
	f.docs["onco2"] = d
}
