package check_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/check"
)

func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// found runs the check and shortens each finding to "file:line kind".
func found(t *testing.T, dir string) ([]string, []check.Finding) {
	t.Helper()
	all, err := check.Dir(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range all {
		if f.Message == "" || f.Fix == "" || f.Message != strings.TrimSuffix(f.Message, ".") {
			t.Errorf("a finding wants a message and a fix: %+v", f)
		}
		out = append(out, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Kind))
	}
	return out, all
}

func TestDir(t *testing.T) {
	const text = "Hello wörld 𝒳 foo bar\nline two\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"clean", map[string]string{"a.txt": text, "a.ann": "T1\tX 6 11\twörld\n"}, nil},
		{"no annotations", map[string]string{"a.txt": text}, nil},
		{"mismatch", map[string]string{"d/a.txt": text, "d/a.ann": "T1\tX 0 5\tHello\nT2\tX 6 11\tworld\n"}, []string{"d/a.ann:2 text-mismatch"}},
		{"spans", map[string]string{"a.txt": text, "a.ann": "T1\tX 5 0\tHello\nT2\tX 0 99\tHello\nT3\tX 0 5;4 6\tHello o \nT4\tX -1 5\tHello\nT5\tX 18 26\tbar line\n"},
			[]string{"a.ann:1 inverted-span", "a.ann:2 out-of-range", "a.ann:3 overlapping-fragments", "a.ann:4 out-of-range", "a.ann:5 newline-in-span"}},
		{"lines", map[string]string{"a.txt": text, "a.ann": "\ufeffT9\tX 0 5\tHello\nT1\tX 0 5\tHello\nT1\tX 0 5\tHello\n\nA1\tNeg T7\nnonsense\nT2 X 0 5 Hello\n1\tx\nT4\tX 3 3\nT3\tX 0 5\nT5\tX 0 5\tHello\u2028\n"},
			[]string{"a.ann:1 bom", "a.ann:3 duplicate-id", "a.ann:4 blank-line", "a.ann:5 dangling-reference", "a.ann:6 unknown-line", "a.ann:7 unknown-line", "a.ann:8 unloadable", "a.ann:9 unloadable", "a.ann:10 missing-text", "a.ann:11 line-separator"}},
		{"encodings", map[string]string{"a.txt": "x\n\xff", "a.ann": "\xff", "b.txt": "x", "b.ann": "# \xff", "c.txt": "x"},
			[]string{"a.txt:2 invalid-utf8", "a.ann:1 invalid-utf8", "b.ann:1 invalid-utf8"}},
		{"orphans", map[string]string{"a.txt": "x", "b.ann": "", "s/c.ann": "", ".git/d.ann": "", "hidden_e.ann": ""},
			[]string{"b.ann:0 no-text-file", "s/c.ann:0 no-text-file"}},
		{"partial", map[string]string{"a.txt": text, "a.a1": "T1\tX 0 5\tHello", "a.a2": "T2\tX 0 5\tHello\nT1\tX 0 5\tHello\n"}, []string{"a.a2:2 duplicate-id"}},
		{"config", map[string]string{"a.txt": "x", "s/b.txt": "x", "annotation.conf": "[entities]\nA # c\n[relations]\n[events]\n"},
			[]string{"annotation.conf:2 broken-config", "annotation.conf:5 config-warning"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, all := found(t, tree(t, c.files))
			if !slices.Equal(got, c.want) {
				t.Errorf("found\n got %q\nwant %q\n%v", got, c.want, all)
			}
		})
	}
}

func TestReadings(t *testing.T) {
	for _, c := range []struct{ name, text, ann, want string }{
		{"crlf", "ab\r\ncd\r\nef gh\r\n", "T1\tX 3 5\tcd\nT2\tX 6 8\tef\nT3\tX 9 11\tgh\n", "characters with CRLF as one"},
		{"crlf and all else right", "ab\r\ncd\r\nef gh\r\n", "T1\tX 4 6\tcd\nT2\tX 8 10\tef\n", ""},
		{"bom", "\ufeffab cd ef", "T1\tX 0 2\tab\nT2\tX 3 5\tcd\n", "characters after the byte order mark"},
		{"utf-16", "ab 𝒳 cd 𝒳 ef", "T1\tX 0 2\tab\nT2\tX 6 8\tcd\nT3\tX 12 14\tef\n", "UTF-16 units"},
		{"utf-8", "ñandú año sí", "T1\tX 0 7\tñandú\nT2\tX 8 12\taño\nT3\tX 13 16\tsí\n", "UTF-8 bytes"},
		{"single errors", "ñandú año sí no", "T1\tX 0 4\tñandú\nT2\tX 5 8\taño\nT3\tX 9 11\tsi\nT4\tX 13 15\tno\n", ""},
		{"a chance hit", "ñ a b c d e", "T1\tX 3 4\ta\nT2\tX 4 5\tz\nT3\tX 5 6\tz\nT4\tX 6 7\tz\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, all := found(t, tree(t, map[string]string{"a.txt": c.text, "a.ann": c.ann}))
			got := ""
			for _, f := range all {
				if f.Kind == check.OffsetReading {
					got += f.Message
				}
			}
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q; %v", got, c.want, all)
			}
		})
	}
}

func TestDirErrors(t *testing.T) {
	if _, err := check.Dir(t.Context(), t.TempDir()); !errors.Is(err, brat.ErrNoDocuments) {
		t.Errorf("empty directory: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := check.Dir(ctx, tree(t, map[string]string{"a.txt": ""})); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestFindingJSON pins the names that scripts rely on.
func TestFindingJSON(t *testing.T) {
	b, err := json.Marshal(check.Finding{File: "a.ann", Line: 3, Kind: "k", Message: "m", Fix: "f"})
	if want := `{"file":"a.ann","line":3,"kind":"k","message":"m","fix":"f"}`; err != nil || string(b) != want {
		t.Errorf("got %s, %v, want %s", b, err, want)
	}
}

func TestSharedCorpora(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("%s is missing: this test needs the shared data beside the repository", root)
	}
	for dir, want := range map[string]int{"cantemist": 0, "nubes": 0, "pharmaconer": 5} {
		got, _ := found(t, filepath.Join(root, dir))
		if len(got) != want {
			t.Errorf("%s: %d findings, want %d: %.400q", dir, len(got), want, got)
		}
	}
}
