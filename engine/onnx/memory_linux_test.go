package onnx_test

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// resident is the memory of this process in bytes.
func resident(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(data), "VmRSS:")
	var kilobytes int64
	if _, err := fmt.Sscan(after, &kilobytes); err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

func TestALargeBatchGivesItsMemoryBack(t *testing.T) {
	s := newSession(t, onnxtest.Runtime(t), "../../ner/testdata/pipeline/wordpiece/model.onnx")
	rows := make([][]int64, 128)
	for i := range rows {
		rows[i] = make([]int64, 256)
	}
	visit := func(int, []float32, int) {}
	if err := s.RunRows(t.Context(), rows[:1], onnx.BatchOptions{}, visit); err != nil {
		t.Fatal(err)
	}
	before := resident(t)
	if err := s.RunRows(t.Context(), rows, onnx.BatchOptions{Tokens: 1 << 20}, visit); err != nil {
		t.Fatal(err)
	}
	// The attention alone takes 2 heads · 128 · 256² numbers, 64 MB, more than once.
	if more := resident(t) - before; more > 32<<20 {
		t.Errorf("%d MB are kept", more>>20)
	}
}
