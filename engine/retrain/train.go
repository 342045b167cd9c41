package retrain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lease"
	"github.com/gloss-nlp/gloss/engine/export"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/train"
)

// training is the folder of the run that has not ended, beside the models: what it was
// asked for, its documents, its checkpoint. There is one at a time.
const training = ".training"

// ErrBusy is wrapped where another program trains from this corpus.
var ErrBusy = errors.New("a training goes on already")

// Recipe is how to train; the zero value is the recipe gloss-finetune over the base model.
type Recipe struct {
	Config string   `json:"config"` // TOML file for train.Options; empty: the default
	Set    []string `json:"set"`
	Seed   string   `json:"seed"`
}

// Run is a training that was asked for.
type Run struct {
	Recipe
	Used string // model to compare with
	Out  string // directory of the bundle; empty: one of the models of the corpus, named by the day

	Command    string            // how a person would run this again, for the bundle's card
	Background bool              // see train.Options
	Progress   func(train.Event) // hears every event; nil: nobody
	Begun      func(Begun)       // hears that the training begins; nil: nobody
}

// Begun is what a training begins with.
type Begun struct {
	Name      string
	Documents int  // to train on
	Held      int  // to compare on
	Resumed   bool // it goes on with the documents that it had when it was stopped
}

// Outcome is what a training left.
type Outcome struct {
	suggest.Bundle
	Dir    string
	Result train.Result
}

// left is run.json: what a run was asked for, written when the rest of the folder is there.
type left struct {
	Recipe
	Out       string `json:"out"` // as Run has it, absolute
	Name      string `json:"name"`
	Documents int    `json:"documents"`
	Held      int    `json:"held"`
	Died      bool   `json:"died"` // when it ran last
}

func (s *Shelf) inTraining(name string) string { return filepath.Join(s.dir, training, name) }

// Waiting tells whether a training was stopped, or died, and waits to be gone on with.
func (s *Shelf) Waiting() bool {
	_, err := s.unfinished()
	return err == nil
}

func (s *Shelf) unfinished() (l left, err error) {
	data, err := os.ReadFile(s.inTraining("run.json"))
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal(data, &l)
}

// Train trains a model from finished documents that are not held out, and compares it on
// those that are with the one in use. It takes minutes; ending ctx stops it, and then, or
// where it dies, the next Train of the same recipe goes on from its checkpoint. The
// models that are there stay as they are.
func (s *Shelf) Train(ctx context.Context, docs []corpus.Document, run Run) (t Outcome, err error) {
	lock := lease.NewKeeper(filepath.Join(s.dir, ".leases"), s.o.Who)
	if err := lock.Take("training"); err != nil {
		if errors.Is(err, lease.ErrHeld) {
			return t, fmt.Errorf("%w: %w", ErrBusy, err)
		}
		return t, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	defer renewing(lock)()
	l, resumed, err := s.begin(ctx, docs, run)
	if err != nil {
		if ctx.Err() != nil { // looking for Python was cut off, which says nothing of Python
			err = fmt.Errorf("train: %w before it began", train.ErrStopped)
		}
		return t, err
	}
	b := Begun{Name: l.Name, Documents: l.Documents, Held: l.Held, Resumed: resumed}
	if run.Begun != nil {
		run.Begun(b)
	}
	if err := s.add(Event{Kind: Began, Model: l.Name, Note: b.String()}); err != nil {
		return t, err
	}
	t.Dir, t.Name = run.Out, l.Name
	if run.Out == "" {
		t.Dir = filepath.Join(s.dir, l.Name)
	}
	if t.Result, err = s.run(ctx, run, l); err != nil {
		return t, s.stopped(ctx, l, err)
	}
	if _, err := os.Lstat(t.Dir); run.Out == "" && err == nil { // a model of that name came meanwhile
		if l.Name, err = s.freeName(); err != nil {
			return t, err
		}
		t.Name, t.Dir = l.Name, filepath.Join(s.dir, l.Name)
	}
	if err := s.put(run.Out, t.Dir); err != nil {
		return t, err
	}
	note := fmt.Sprintf("%d epochs, of which epoch %d is kept, %.0f s", t.Result.Epochs, t.Result.BestEpoch, t.Result.Seconds)
	if err := s.add(Event{Kind: Trained, Model: l.Name, Note: note}); err != nil {
		return t, err
	}
	if t.Bundle, err = s.compare(ctx, l.Name, t.Dir, run.Used, docs); err != nil {
		return t, fmt.Errorf("the model %s is trained, but not compared: %w", t.Dir, err)
	}
	return t, nil
}

// String tells it in a line.
func (b Begun) String() string {
	if b.Resumed {
		return fmt.Sprintf("goes on with the %d finished documents that it had; %d are held out", b.Documents, b.Held)
	}
	return fmt.Sprintf("begins with %d finished documents; %d are held out", b.Documents, b.Held)
}

// begin finds the run that waits, or makes the folder of a new one.
func (s *Shelf) begin(ctx context.Context, docs []corpus.Document, run Run) (l left, resumed bool, err error) {
	out := run.Out
	if out != "" {
		if out, err = filepath.Abs(out); err != nil {
			return l, false, err
		}
	}
	l, err = s.unfinished()
	resumed = err == nil && l.Out == out && reflect.DeepEqual(l.Recipe, run.Recipe)
	to, held, few := split(docs)
	if few != nil && !resumed {
		return l, false, fmt.Errorf("train: %w", few)
	}
	if err := train.Ready(ctx, s.o.Python); err != nil {
		return l, false, err
	}
	if resumed {
		return l, true, nil
	}
	l = left{Recipe: run.Recipe, Out: out, Documents: len(to), Held: len(held), Name: filepath.Base(run.Out)}
	if run.Out == "" {
		if l.Name, err = s.freeName(); err != nil {
			return l, false, err
		}
	}
	return l, false, s.prepare(l, docs)
}

// prepare makes the folder of a run, run.json last.
func (s *Shelf) prepare(l left, docs []corpus.Document) error {
	start := s.o.Model
	if start != "" {
		var err error
		if start, err = filepath.Abs(start); err != nil {
			return err
		}
	}
	var rows bytes.Buffer
	if err := export.WriteFinished(&rows, docs); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(s.dir, training)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(s.dir, training), 0o700); err != nil {
		return err
	}
	for _, file := range []struct {
		name string
		data []byte
	}{{"rows.jsonl", rows.Bytes()}, {"config.toml", fmt.Appendf(nil, configuration, strconv.Quote(start))}} {
		if err := os.WriteFile(s.inTraining(file.name), file.data, 0o600); err != nil {
			return err
		}
	}
	return s.remember(l)
}

// configuration is that of a run without one of its own.
const configuration = `# A training from finished documents, as gloss began it. Every key that is not here has the value
# of the recipe's own file, gloss_finetune.toml, which tells them all.
recipe = "gloss-finetune"
start = %s  # the model of the corpus's settings; empty: the one that gloss ships
`

// freeName is the name of a model of today.
func (s *Shelf) freeName() (string, error) {
	day := s.o.Now().Format(time.DateOnly)
	name := day
	for n := 2; ; n++ {
		_, err := os.Lstat(filepath.Join(s.dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			return name, nil
		}
		if err != nil {
			return "", err
		}
		name = fmt.Sprintf("%s-%d", day, n)
	}
}

// run runs the recipe, but where it left a whole bundle before.
func (s *Shelf) run(ctx context.Context, run Run, l left) (train.Result, error) {
	out := run.Out
	if out == "" {
		out = s.inTraining("bundle")
		if _, err := os.Stat(filepath.Join(out, "model.onnx")); err == nil {
			return train.Result{Model: out}, nil
		}
	}
	rows, err := filepath.Abs(s.inTraining("rows.jsonl"))
	if err != nil {
		return train.Result{}, err
	}
	config := run.Config
	if config == "" {
		config = s.inTraining("config.toml")
	}
	return train.Run(ctx, train.Options{
		Task: "ner", Config: config, Out: out, Python: s.o.Python, Seed: run.Seed, Command: run.Command,
		Set:      append([]string{"data.rows=[" + strconv.Quote(rows) + "]", "name=" + strconv.Quote(l.Name)}, run.Set...),
		Progress: run.Progress, Background: run.Background,
	})
}

// stopped keeps what a run left where the next can go on from it, and says so.
func (s *Shelf) stopped(ctx context.Context, l left, err error) error {
	again, died := true, false
	switch {
	case errors.Is(err, train.ErrConfig):
		again = false
	case errors.Is(err, train.ErrStopped):
	case ctx.Err() != nil: // before the recipe ran
		err = fmt.Errorf("train: %w before there was a new checkpoint", train.ErrStopped)
	default: // it died: a second time in a row is no accident
		again, died = !l.Died, true
		if again {
			err = fmt.Errorf("%w\ntrain again to go on from its last checkpoint", err)
		}
	}
	if again {
		l.Died = died
		err = errors.Join(err, s.remember(l))
	} else {
		err = errors.Join(err, os.RemoveAll(filepath.Join(s.dir, training)))
	}
	return errors.Join(err, s.add(Event{Kind: Stopped, Model: l.Name, Note: firstLine(err.Error())}))
}

// remember writes run.json, whole or not at all.
func (s *Shelf) remember(l left) error {
	about, err := json.Marshal(l)
	if err != nil {
		return err
	}
	part := s.inTraining("run.json.part")
	if err := os.WriteFile(part, append(about, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(part, s.inTraining("run.json"))
}

// renewing renews a lease until the function that it returns is called.
func renewing(k *lease.Keeper) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(lease.Renewal):
				_ = k.Renew() // where it fails, the lock still tells
			}
		}
	}()
	return func() { cancel(); <-done }
}

func firstLine(text string) string {
	line, _, _ := bytes.Cut([]byte(text), []byte("\n"))
	return string(line)
}

// put moves the bundle of the run to its place, where it has none of its own, and ends the run.
func (s *Shelf) put(out, to string) error {
	if from := s.inTraining("bundle"); out == "" {
		if err := os.Rename(from, to); err != nil {
			return fmt.Errorf("train: %w; the bundle is in %s", err, from)
		}
	}
	return os.RemoveAll(filepath.Join(s.dir, training))
}
