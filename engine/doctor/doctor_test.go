package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

func named(t *testing.T, checks []Check, name string) Check {
	t.Helper()
	for _, c := range checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("nobody looked at %q", name)
	return Check{}
}

func TestEveryCheckSaysWhatMendsIt(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("TERM", "")
	seen := map[string]bool{}
	for _, c := range Run("cpu") {
		if seen[c.Name] {
			t.Errorf("%s was looked at twice", c.Name)
		}
		seen[c.Name] = true
		if c.OK != (c.Fix == "") || c.Detail == "" {
			t.Errorf("%+v: what is well needs no command, what is not needs one, and both a word", c)
		}
	}
	for _, name := range []string{"ONNX Runtime", "device", "terminal", "locale", "cache directory", "go", "tmux"} {
		if !seen[name] {
			t.Errorf("nobody looked at %q", name)
		}
	}
}

func TestEnvironment(t *testing.T) {
	for _, c := range []struct {
		name, check string
		env         map[string]string
		ok          bool
	}{
		{"a terminal", "terminal", map[string]string{"TERM": "xterm-256color"}, true},
		{"no terminal", "terminal", map[string]string{"TERM": ""}, false},
		{"a dumb terminal", "terminal", map[string]string{"TERM": "dumb"}, false},
		{"UTF-8", "locale", map[string]string{"LC_ALL": "", "LC_CTYPE": "", "LANG": "es_ES.UTF-8"}, true},
		{"utf8", "locale", map[string]string{"LC_ALL": "", "LC_CTYPE": "", "LANG": "es_ES.utf8"}, true},
		{"LC_ALL wins", "locale", map[string]string{"LC_ALL": "C", "LC_CTYPE": "", "LANG": "es_ES.UTF-8"}, false},
		{"LC_CTYPE wins over LANG", "locale", map[string]string{"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"}, true},
		{"no locale", "locale", map[string]string{"LC_ALL": "", "LC_CTYPE": "", "LANG": ""}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			got := map[string]func() Check{"terminal": terminal, "locale": encoding}[c.check]()
			if got.OK != c.ok || got.Needed {
				t.Errorf("%+v, want OK %v and not needed", got, c.ok)
			}
		})
	}
}

func TestCacheDirectory(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	if c := cache(); !c.OK || !c.Needed || c.Detail != filepath.Join(dir, "gloss") {
		t.Errorf("%+v", c)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", file)
	if c := cache(); c.OK || c.Fix == "" {
		t.Errorf("a cache that cannot be made: %+v", c)
	}
}

func TestTools(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	git := filepath.Join(dir, "git")
	if err := os.WriteFile(git, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tmux"), nil, 0o644); err != nil { // cannot be run
		t.Fatal(err)
	}
	checks := Run("cpu")
	if c := named(t, checks, "git"); !c.OK || c.Detail != git {
		t.Errorf("%+v", c)
	}
	for _, name := range []string{"tmux", "cargo"} {
		if c := named(t, checks, name); c.OK || c.Needed || !strings.Contains(c.Fix, "install") {
			t.Errorf("%+v", c)
		}
	}
}

func TestDevice(t *testing.T) {
	if c := deviceCheck("gpu"); c.OK || !strings.Contains(c.Detail, `"gpu"`) {
		t.Errorf("a device of no kind: %+v", c)
	}
	if c := deviceCheck("cuda:999"); c.OK || c.Detail == "" {
		t.Errorf("a device that is not there: %+v", c)
	}
}

func TestNativeLibrary(t *testing.T) {
	lib := onnxtest.Library(t)
	t.Setenv(onnx.EnvLibrary, lib)
	checks := Run("cpu")
	if c := named(t, checks, "ONNX Runtime"); !c.OK || !c.Needed || !strings.Contains(c.Detail, "libonnxruntime") {
		t.Errorf("%+v", c)
	}
	for _, device := range []string{"cpu", ""} {
		if c := deviceCheck(device); !c.OK {
			t.Errorf("device %q: %+v", device, c)
		}
	}
	if c := deviceCheck("cpu"); c.Detail != "cpu" {
		t.Errorf("%+v", c)
	}
}
