package batch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

func TestAnnotateWritesTextsAnnotationsAndALog(t *testing.T) {
	r := newRig(t, texts)
	write(t, filepath.Join(r.in, "a2.ann"), "T1\tOTHER 0 4\tNiño\n") // plays no part
	before := tree(t, r.in)
	sum := r.mustAnnotate(Options{Workers: 3})
	if want := (Summary{Documents: 5, Sentences: 5, Spans: 8, Linked: 3, Seconds: sum.Seconds, Device: "cpu"}); sum != want {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
	got := tree(t, r.out)
	log := got["gloss.jsonl"]
	delete(got, "gloss.jsonl")
	want := map[string]string{
		"a2.ann":  "T1\tHUMAN 0 4\tNiño\nT2\tSINTOMA 11 17\tfiebre\nN1\tReference T2 sintomas:HP:1\tfiebre & calor\nT3\tSINTOMA 20 23\ttos\n",
		"a10.ann": "T1\tSINTOMA 6 9\ttos\nT2\tSINTOMA 21 27\tfiebre\nN1\tReference T2 sintomas:HP:1\tfiebre & calor\n",
		"b.ann":   "", "c/d1.ann": "",
		"c/d2.ann": "T1\tSINTOMA 0 3\ttos\nT2\tSINTOMA 6 12\tfiebre\nN1\tReference T2 sintomas:HP:1\tfiebre & calor\nT3\tSINTOMA 18 21\ttos\n",
	}
	for _, doc := range order {
		want[doc+".txt"] = texts[doc+".txt"]
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("files\n%q\nwant\n%q", got, want)
	}
	if !reflect.DeepEqual(tree(t, r.in), before) {
		t.Error("the collection changed")
	}
	rows := r.rows("gloss.jsonl")
	if !slices.Equal(docs(rows), order) {
		t.Errorf("the log lists %q", docs(rows))
	}
	const second = `{"id":"T2","label":"SINTOMA","spans":[[21,27]],"text":"fiebre","score":0.9,` +
		`"links":[{"db":"sintomas","id":"HP:1","name":"fiebre & calor"}],"source":"model","candidates":[{"db":"sintomas","id":"HP:1",`
	if !strings.Contains(log, second) {
		t.Errorf("the log is\n%s\nwant in it\n%s", log, second)
	}
	if c := rows[1].Spans[1].Candidates; len(c) != 2 || c[1].Name != "No tiene fiebre." {
		t.Errorf("candidates %+v: want two, the second named by the sentence around", c)
	}
	if !strings.Contains(log, `"links":[],"source":"model","candidates":[]`) {
		t.Error("no links and no candidates are to be [], not null")
	}
}

func TestTextsAreLinkedNotCopied(t *testing.T) {
	r := newRig(t, texts)
	r.mustAnnotate(Options{})
	a, errA := os.Stat(filepath.Join(r.in, "a2.txt"))
	b, errB := os.Stat(filepath.Join(r.out, "a2.txt"))
	if errA != nil || errB != nil || !os.SameFile(a, b) {
		t.Errorf("not the same file: %v %v", errA, errB)
	}
}

func TestOptionsOfARun(t *testing.T) {
	for _, c := range []struct {
		name  string
		o     Options
		spans int
		ann   string // of a2
	}{
		{"one label", Options{Labels: []string{"HUMAN"}}, 1, "T1\tHUMAN 0 4\tNiño\n"},
		{"score too low", Options{MinScore: 0.95}, 0, ""},
		{"score just enough", Options{MinScore: 0.9, Labels: []string{"HUMAN"}}, 1, "T1\tHUMAN 0 4\tNiño\n"},
		{"links as notes", Options{LinkStyle: brat.StyleNote}, 8, "T1\tHUMAN 0 4\tNiño\nT2\tSINTOMA 11 17\tfiebre\n#1\tAnnotatorNotes T2\tHP:1\nT3\tSINTOMA 20 23\ttos\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, texts)
			if sum := r.mustAnnotate(c.o); sum.Spans != c.spans {
				t.Errorf("%d spans, want %d", sum.Spans, c.spans)
			}
			if got := read(t, filepath.Join(r.out, "a2.ann")); got != c.ann {
				t.Errorf("got\n%s\nwant\n%s", got, c.ann)
			}
		})
	}
}

func TestTwoShardsGiveWhatOneRunGives(t *testing.T) {
	whole := newRig(t, texts)
	all := whole.mustAnnotate(Options{})
	want := tree(t, whole.out)
	parts := newRig(t, texts)
	var sum Summary
	for shard := range 2 {
		s := parts.mustAnnotate(Options{Shard: shard + 1, Shards: 2})
		sum.Documents, sum.Sentences, sum.Spans, sum.Linked = sum.Documents+s.Documents, sum.Sentences+s.Sentences, sum.Spans+s.Spans, sum.Linked+s.Linked
	}
	if all.Seconds, all.Device = 0, ""; sum != all {
		t.Errorf("together %+v, want %+v", sum, all)
	}
	got := tree(t, parts.out)
	one, two := docs(parts.rows("gloss-1-of-2.jsonl")), docs(parts.rows("gloss-2-of-2.jsonl"))
	if !slices.Equal(one, []string{"a2", "b", "c/d2"}) || !slices.Equal(two, []string{"a10", "c/d1"}) {
		t.Errorf("shards did %q and %q", one, two)
	}
	lines := slices.Sorted(strings.Lines(got["gloss-1-of-2.jsonl"] + got["gloss-2-of-2.jsonl"]))
	if !slices.Equal(lines, slices.Sorted(strings.Lines(want["gloss.jsonl"]))) {
		t.Error("the logs of the shards differ from that of one run")
	}
	delete(got, "gloss-1-of-2.jsonl")
	delete(got, "gloss-2-of-2.jsonl")
	delete(want, "gloss.jsonl")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("files\n%q\nwant\n%q", got, want)
	}
	if asked := parts.asked(); asked != "Niño Sin Tiene tos" {
		t.Errorf("the shards asked for %q", asked)
	}
}

func TestARunAfterAllShardsPutsThemTogether(t *testing.T) {
	want := wanted(t)
	r := newRig(t, texts)
	for shard := range 3 {
		r.mustAnnotate(Options{Shard: shard + 1, Shards: 3})
	}
	r.asked()
	if sum := r.mustAnnotate(Options{}); sum.Documents != 5 || sum.Resumed != 5 || sum.Spans != 8 || sum.Linked != 3 {
		t.Errorf("summary %+v", sum)
	}
	if asked := r.asked(); asked != "" {
		t.Errorf("asked again for %q", asked)
	}
	if got := read(t, filepath.Join(r.out, "gloss.jsonl")); got != want["gloss.jsonl"] {
		t.Errorf("the log is\n%s\nwant\n%s", got, want["gloss.jsonl"])
	}
	// What a shard did with other options, or to another text, is not taken over.
	for _, o := range []Options{{MinScore: 0.1}, {}} {
		r = newRig(t, texts)
		r.mustAnnotate(Options{Shard: 1, Shards: 2, MinScore: o.MinScore})
		write(t, filepath.Join(r.in, "a2.txt"), "tos de nuevo.\n")
		r.asked()
		sum := r.mustAnnotate(Options{})
		if want := 2 - 2*int(o.MinScore+0.9); sum.Resumed != want {
			t.Errorf("%+v: %d documents were taken over, want %d", o, sum.Resumed, want)
		}
		if got := docs(r.rows("gloss.jsonl")); !slices.Equal(got, order) {
			t.Errorf("%+v: the log has %q", o, got)
		}
	}
}

func TestBrokenDocumentsDoNotEndTheRun(t *testing.T) {
	r := newRig(t, texts)
	write(t, filepath.Join(r.in, "a10.txt"), "Tiene t\xf3s.\n")
	write(t, filepath.Join(r.in, "c/d1.ann"), "T1\tSINTOMA 0 3\tSin\nnonsense\n")
	write(t, filepath.Join(r.in, "c/d2.ann"), "T1\tSINTOMA 900 903\ttos\n") // wrong, but a line
	var progress []int
	sum, err := r.annotate(t.Context(), Options{Progress: func(done, _ int) { progress = append(progress, done) }})
	if !errors.Is(err, ErrDocument) || !errors.Is(err, brat.ErrUTF8) || !strings.Contains(err.Error(), "a10.txt") {
		t.Errorf("the broken text is not told: %v", err)
	}
	if !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), "d1.ann:2") {
		t.Errorf("the broken line is not told: %v", err)
	}
	if err == nil || strings.Contains(err.Error(), "d2") {
		t.Errorf("a line that can be read is told: %v", err)
	}
	if sum.Documents != 4 || sum.Spans != 6 {
		t.Errorf("summary %+v", sum)
	}
	if got := docs(r.rows("gloss.jsonl")); !slices.Equal(got, []string{"a2", "b", "c/d1", "c/d2"}) {
		t.Errorf("the log lists %q", got)
	}
	if !slices.Equal(progress, []int{1, 2, 3, 4, 5}) {
		t.Errorf("progress %v", progress)
	}
	if _, err := os.Stat(filepath.Join(r.out, "a10.ann")); err == nil {
		t.Error("there is an annotation file for a text that cannot be read")
	}
}

func TestAFailingModelEndsTheRun(t *testing.T) {
	r := newRig(t, texts)
	broken := errors.New("out of memory")
	r.counter.hook = func(_ context.Context, text string) error {
		if firstWord(text) == "Sin" {
			return broken
		}
		return nil
	}
	sum, err := r.annotate(t.Context(), Options{Workers: 1})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "c/d1") {
		t.Errorf("error %v", err)
	}
	if sum.Documents != 3 {
		t.Errorf("%d documents before the failure", sum.Documents)
	}
	r.asked()
	r.counter.hook = nil
	r.mustAnnotate(Options{Workers: 1})
	if asked := r.asked(); asked != "Sin tos" {
		t.Errorf("the next run asked for %q", asked)
	}
}

// What is told is what went wrong, not that others were stopped because of it.
// Whoever interrupts a run frees the models next.
func TestNothingRunsAfterAnInterruptedRun(t *testing.T) {
	r := newRig(t, texts)
	ctx, cancel := context.WithCancel(t.Context())
	var inside atomic.Int32
	both := make(chan struct{})
	r.counter.hook = func(ctx context.Context, _ string) error {
		if inside.Add(1) == 2 {
			close(both)
		}
		defer inside.Add(-1)
		<-both
		cancel()
		<-ctx.Done()
		for range 1000 {
			runtime.Gosched() // a native run takes a while to stop
		}
		return ctx.Err()
	}
	if _, err := r.annotate(ctx, Options{Workers: 2}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if n := inside.Load(); n != 0 {
		t.Errorf("%d documents were still being annotated", n)
	}
}

func TestTheFirstErrorIsTold(t *testing.T) {
	r := newRig(t, texts)
	broken := errors.New("out of memory")
	r.counter.hook = func(ctx context.Context, text string) error {
		if firstWord(text) == "Tiene" {
			return broken
		}
		<-ctx.Done()
		return ctx.Err()
	}
	if _, err := r.annotate(t.Context(), Options{Workers: 2}); !errors.Is(err, broken) || errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
