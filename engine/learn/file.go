package learn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/engine/ner"
)

// FileName is that of what was learnt, in the state directory of a corpus.
const FileName = "learned.json"

// fileVersion is that of the file's layout and of what its numbers mean.
const fileVersion = 1

// ErrModel is a file of what was learnt over another model, whose states mean
// something else.
var ErrModel = errors.New("learnt over another model")

// Learned is a layer in a file, with what was told of it when it was learnt.
type Learned struct {
	Head      ner.Head          `json:"head"`
	Documents int               `json:"documents"`
	Mentions  int               `json:"mentions"`
	Folds     int               `json:"folds"`
	New       score.Counts      `json:"new"`
	Old       *score.Difference `json:"old"`
}

// Learned is the result as a file keeps it.
func (r *Result) Learned() Learned {
	return Learned{r.Head, r.Documents, r.Mentions, r.Folds, r.New, r.Old}
}

type file struct {
	Version int       `json:"version"`
	Model   string    `json:"model"`           // hash of its bundle
	Aside   bool      `json:"aside,omitempty"` // kept, and not used
	Layers  []Learned `json:"layers"`
}

// Load reads what was learnt over the model with this hash. The error wraps
// fs.ErrNotExist where there is no file, and ErrModel where it belongs to another
// model.
func Load(path, model string) ([]Learned, error) {
	f, err := load(path, model)
	return f.Layers, err
}

// Aside tells whether a file is kept without being used (SetAside). Errors are those of Load.
func Aside(path, model string) (bool, error) {
	f, err := load(path, model)
	return f.Aside, err
}

// SetAside says whether a file is kept without being used. Its layers stay as they are;
// the next Save puts them to use. Errors are those of Load, and of writing.
func SetAside(path, model string, aside bool) error {
	f, err := load(path, model)
	if err != nil {
		return err
	}
	f.Aside = aside
	return f.write(path)
}

func load(path, model string) (file, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return file{}, err
	}
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return file{}, fmt.Errorf("read %s: %w; delete it and learn again", path, err)
	}
	if f.Version != fileVersion {
		return file{}, fmt.Errorf("read %s: it has version %d, and this gloss reads version %d: learn again", path, f.Version, fileVersion)
	}
	if f.Model != model {
		return file{}, fmt.Errorf("read %s: %w (%.12s, the one at hand is %.12s): learn again over this one", path, ErrModel, f.Model, model)
	}
	return f, nil
}

// Save adds layers to a file, in place of those of their names, and makes the file
// where it is missing; all of them are used from then on. What it holds of another model goes. Who reads it meanwhile
// sees the old file or the new one; another Save at the same time may win.
func Save(path, model string, layers []Learned) error {
	all, err := Load(path, model)
	if err != nil {
		all = nil // there is none, or one that nobody can use
	}
	for _, l := range layers {
		all = slices.DeleteFunc(all, func(o Learned) bool { return o.Head.Name == l.Head.Name })
		all = append(all, l)
	}
	return file{Version: fileVersion, Model: model, Layers: all}.write(path)
}

func (f file) write(path string) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(f); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := replace(path, b.Bytes()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// replace writes a file beside path, syncs it, and renames it.
func replace(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
