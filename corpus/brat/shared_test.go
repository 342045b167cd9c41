package brat_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// shared is where data too large or not free enough for the repository lies.
const shared = "../../../shared"

func sharedPath(tb testing.TB, elem ...string) string {
	tb.Helper()
	path := filepath.Join(append([]string{shared}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("%s is missing: this test needs the shared data beside the repository", path)
	}
	return path
}

func parse(tb testing.TB, txt, ann string) *brat.File {
	tb.Helper()
	f, err := brat.Parse([]byte(ann), corpus.NewText(txt))
	if err != nil {
		tb.Fatalf("Parse(%q): %v", ann, err)
	}
	return f
}

// eachAnn calls f for every .ann file of the shared corpora, with its text.
func eachAnn(tb testing.TB, f func(path string, ann []byte, txt string)) {
	tb.Helper()
	root := sharedPath(tb, "data")
	n := 0
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".ann") {
			return err
		}
		ann, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		txt, err := os.ReadFile(strings.TrimSuffix(path, ".ann") + ".txt")
		if err != nil {
			return err
		}
		n++
		f(path, ann, string(txt))
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	if n == 0 {
		tb.Skipf("no .ann file below %s", root)
	}
}
