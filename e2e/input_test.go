package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// files writes a directory from names and contents, and returns it.
func files(t testing.TB, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range content {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// unchanged fails where a directory holds anything but what was written there.
func unchanged(t *testing.T, dir string, content map[string]string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if want, ok := content[name]; !ok || read(t, path) != want {
			t.Errorf("%s was written or changed", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBadInputIsToldClearlyAndChangesNothing gives each command something wrong.
func TestBadInputIsToldClearlyAndChangesNothing(t *testing.T) {
	terms := files(t, map[string]string{"t.tsv": "id\tname\nX:1\tfiebre\nX:2\ttos\n", "odd.tsv": "foo\tbar\n1\t2\n"})
	kb := filepath.Join(t.TempDir(), "kb")
	command(t, 0, "kb", "build", filepath.Join(terms, "t.tsv"), "--out", kb)
	alien := filepath.Join(t.TempDir(), "alien")
	command(t, 0, "kb", "build", filepath.Join(terms, "t.tsv"), "--out", alien)
	meta := filepath.Join(alien, "kb.json")
	text := read(t, meta)
	at := strings.Index(text, `"encoder"`)
	if err := os.WriteFile(meta, []byte(text[:at]+strings.Replace(text[at:], `": "`, `": "0000`, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	good := map[string]string{"a.txt": "Niño con fiebre.\n"}
	for _, c := range []struct {
		name  string
		input map[string]string
		args  []string // DIR stands for the directory with the input
		code  int
		says  string
	}{
		{"no texts", map[string]string{"a.ann": ""}, []string{"annotate", "DIR", "--out", "OUT"}, 3, `\.txt`},
		{"no texts in the workbench", map[string]string{"a.ann": ""}, []string{"DIR"}, 3, `\.txt`},
		{"no directory", good, []string{"check", "DIR/none"}, 3, `none`},
		{"no terminal", good, []string{"DIR"}, 2, `terminal`},
		{"broken line", map[string]string{"a.txt": "Niño con fiebre.\n", "a.ann": "T1 SINTOMA 9 15 fiebre\n"}, []string{"check", "DIR"}, 1, ``},
		{"broken line, annotate", map[string]string{"a.txt": "Niño con fiebre.\n", "a.ann": "T1 SINTOMA 9 15 fiebre\n"}, []string{"annotate", "DIR", "--out", "OUT"}, 1, `a\.ann:1`},
		{"not UTF-8", map[string]string{"a.txt": "Ni\xf1o\n", "b.txt": "Tos.\n"}, []string{"annotate", "DIR", "--out", "OUT"}, 1, `UTF-8`},
		{"nothing but not UTF-8", map[string]string{"a.txt": "Ni\xf1o\n"}, []string{"annotate", "DIR", "--out", "OUT"}, 3, `UTF-8`},
		{"model without tokenizer", map[string]string{"a.txt": "Tos.\n", "m/model.onnx": "x", "m/config.json": "{}"}, []string{"annotate", "DIR", "--out", "OUT", "--model", "DIR/m"}, 3, `tokenizer\.json`},
		{"no such model", good, []string{"annotate", "DIR", "--out", "OUT", "--model", "DIR/none"}, 3, `none`},
		{"no such layer", good, []string{"annotate", "DIR", "--out", "OUT", "--layers", "nope"}, 3, `nope`},
		{"another encoder", good, []string{"link", "DIR", "--kb", alien}, 3, `encoder`},
		{"another encoder, workbench", good, []string{"DIR", "--kb", alien}, 3, `encoder`},
		{"no such KB", good, []string{"link", "DIR", "--kb", "DIR/none"}, 3, `none`},
		{"unknown header", good, []string{"kb", "build", filepath.Join(terms, "odd.tsv"), "--out", "OUT"}, 3, `foo`},
		{"unknown flag", good, []string{"annotate", "DIR", "--nope"}, 2, `nope`},
		{"no output", good, []string{"annotate", "DIR"}, 2, `--out`},
		{"output over the input", good, []string{"annotate", "DIR", "--out", "DIR"}, 3, `collection`},
		{"odd device", good, []string{"annotate", "DIR", "--out", "OUT", "--device", "tpu"}, 3, `tpu`},
		{"no CUDA here", good, []string{"annotate", "DIR", "--out", "OUT", "--device", "cuda"}, 3, `(?i)cuda`},
		{"odd setting", map[string]string{"a.txt": "Tos.\n", "gloss.toml": "colour = 1\n"}, []string{"annotate", "DIR", "--out", "OUT"}, 3, `colour`},
		{"undo of nothing", good, []string{"undo", "DIR", "--last", "1", "--state", "OUT"}, 3, `nothing`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, out := files(t, c.input), filepath.Join(t.TempDir(), "out")
			args := make([]string, len(c.args))
			for i, a := range c.args {
				args[i] = strings.NewReplacer("DIR", dir, "OUT", out).Replace(a)
			}
			stdout, stderr := both(t, c.code, args...)
			if !matches(c.says, stdout+stderr) {
				t.Errorf("gloss %v says %q, not %q", args, stdout+stderr, c.says)
			}
			if strings.Contains(stderr, "panic") || strings.Contains(stderr, "\x1b[") {
				t.Errorf("unclean message: %q", stderr)
			}
			unchanged(t, dir, c.input)
		})
	}
}

// rewrite changes a file as another program does.
func rewrite(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
