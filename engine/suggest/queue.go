// Package suggest decides what the models compute next, for whom, and what is
// thrown away: a background queue with priorities and cancellation, and the
// pipeline from a text to suggestions with their candidates.
package suggest

import (
	"context"
	"runtime"
	"sync"
)

// Job is one piece of background work.
type Job struct {
	ID       string // what it is for; a newer job with the same ID cancels the older
	Group    string // e.g. the document, for Rank and Cancel
	Priority int    // lower runs first; equal ones in the order of submission
	Run      func(ctx context.Context)
	// Dropped is called in place of Run where the job is given up before it began: replaced,
	// cancelled, or the queue closed. It must return at once and not call the queue; may be nil.
	Dropped func()
}

type entry struct {
	Job
	order  int64
	ctx    context.Context
	cancel context.CancelFunc
}

// Queue runs jobs on a few threads of low priority, so that a person's keys are
// painted while models compute. All methods are safe for concurrent use.
type Queue struct {
	mu      sync.Mutex
	wake    *sync.Cond
	waiting []*entry
	ids     map[string]bool // of waiting
	running map[string]*entry
	order   int64
	closed  bool
	done    sync.WaitGroup
	notify  func()
}

// NewQueue starts workers threads. notify, if not nil, is called after each job,
// without a lock held.
func NewQueue(workers int, notify func()) *Queue {
	q := &Queue{ids: map[string]bool{}, running: map[string]*entry{}, notify: notify}
	q.wake = sync.NewCond(&q.mu)
	q.done.Add(workers)
	for range workers {
		go q.work()
	}
	return q
}

// Submit adds a job. A waiting job with the same ID is replaced; a running one is cancelled.
func (q *Queue) Submit(j Job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		if j.Dropped != nil {
			j.Dropped()
		}
		return
	}
	if q.ids[j.ID] {
		q.drop(func(o Job) bool { return o.ID == j.ID })
	}
	q.ids[j.ID] = true
	if r := q.running[j.ID]; r != nil {
		r.cancel()
	}
	e := &entry{Job: j, order: q.order}
	q.order++
	e.ctx, e.cancel = context.WithCancel(context.Background())
	q.waiting = append(q.waiting, e)
	q.wake.Signal()
}

// Rank gives every waiting job a new priority.
func (q *Queue) Rank(priority func(Job) int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, e := range q.waiting {
		e.Priority = priority(e.Job)
	}
}

// Cancel removes the waiting jobs that match, and cancels the running ones.
func (q *Queue) Cancel(match func(Job) bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.drop(match)
	for _, e := range q.running {
		if match(e.Job) {
			e.cancel()
		}
	}
}

// Has tells whether a matching job waits or runs.
func (q *Queue) Has(match func(Job) bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, e := range q.waiting {
		if match(e.Job) {
			return true
		}
	}
	for _, e := range q.running {
		if match(e.Job) {
			return true
		}
	}
	return false
}

// Len is the number of jobs that wait or run.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) + len(q.running)
}

// Close cancels every job and waits until the running ones have returned, so
// that native memory can be freed afterwards.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closed = true
	q.drop(func(Job) bool { return true })
	for _, e := range q.running {
		e.cancel()
	}
	q.wake.Broadcast()
	q.mu.Unlock()
	q.done.Wait()
}

func (q *Queue) drop(match func(Job) bool) {
	kept := q.waiting[:0]
	for _, e := range q.waiting {
		if match(e.Job) {
			delete(q.ids, e.ID)
			e.cancel()
			if e.Dropped != nil {
				e.Dropped()
			}
		} else {
			kept = append(kept, e)
		}
	}
	clear(q.waiting[len(kept):])
	q.waiting = kept
}

// work runs jobs on one operating-system thread of low priority. The thread is
// never unlocked, so it ends with the goroutine and its priority reaches no other.
func (q *Queue) work() {
	defer q.done.Done()
	runtime.LockOSThread()
	lowerPriority()
	for {
		e := q.next()
		if e == nil {
			return
		}
		e.Run(e.ctx)
		q.finish(e)
	}
}

func (q *Queue) next() *entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.closed {
			return nil
		}
		if i := q.first(); i >= 0 {
			e := q.waiting[i]
			delete(q.ids, e.ID)
			q.waiting = append(q.waiting[:i], q.waiting[i+1:]...)
			q.running[e.ID] = e
			return e
		}
		q.wake.Wait()
	}
}

// first is the place of the job to run next: the lowest priority, then the
// oldest, leaving out those whose cancelled forerunner still runs.
func (q *Queue) first() int {
	best := -1
	for i, e := range q.waiting {
		if q.running[e.ID] != nil {
			continue
		}
		if best < 0 || e.Priority < q.waiting[best].Priority ||
			e.Priority == q.waiting[best].Priority && e.order < q.waiting[best].order {
			best = i
		}
	}
	return best
}

func (q *Queue) finish(e *entry) {
	q.mu.Lock()
	e.cancel()
	delete(q.running, e.ID)
	q.wake.Broadcast()
	q.mu.Unlock()
	if q.notify != nil {
		q.notify()
	}
}
