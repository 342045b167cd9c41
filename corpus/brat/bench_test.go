package brat

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

const (
	manyDocuments = 10_000
	longWords     = 75_000
	longSpans     = 2_000
)

// longDocument is a text of that many words, every so many of which are
// annotated and linked.
func longDocument() (text, ann string) {
	var t, a strings.Builder
	at := 0
	for i := range longWords {
		word := fmt.Sprintf("niño%d", i)
		n := len(word) - 1 // characters
		if k := i / (longWords / longSpans); i%(longWords/longSpans) == 0 && k < longSpans {
			fmt.Fprintf(&a, "T%d\tENFERMEDAD %d %d\t%s\nN%d\tReference T%d kb:%d\tname %d\n", k+1, at, at+n, word, k+1, k+1, k, k)
		}
		sep := " "
		if i%12 == 11 {
			sep = "\n"
		}
		t.WriteString(word + sep)
		at += n + 1
	}
	return t.String(), a.String()
}

func BenchmarkOpenAndList(b *testing.B) {
	b.Run(fmt.Sprintf("documents=%d", manyDocuments), func(b *testing.B) {
		dir := b.TempDir()
		for i := range manyDocuments {
			base := filepath.Join(dir, fmt.Sprintf("section%02d", i/500), fmt.Sprintf("note-%d", i))
			if i%500 == 0 {
				mustDo(b, os.MkdirAll(filepath.Dir(base), 0o755))
			}
			mustDo(b, os.WriteFile(base+".txt", []byte("Niño con fiebre.\n"), 0o644))
			mustDo(b, os.WriteFile(base+".ann", []byte("T1\tSINTOMA 9 15\tfiebre\n"), 0o644))
		}
		b.ReportAllocs()
		for b.Loop() {
			c, err := Open(dir)
			if err != nil || len(c.Names()) != manyDocuments {
				b.Fatalf("%d documents, %v", c.Len(), err)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text, ann := longDocument()
	b.Run(fmt.Sprintf("words=%d/spans=%d", longWords, longSpans), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := Parse([]byte(ann), corpus.NewText(text))
			if err != nil || len(f.Mentions()) != longSpans || len(f.Problems()) > 0 {
				b.Fatal(len(f.Mentions()), f.Problems(), err)
			}
		}
	})
}

// One edit of a long document, from the edit to the renamed file: on the disk,
// and where there is no disk to wait for. What lies between is the fsyncs.
func BenchmarkEditAndSave(b *testing.B) {
	text, ann := longDocument()
	for _, disk := range []string{os.TempDir(), "/dev/shm"} {
		b.Run(fmt.Sprintf("words=%d/spans=%d/disk=%s", longWords, longSpans, filepath.Base(disk)), func(b *testing.B) {
			dir, err := os.MkdirTemp(disk, "gloss-bench-")
			if err != nil {
				b.Skipf("no file system in memory here: %v", err)
			}
			b.Cleanup(func() { mustDo(b, os.RemoveAll(dir)) })
			path := filepath.Join(dir, "long.ann")
			mustDo(b, os.WriteFile(path, []byte(ann), 0o644))
			f, err := Parse([]byte(ann), corpus.NewText(text))
			mustDo(b, err)
			s, err := StampOf(path)
			mustDo(b, err)
			for i := 0; b.Loop(); i++ {
				_, err := f.SetLabel("T1000", fmt.Sprintf("L%d", i%2))
				mustDo(b, err)
				s, err = Write(path, f.Bytes(), s)
				mustDo(b, err)
			}
		})
	}
}

func mustDo(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
