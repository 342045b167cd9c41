package onnx_test

import (
	"syscall"
	"testing"
	"unsafe"

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
