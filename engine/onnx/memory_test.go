package onnx

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// hungrySession opens the model that eats memory; onnxtest, which imports this package, cannot.
func hungrySession(t *testing.T) *Session {
	t.Helper()
	rt, err := Open(Options{Device: CPU, Threads: 2, Library: "../../build/lib/libonnxruntime.so"})
	if errors.Is(err, ErrNoLibrary) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := rt.NewSession(Source{Path: "testdata/hungry.onnx"}, SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// The model asks for more memory than there is when it gets more than four rows.
func TestBatchesThatDoNotFitAreHalved(t *testing.T) {
	s := hungrySession(t)
	var rows [][]int64
	for i := range 50 {
		rows = append(rows, []int64{int64(i), int64(i), int64(i)}[:1+i%3])
	}
	for range 2 {
		var mu sync.Mutex
		seen := map[int]int{}
		err := s.RunRows(t.Context(), rows, BatchOptions{Tokens: 100}, func(row int, values []float32, width int) {
			mu.Lock()
			defer mu.Unlock()
			seen[row]++
			if width != 1 || len(values) != len(rows[row]) || int(values[0]) != row {
				t.Errorf("row %d: %v", row, values)
			}
		})
		if err != nil || len(seen) != len(rows) {
			t.Fatalf("%d of %d rows, %v", len(seen), len(rows), err)
		}
		for row, n := range seen {
			if n != 1 {
				t.Errorf("row %d was visited %d times", row, n)
			}
		}
		// Five rows of one piece are the least that is known not to fit.
		if room := s.room.Load(); room <= 0 || room > 12 {
			t.Errorf("the session believes that it has room for %d pieces", room)
		}
	}
}

func TestRoomIsKept(t *testing.T) {
	var s Session
	for _, c := range []struct{ pieces, want int64 }{{100, 100}, {400, 100}, {30, 30}, {31, 30}} {
		if s.lowerRoom(c.pieces); s.room.Load() != c.want {
			t.Errorf("after %d: %d, want %d", c.pieces, s.room.Load(), c.want)
		}
	}
}

func TestOutOfMemory(t *testing.T) {
	for message, want := range map[string]bool{
		"Failed to allocate memory for requested buffer of size 4096":                                        true,
		"bfc_arena.cc:376 AllocateRawInternal Available memory of 0 is smaller than requested bytes of 4096": true,
		"CUDA failure 2: out of memory ; GPU=0 ; expr=cudaMalloc((void**)&p, size);":                         true,
		"CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED":                                                       true,
		"std::bad_alloc": true,
		"indices element out of data bounds, idx=999":                false,
		"CUDA failure 700: an illegal memory access was encountered": false,
	} {
		if got := outOfMemory(fmt.Errorf("run model: %w", errors.New(message))); got != want {
			t.Errorf("%s: %v", message, got)
		}
	}
}

// A GPU must not wait for the processor that decodes what it gave.
func TestBatchesInFlight(t *testing.T) {
	gpu := Session{runtime: &Runtime{device: CUDA(0), threads: 2}, threads: 1}
	if n := gpu.Workers(); n < 2 {
		t.Errorf("%d batches in flight on a GPU", n)
	}
	cpu := Session{runtime: &Runtime{device: CPU, threads: 4}, threads: 2}
	if n := cpu.Workers(); n != 2 {
		t.Errorf("%d runs of two threads on four", n)
	}
}
