// Package train runs the recipes that train and export models: Python packages in
// the folders beside this file, which the program carries and unpacks. See
// README.md there.
package train

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// tasks are the Python modules that train for a task. Each has the commands
// "train CONFIG --out RUN" and "check CONFIG", and tells events on standard output.
var tasks = map[string]string{"ner": "gloss_ner", "linker": "gloss_names.run", "reranker": "gloss_rank.run"}

var (
	// ErrConfig is wrapped where a configuration, or another argument, is wrong.
	ErrConfig = errors.New("wrong configuration")
	// ErrStopped is wrapped where a run was stopped before its end.
	ErrStopped = errors.New("stopped")
)

// stopTime is how long a run may take to leave its checkpoint.
const stopTime = time.Minute

// Options say what to train.
type Options struct {
	Task   string // one of Tasks
	Config string // TOML file; its "recipe" key names the recipe
	Out    string // directory of the model
	Python string // see FindPython
	Set    []string
	Seed   string // in place of the configuration's; empty: none
	// Command is how a person would run this again; it goes into the model's card.
	Command  string
	Progress func(Event) // called with every event, from one goroutine; nil: nobody
	// Background runs the recipe at the lowest priority that the system has, so that it
	// takes only what nobody else wants of processors and disk.
	Background bool
}

// Result is what a run gave.
type Result struct {
	Task       string          `json:"task"`
	Recipe     string          `json:"recipe"`
	Model      string          `json:"model"`
	Epochs     int             `json:"epochs"`
	BestEpoch  int             `json:"best_epoch"`
	Seconds    float64         `json:"seconds"`
	Parameters int             `json:"parameters"`
	Figures    json.RawMessage `json:"figures"`
	Check      json.RawMessage `json:"check"`
}

// Tasks are the tasks that a recipe trains for.
func Tasks() []string { return slices.Sorted(maps.Keys(tasks)) }

// Run trains a model. What a run keeps lies in Out.training until it is whole;
// only then does Out change. A run that is stopped leaves a checkpoint there, from
// which a run of the same configuration goes on. Cancelling stops it.
func Run(ctx context.Context, o Options) (Result, error) {
	if err := replaceable(o.Out); err != nil {
		return Result{}, err
	}
	out := filepath.Clean(o.Out)
	run := out + ".training"
	r := Result{Task: o.Task, Model: o.Out}
	last, err := call(ctx, o, []string{"train", o.Config, "--out", run, "--command-line", o.Command}, func(e Event) {
		if e.Kind == "check" {
			r.Check = e.Report
		}
	})
	if err != nil {
		return r, err
	}
	if last.Kind != "done" {
		return r, errors.New("train: the recipe ended without a model")
	}
	r.Recipe, r.Epochs, r.BestEpoch, r.Seconds = last.Recipe, last.Epochs, last.BestEpoch, last.Seconds
	r.Parameters, r.Figures = last.Parameters, last.Figures
	if err := replace(filepath.Join(run, "bundle"), out); err != nil {
		return r, fmt.Errorf("train: %w", err)
	}
	return r, os.RemoveAll(run)
}

// Ready finds the Python that would train; the error wraps ErrPython where there is none.
func Ready(ctx context.Context, python string) error {
	recipes, err := unpack()
	if err != nil {
		return err
	}
	_, err = FindPython(ctx, python, filepath.Join(recipes, "requirements.txt"))
	return err
}

// Check looks at the data of a configuration as its recipe will see them, and
// trains nothing. The report is that of gloss_ner/check.py.
func Check(ctx context.Context, o Options) (json.RawMessage, error) {
	last, err := call(ctx, o, []string{"check", o.Config}, nil)
	return last.Report, err
}

// call runs a command of a recipe and returns the last event.
func call(ctx context.Context, o Options, args []string, also func(Event)) (Event, error) {
	module, known := tasks[o.Task]
	if !known {
		return Event{}, fmt.Errorf("%w: nothing trains a %q; want %s", ErrConfig, o.Task, strings.Join(Tasks(), " or "))
	}
	recipes, err := unpack()
	if err != nil {
		return Event{}, err
	}
	python, err := FindPython(ctx, o.Python, filepath.Join(recipes, "requirements.txt"))
	if err != nil {
		return Event{}, err
	}
	for _, s := range o.Set {
		args = append(args, "--set", s)
	}
	if o.Seed != "" {
		args = append(args, "--seed", o.Seed)
	}
	cmd := exec.CommandContext(ctx, python, append([]string{"-m", module}, args...)...)
	// The models and data of a run are on this machine: nothing is looked for elsewhere.
	shipped, err := shippedModel()
	if err != nil {
		return Event{}, err
	}
	cmd.Env = append(os.Environ(), "PYTHONPATH="+recipes, "GLOSS_SHIPPED_MODEL="+shipped, "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1",
		"HF_HUB_OFFLINE=1", "TRANSFORMERS_OFFLINE=1", "TOKENIZERS_PARALLELISM=false")
	apart(cmd)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopTime
	said := &tail{}
	cmd.Stderr = said
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return Event{}, err
	}
	if err := cmd.Start(); err != nil {
		return Event{}, fmt.Errorf("train: %w", err)
	}
	if o.Background {
		stepBack(cmd.Process.Pid)
	}
	last, bad := listen(stdout, o.Progress, also)
	return last, explain(ctx, cmd.Wait(), last, bad, said)
}

// listen passes events on until the recipe ends. Lines that are no event are what
// libraries print.
func listen(r io.Reader, told ...func(Event)) (last Event, err error) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		var e Event
		if bytes.HasPrefix(line, []byte("{")) && json.Unmarshal(line, &e) == nil && e.Kind != "" {
			last = e
			for _, f := range told {
				if f != nil {
					f(e)
				}
			}
		}
		if errors.Is(err, io.EOF) {
			return last, nil
		}
		if err != nil {
			return last, err
		}
	}
}

// explain makes one error of how a recipe ended.
func explain(ctx context.Context, err error, last Event, bad error, said *tail) error {
	switch {
	case err == nil:
		return bad
	case last.Kind == "error" && last.Problem == "config":
		return fmt.Errorf("%w: %s", ErrConfig, last.Message)
	case last.Kind == "error":
		return fmt.Errorf("train: %s", last.Message)
	case last.Kind == "stopped" && last.Resumes:
		return fmt.Errorf("train: %w: the same command goes on from there", ErrStopped)
	case ctx.Err() != nil || last.Kind == "stopped":
		return fmt.Errorf("train: %w before there was a checkpoint: the same command begins anew", ErrStopped)
	}
	return fmt.Errorf("train: the recipe failed: %w\n%s", err, said)
}

// tail keeps the end of what is written to it.
type tail struct{ data []byte }

const tailSize = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.data = append(t.data, p...)
	if extra := len(t.data) - tailSize; extra > 0 {
		t.data = append(t.data[:0], t.data[extra:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return strings.TrimSpace(string(t.data)) }
