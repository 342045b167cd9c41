// Package onnxtest helps tests that need native inference: it finds the library
// of the checkout, and the small models of engine/onnx/testdata.
package onnxtest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

// root is the checkout.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// Library is the path of the checkout's ONNX Runtime. The test is skipped where
// there is none.
func Library(t testing.TB) string {
	t.Helper()
	lib := os.Getenv(onnx.EnvLibrary)
	if lib == "" {
		lib = filepath.Join(root(), "build", "lib", "libonnxruntime.so")
	}
	if _, err := os.Stat(lib); err != nil {
		t.Skipf("no ONNX Runtime at %s: run \"make deps\" in the checkout", lib)
	}
	return lib
}

// Runtime opens ONNX Runtime on the CPU with two threads.
func Runtime(t testing.TB) *onnx.Runtime {
	t.Helper()
	return RuntimeOn(t, onnx.CPU)
}

// RuntimeOn opens ONNX Runtime on a device with two threads.
func RuntimeOn(t testing.TB, device onnx.Device) *onnx.Runtime {
	t.Helper()
	rt, err := onnx.Open(onnx.Options{Library: Library(t), Device: device, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

// Testdata is a path inside engine/onnx/testdata.
func Testdata(name string) string {
	return filepath.Join(root(), "engine", "onnx", "testdata", filepath.FromSlash(name))
}

// Bundle opens a model of engine/onnx/testdata.
func Bundle(t testing.TB, name string) *onnx.Bundle {
	t.Helper()
	b, err := onnx.OpenDir(Testdata(name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Shipped opens a model of engine/demo. The test is skipped where it is not there.
func Shipped(t testing.TB, name string) *onnx.Bundle {
	t.Helper()
	dir := filepath.Join(root(), "engine", "demo", name)
	if _, err := os.Stat(filepath.Join(dir, "tokenizer.json")); err != nil {
		t.Skipf("the shipped model %s is not in this checkout", dir)
	}
	b, err := onnx.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
