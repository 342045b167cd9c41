package onnx_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

func TestParseDevice(t *testing.T) {
	for in, want := range map[string]string{"": "auto", "auto": "auto", "cpu": "cpu", "cuda": "cuda:0", "cuda:3": "cuda:3"} {
		d, err := onnx.ParseDevice(in)
		if err != nil || d.String() != want {
			t.Errorf("ParseDevice(%q) = %v, %v; want %s", in, d, err, want)
		}
	}
	for _, in := range []string{"gpu", "cuda:", "cuda:-1", "cuda:x", "cpu:0", "CPU"} {
		if _, err := onnx.ParseDevice(in); err == nil || !strings.Contains(err.Error(), "cuda:N") {
			t.Errorf("ParseDevice(%q): error %v does not say what is right", in, err)
		}
	}
}

func TestRuntimeNamesDevice(t *testing.T) {
	rt := onnxtest.Runtime(t)
	if rt.Device() != "cpu" || rt.DeviceNote() != "" || rt.Threads() != 2 || rt.Version() == "" {
		t.Errorf("device %q, note %q, threads %d, version %q", rt.Device(), rt.DeviceNote(), rt.Threads(), rt.Version())
	}
	if filepath.Base(rt.Library()) != "libonnxruntime.so" {
		t.Errorf("library %q", rt.Library())
	}
}

func TestCUDAThatIsMissing(t *testing.T) {
	rt := onnxtest.Runtime(t)
	_, err := onnx.Open(onnx.Options{Library: rt.Library(), Device: onnx.CUDA(99)})
	if !errors.Is(err, onnx.ErrNoDevice) || !strings.Contains(err.Error(), "cuda:99") || !strings.Contains(err.Error(), "--device cpu") {
		t.Errorf("error %v", err)
	}
	auto := onnxtest.RuntimeOn(t, onnx.Auto)
	if auto.Device() == "cpu" && auto.DeviceNote() == "" {
		t.Error("auto took the CPU and does not say why")
	}
}

// The library loads once a process, so that a search that fails needs another one.
func TestNoLibrary(t *testing.T) {
	if os.Getenv("GLOSS_TEST_SEARCH") != "" {
		_, err := onnx.Open(onnx.Options{})
		if err == nil {
			os.Stdout.WriteString("opened")
			return
		}
		os.Stdout.WriteString(err.Error())
		if !errors.Is(err, onnx.ErrNoLibrary) {
			os.Stdout.WriteString(" (another error)")
		}
		return
	}
	library := onnxtest.Library(t)
	empty, garbage := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(garbage, "libonnxruntime.so"), []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	search := func(lib string) string {
		cmd := exec.Command(os.Args[0], "-test.run=^TestNoLibrary$")
		cmd.Env = append(os.Environ(), "GLOSS_TEST_SEARCH=1", "LD_LIBRARY_PATH=", onnx.EnvLibrary+"="+lib)
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	if out := search(filepath.Dir(library)); !strings.Contains(out, "opened") {
		t.Errorf("%s with a directory: %s", onnx.EnvLibrary, out)
	}
	if out := search(garbage); !strings.Contains(out, "load "+garbage) || !strings.Contains(out, "make deps") || strings.Contains(out, "another") {
		t.Errorf("a file that is no library: %s", out)
	}
	out := search(empty)
	if strings.Contains(out, "opened") {
		t.Skip("this system has a library of its own")
	}
	for _, want := range []string{"beside the program", empty, "libonnxruntime.so.1", "make deps"} {
		if !strings.Contains(out, want) {
			t.Errorf("the error does not name %q: %s", want, out)
		}
	}
}

func TestCaptureStderr(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	restore, err := onnx.CaptureStderr(f)
	if err != nil {
		t.Fatal(err)
	}
	syscall.Write(2, []byte("native noise\n"))
	if err := restore(); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(f.Name()); string(got) != "native noise\n" {
		t.Errorf("captured %q", got)
	}
}

// ONNX Runtime reports errors as values; nothing of it may reach the screen.
func TestErrorsAreSilent(t *testing.T) {
	rt := onnxtest.Runtime(t)
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := newSession(t, rt, "layers/model.onnx")
	restore, err := onnx.CaptureStderr(f)
	if err != nil {
		t.Fatal(err)
	}
	_, runErr := s.Run(t.Context(), map[string]onnx.Tensor{
		"input_ids": onnx.Ints([]int64{999999}, 1, 1), "attention_mask": onnx.Ints([]int64{1}, 1, 1)})
	_, loadErr := rt.NewSession(onnx.Source{Data: brokenModel(t)}, onnx.SessionOptions{})
	if err := restore(); err != nil {
		t.Fatal(err)
	}
	if runErr == nil || loadErr == nil {
		t.Errorf("an identifier outside the vocabulary: %v; a broken model: %v", runErr, loadErr)
	}
	if got, _ := os.ReadFile(f.Name()); len(got) > 0 {
		t.Errorf("on the standard error stream: %q", got)
	}
}

// brokenModel is a model whose graph can be listed but whose operator is unknown.
func brokenModel(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(onnxtest.Testdata("layers/model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.Replace(string(data), "Gather", "Gother", 1))
}
