package convert

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes files below a new directory.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// tree reads all files below a path, by name; "" is a file itself.
func tree(t testing.TB, path string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(path, func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(path, p)
		rel = strings.TrimPrefix(rel, ".")
		data, err := os.ReadFile(p)
		all[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func run1(t testing.TB, in, out, from, to string) *Report {
	t.Helper()
	r, err := Convert(context.Background(), in, out, Options{From: from, To: to})
	if err != nil {
		t.Fatalf("%s to %s: %v", from, to, err)
	}
	return r
}

func TestOutputIsReplacedOnlyWhereConvertMadeIt(t *testing.T) {
	in := write(t, map[string]string{"a.txt": "Tos seca.\n", "a.ann": "T1\tS 0 3\tTos\n"})
	for _, to := range []string{"brat", "jsonl", "pharmaconer-indexing"} {
		t.Run(to, func(t *testing.T) {
			work := t.TempDir()
			out := filepath.Join(work, "out")
			run1(t, in, out, "brat", to)
			first := tree(t, out)
			if err := os.WriteFile(filepath.Join(in, "b.txt"), []byte("Fiebre.\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			run1(t, in, out, "brat", to)
			second := tree(t, out)
			if len(second) == len(first) && second[""] == first[""] {
				t.Error("the second conversion changed nothing")
			}
			if err := os.Remove(filepath.Join(in, "b.txt")); err != nil {
				t.Fatal(err)
			}
			for name := range second { // a person works in it
				f := filepath.Join(out, name)
				if name == "" {
					f = out
				}
				if err := os.WriteFile(f, []byte("mine"), 0o644); err != nil {
					t.Fatal(err)
				}
				break
			}
			before := tree(t, work)
			if _, err := Convert(context.Background(), in, out, Options{From: "brat", To: to}); !errors.Is(err, ErrOutput) {
				t.Errorf("over changed output: %v, want ErrOutput", err)
			}
			if after := tree(t, work); !same(before, after) {
				t.Errorf("a refusal left %v, want %v", after, before)
			}
		})
	}
}

func same(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

func TestOutputThatIsNotOurs(t *testing.T) {
	in := write(t, map[string]string{"a.txt": "Tos.\n"})
	foreign := write(t, map[string]string{"x": "y", "empty": ""})
	for out, ok := range map[string]bool{
		in: false, foreign: false, filepath.Join(foreign, "x"): false,
		filepath.Join(foreign, "empty"): true, filepath.Join(foreign, "new"): true, t.TempDir(): false,
	} {
		_, err := Convert(context.Background(), in, out, Options{From: "brat", To: "jsonl"})
		if ok != (err == nil) || !ok && !errors.Is(err, ErrOutput) {
			t.Errorf("to %s: %v, want success %v", out, err, ok)
		}
	}
	if got := tree(t, foreign)["x"]; got != "y" {
		t.Errorf("the foreign file is %q", got)
	}
}

func TestBadInputWritesNothing(t *testing.T) {
	for name, c := range map[string]struct{ from, to, data, want string }{
		"tag":             {"iob2", "brat", "Tos\tB-X\nno tag\n", ":2:"},
		"word alone":      {"iob2", "jsonl", "Tos\n", ":1:"},
		"json":            {"jsonl", "brat", "{\"doc\":\"a\",\"text\":\"x\"}\n{\"doc\":", ":2:"},
		"span":            {"jsonl", "brat", `{"doc":"a","text":"abc","spans":[{"label":"X","spans":[[1,9]]}]}`, ":1:"},
		"no name":         {"jsonl", "brat", `{"text":"abc"}`, ":1:"},
		"escaping name":   {"jsonl", "brat", `{"doc":"../a","text":"abc"}`, "../a"},
		"hidden name":     {"jsonl", "brat", `{"doc":".a","text":"abc"}`, ".a"},
		"twice":           {"jsonl", "brat", "{\"doc\":\"a\",\"text\":\"abc\"}\n{\"doc\":\"a\",\"text\":\"abc\"}\n", "two documents"},
		"no text":         {"distemist", "brat", "filename\tlabel\toff0\toff1\tspan\na\tX\t0\t1\tx\n", "--text"},
		"offsets":         {"distemist", "livingner", "filename\tlabel\toff0\toff1\tspan\na\tX\t0\t1\tx\na\tX\t5\tz\tx\n", ":3:"},
		"not UTF-8":       {"iob2", "brat", "ni\xf1o\tO\n", ":1:"},
		"overlap in one":  {"jsonl", "brat", `{"doc":"a","text":"abcdef","spans":[{"label":"X","spans":[[0,3],[1,4]]}]}`, "overlap"},
		"nothing to read": {"pharmaconer-indexing", "brat", "a\t1\n", "no places"},
		"token and text":  {"hf", "brat", `{"doc":"a","text":"abc","tokens":["x"],"ner_tags":["O"],"offsets":[[0,1]]}`, ":1:"},
		"spacy":           {"spacy", "brat", `[{"text":"abc","ents":[{"start":2,"end":7,"label":"X"}]}]`, "document 1"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{"in": c.data})
			_, err := Convert(context.Background(), filepath.Join(dir, "in"), filepath.Join(dir, "out"), Options{From: c.from, To: c.to})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if left := tree(t, dir); len(left) != 1 {
				t.Errorf("files left: %v", left)
			}
		})
	}
}
