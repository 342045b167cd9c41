package onnx_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// driver is a CUDA driver that counts devices, or refuses with a status.
const driver = `int cuInit(unsigned flags) { return %d; } int cuDeviceGetCount(int *n) { *n = %d; return 0; }`

// cudaMachine makes a directory that looks like an installation of ONNX Runtime on a
// machine with a GPU: a driver of the test's own and a provider that is no library.
func cudaMachine(t *testing.T, status, devices int, provider bool) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler")
	}
	library, dir := onnxtest.Library(t), t.TempDir()
	data, err := os.ReadFile(library)
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "libonnxruntime.so"), data, 0o755)); err != nil {
		t.Fatal(err)
	}
	if provider {
		for _, name := range []string{"libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("no library"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.Command(cc, "-shared", "-fPIC", "-x", "c", "-o", filepath.Join(dir, "libcuda.so.1"), "-")
	cmd.Stdin = strings.NewReader(fmt.Sprintf(driver, status, devices))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("the C compiler makes no library: %s", out)
	}
	return dir
}

// Where a GPU cannot be used, the one that was asked for is refused with what is
// missing, and auto takes the processor and says why; a model runs there. A process
// loads one library, so each case has its own.
func TestProviderThatRefuses(t *testing.T) {
	if device := os.Getenv("GLOSS_TEST_DEVICE"); device != "" {
		openAndRun(t, device)
		return
	}
	for _, c := range []struct {
		what            string
		status, devices int
		provider        bool
		device          string
		want            []string
	}{
		{"no provider", 0, 1, false, "cuda", []string{"no such device: cuda:0", "built without CUDA", "make gpu", "--device cpu"}},
		{"the driver refuses", 100, 0, true, "cuda", []string{"no such device: cuda:0", "answers with error 100", "--device cpu"}},
		{"another index", 0, 1, true, "cuda:1", []string{"no such device: cuda:1", "has 1 CUDA devices"}},
		{"the provider refuses", 0, 1, true, "cuda", []string{"no such device: cuda:0", "the CUDA provider does not load", "LD_LIBRARY_PATH", "missing: libonnxruntime_providers_cuda.so"}},
		{"auto", 0, 1, true, "auto", []string{"runs on cpu", "the CUDA provider does not load"}},
		{"auto without devices", 0, 0, true, "auto", []string{"runs on cpu", "has 0 CUDA devices"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir := cudaMachine(t, c.status, c.devices, c.provider)
			cmd := exec.Command(os.Args[0], "-test.run=^TestProviderThatRefuses$", "-test.v")
			cmd.Env = append(os.Environ(), "GLOSS_TEST_DEVICE="+c.device, "LD_LIBRARY_PATH="+dir, onnx.EnvLibrary+"="+dir)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			for _, want := range c.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("it does not say %q: %s", want, out)
				}
			}
		})
	}
}

// openAndRun tells in the test's log what opening a device gives.
func openAndRun(t *testing.T, name string) {
	device, err := onnx.ParseDevice(name)
	if err != nil {
		t.Fatal(err)
	}
	rt, err := onnx.Open(onnx.Options{Device: device})
	if err != nil {
		if !errors.Is(err, onnx.ErrNoDevice) {
			t.Fatal(err)
		}
		t.Log(err)
		if rt, err = onnx.Open(onnx.Options{Device: onnx.CPU}); err != nil {
			t.Fatal(err)
		}
		t.Log("missing:", strings.Join(rt.CUDAParts().Missing, ", "))
		return
	}
	if _, err := newSession(t, rt, "layers/model.onnx").Run(t.Context(), idsAndMask(4)); err != nil {
		t.Fatal(err)
	}
	t.Log("runs on", rt.Device(), rt.DeviceNote())
}
