package doctor

import (
	"errors"
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

func TestPartsOfAGPU(t *testing.T) {
	for what, c := range map[string]struct {
		parts onnx.CUDAParts
		bad   string // names of what is not well
		word  string // of the details and fixes
	}{
		"nothing":      {onnx.CUDAParts{Driver: errors.New("libcuda.so.1: cannot open")}, "CUDA provider, CUDA driver, CUDA libraries", "make gpu"},
		"no driver":    {onnx.CUDAParts{Provider: "/x/p.so", Driver: errors.New("libcuda.so.1: cannot open")}, "CUDA driver", "libcuda.so.1"},
		"no device":    {onnx.CUDAParts{Provider: "/x/p.so"}, "CUDA driver", "0 devices"},
		"no libraries": {onnx.CUDAParts{Provider: "/x/p.so", Devices: 1, Missing: []string{"libcudnn.so.9"}}, "CUDA libraries", "libcudnn.so.9"},
		"all":          {onnx.CUDAParts{Provider: "/x/p.so", Devices: 2}, "", "2 devices"},
	} {
		var bad []string
		all := ""
		for _, check := range gpuChecks(c.parts) {
			if !check.OK {
				bad = append(bad, check.Name)
			}
			if check.OK != (check.Fix == "") || check.Needed {
				t.Errorf("%s: %+v", what, check)
			}
			all += check.Detail + check.Fix
		}
		if got := strings.Join(bad, ", "); got != c.bad || !strings.Contains(all, c.word) {
			t.Errorf("%s: %q, want %q; %s", what, got, c.bad, all)
		}
	}
}

func TestGPUIsLookedAtWhereItIsAskedFor(t *testing.T) {
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	if checks := gpu("cpu"); checks != nil {
		t.Errorf("with --device cpu: %+v", checks)
	}
	if checks := gpu("cuda"); len(checks) != 3 {
		t.Errorf("with --device cuda: %+v", checks)
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
