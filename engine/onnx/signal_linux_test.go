package onnx_test

import (
	"runtime"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// TestForeignSignalHandlersGo does what CUDA libraries do: it takes a signal with a
// handler that does not use the alternate stack.
func TestForeignSignalHandlersGo(t *testing.T) {
	rt := onnxtest.Runtime(t)
	saved, err := signalHandler(syscall.SIGUSR2, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer signalHandler(syscall.SIGUSR2, &saved)
	foreign := saved
	foreign.flags &^= onStack
	foreign.handler++ // never called
	if _, err := signalHandler(syscall.SIGUSR2, &foreign); err != nil {
		t.Fatal(err)
	}
	newSession(t, rt, "layers/model.onnx")
	if now, _ := signalHandler(syscall.SIGUSR2, nil); now != saved {
		t.Errorf("after a session was made the handler is %+v, it was %+v", now, saved)
	}
}

// action is Linux's struct sigaction for 64-bit machines.
type action struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

const onStack = 0x08000000 // SA_ONSTACK

// signalHandler sets the handler of a signal, if set is not nil, and returns the
// one before.
func signalHandler(s syscall.Signal, set *action) (before action, err error) {
	_, _, errno := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(s),
		uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(&before)), unsafe.Sizeof(before.mask), 0, 0)
	if errno != 0 {
		err = errno
	}
	return before, err
}

// Work of a thread that was put behind others stays behind when it is shared out.
func TestHelpersKeepThePriority(t *testing.T) {
	s := newSession(t, onnxtest.Runtime(t), "layers/model.onnx")
	rows := make([][]int64, 400)
	for i := range rows {
		rows[i] = []int64{4}
	}
	const nice = 7
	var mu sync.Mutex
	seen := map[int]int{}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its priority
		if err := unix.Setpriority(unix.PRIO_PROCESS, 0, nice); err != nil {
			done <- err
			return
		}
		done <- s.RunRows(t.Context(), rows, onnx.BatchOptions{Tokens: 1}, func(int, []float32, int) {
			raw, _ := unix.Getpriority(unix.PRIO_PROCESS, 0)
			mu.Lock()
			defer mu.Unlock()
			seen[20-raw]++
		})
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if seen[nice] != len(rows) {
		t.Errorf("rows by nice value: %v, want all at %d", seen, nice)
	}
}
