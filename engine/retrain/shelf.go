// Package retrain keeps the recognizers of one corpus: those that were trained from its
// finished documents, here or elsewhere, compared on the documents that are held out, and
// one of them in use.
package retrain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// Folder is that of the models, in the state directory of a corpus. A bundle that is
// copied there is one of them.
const Folder = "models"

// Base is the name of the model that the settings of the corpus name, or that gloss ships.
const Base = ""

// Reserved is what a person calls the base model, so that no other has that name.
const Reserved = "base"

// ErrUnknown is a name that no bundle here has.
var ErrUnknown = errors.New("no such model")

// Model is a recognizer that is open.
type Model interface {
	suggest.Recognizer
	Hash() string
	Close() error
}

// Options say of which corpus, and with what.
type Options struct {
	State   string // state directory of the corpus
	Who     string // who asks, for the history
	Model   string // directory of the base model; empty: the one that gloss ships
	Learned string // file of the layers that were learnt over the base model
	Python  string // see train.FindPython
	// Open opens the recognizer of a directory, the shipped one where it is empty.
	Open func(dir string) (Model, error)
	Now  func() time.Time // nil: the clock
}

// Shelf is the models of a corpus. It is safe for concurrent use.
type Shelf struct {
	o      Options
	dir    string
	mu     sync.Mutex
	scores map[string]*score.Result // by hash of the model and digest of the documents
}

// New is the shelf of a corpus, which need not have any model.
func New(o Options) *Shelf {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Shelf{o: o, dir: filepath.Join(o.State, Folder), scores: map[string]*score.Result{}}
}

// Place is where the bundle of a model lies, and what was learnt over it.
func (s *Shelf) Place(name string) (dir, learned string) {
	if name == Base {
		return s.o.Model, s.o.Learned
	}
	dir = filepath.Join(s.dir, name)
	return dir, dir + "." + learn.FileName
}

// Names are those of the models, the base first, then by name.
func (s *Shelf) Names() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the models: %w", err)
	}
	names := []string{Base}
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(s.dir, e.Name())) // a link to a bundle is one
		if err == nil && info.IsDir() && !hidden(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// hidden are the names of folders that are no models: trainings, and what a replaced bundle was.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".training") || strings.HasSuffix(name, ".old")
}

// Used is the model that was switched to last; Base where none ever was. err tells why it
// cannot be used, where it cannot: it is gone, or broken.
func (s *Shelf) Used() (name string, err error) {
	events, err := ReadHistory(s.o.State)
	if err != nil {
		return Base, err
	}
	for _, e := range slices.Backward(events) {
		if e.Kind == Switched {
			name = e.Model
			break
		}
	}
	return name, s.check(name)
}

// check tells whether a model can be opened.
func (s *Shelf) check(name string) error {
	if name == Base && s.o.Model == "" {
		return nil
	}
	dir, _ := s.Place(name)
	if _, err := onnx.OpenDir(dir); err != nil {
		return fmt.Errorf("model %s: %w", Title(name), err)
	}
	return nil
}

// Use remembers that a model was switched to.
func (s *Shelf) Use(name string) error {
	names, err := s.Names()
	if err != nil {
		return err
	}
	if !slices.Contains(names, name) {
		return fmt.Errorf("%w: %q; there are %s", ErrUnknown, name, strings.Join(titles(names), ", "))
	}
	if err := s.check(name); err != nil {
		return err
	}
	return s.add(Event{Kind: Switched, Model: name, Note: "suggestions are those of the model " + Title(name)})
}

// Title is the name of a model for a person.
func Title(name string) string {
	if name == Base {
		return "as configured"
	}
	return name
}

func titles(names []string) []string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = Title(n)
	}
	return all
}

// Bring copies a bundle that was trained elsewhere to the models of the corpus, whole or
// not at all, and returns its name there.
func (s *Shelf) Bring(ctx context.Context, from string) (name string, err error) {
	if _, err := onnx.OpenDir(from); err != nil {
		return "", err
	}
	abs, err := filepath.Abs(from)
	if err != nil {
		return "", err
	}
	name = filepath.Base(abs)
	to := filepath.Join(s.dir, name)
	if hidden(name) || name == Reserved {
		return "", fmt.Errorf("bring %s: a model is not named %s, and its name does not begin with a dot or end in .training or .old: rename the directory", from, Reserved)
	}
	if _, err := os.Stat(to); err == nil {
		return "", fmt.Errorf("bring %s: there is a model %s already: rename the directory", from, name)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(s.dir, ".new-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	if err := copyBundle(abs, filepath.Join(tmp, name)); err != nil {
		return "", fmt.Errorf("bring %s: %w", from, err)
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := os.Rename(filepath.Join(tmp, name), to); err != nil {
		return "", fmt.Errorf("bring %s: %w", from, err)
	}
	return name, s.add(Event{Kind: Brought, Model: name, Note: "copied from " + abs})
}
