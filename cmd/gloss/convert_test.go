package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConvert(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.Mkdir(in, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"a.txt": "Tos seca.\n", "a.ann": "T1\tX 0 3\tTos\nN1\tReference T1 K:1\n"} {
		if err := os.WriteFile(filepath.Join(in, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{in, out, "--from", "brat", "--to", "iob2", "--json"}, 0, "1  links: left out"},
		{[]string{in, out, "--from", "brat"}, exitWrongUse, "--to"},
		{[]string{in, out, "--from", "brat", "--to", "word"}, exitWrongUse, "word"},
		{[]string{in, "--to", "iob2"}, exitWrongUse, "input and the output"},
		{[]string{in, in, "--from", "brat", "--to", "iob2"}, exitCannot, "input itself"},
		{[]string{filepath.Join(dir, "none"), out, "--to", "brat"}, exitCannot, "none"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), append([]string{"convert"}, c.args...), nil, &stdout, &stderr)
		if code != c.code || !strings.Contains(stderr.String(), c.says) {
			t.Errorf("%v: exit %d, %q; want %d and %q", c.args, code, stderr.String(), c.code, c.says)
		}
		var report struct{ Documents, Mentions, Written int }
		if code == 0 && (json.Unmarshal(stdout.Bytes(), &report) != nil || report.Written != 1) {
			t.Errorf("%v: standard output %q", c.args, stdout.String())
		}
	}
}
