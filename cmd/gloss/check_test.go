package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/check"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// glossCheck runs the command as main does.
func glossCheck(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), append([]string{"check"}, args...), strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func TestCheckCommand(t *testing.T) {
	const inverted, right = "T1\tX 5 0\tHello\n", "T1\tX 0 5\tHello\n"
	dir := t.TempDir()
	for name, content := range map[string]string{"a.txt": "Hello", "a.ann": inverted, "b.txt": "Hello", "b.ann": inverted} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ann := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	j, err := journal.Open(filepath.Join(dir, ".gloss"), "ana")
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Begin(t.Context(), "b", []byte(inverted), ""); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}

	if code, out, errOut := glossCheck(t, dir); code != exitProblems || !strings.HasPrefix(out, "a.ann:1: inverted-span: ") || !strings.Contains(errOut, "--fix repairs 2") {
		t.Errorf("check: %d\n%s\n%s", code, out, errOut)
	}
	if ann("a.ann") != inverted {
		t.Error("check without --fix changes nothing")
	}
	code, out, errOut := glossCheck(t, dir, "--fix")
	if code != exitProblems || !strings.Contains(out, "-"+inverted+"+"+right) || !strings.Contains(errOut, "journal-ana.db has decisions") {
		t.Errorf("fix: %d\n%s\n%s", code, out, errOut)
	}
	if ann("a.ann") != right || ann("b.ann") != inverted || ann(".gloss/backup/a.ann") != inverted {
		t.Errorf("after fix: %q, %q", ann("a.ann"), ann("b.ann"))
	}
	// With the journal elsewhere nothing speaks against it.
	code, out, errOut = glossCheck(t, dir, "--fix", "--json", "--state", filepath.Join(dir, ".other"))
	var report check.FixReport
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 0 || len(report.Fixed) != 1 || report.Findings == nil || ann("b.ann") != right {
		t.Errorf("fix elsewhere: %d, %v\n%s\n%s", code, err, out, errOut)
	}
	if code, out, _ := glossCheck(t, dir, "--json"); code != 0 || out != "{\"findings\":[]}\n" {
		t.Errorf("clean: %d %s", code, out)
	}
	if code, _, _ := glossCheck(t, filepath.Join(dir, "nowhere"), "--fix"); code != exitCannot {
		t.Errorf("no such directory: %d", code)
	}
	if code, _, _ := glossCheck(t); code != exitWrongUse {
		t.Errorf("no directory: %d", code)
	}
}
