package onnx_test

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

func newSession(t testing.TB, rt *onnx.Runtime, name string, outputs ...string) *onnx.Session {
	t.Helper()
	s, err := rt.NewSession(onnx.Source{Path: onnxtest.Testdata(name)}, onnx.SessionOptions{Outputs: outputs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func idsAndMask(ids ...int64) map[string]onnx.Tensor {
	n := int64(len(ids))
	return map[string]onnx.Tensor{"input_ids": onnx.Ints(ids, 1, n), "attention_mask": onnx.Ints(slices.Repeat([]int64{1}, len(ids)), 1, n)}
}

func TestRunFromPathAndBytes(t *testing.T) {
	rt := onnxtest.Runtime(t)
	data, err := os.ReadFile(onnxtest.Testdata("layers/model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []onnx.Source{{Path: onnxtest.Testdata("layers/model.onnx")}, {Data: data}} {
		s, err := rt.NewSession(src, onnx.SessionOptions{Outputs: []string{"logits"}})
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Run(t.Context(), idsAndMask(4, 9)) // tumor, dolor
		if err != nil {
			t.Fatal(err)
		}
		want := []float32{0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 4, 0, 0, 0}
		if !slices.Equal(out[0].Shape, []int64{1, 2, 10}) || !slices.Equal(out[0].Floats, want) {
			t.Errorf("%v: %v", src, out)
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Error(err)
		}
		if _, err := s.Run(t.Context(), idsAndMask(4)); !errors.Is(err, onnx.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

func TestRunFeedsWhatIsDeclared(t *testing.T) {
	rt := onnxtest.Runtime(t)
	// token_type_ids are added to every number, so that anything but zeros shows.
	out, err := newSession(t, rt, "plain/onnx/model.onnx").Run(t.Context(), idsAndMask(4))
	if err != nil || !slices.Equal(out[0].Floats, []float32{0, 4, 0}) {
		t.Errorf("token_type_ids missing: %v, %v", out, err)
	}
	// One that wants no mask, and 32-bit identifiers.
	out, err = newSession(t, rt, "narrow.onnx").Run(t.Context(), idsAndMask(2, 0))
	if err != nil || !slices.Equal(out[0].Floats, []float32{3, 1}) {
		t.Errorf("int32 identifiers: %v, %v", out, err)
	}
	// One that lists its weights among the inputs.
	out, err = newSession(t, rt, "old.onnx").Run(t.Context(), idsAndMask(1, 0))
	if err != nil || !slices.Equal(out[0].Floats, []float32{2, 1}) {
		t.Errorf("weights among the inputs: %v, %v", out, err)
	}
	_, err = newSession(t, rt, "layers/model.onnx").Run(t.Context(), map[string]onnx.Tensor{"input_ids": onnx.Ints([]int64{1}, 1, 1)})
	if err == nil || !strings.Contains(err.Error(), `"attention_mask"`) {
		t.Errorf("missing input: %v", err)
	}
}

func TestRunWidensHalves(t *testing.T) {
	for _, model := range []string{"half.onnx", "unnamed.onnx"} { // the second does not name the output's dimensions
		out, err := newSession(t, onnxtest.Runtime(t), model).Run(t.Context(), idsAndMask(0, 1, 2))
		if err != nil {
			t.Fatal(err)
		}
		got := out[0].Floats
		want := []float32{0.5, -2, 65504, 1.0 / (1 << 24), float32(math.Inf(1)), 0}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", model, got, want)
		}
	}
}

func TestNewSessionErrors(t *testing.T) {
	rt := onnxtest.Runtime(t)
	good, err := os.ReadFile(onnxtest.Testdata("layers/model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		src     onnx.Source
		outputs []string
		want    string
	}{
		{"missing file", onnx.Source{Path: "nowhere/model.onnx"}, nil, "nowhere/model.onnx"},
		{"unknown output", onnx.Source{Data: good}, []string{"states"}, `no output "states"; it has ["logits"]`},
		{"no model", onnx.Source{Data: []byte("PK\x03\x04 a zip file")}, nil, "not an ONNX model"},
		{"cut off", onnx.Source{Data: good[:len(good)/2]}, nil, "not an ONNX model"},
		{"empty", onnx.Source{Data: []byte{}}, nil, "not an ONNX model"},
	} {
		if _, err := rt.NewSession(c.src, onnx.SessionOptions{Outputs: c.outputs}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v does not say %q", c.name, err, c.want)
		}
	}
}

func TestSessionIsShared(t *testing.T) {
	s := newSession(t, onnxtest.Runtime(t), "layers/model.onnx")
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for range 50 {
				out, err := s.Run(t.Context(), idsAndMask(int64(4+g%2*5))) // tumor or dolor
				if err != nil || out[0].Floats[1+g%2*5] != 4 {
					t.Errorf("goroutine %d: %v, %v", g, out, err)
					return
				}
			}
		})
	}
	group.Wait()
}

// The model would run for minutes; the test ends when it is stopped.
func TestRunStops(t *testing.T) {
	s := newSession(t, onnxtest.Runtime(t), "slow.onnx")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := s.Run(ctx, idsAndMask(0))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("it stopped after %v", d)
	}
	if _, err := s.Run(ctx, idsAndMask(0)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a run that begins too late: %v", err)
	}
	// Close waits for a run that is under way instead of freeing under its feet.
	ctx, cancel = context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := s.Run(ctx, idsAndMask(0))
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled run: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestRunRows(t *testing.T) {
	s := newSession(t, onnxtest.Runtime(t), "names/model.onnx")
	var rows [][]int64
	for i := range 100 {
		row := make([]int64, i*7%23)
		for j := range row {
			row[j] = int64(4 + (i+j)%10)
		}
		rows = append(rows, row)
	}
	for _, budget := range []int{0, 1, 40, 100000} {
		var mu sync.Mutex
		visited := map[int]int{}
		err := s.RunRows(t.Context(), rows, onnx.BatchOptions{Tokens: budget}, func(row int, values []float32, width int) {
			mu.Lock()
			defer mu.Unlock()
			visited[row]++
			if width != 4 || len(values) != len(rows[row])*4 {
				t.Errorf("row %d: %d values of width %d for %d pieces", row, len(values), width, len(rows[row]))
				return
			}
			for j, id := range rows[row] {
				if values[j*4+int(id%4)] != 1 {
					t.Errorf("budget %d: row %d, piece %d: %v", budget, row, j, values[j*4:j*4+4])
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if want := min(1, len(row)); visited[i] != want {
				t.Errorf("budget %d: row %d of %d pieces was visited %d times", budget, i, len(row), visited[i])
			}
		}
	}
}

func TestRunRowsFails(t *testing.T) {
	rt := onnxtest.Runtime(t)
	visit := func(int, []float32, int) {}
	err := newSession(t, rt, "layers/model.onnx").RunRows(t.Context(), [][]int64{{4}, {999}}, onnx.BatchOptions{Tokens: 1}, visit)
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("an identifier outside the vocabulary: %v", err)
	}
	err = newSession(t, rt, "slow.onnx").RunRows(timeout(t, 10*time.Millisecond), [][]int64{{1}, {1}}, onnx.BatchOptions{}, visit)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a deadline: %v", err)
	}
}

func timeout(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
