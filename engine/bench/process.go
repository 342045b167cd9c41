package bench

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

//go:embed peer.py
var peerProgram string

// ErrNoPeer is a Python that cannot run the peer of a benchmark.
var ErrNoPeer = errors.New("no peer to compare with")

// process is a program that answers requests, one at a time, each a JSON object a
// line. Both sides of a comparison are such programs, so that each has its memory
// for itself.
type process struct {
	cmd      *exec.Cmd
	requests io.WriteCloser
	answers  *json.Decoder
	said     *lastLines
}

// versions is what Python says first.
type versions struct {
	Torch        string `json:"torch"`
	Transformers string `json:"transformers"`
}

// startPython starts the peer. An error wraps ErrNoPeer.
func startPython(ctx context.Context, python string, threads int) (*process, versions, error) {
	cmd := exec.CommandContext(ctx, python, "-c", peerProgram)
	cmd.Env = append(os.Environ(), fmt.Sprintf("OMP_NUM_THREADS=%d", threads), fmt.Sprintf("MKL_NUM_THREADS=%d", threads))
	p, err := start(cmd)
	var v versions
	if err == nil {
		if err = p.answer(&v); err != nil {
			p.Close()
		}
	}
	if err != nil {
		return nil, v, fmt.Errorf("%w: %s: %w; install torch, transformers, onnx and onnxruntime, or name another Python", ErrNoPeer, python, err)
	}
	return p, v, nil
}

// start starts a program, which ends with the context of the command at the latest.
func start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, said: &lastLines{}}
	cmd.Stderr = p.said
	out, err := cmd.StdoutPipe()
	if err == nil {
		p.requests, err = cmd.StdinPipe()
	}
	if err == nil {
		err = cmd.Start()
	}
	p.answers = json.NewDecoder(out)
	return p, err
}

// ask sends a request and waits for its answer; nil where it says nothing.
func (p *process) ask(request, answer any) error {
	if err := json.NewEncoder(p.requests).Encode(request); err != nil {
		return p.died(err)
	}
	if answer == nil {
		answer = &struct{}{}
	}
	return p.answer(answer)
}

func (p *process) answer(v any) error {
	if err := p.answers.Decode(v); err != nil {
		return p.died(err)
	}
	return nil
}

// died tells why there is no answer: what the program said last, if anything.
func (p *process) died(err error) error {
	p.Close()
	if last := p.said.last(); last != "" {
		return errors.New(last)
	}
	return err
}

// Close ends the program and waits for it. A second call does nothing.
func (p *process) Close() {
	p.requests.Close()
	p.cmd.Wait() // what went wrong was told by ask
}

// lastLines keeps the end of what a program writes.
type lastLines struct{ kept []byte }

const keptBytes = 4096

func (l *lastLines) Write(b []byte) (int, error) {
	l.kept = append(l.kept, b...)
	if more := len(l.kept) - keptBytes; more > 0 {
		l.kept = append(l.kept[:0], l.kept[more:]...)
	}
	return len(b), nil
}

// last is the last line that is not blank: that of a traceback which names the error.
func (l *lastLines) last() string {
	lines := bytes.Split(bytes.TrimSpace(l.kept), []byte("\n"))
	return strings.TrimSpace(string(lines[len(lines)-1]))
}
