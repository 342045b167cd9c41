package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

// What native libraries print stays away from the screen, whether or not there is a
// place for a log.
func TestQuietErrors(t *testing.T) {
	cache, file := t.TempDir(), filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{cache, file} {
		t.Setenv("XDG_CACHE_HOME", dir)
		screen, err := os.Create(filepath.Join(t.TempDir(), "screen"))
		if err != nil {
			t.Fatal(err)
		}
		defer screen.Close()
		back, err := onnx.CaptureStderr(screen)
		if err != nil {
			t.Fatal(err)
		}
		restore := quietErrors()
		_, errQuiet := syscall.Write(2, []byte("native noise\n"))
		restore()
		_, errLoud := syscall.Write(2, []byte("the shell again\n"))
		if err := back(); err != nil || errQuiet != nil || errLoud != nil {
			t.Fatal(err, errQuiet, errLoud)
		}
		if got, err := os.ReadFile(screen.Name()); err != nil || string(got) != "the shell again\n" {
			t.Errorf("cache %s: on the screen: %q, %v", dir, got, err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(cache, "gloss", "gloss.log")); err != nil || !strings.Contains(string(got), "native noise") {
		t.Errorf("the log: %q, %v", got, err)
	}
}
