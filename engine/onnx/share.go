package onnx

import (
	"context"
	"sync"
	"sync/atomic"
)

// Each calls do with 0 to n-1, several at a time as long as the runtime has threads that
// nobody uses, the caller's goroutine among them. The first error ends the
// work and is returned after all calls have. For work beside the model, such as
// cutting texts into pieces.
func (s *Session) Each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	return s.runtime.share(ctx, n, s.runtime.threads, do)
}

// share is Each with at most workers at a time.
func (r *Runtime) share(ctx context.Context, n, workers int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	work := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= n || ctx.Err() != nil {
				return
			}
			if err := do(ctx, i); err != nil {
				cancel(err)
				return
			}
		}
	}
	var group sync.WaitGroup
	r.help(&group, min(workers, n)-1, work)
	work()
	group.Wait()
	return context.Cause(ctx)
}

// help starts up to n goroutines that work beside the caller, as long as the
// runtime has threads that nobody uses. They run at the priority of the caller's
// thread: background work must not become foreground work by being shared out.
func (r *Runtime) help(group *sync.WaitGroup, n int, work func()) {
	priority := threadPriority()
	for range n {
		select {
		case r.helpers <- struct{}{}:
		default:
			return
		}
		group.Go(func() {
			defer func() { <-r.helpers }()
			lowerPriority(priority)
			work()
		})
	}
}
