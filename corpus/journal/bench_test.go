package journal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
)

const million = 1_000_000

// longDir is what long made, "" where no benchmark asked for it.
var longDir string

func removeLong() {
	if longDir != "" {
		_ = os.RemoveAll(longDir) // the system's temporary files, after all
	}
}

// long is a directory with the journal of a million decisions, made once.
var long = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "gloss-bench-")
	if err != nil {
		return "", err
	}
	longDir = dir
	j, err := Open(dir, "ana")
	if err != nil {
		return "", err
	}
	const group = 10_000
	for first := int64(1); first <= million; first += group {
		ds := make([]corpus.Decision, group)
		for i := range ds {
			ds[i] = typical(first + int64(i))
		}
		if err := j.Append(context.Background(), ds); err != nil {
			return "", err
		}
	}
	return dir, j.Close()
})

// typical is one of the decisions of a large project: 10,000 documents of 100
// mentions, each linked; 20,000 different names; every tenth step is taken back.
func typical(seq int64) corpus.Decision {
	d := corpus.Decision{
		Seq: seq, Time: noon.Add(time.Duration(seq) * time.Second), Who: "ana", Doc: fmt.Sprintf("section/note-%05d", seq/100),
		Kind: corpus.SetLink, Step: seq, Millis: 2300, Text: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	}
	id, name, concept := fmt.Sprintf("T%d", seq%100), fmt.Sprintf("mention number %d", seq%20_000), fmt.Sprintf("C%07d", seq%20_000)
	d.Before = mention(id, "ENFERMEDAD", name)
	d.After = mention(id, "ENFERMEDAD", name, concept)
	line := "N1\tReference " + id + " kb:" + concept + "\t" + name
	d.Edit = []corpus.LineEdit{{At: int(seq % 100), New: &line}}
	d.Offer = &corpus.Offer{Candidates: []corpus.Offered{{DB: "kb", ID: concept, Score: 0.9}, {DB: "kb", ID: "C1", Score: 0.4}}, Score: 0.9, Model: "m"}
	if seq%10 == 0 {
		d.Kind, d.Of, d.Before, d.After = corpus.Undo, seq-1, d.After, d.Before
	}
	return d
}

func openLong(b *testing.B) *Journal {
	b.Helper()
	dir, err := long()
	if err != nil {
		b.Fatal(err)
	}
	j, err := Open(dir, "ana")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := j.Close(); err != nil {
			b.Error(err)
		}
	})
	return j
}

// From nothing to the state of the journal: with a snapshot, and without.
func BenchmarkOpen(b *testing.B) {
	for _, snapshot := range []bool{false, true} {
		b.Run(fmt.Sprintf("decisions=%d/snapshot=%v", million, snapshot), func(b *testing.B) {
			dir, err := long()
			if err != nil {
				b.Fatal(err)
			}
			if !snapshot {
				if err := os.RemoveAll(filepath.Join(dir, "journal-ana.snapshot")); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				j, err := Open(dir, "ana")
				if err != nil {
					b.Fatal(err)
				}
				s, err := j.Fold(context.Background())
				if err != nil || s.Last() < million {
					b.Fatal(s.Last(), err)
				}
				if err := j.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One decision: with its fsync, and what it takes beside that.
func BenchmarkAppend(b *testing.B) {
	for _, sync := range []string{"FULL", "OFF"} {
		b.Run(fmt.Sprintf("decisions=%d/fsync=%s", million, sync), func(b *testing.B) {
			j := openLong(b)
			if _, err := j.db.Exec(`PRAGMA synchronous = ` + sync); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				mustAppend(b, j, []corpus.Decision{typical(j.Last() + 1)})
			}
		})
	}
}

// Taking the last decision back in memory, and repeating it.
func BenchmarkUndo(b *testing.B) {
	b.Run(fmt.Sprintf("decisions=%d", million), func(b *testing.B) {
		s, err := openLong(b).Fold(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		s.AliasChanges()
		for b.Loop() {
			kind, of := corpus.Undo, s.UndoTarget()
			if s.RedoTarget() != 0 {
				kind, of = corpus.Redo, s.RedoTarget()
			}
			d := typical(of)
			s.Apply(corpus.Decision{Seq: s.Last() + 1, Step: s.Last() + 1, Kind: kind, Of: of, Doc: d.Doc, Before: d.After, After: d.Before})
			s.AliasChanges()
		}
	})
}
