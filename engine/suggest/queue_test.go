package suggest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen; it is spent only
// where something is broken.
const patience = 10 * time.Second

// bench is a queue whose jobs tell when they begin and end when they are let.
type bench struct {
	*Queue
	t     *testing.T
	began chan string
	ended chan string
}

func newBench(t *testing.T, workers int) *bench {
	t.Helper()
	b := &bench{Queue: NewQueue(workers, nil), t: t, began: make(chan string, 100), ended: make(chan string, 100)}
	t.Cleanup(b.Close)
	return b
}

// hold submits a job that runs until the returned function is called or it is
// cancelled; how it ended is told by ended.
func (b *bench) hold(id string, priority int) (release func()) {
	open := make(chan struct{})
	b.Submit(Job{ID: id, Group: id, Priority: priority, Run: func(ctx context.Context) {
		b.began <- id
		select {
		case <-open:
			b.ended <- id + " done"
		case <-ctx.Done():
			b.ended <- id + " cancelled"
		}
	}})
	return sync.OnceFunc(func() { close(open) })
}

// quick submits a job that ends at once.
func (b *bench) quick(id string, priority int) {
	b.Submit(Job{ID: id, Group: id, Priority: priority, Run: func(context.Context) { b.began <- id }})
}

func (b *bench) expect(from chan string, want ...string) {
	b.t.Helper()
	for _, w := range want {
		select {
		case got := <-from:
			if got != w {
				b.t.Fatalf("got %q, want %q", got, w)
			}
		case <-time.After(patience):
			b.t.Fatalf("waited too long for %q", w)
		}
	}
}

func (b *bench) nothing(from chan string) {
	b.t.Helper()
	select {
	case got := <-from:
		b.t.Fatalf("unexpected %q", got)
	default:
	}
}

func TestQueueRunsByPriorityThenOrder(t *testing.T) {
	b := newBench(t, 1)
	release := b.hold("busy", 0)
	b.expect(b.began, "busy")
	b.quick("late", 5)
	b.quick("second", 1)
	b.quick("third", 1)
	b.quick("first", -1)
	release()
	b.expect(b.began, "first", "second", "third", "late")
}

func TestRankChangesWhatWaits(t *testing.T) {
	b := newBench(t, 1)
	release := b.hold("busy", 0)
	b.expect(b.began, "busy")
	for i, id := range []string{"a", "b", "c"} {
		b.quick(id, i)
	}
	b.Rank(func(j Job) int { return -int(j.Group[0]) })
	release()
	b.expect(b.began, "c", "b", "a")
}

func TestAWaitingJobIsReplacedByItsID(t *testing.T) {
	b := newBench(t, 1)
	release := b.hold("busy", 0)
	b.expect(b.began, "busy")
	b.Submit(Job{ID: "x", Run: func(context.Context) { b.began <- "old x" }})
	b.quick("y", 0)
	b.Submit(Job{ID: "x", Run: func(context.Context) { b.began <- "new x" }})
	if n := b.Len(); n != 3 {
		t.Errorf("%d jobs wait or run, want busy, y and the new x", n)
	}
	release()
	b.expect(b.began, "y", "new x")
	b.Close()
	b.nothing(b.began)
}

// Two workers are free here, so that only the rule keeps the newer job back.
func TestANewerJobWaitsForTheCancelledOneOfItsID(t *testing.T) {
	b := newBench(t, 3)
	cancelled, open := make(chan struct{}), make(chan struct{})
	b.Submit(Job{ID: "x", Run: func(ctx context.Context) {
		b.began <- "old"
		<-ctx.Done()
		close(cancelled)
		<-open // native code takes its time to stop
		b.ended <- "old"
	}})
	b.expect(b.began, "old")
	b.Submit(Job{ID: "x", Run: func(ctx context.Context) {
		if ctx.Err() != nil {
			t.Error("the newer job was cancelled with the older")
		}
		b.began <- "new"
	}})
	<-cancelled
	b.quick("other", 9)
	b.expect(b.began, "other") // the ID alone is held back, not the queue
	b.nothing(b.began)
	close(open)
	b.expect(b.ended, "old")
	b.expect(b.began, "new")
}

func TestCancelRemovesWaitingAndStopsRunning(t *testing.T) {
	b := newBench(t, 2)
	releaseA := b.hold("a", 0)
	b.expect(b.began, "a")
	b.hold("b", 0)
	b.expect(b.began, "b")
	b.quick("b2", 0)
	b.quick("a2", 0)
	isB := func(j Job) bool { return j.Group[0] == 'b' }
	b.Cancel(isB)
	b.expect(b.ended, "b cancelled")
	b.expect(b.began, "a2") // and b2 never
	if b.Has(func(j Job) bool { return j.ID == "b2" }) {
		t.Error("a cancelled job still waits")
	}
	if !b.Has(func(j Job) bool { return j.ID == "a" }) {
		t.Error("a running job is not known")
	}
	releaseA()
	b.expect(b.ended, "a done")
	b.Close()
	b.nothing(b.began)
	if b.Len() != 0 {
		t.Errorf("%d jobs left", b.Len())
	}
}

func TestCloseWaitsForWhatRuns(t *testing.T) {
	b := newBench(t, 1)
	inside, cancelled, open := make(chan struct{}), make(chan struct{}), make(chan struct{})
	b.Submit(Job{ID: "x", Run: func(ctx context.Context) {
		close(inside)
		<-ctx.Done()
		close(cancelled)
		<-open // native code takes its time to stop
		b.ended <- "x"
	}})
	<-inside
	b.quick("never", 0)
	closed := make(chan struct{})
	go func() { b.Close(); close(closed) }()
	<-cancelled
	select {
	case <-closed:
		t.Fatal("Close returned while a job ran")
	default:
	}
	close(open)
	<-closed
	b.expect(b.ended, "x")
	b.quick("late", 0)
	b.nothing(b.began)
	if b.Len() != 0 {
		t.Errorf("%d jobs after Close", b.Len())
	}
}

// Who is told of the end of a job must see that it is over, and may ask.
func TestNotifyComesAfterEachJobWithoutALock(t *testing.T) {
	lengths := make(chan int, 10)
	var q *Queue
	ready := make(chan struct{})
	q = NewQueue(1, func() { <-ready; lengths <- q.Len() })
	close(ready)
	defer q.Close()
	for i := range 3 {
		q.Submit(Job{ID: fmt.Sprint(i), Run: func(context.Context) {}})
		select {
		case n := <-lengths:
			if n != 0 {
				t.Errorf("%d jobs when told of the end of the only one", n)
			}
		case <-time.After(patience):
			t.Fatal("no notice")
		}
	}
}

// For the race detector: everything at once, and what was not cancelled is run.
func TestQueueUnderLoad(t *testing.T) {
	ended := make(chan struct{}, 1)
	q := NewQueue(4, func() {
		select {
		case ended <- struct{}{}:
		default:
		}
	})
	var mu sync.Mutex
	ran, now := map[string]int{}, map[string]int{}
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 50 {
				id := fmt.Sprint("shared ", i%5)
				if i%2 == 0 {
					id = fmt.Sprint("own ", g, i)
				}
				q.Submit(Job{ID: id, Group: fmt.Sprint(g), Priority: i % 3, Run: func(context.Context) {
					mu.Lock()
					ran[id]++
					if now[id]++; now[id] > 1 {
						t.Errorf("two jobs %q at once", id)
					}
					mu.Unlock()
					mu.Lock()
					now[id]--
					mu.Unlock()
				}})
				q.Rank(func(j Job) int { return len(j.ID) })
				q.Cancel(func(j Job) bool { return j.ID == "nobody" })
				q.Has(func(j Job) bool { return j.ID == id })
			}
		})
	}
	all.Wait()
	for q.Len() > 0 {
		<-ended
	}
	q.Close()
	own := 0
	for id, n := range ran {
		if id[0] == 'o' {
			own++
			if n != 1 {
				t.Errorf("%s ran %d times", id, n)
			}
		}
	}
	if own != 100 {
		t.Errorf("%d of 100 jobs ran", own)
	}
}

// Whoever waits for a job hears of it once: that it ran, or that it never will.
func TestWhatIsDroppedIsTold(t *testing.T) {
	b := newBench(t, 1)
	release := b.hold("running", 0)
	b.expect(b.began, "running")
	told := make(chan string, 10)
	wait := func(id, what string) {
		b.Submit(Job{ID: id, Run: func(context.Context) { told <- what + " ran" }, Dropped: func() { told <- what + " dropped" }})
	}
	wait("a", "first")
	wait("a", "second")
	b.expect(told, "first dropped")
	wait("b", "third")
	b.Cancel(func(j Job) bool { return j.ID == "b" })
	b.expect(told, "third dropped")
	release()
	b.expect(told, "second ran")
	release = b.hold("running again", 0)
	b.expect(b.began, "running again")
	wait("c", "fourth")
	b.Close()
	b.expect(told, "fourth dropped")
	wait("d", "fifth")
	b.expect(told, "fifth dropped")
	release()
}
