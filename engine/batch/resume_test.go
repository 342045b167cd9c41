package batch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

// wanted is what a run without interruption gives.
func wanted(t *testing.T) map[string]string {
	t.Helper()
	r := newRig(t, texts)
	r.mustAnnotate(Options{})
	return tree(t, r.out)
}

func TestAnInterruptedRunGoesOnWhereItStopped(t *testing.T) {
	files := map[string]string{}
	var words []string
	for i := range 20 {
		word := fmt.Sprintf("w%02d", i)
		words = append(words, word)
		files[word+".txt"] = word + " tiene fiebre.\n"
	}
	whole := newRig(t, files)
	whole.mustAnnotate(Options{})
	for _, workers := range []int{1, 3} {
		r := newRig(t, files)
		ctx, cancel := context.WithCancel(t.Context())
		var n atomic.Int32
		r.counter.hook = func(context.Context, string) error {
			if n.Add(1) == 3 {
				cancel() // the third one still ends well
			}
			return nil
		}
		sum, err := r.annotate(ctx, Options{Workers: workers})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("%d workers: error %v", workers, err)
		}
		first := r.asked()
		if done := docs(r.rows("gloss.jsonl")); len(done) < 3 || len(done) > 2+workers || sum.Documents != len(done) {
			t.Errorf("%d workers: %q were done, the summary says %d", workers, done, sum.Documents)
		}
		if sum := r.mustAnnotate(Options{Workers: workers}); sum.Documents != 20 || sum.Resumed != len(strings.Fields(first)) || sum.Spans != 20 || sum.Linked != 20 || sum.Sentences != 20 {
			t.Errorf("%d workers: summary of the second run %+v", workers, sum)
		}
		if all := slices.Sorted(strings.FieldsSeq(first + " " + r.asked())); !slices.Equal(all, words) {
			t.Errorf("%d workers: asked for %q, want each once", workers, all)
		}
		if got := tree(t, r.out); !reflect.DeepEqual(got, tree(t, whole.out)) {
			t.Errorf("%d workers: after the second run\n%q", workers, got)
		}
	}
}

// What is done is in the log, not in memory: a program that is killed loses the
// documents that it is at.
func TestAKilledRunLosesWhatItIsAt(t *testing.T) {
	files := map[string]string{}
	for i := range 40 {
		word := fmt.Sprintf("w%02d", i)
		files[word+".txt"] = word + " tiene fiebre.\n"
	}
	const workers = 3
	r, left := newRig(t, files), newRig(t, files)
	first := make(chan struct{}) // the first document takes as long as all others
	var n atomic.Int32
	r.counter.hook = func(_ context.Context, text string) error {
		switch n.Add(1) {
		case 30:
			defer close(first)
			log := read(t, filepath.Join(r.out, "gloss.jsonl"))
			write(t, filepath.Join(left.out, "gloss.jsonl"), log) // what a kill leaves behind
			for _, name := range docs(left.rows("gloss.jsonl")) {
				for _, file := range []string{name + ".txt", name + ".ann"} {
					write(t, filepath.Join(left.out, file), read(t, filepath.Join(r.out, file)))
				}
			}
		}
		if firstWord(text) == "w00" {
			<-first
		}
		return nil
	}
	r.mustAnnotate(Options{Workers: workers})
	sum := left.mustAnnotate(Options{Workers: workers})
	if again := len(strings.Fields(left.asked())); again > 40-30+2*workers || sum.Resumed != 40-again {
		t.Errorf("%d of 40 documents were computed again, %d resumed", again, sum.Resumed)
	}
	if !reflect.DeepEqual(tree(t, left.out), tree(t, r.out)) {
		t.Error("the two runs differ")
	}
}

// The first document hangs while others are done, which must not be lost when
// the run is interrupted; the log has a gap then, which the next run fills.
func TestWhatWasDoneOutOfOrderIsKept(t *testing.T) {
	r := newRig(t, texts)
	ctx, cancel := context.WithCancel(t.Context())
	r.counter.hook = func(ctx context.Context, text string) error {
		switch firstWord(text) {
		case "Niño":
			<-ctx.Done()
			return ctx.Err()
		case "tos":
			cancel()
		}
		return nil
	}
	if _, err := r.annotate(ctx, Options{Workers: 2}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := docs(r.rows("gloss.jsonl")); !slices.Equal(got, order[1:]) {
		t.Errorf("kept %q", got)
	}
	r.asked()
	r.counter.hook = nil
	r.mustAnnotate(Options{})
	if asked := r.asked(); asked != "Niño" {
		t.Errorf("the second run asked for %q", asked)
	}
	if got := tree(t, r.out); !reflect.DeepEqual(got, wanted(t)) {
		t.Errorf("after the second run\n%q", got)
	}
}

func TestWhatIsDoneAgain(t *testing.T) {
	log := func(r *rig) string { return filepath.Join(r.out, "gloss.jsonl") }
	for _, c := range []struct {
		name   string
		change func(r *rig)
		asked  string
	}{
		{"nothing", func(*rig) {}, ""},
		{"a line that a crash cut", func(r *rig) {
			s := read(r.t, log(r))
			write(r.t, log(r), s[:len(s)-20])
		}, "tos"},
		{"a line that lacks its end alone", func(r *rig) {
			write(r.t, log(r), strings.TrimSuffix(read(r.t, log(r)), "\n"))
		}, "tos"},
		{"a line of zeros", func(r *rig) {
			write(r.t, log(r), read(r.t, log(r))+strings.Repeat("\x00", 100)+"\n")
		}, ""},
		{"an annotation file that is gone", func(r *rig) {
			if err := os.Remove(filepath.Join(r.out, "a10.ann")); err != nil {
				r.t.Fatal(err)
			}
		}, "Tiene"},
		{"a text that is gone", func(r *rig) {
			if err := os.Remove(filepath.Join(r.out, "a10.txt")); err != nil {
				r.t.Fatal(err)
			}
		}, "Tiene"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, texts)
			r.mustAnnotate(Options{})
			r.asked()
			c.change(r)
			r.mustAnnotate(Options{})
			if got := r.asked(); got != c.asked {
				t.Errorf("asked for %q, want %q", got, c.asked)
			}
			if got := tree(t, r.out); !reflect.DeepEqual(got, wanted(t)) {
				t.Errorf("after the second run\n%q", got)
			}
		})
	}
}

func TestOtherModelsOrOptionsStartAnew(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*rig, *Options)
	}{
		{"model", func(r *rig, _ *Options) { r.models.Hash = "m2" }},
		{"knowledge base", func(r *rig, _ *Options) { r.models.KBHashes = []string{"k"} }},
		{"label of a knowledge base", func(r *rig, _ *Options) { r.models.Linking = "SINTOMA=k" }},
		{"layers", func(r *rig, _ *Options) { r.models.Layers = []string{"one"} }},
		{"lowest score", func(_ *rig, o *Options) { o.MinScore = 0.1 }},
		{"labels", func(_ *rig, o *Options) { o.Labels = []string{"SINTOMA"} }},
		{"link style", func(_ *rig, o *Options) { o.LinkStyle = brat.StyleNote }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, texts)
			r.mustAnnotate(Options{})
			r.asked()
			var o Options
			c.change(r, &o)
			r.mustAnnotate(o)
			if asked := r.asked(); asked != "Niño Sin Tiene tos" {
				t.Errorf("asked for %q, want all", asked)
			}
			if rows := r.rows("gloss.jsonl"); !slices.Equal(docs(rows), order) || rows[0].Model != rows[4].Model {
				t.Errorf("the log has lines of two runs: %+v", rows)
			}
		})
	}
}

// A text that was replaced is annotated anew, beside the text that it belongs to.
func TestAChangedTextReplacesItsResult(t *testing.T) {
	r := newRig(t, texts)
	r.mustAnnotate(Options{})
	r.asked()
	write(t, filepath.Join(r.in, "a10.txt"), "Mucha tos.\n")
	r.mustAnnotate(Options{})
	if asked := r.asked(); asked != "Mucha" {
		t.Errorf("asked for %q", asked)
	}
	if got := read(t, filepath.Join(r.out, "a10.txt")); got != "Mucha tos.\n" {
		t.Errorf("the text beside the new annotations is %q", got)
	}
	if got := read(t, filepath.Join(r.out, "a10.ann")); got != "T1\tSINTOMA 6 9\ttos\n" {
		t.Errorf("annotations %q", got)
	}
	rows := r.rows("gloss.jsonl")
	if !slices.Equal(docs(rows), order) || len(rows[1].Spans) != 1 {
		t.Errorf("the log lists %q", docs(rows))
	}
}

func TestADocumentThatIsGoneLeavesTheLog(t *testing.T) {
	r := newRig(t, texts)
	r.mustAnnotate(Options{})
	if err := os.Remove(filepath.Join(r.in, "a2.txt")); err != nil {
		t.Fatal(err)
	}
	if sum := r.mustAnnotate(Options{}); sum.Documents != 4 {
		t.Errorf("%d documents", sum.Documents)
	}
	if got := docs(r.rows("gloss.jsonl")); !slices.Equal(got, order[1:]) {
		t.Errorf("the log lists %q", got)
	}
}

func TestOutputThatIsNotSafeIsRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(r *rig) // may change r.out
		want    string
	}{
		{"the collection", func(r *rig) { r.out = r.in }, "collection itself"},
		{"the collection by another name", func(r *rig) {
			link := filepath.Join(r.t.TempDir(), "l")
			if err := os.Symlink(r.in, link); err != nil {
				r.t.Skip(err)
			}
			r.out = link + "/c/.."
		}, "collection itself"},
		{"a file", func(r *rig) { write(r.t, r.out, "mine") }, "it is a file"},
		{"a corpus under work", func(r *rig) { write(r.t, filepath.Join(r.out, ".gloss", "journal-ana.db"), "") }, ".gloss"},
		{"annotations", func(r *rig) { write(r.t, filepath.Join(r.out, "x.ann"), "T1\tA 0 1\tx\n") }, "x.ann"},
		{"annotations below", func(r *rig) { write(r.t, filepath.Join(r.out, "c", "d2.ann"), "T1\tA 0 1\tx\n") }, "d2.ann"},
		{"annotations where a name has brackets", func(r *rig) {
			r.out = filepath.Join(r.t.TempDir(), "a[b")
			write(r.t, filepath.Join(r.out, "a2.ann"), "T1\tA 0 1\tx\n")
		}, "a2.ann"},
		{"another text of the same name", func(r *rig) { write(r.t, filepath.Join(r.out, "a2.txt"), "mine") }, "a2.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, texts)
			c.prepare(r)
			before := [2]map[string]string{tree(t, r.in), tree(t, filepath.Dir(r.out))}
			for range 2 { // the first try must not make the second look like one that goes on
				_, err := r.annotate(t.Context(), Options{})
				if !errors.Is(err, ErrOutput) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want one with %q", err, c.want)
				}
			}
			after := [2]map[string]string{tree(t, r.in), tree(t, filepath.Dir(r.out))}
			if !reflect.DeepEqual(before, after) {
				t.Errorf("something changed: before\n%q\nafter\n%q", before, after)
			}
		})
	}
}

func TestResultsInsideTheCollectionAreNoDocumentsOfIt(t *testing.T) {
	r := newRig(t, texts)
	r.out = filepath.Join(r.in, "out")
	first, err := r.annotate(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.annotate(t.Context(), Options{})
	if err != nil || again.Documents != first.Documents {
		t.Errorf("the second run: %d documents (%v), the first had %d", again.Documents, err, first.Documents)
	}
}
