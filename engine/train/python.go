package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrPython is wrapped where no Python that can train is found. The message has
// the command that makes one.
var ErrPython = errors.New("no Python that can train")

// modules are what the recipes import: of Python 3.11, and of requirements.txt.
var modules = []string{"tomllib", "numpy", "torch", "transformers", "tokenizers", "torchcrf", "gensim", "lightgbm", "onnx", "onnxruntime"}

const probe = `import importlib.util, json, sys
print(json.dumps([m for m in sys.argv[1:] if importlib.util.find_spec(m) is None]))`

// FindPython finds a Python with the modules that the recipes need: the one that
// is named, else that of $GLOSS_PYTHON, else the first that fits of .venv here,
// .venv beside the program and its directory, and python3. requirements is the
// file that errors tell to install.
func FindPython(ctx context.Context, named, requirements string) (string, error) {
	if named == "" {
		named = os.Getenv("GLOSS_PYTHON")
	}
	if named != "" {
		missing, err := lacks(ctx, named)
		if err != nil {
			return "", fmt.Errorf("%w: %s: %w; name another with --python or $GLOSS_PYTHON", ErrPython, named, err)
		}
		if len(missing) > 0 {
			return "", fmt.Errorf("%w: %s lacks %s; install them with: %s -m pip install -r %s",
				ErrPython, named, strings.Join(missing, ", "), named, requirements)
		}
		return named, nil
	}
	var tried []string
	for _, python := range usual() {
		missing, err := lacks(ctx, python)
		if err == nil && len(missing) == 0 {
			return python, nil
		}
		if err == nil {
			tried = append(tried, fmt.Sprintf("%s lacks %s", python, strings.Join(missing, ", ")))
		}
	}
	if len(tried) == 0 {
		tried = []string{"there is no python3"}
	}
	return "", fmt.Errorf("%w: %s; make one with: python3 -m venv .venv && .venv/bin/pip install -r %s, or name one with --python or $GLOSS_PYTHON",
		ErrPython, strings.Join(tried, "; "), requirements)
}

// usual are the places where a Python is looked for.
func usual() []string {
	found := []string{filepath.Join(".venv", "bin", "python")}
	if program, err := os.Executable(); err == nil {
		beside := filepath.Dir(program)
		found = append(found, filepath.Join(beside, ".venv", "bin", "python"), filepath.Join(filepath.Dir(beside), ".venv", "bin", "python"))
	}
	return append(found, "python3")
}

// lacks tells which modules a Python does not have, without importing them.
func lacks(ctx context.Context, python string) ([]string, error) {
	out, err := exec.CommandContext(ctx, python, append([]string{"-c", probe}, modules...)...).Output()
	if err != nil {
		return nil, err
	}
	var missing []string
	if err := json.Unmarshal(out, &missing); err != nil {
		return nil, fmt.Errorf("it is no Python 3: %w", err)
	}
	return missing, nil
}
