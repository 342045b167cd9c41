package journal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// report collects what a writer says.
type report struct {
	mu     sync.Mutex
	saved  []int64
	errors []error
}

func (r *report) onSaved(seq int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.saved = append(r.saved, seq)
}

func (r *report) onErr(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, err)
}

func TestWriterSavesInOrder(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	var r report
	hold := make(chan struct{})
	w := NewWriter(j, func(seq int64) { <-hold; r.onSaved(seq) }, r.onErr)
	const n = 300
	for seq := int64(1); seq <= n; seq++ {
		if err := w.Enqueue(Batch{Decisions: decisions(seq, seq)}); err != nil {
			t.Fatal(err)
		}
	}
	close(hold)
	if err := w.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	// Drain returns after the report, so no lock is needed to look at it.
	if last := r.saved[len(r.saved)-1]; last != n || j.Last() != n || w.Pending() != 0 {
		t.Errorf("reported %d, last %d, pending %d", last, j.Last(), w.Pending())
	}
	if len(r.saved) > 2 { // what was there at first, and what came while that was held
		t.Errorf("%d transactions, nothing was grouped", len(r.saved))
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Error(err)
	}
	if err := w.Enqueue(Batch{Decisions: decisions(n+1, n+1)}); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestCloseSavesWhatWaits(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	w := NewWriter(j, nil, nil)
	for seq := int64(1); seq <= 50; seq++ {
		_ = w.Enqueue(Batch{Decisions: decisions(seq, seq)}) // Last tells
	}
	if err := w.Close(); err != nil || j.Last() != 50 {
		t.Errorf("last %d, %v", j.Last(), err)
	}
}

func TestWriterOnAFullDisk(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	limit := func(pages int) {
		t.Helper()
		if _, err := j.db.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(24)
	var r report
	w := NewWriter(j, r.onSaved, r.onErr)
	const n = 400
	var refused error
	for seq := int64(1); seq <= n; seq++ {
		ds := decisions(seq, seq)
		ds[0].Note = strings.Repeat("x", 500)
		refused = w.Enqueue(Batch{Decisions: ds})
	}
	err := w.Drain(context.Background())
	if err == nil || !strings.Contains(err.Error(), "free some space") {
		t.Fatalf("got %v", err)
	}
	if len(r.errors) != 1 || !errors.Is(w.Err(), r.errors[0]) {
		t.Errorf("reported %v", r.errors)
	}
	if got := int64(w.Pending()); got != n-j.Last() || got == 0 {
		t.Errorf("%d pending, last %d", got, j.Last())
	}
	if err := w.Enqueue(Batch{Decisions: decisions(n+1, n+1)}); err == nil {
		t.Errorf("a failed writer took a batch without a word (%v)", refused)
	}
	limit(1 << 20)
	w.Retry()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for i, d := range all(t, j, Filter{}) {
		if d.Seq != int64(i+1) {
			t.Fatalf("seq %d at %d", d.Seq, i)
		}
	}
	if j.Last() != n+1 || len(w.Unsaved()) != 0 {
		t.Errorf("last %d, %d unsaved", j.Last(), len(w.Unsaved()))
	}
}

func TestFailedWriterKeepsAndCloses(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	w := NewWriter(j, nil, nil)
	wrong := Batch{Decisions: decisions(5, 6)}
	if err := w.Enqueue(wrong); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); !errors.Is(err, ErrSeq) {
		t.Errorf("got %v", err)
	}
	if got := w.Unsaved(); !reflect.DeepEqual(got, []Batch{wrong}) {
		t.Errorf("kept %+v", got)
	}
}

func TestDrainGivesUpWithItsContext(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	hold, held := make(chan struct{}), make(chan struct{})
	w := NewWriter(j, func(int64) { close(held); <-hold }, nil)
	if err := w.Enqueue(Batch{Decisions: decisions(1, 1)}); err != nil {
		t.Fatal(err)
	}
	<-held
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := w.Drain(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(hold)
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func BenchmarkAll(b *testing.B) {
	j := mustOpen(b, b.TempDir())
	ds := decisions(1, 20000)
	mustAppend(b, j, ds)
	for b.Loop() {
		all(b, j, Filter{Slim: true})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(ds)), "ns/decision")
}
