package workbench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

const (
	manyDocuments = 10_000
	perDocument   = 100 // decisions
	longWords     = 75_000
	longSpans     = 2_000
)

// longCorpus is a collection in dir with a million decisions in the journal of
// ana: a hundred mentions of each document were written, one after the other.
func longCorpus(b *testing.B, dir string) {
	b.Helper()
	j, err := journal.Open(filepath.Join(dir, ".gloss"), "ana")
	mustDo(b, err)
	text := strings.Repeat("fiebre ", perDocument)
	runes := corpus.NewText(text)
	seq := int64(0)
	for i := range manyDocuments {
		name := fmt.Sprintf("note-%05d", i)
		batch := journal.Batch{Begun: []journal.Begun{{Doc: name, Time: time.Unix(0, 0), Ann: nil}}}
		var ann strings.Builder
		for k := range perDocument {
			seq++
			m := corpus.Mention{
				ID: fmt.Sprintf("T%d", k+1), Label: "SINTOMA", Spans: corpus.One(corpus.Off(7*k), corpus.Off(7*k+6)),
				Text: runes.Slice(corpus.Span{Start: corpus.Off(7 * k), End: corpus.Off(7*k + 6)}), Score: corpus.NoScore,
			}
			line := fmt.Sprintf("T%d\tSINTOMA %d %d\tfiebre", k+1, 7*k, 7*k+6)
			ann.WriteString(line + "\n")
			batch.Decisions = append(batch.Decisions, corpus.Decision{
				Seq: seq, Step: seq, Time: time.Unix(seq, 0), Who: "ana", Doc: name, Kind: corpus.Create, After: &m,
				Edit: []corpus.LineEdit{{At: k, New: &line}},
			})
		}
		mustDo(b, j.AppendBatch(b.Context(), batch))
		mustDo(b, os.WriteFile(filepath.Join(dir, name+".txt"), []byte(text), 0o644))
		mustDo(b, os.WriteFile(filepath.Join(dir, name+".ann"), []byte(ann.String()), 0o644))
	}
	_, err = j.Fold(b.Context()) // leaves the snapshot that closing a workbench leaves
	mustDo(b, err)
	mustDo(b, j.Close())
}

func openBench(b *testing.B, dir, doc string) *Workbench {
	b.Helper()
	w, err := Open(b.Context(), Options{Dir: dir, Who: "ana", Workers: 1})
	mustDo(b, err)
	w.Look(Look{Doc: doc})
	for w.Doc(doc) == nil {
		<-w.Changed()
	}
	if d := w.Doc(doc); d.ReadOnly != "" || len(d.Items) == 0 {
		b.Fatalf("%s has %d items; read-only: %q", doc, len(d.Items), d.ReadOnly)
	}
	return w
}

// Opening a corpus with a long journal until its first document can be decided
// on, and an undo of the last step there, up to the new picture.
func BenchmarkLongJournal(b *testing.B) {
	dir := b.TempDir()
	longCorpus(b, dir)
	last := fmt.Sprintf("note-%05d", manyDocuments-1)
	size := fmt.Sprintf("decisions=%d/documents=%d", manyDocuments*perDocument, manyDocuments)
	b.Run("open/"+size, func(b *testing.B) {
		for b.Loop() {
			w := openBench(b, dir, last)
			b.StopTimer()
			mustDo(b, w.Close(context.Background()))
			b.StartTimer()
		}
	})
	b.Run("undo/"+size, func(b *testing.B) {
		w := openBench(b, dir, last)
		for i := 0; b.Loop(); i++ {
			var a Action = Undo{}
			if i%2 == 1 {
				a = Redo{}
			}
			_, err := w.Do(b.Context(), a)
			mustDo(b, err)
		}
		mustDo(b, w.Close(context.Background()))
	})
}

// One decision on a long document until its row and its .ann file are on the
// disk, and where there is no disk to wait for.
func BenchmarkDecideAndSave(b *testing.B) {
	for _, disk := range []string{os.TempDir(), "/dev/shm"} {
		b.Run(fmt.Sprintf("words=%d/spans=%d/disk=%s", longWords, longSpans, filepath.Base(disk)), func(b *testing.B) {
			dir, err := os.MkdirTemp(disk, "gloss-bench-")
			if err != nil {
				b.Skipf("no file system in memory here: %v", err)
			}
			b.Cleanup(func() { mustDo(b, os.RemoveAll(dir)) })
			var ann strings.Builder
			for k := range longSpans {
				at := k * (longWords / longSpans) * 7
				fmt.Fprintf(&ann, "T%d\tSINTOMA %d %d\tfiebre\n", k+1, at, at+6)
			}
			mustDo(b, os.WriteFile(filepath.Join(dir, "long.txt"), []byte(strings.Repeat("fiebre ", longWords)), 0o644))
			mustDo(b, os.WriteFile(filepath.Join(dir, "long.ann"), []byte(ann.String()), 0o644))
			w := openBench(b, dir, "long")
			w.stop() // the loop that writes .ann files: here each is waited for
			w.loops.Wait()
			for i := 0; b.Loop(); i++ {
				_, err := w.Do(b.Context(), SetLabel{At{"long", "T1000"}, fmt.Sprintf("L%d", i%2)})
				mustDo(b, err)
				mustDo(b, w.writer.Drain(b.Context()))
				mustDo(b, w.writeAll())
			}
			mustDo(b, w.Close(context.Background()))
		})
	}
}

func mustDo(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// A text that occurs once in each document of a collection is found, linked everywhere
// and undone. No document is in memory when it begins.
func BenchmarkEverywhere(b *testing.B) {
	const documents = 1000
	text := strings.Repeat("Paciente sin antecedentes de interés que acude a consulta.\n", 40) + "Refiere fiebre.\n"
	size := fmt.Sprintf("documents=%d", documents)
	open := func(b *testing.B) *Workbench {
		dir := b.TempDir()
		for i := range documents {
			mustDo(b, os.WriteFile(filepath.Join(dir, fmt.Sprintf("note-%04d.txt", i)), []byte(text), 0o644))
		}
		mustDo(b, os.WriteFile(filepath.Join(dir, "note-0000.ann"), nil, 0o644))
		w, err := Open(b.Context(), Options{Dir: dir, Who: "ana", Workers: 1})
		mustDo(b, err)
		return w
	}
	pattern := Pattern{Scope: InCorpus, Text: "fiebre", Label: "SINTOMA", Candidate: &dos}
	b.Run("preview/"+size, func(b *testing.B) {
		w := open(b)
		for b.Loop() {
			p, err := w.Occurrences(b.Context(), pattern)
			mustDo(b, err)
			if len(p.Places) != documents {
				b.Fatalf("%d places", len(p.Places))
			}
		}
		mustDo(b, w.Close(context.Background()))
	})
	b.Run("apply and undo/"+size, func(b *testing.B) {
		w := open(b)
		p, err := w.Occurrences(b.Context(), pattern)
		mustDo(b, err)
		for b.Loop() {
			_, err := w.Do(b.Context(), Apply{Places: p.Places})
			mustDo(b, err)
			_, err = w.Do(b.Context(), Undo{})
			mustDo(b, err)
		}
		b.StopTimer()
		mustDo(b, w.Close(context.Background()))
	})
}
