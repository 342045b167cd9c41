package onnx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	ort "github.com/yalue/onnxruntime_go"
)

// Source is a model file: a path, or its bytes where it is embedded in the
// program. A path also finds external weights beside the file.
type Source struct {
	Path string
	Data []byte // used where Path is empty; not copied, not to be changed
}

// SessionOptions say how to make a session.
type SessionOptions struct {
	Outputs []string // the outputs to compute and return; none: all that the model declares
	Threads int      // processor threads of one run; 0: one for a small model, the runtime's for a large one
}

// smallModel is the size in bytes under which several runs side by side beat
// several threads in one run.
const smallModel = 64 << 20

// Session is a loaded model. It is safe for concurrent use; runs share its
// memory. Whoever made it closes it.
type Session struct {
	runtime *Runtime
	inputs  []Port
	outputs []Port
	threads int
	room    atomic.Int64 // most pieces a batch that the device has memory for; 0: not met yet
	started atomic.Bool  // a run has ended, so CUDA has installed its signal handlers

	mu      sync.RWMutex // runs hold it for reading, Close for writing
	session *ort.DynamicAdvancedSession
}

// NewSession loads a model.
func (r *Runtime) NewSession(src Source, o SessionOptions) (_ *Session, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("load model %s: %w", src, err)
		}
	}()
	g, size, err := src.graph()
	if err != nil {
		return nil, err
	}
	outputs, err := chooseOutputs(g.outputs, o.Outputs)
	if err != nil {
		return nil, err
	}
	threads := o.Threads
	switch {
	case threads > 0:
	case size <= smallModel || r.onGPU():
		threads = 1
	default:
		threads = r.threads
	}
	options, err := r.sessionOptions(threads)
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	defer restoreSignals()
	s := &Session{runtime: r, inputs: g.inputs, outputs: outputs, threads: threads}
	if src.Path != "" {
		s.session, err = ort.NewDynamicAdvancedSession(src.Path, names(g.inputs), names(outputs), options)
	} else {
		s.session, err = ort.NewDynamicAdvancedSessionWithONNXData(src.Data, names(g.inputs), names(outputs), options)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (r *Runtime) sessionOptions(threads int) (*ort.SessionOptions, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		options.SetIntraOpNumThreads(threads),
		options.SetInterOpNumThreads(1),
		options.SetGraphOptimizationLevel(ort.GraphOptimizationLevelEnableAll),
		options.SetLogSeverityLevel(ort.LoggingLevelFatal),
		// Spinning threads would take the cores that paint the screen.
		options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
	)
	switch {
	case err != nil:
	case r.onGPU():
		err = appendCUDA(options, r.device.index)
	default:
		// On a processor, its kernel takes longer than the two that it stands for: a
		// BERT of 8 bits runs a sixth faster without.
		err = options.AddSessionConfigEntry("optimization.disable_specified_optimizers", "SkipLayerNormFusion")
	}
	if err != nil {
		options.Destroy()
		return nil, err
	}
	return options, nil
}

// String names the model in errors.
func (src Source) String() string {
	if src.Path != "" {
		return src.Path
	}
	return fmt.Sprintf("of %d bytes in memory", len(src.Data))
}

// Outputs are the names of the outputs that the model declares. The model is not
// loaded for that.
func (src Source) Outputs() ([]string, error) {
	g, _, err := src.graph()
	if err != nil {
		return nil, fmt.Errorf("read model %s: %w", src, err)
	}
	return names(g.outputs), nil
}

// graph reads what the model declares, and its size in bytes.
func (src Source) graph() (graph, int64, error) {
	if src.Path == "" {
		g, err := readGraph(byteReader(src.Data), int64(len(src.Data)))
		return g, int64(len(src.Data)), err
	}
	f, err := os.Open(src.Path)
	if err != nil {
		return graph{}, 0, unwrapPath(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return graph{}, 0, err
	}
	g, err := readGraph(f, info.Size())
	return g, info.Size(), err
}

// byteReader reads bytes at offsets.
type byteReader []byte

func (b byteReader) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func names(ports []Port) []string {
	out := make([]string, len(ports))
	for i, p := range ports {
		out[i] = p.Name
	}
	return out
}

func chooseOutputs(declared []Port, wanted []string) ([]Port, error) {
	if len(wanted) == 0 {
		return declared, nil
	}
	var chosen []Port
	for _, name := range wanted {
		i := slices.IndexFunc(declared, func(p Port) bool { return p.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("it has no output %q; it has %q", name, names(declared))
		}
		chosen = append(chosen, declared[i])
	}
	return chosen, nil
}

// Inputs are the declared inputs.
func (s *Session) Inputs() []Port { return slices.Clone(s.inputs) }

// Outputs are the outputs that Run returns, in that order.
func (s *Session) Outputs() []Port { return slices.Clone(s.outputs) }

// workersGPU are the batches in flight on a GPU: while it computes one, another is
// being made ready, and what the one before gave is decoded.
const workersGPU = 3

// Workers is how many runs side by side make full use of the runtime's threads, or
// never leave a GPU without work.
func (s *Session) Workers() int {
	if s.runtime.onGPU() {
		return workersGPU
	}
	return max(1, s.runtime.threads/s.threads)
}

// Run computes the outputs of the session, in their order. Inputs that the model
// does not declare are left out; token_type_ids that it declares and inputs lack
// are zeros in the shape of input_ids. The tensors' memory must not change during
// the run. When ctx ends, the run is stopped and waited for, and ctx's error comes
// back.
func (s *Session) Run(ctx context.Context, inputs map[string]Tensor) ([]Tensor, error) {
	return s.compute(ctx, inputs, false)
}

// compute is Run. With shrink, the run gives back the memory that it alone needed.
func (s *Session) compute(ctx context.Context, inputs map[string]Tensor, shrink bool) ([]Tensor, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.session == nil {
		return nil, fmt.Errorf("run model: %w", ErrClosed)
	}
	values, sizes, err := s.inputValues(inputs)
	defer func() { destroyAll(values) }()
	if err != nil {
		return nil, fmt.Errorf("run model: %w", err)
	}
	outputs := make([]ort.Value, len(s.outputs))
	defer destroyAll(outputs)
	for i, p := range s.outputs {
		if p.elem == typeFloat16 {
			if outputs[i], err = halfOutput(p, sizes, inputs["input_ids"].Shape); err != nil {
				return nil, fmt.Errorf("run model: %w", err)
			}
		}
	}
	if err := s.run(ctx, values, outputs, shrink); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("run model: %w", err)
	}
	results := make([]Tensor, len(outputs))
	for i, v := range outputs {
		if results[i], err = tensorOf(v); err != nil {
			return nil, fmt.Errorf("run model: output %q: %w", s.outputs[i].Name, err)
		}
	}
	return results, nil
}

// run runs the session and returns when ONNX Runtime has let go of the values.
func (s *Session) run(ctx context.Context, inputs, outputs []ort.Value, shrink bool) error {
	options, err := ort.NewRunOptions()
	if err != nil {
		return err
	}
	if shrink {
		if err := options.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0"); err != nil {
			options.Destroy()
			return err
		}
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		options.Terminate() // fails only where there are no options
	})
	err = s.session.RunWithOptions(inputs, outputs, options)
	if !stop() {
		<-stopped
	}
	options.Destroy()
	if !s.started.Swap(true) {
		restoreSignals()
	}
	return err
}

// inputValues wraps the inputs in the session's order, and tells the size of
// every symbolic dimension. ONNX Runtime reads the tensors' own memory, which the
// values keep alive until they are destroyed, after the run.
func (s *Session) inputValues(inputs map[string]Tensor) (values []ort.Value, sizes map[string]int64, err error) {
	sizes = map[string]int64{}
	for _, p := range s.inputs {
		t, given := inputs[p.Name]
		if !given {
			ids, ok := inputs["input_ids"]
			if !ok || p.Name != "token_type_ids" {
				return values, nil, fmt.Errorf("the model wants an input %q, which it was not given", p.Name)
			}
			t = Ints(make([]int64, len(ids.Int64s)), ids.Shape...)
		}
		v, err := t.value(p)
		if err != nil {
			return values, nil, fmt.Errorf("input %q: %w", p.Name, err)
		}
		values = append(values, v)
		for i, d := range p.Dims {
			if d.Symbol != "" && i < len(t.Shape) {
				sizes[d.Symbol] = t.Shape[i]
			}
		}
	}
	return values, sizes, nil
}

func destroyAll(values []ort.Value) {
	for _, v := range values {
		// A failed conversion leaves a nil pointer in an interface that is not nil.
		if v != nil && !reflect.ValueOf(v).IsNil() {
			v.Destroy() // releasing a value cannot fail
		}
	}
}

// Close waits for the runs that are under way and frees the model. A second call
// does nothing.
func (s *Session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session == nil {
		return nil
	}
	err := s.session.Destroy()
	s.session = nil
	return err
}
