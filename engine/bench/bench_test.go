package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// The test binary stands for both sides: as gloss it serves, as Python it is a
// pipeline that finds what gloss finds, but for one mention.
const role = "GLOSS_BENCH_TEST_ROLE"

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(role) {
	case "gloss":
		err = Serve(context.Background(), os.Stdin, os.Stdout)
	case "python":
		if len(os.Args) > 1 && os.Args[1] == "-c" {
			err = fakePeer(os.Stdin, os.Stdout)
		} else { // gloss's side of a test that has a peer
			err = Serve(context.Background(), os.Stdin, os.Stdout)
		}
	case "kb":
		err = ServeKB(context.Background(), os.Stdin, os.Stdout)
	case "broken":
		err = fmt.Errorf("Traceback\nModuleNotFoundError: No module named 'torch'")
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fakePeer(in io.Reader, out io.Writer) error {
	answers, requests := json.NewEncoder(out), json.NewDecoder(in)
	answers.Encode(versions{"t", "tf"})
	var w worker
	for {
		var r struct {
			request
			Out, Source, Target string
		}
		if err := requests.Decode(&r); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		var a runAnswer
		var err error
		switch r.Do {
		case "make":
			err = os.CopyFS(r.Out, os.DirFS("../ner/testdata/pipeline/wordpiece"))
		case "quantise":
			var data []byte
			if data, err = os.ReadFile(filepath.Join(filepath.Dir(r.Source), "model_int8.onnx")); err == nil {
				err = os.WriteFile(r.Target, data, 0o600)
			}
		case "open":
			if r.Stride != 64 || r.Aggregation != "simple" {
				return fmt.Errorf("stride %d, aggregation %q", r.Stride, r.Aggregation)
			}
			err = w.open(r.request)
		case "run":
			r.Batch *= 512
			if a, err = w.run(context.Background(), r.request); len(a.Spans) > 0 {
				a.Spans[0] = a.Spans[0][1:]
			}
			a.Seconds = 1
		}
		if err != nil {
			return err
		}
		answers.Encode(a)
	}
}

func options(t *testing.T, as string) NEROptions {
	t.Helper()
	t.Setenv("GLOSS_ORT_LIB", onnxtest.Runtime(t).Library()) // which skips where it is missing
	t.Setenv(role, as)
	return NEROptions{
		Texts:   []string{"Varón de 61 años con dolor abdominal y fiebre.", "😀 Niña con tos… «asma» 世界 y otitis.", "", "Pérdida de peso."},
		Shapes:  []Shape{{1, 64}},
		Threads: 1, Runs: 3, Python: os.Args[0],
		Worker: func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, os.Args[0]) },
		Say:    t.Logf,
	}
}

func TestComparesWithThePeer(t *testing.T) {
	r, err := NER(t.Context(), options(t, "python"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Torch != "t" || r.Transformers != "tf" || len(r.Notes) > 0 || len(r.Models) != 1 {
		t.Fatalf("%+v", r)
	}
	m := r.Models[0]
	if m.Name != "1x64" || m.Documents != 4 || len(m.Sides) != 3 {
		t.Fatalf("%+v", m)
	}
	pipeline, full, small := m.Sides[0], m.Sides[1], m.Sides[2]
	if pipeline.Name != Pipeline || full.Name != FP32 || small.Name != Int8 {
		t.Errorf("sides %q, %q, %q", pipeline.Name, full.Name, small.Name)
	}
	if pipeline.PerSecond != 4 || pipeline.Times != 1 || pipeline.Differ != nil {
		t.Errorf("pipeline: %+v", pipeline)
	}
	if full.Differ == nil || *full.Differ != 1 || full.Spans != pipeline.Spans+1 {
		t.Errorf("gloss, with a mention that the pipeline lacks: %+v", full)
	}
	if *small.Differ < 1 || full.Times != full.PerSecond/4 || len(full.Seconds) != 3 {
		t.Errorf("gloss: %+v, %+v", full, small)
	}
}

func TestWithoutAPeerGlossIsMeasuredAlone(t *testing.T) {
	for _, python := range []string{"/nowhere/python3", os.Args[0]} {
		o := options(t, "broken")
		o.Python = python
		o.Worker = func(ctx context.Context) *exec.Cmd {
			cmd := exec.CommandContext(ctx, os.Args[0])
			cmd.Env = append(os.Environ(), role+"=gloss")
			return cmd
		}
		o.Model = "../ner/testdata/pipeline/wordpiece"
		r, err := NER(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Models) != 1 || len(r.Models[0].Sides) != 1 || r.Models[0].Sides[0].Name != FP32 || r.Models[0].Sides[0].Spans == 0 {
			t.Errorf("%+v", r.Models)
		}
		notes := strings.Join(r.Notes, "\n")
		why := "No module named 'torch'"
		if python != os.Args[0] {
			why = "/nowhere/python3"
		}
		if !strings.Contains(notes, why) || !strings.Contains(notes, "gloss is measured alone") {
			t.Errorf("notes %q do not tell of %q", notes, why)
		}
		o.Model = ""
		if r, err = NER(t.Context(), o); err != nil || len(r.Models) != 1 || r.Models[0].Name != "gloss-small-es" {
			t.Errorf("without a model: %+v, %v", r.Models, err)
		}
	}
}

// The real pipeline, where a Python has it.
func TestSpansEqualThePipelines(t *testing.T) {
	python := os.Getenv("GLOSS_PYTHON")
	if python == "" {
		t.Skip("GLOSS_PYTHON names no Python with torch, transformers, onnx and onnxruntime")
	}
	o := options(t, "gloss")
	o.Python = python
	o.Texts = append(o.Texts, strings.Repeat("Mujer con fiebre y tos, sin disnea. ", 200)) // more than a window
	o.Runs = 1
	r, err := NER(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Notes) > 0 || len(r.Models[0].Sides) != 3 {
		t.Fatalf("%+v", r)
	}
	if s := r.Models[0].Sides[1]; *s.Differ != 0 || s.Spans < 10 {
		t.Errorf("%d of %d spans differ", *s.Differ, s.Spans)
	}
}

func TestServeRefusesARunWithoutAModel(t *testing.T) {
	err := Serve(t.Context(), strings.NewReader(`{"do":"run","batch":512,"first":1}`), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "before a model") {
		t.Error(err)
	}
	if err := Serve(t.Context(), strings.NewReader(`{`), io.Discard); err == nil {
		t.Error("half a request was no error")
	}
}

func TestMentions(t *testing.T) {
	a := settle("a bc  d", []mention{{"X", 5, 7}, {"X", 1, 5}, {"Y", 0, 1}, {"X", 2, 4}, {"Z", 4, 6}})
	want := []mention{{"Y", 0, 1}, {"X", 2, 4}, {"X", 6, 7}}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("settled: %v, want %v", a, want)
	}
	for _, c := range []struct {
		a, b []mention
		want int
	}{
		{nil, nil, 0},
		{want, want, 0},
		{want, nil, 3},
		{want, []mention{{"Y", 0, 1}, {"Y", 2, 4}, {"X", 6, 7}, {"X", 8, 9}}, 3},
	} {
		if got := differ(c.a, c.b); got != c.want {
			t.Errorf("differ(%v, %v) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
	var back []mention
	data, err := json.Marshal(want)
	if err == nil {
		err = json.Unmarshal(data, &back)
	}
	if err != nil || !reflect.DeepEqual(back, want) {
		t.Errorf("%s: %v, %v", data, back, err)
	}
}

func TestSpreadAndMedian(t *testing.T) {
	texts := strings.Fields("0 1 2 3 4 5 6 7 8 9")
	for n, want := range map[int]string{1: "0", 3: "0 3 6", 10: "0 1 2 3 4 5 6 7 8 9", 0: "0 1 2 3 4 5 6 7 8 9", 99: "0 1 2 3 4 5 6 7 8 9"} {
		if got := strings.Join(spread(texts, n), " "); got != want {
			t.Errorf("spread %d: %s, want %s", n, got, want)
		}
	}
	if m := median([]float64{9, 1, 2}); m != 2 {
		t.Error(m)
	}
	if m := median([]float64{4, 1, 2, 9}); m != 3 {
		t.Error(m)
	}
}

func TestParseShape(t *testing.T) {
	if s, err := ParseShape("12x768"); err != nil || s != (Shape{12, 768}) {
		t.Error(s, err)
	}
	for _, bad := range []string{"", "4", "4x", "x256", "4x100", "0x64", "4x256 ", "4x256x2", "-1x64"} {
		if s, err := ParseShape(bad); err == nil {
			t.Errorf("%q: %v", bad, s)
		}
	}
}

func TestLastLine(t *testing.T) {
	var l lastLines
	fmt.Fprintf(&l, "Traceback\n%s\nValueError: no\n\n", bytes.Repeat([]byte("x"), 2*keptBytes))
	if l.last() != "ValueError: no" || len(l.kept) > keptBytes {
		t.Errorf("%q, %d bytes", l.last(), len(l.kept))
	}
}
