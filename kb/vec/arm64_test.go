package vec

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestOnARM64 compiles this package for another processor and runs its tests there, as
// far as this machine has the means: Debian's gcc-aarch64-linux-gnu and qemu-user.
func TestOnARM64(t *testing.T) {
	const compiler, emulator, libraries = "aarch64-linux-gnu-gcc", "qemu-aarch64", "/usr/aarch64-linux-gnu"
	switch _, err := exec.LookPath(compiler); {
	case runtime.GOARCH == "arm64":
		t.Skip("every test of this package is one on arm64 here")
	case testing.Short():
		t.Skip("compiling for arm64 takes a minute")
	case err != nil:
		t.Skip("no compiler for arm64: " + compiler)
	}
	program := filepath.Join(t.TempDir(), "vec.test")
	build := exec.Command("go", "test", "-c", "-o", program, ".")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=1", "CC="+compiler)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := exec.LookPath(emulator); err != nil {
		t.Skip("compiled for arm64, not run: no " + emulator)
	}
	// Of each kind one; all of them take minutes in an emulator.
	run := exec.Command(emulator, "-L", libraries, program, "-test.v", "-test.run", "^(FuzzKernels|TestDotsAgree|TestScoresAreWithinTheirSlack|TestPassesEdges)$")
	out, err := run.CombinedOutput()
	if err != nil || strings.Count(string(out), "\n--- PASS") < 3 {
		t.Errorf("%v\n%s", err, out)
	}
	neonRan := exec.Command(emulator, "-L", libraries, program, "-test.v", "-test.run", "^TestKernelsHere$")
	if out, err := neonRan.CombinedOutput(); err != nil || !strings.Contains(string(out), "neon") {
		t.Errorf("NEON is not among the kernels: %v\n%s", err, out)
	}
}

// TestKernelsHere tells which kernels the other tests hold to the portable one.
func TestKernelsHere(t *testing.T) {
	all := kernels()
	t.Log(all)
	if all[len(all)-1] != portable {
		t.Errorf("kernels %v: the portable one is not the last", all)
	}
}
