package train

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// python writes a program that stands for a Python: it lacks the modules that are
// named, and as a recipe it runs a script with the folder of the run in $run.
func python(t *testing.T, lacks []string, recipe string) string {
	t.Helper()
	missing, err := json.Marshal(append([]string{}, lacks...))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "python")
	script := "#!/bin/sh\n" +
		"if [ \"$1\" = -c ]; then echo '" + string(missing) + "'; exit; fi\n" +
		"while [ $# -gt 0 ]; do [ \"$1\" = --out ] && run=$2; last=$1; shift; done\n" + recipe + "\n"
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

const whole = `mkdir -p "$run/bundle"; echo new > "$run/bundle/model.onnx"
echo "a library's own words"
echo '{"event": "check", "report": {"warnings": ["careful"]}}'
echo '{"event": "epoch", "epoch": 1, "epochs": 2, "loss": 0.5, "dev": {"f1": 0.25}, "seconds": 3}'
echo '{"event": "done", "recipe": "test", "epochs": 2, "best_epoch": 1, "figures": {"dev": {}}}'`

func setup(t *testing.T, recipe string) Options {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	return Options{Task: "ner", Config: "config.toml", Out: filepath.Join(t.TempDir(), "model"), Python: python(t, nil, recipe)}
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(data))
}

func oldModel(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "model.onnx"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRunPutsAWholeModelInPlace(t *testing.T) {
	o := setup(t, whole)
	var kinds []string
	o.Progress = func(e Event) { kinds = append(kinds, e.Kind) }
	oldModel(t, o.Out)
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, o.Out, "model.onnx"); got != "new" {
		t.Errorf("the model is %q, want the new one", got)
	}
	if r.Recipe != "test" || r.BestEpoch != 1 || string(r.Check) != `{"warnings": ["careful"]}` {
		t.Errorf("result %+v", r)
	}
	if got := strings.Join(kinds, " "); got != "check epoch done" {
		t.Errorf("events %q", got)
	}
	rest, err := filepath.Glob(o.Out + "*")
	if err != nil || len(rest) != 1 {
		t.Errorf("%v lie beside the model", rest)
	}
}

func TestAFailureChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		recipe string
		want   string
		config bool
	}{
		"wrong configuration": {`echo '{"event":"error","kind":"config","message":"c.toml:3: x: unknown key"}'; exit 2`, "c.toml:3: x: unknown key", true},
		"wrong data":          {`echo '{"event":"error","kind":"data","message":"a.ann: broken"}'; exit 3`, "a.ann: broken", false},
		"a crash":             {`echo "RuntimeError: out of memory" >&2; exit 1`, "RuntimeError: out of memory", false},
		"no model":            {`exit 0`, "without a model", false},
		"half a model":        {`echo '{"event":"done"}'`, "bundle", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := setup(t, c.recipe)
			oldModel(t, o.Out)
			_, err := Run(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrConfig) != c.config {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if got := read(t, o.Out, "model.onnx"); got != "old" {
				t.Errorf("the model is %q, want the old one", got)
			}
		})
	}
}

func TestCancellingInterruptsTheRecipe(t *testing.T) {
	o := setup(t, `trap 'echo checkpoint > "$run/left"; echo "{\"event\":\"stopped\",\"resumes\":true}"; exit 130' INT
mkdir -p "$run"; echo '{"event":"batch"}'; while :; do read -r line < "$0"; done`)
	oldModel(t, o.Out)
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(e Event) {
		if e.Kind == "batch" {
			cancel()
		}
	}
	_, err := Run(ctx, o)
	if !errors.Is(err, ErrStopped) || !strings.Contains(err.Error(), "goes on from there") {
		t.Errorf("error %v, want that the run stopped and can go on", err)
	}
	if got := read(t, o.Out+".training", "left"); got != "checkpoint" {
		t.Errorf("the run left %q", got)
	}
	if got := read(t, o.Out, "model.onnx"); got != "old" {
		t.Errorf("the model is %q, want the old one", got)
	}
}

func TestWhatIsNotReplaced(t *testing.T) {
	o := setup(t, whole)
	if err := os.WriteFile(o.Out, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "notes.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for out, want := range map[string]string{"": "--out", o.Out: "not a directory", other: "other things than a model"} {
		o.Out = out
		if _, err := Run(t.Context(), o); !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), want) {
			t.Errorf("--out %q: error %v, want %q", out, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(other, "notes.txt")); err != nil {
		t.Error(err)
	}
}

func TestFindPython(t *testing.T) {
	full, poor := python(t, nil, ""), python(t, []string{"torch", "onnx"}, "")
	empty := t.TempDir()
	for name, c := range map[string]struct{ named, env, path, want, problem string }{
		"named":          {full, poor, "", full, ""},
		"environment":    {"", full, "", full, ""},
		"named but poor": {poor, full, "", "", "lacks torch, onnx; install them with: " + poor + " -m pip install -r reqs.txt"},
		"named nothing":  {"/nowhere/python", "", "", "", "name another with --python or $GLOSS_PYTHON"},
		"nothing at all": {"", "", empty, "", "there is no python3; make one with: python3 -m venv .venv && .venv/bin/pip install -r reqs.txt"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(empty)
			t.Setenv("GLOSS_PYTHON", c.env)
			if c.path != "" {
				t.Setenv("PATH", c.path)
			}
			got, err := FindPython(t.Context(), c.named, "reqs.txt")
			if got != c.want || c.problem != "" && (!errors.Is(err, ErrPython) || !strings.Contains(err.Error(), c.problem)) || c.problem == "" && err != nil {
				t.Errorf("found %q, error %v; want %q, %q", got, err, c.want, c.problem)
			}
		})
	}
}

func TestEverySourceIsCarried(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	dir, err := unpack()
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*/*.py", "*/*.toml", "*/*.txt", "*/*/*.py", "*/*/*.toml", "requirements.txt"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasPrefix(f, "tests") || strings.HasPrefix(f, "testdata") {
				continue
			}
			if read(t, f) != read(t, dir, f) {
				t.Errorf("%s is not carried: add its folder to the patterns of sources.go", f)
			}
		}
	}
	if again, err := unpack(); err != nil || again != dir {
		t.Errorf("unpacked to %s, then to %s (%v)", dir, again, err)
	}
}
