// Package rank evaluates the boosted trees that rank candidates again: link.Ranker.
// A model is a directory with gloss.json (task "rank") and trees.json, as
// engine/train/gloss_rank writes them.
package rank

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/gloss-nlp/gloss/kb/link"
)

// Task is what gloss.json says of such a model.
const Task = "rank"

// ErrModel is wrapped where a directory holds no model that can be evaluated.
var ErrModel = errors.New("no ranking model")

// version is that of the format.
const version = 1

// Trees are a model. Safe for concurrent use.
type Trees struct {
	trees         []tree
	scale, offset float64
	columns       []int // feature of the model -> its place in link.FeatureNames
	hash          string
}

var _ link.Ranker = (*Trees)(nil)

// tree is one, as lists: node 0 is the root, a child below 0 is the leaf of its complement.
type tree struct {
	Feature   []int     `json:"feature"`
	Threshold []float64 `json:"threshold"`
	Left      []int     `json:"left"`
	Right     []int     `json:"right"`
	Value     []float64 `json:"value"`
}

type manifest struct {
	Version  int      `json:"version"`
	Task     string   `json:"task"`
	Features []string `json:"features"`
	Scale    float64  `json:"scale"`
	Offset   float64  `json:"offset"`
}

// Is tells whether a directory says that it holds such a model.
func Is(files fs.FS) bool {
	var m manifest
	data, err := fs.ReadFile(files, "gloss.json")
	return err == nil && json.Unmarshal(data, &m) == nil && m.Task == Task
}

// Open reads a model: ErrModel where it is broken, or reads features that this gloss does
// not have. name stands for the directory in errors.
func Open(files fs.FS, name string) (*Trees, error) {
	var m manifest
	t := &Trees{}
	h := sha256.New()
	for _, part := range []struct {
		file string
		into any
	}{{"gloss.json", &m}, {"trees.json", &t.trees}} {
		data, err := fs.ReadFile(files, part.file)
		if err == nil {
			err = json.Unmarshal(data, part.into)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s/%s: %w", ErrModel, name, part.file, err)
		}
		h.Write(data)
	}
	if m.Version != version || m.Task != Task {
		return nil, fmt.Errorf("%w: %s/gloss.json: version %d, task %q; want %d and %q", ErrModel, name, m.Version, m.Task, version, Task)
	}
	t.scale, t.offset, t.hash = m.Scale, m.Offset, hex.EncodeToString(h.Sum(nil))
	places := map[string]int{}
	for i, f := range link.FeatureNames {
		places[f] = i
	}
	for _, f := range m.Features {
		at, ok := places[f]
		if !ok {
			return nil, fmt.Errorf("%w: %s reads the feature %q, which this gloss does not have: train it again", ErrModel, name, f)
		}
		t.columns = append(t.columns, at)
	}
	if len(t.trees) == 0 {
		return nil, fmt.Errorf("%w: %s/trees.json: no trees", ErrModel, name)
	}
	for i, one := range t.trees {
		if err := one.check(len(m.Features)); err != nil {
			return nil, fmt.Errorf("%w: %s/trees.json: tree %d: %w", ErrModel, name, i, err)
		}
		for n, f := range one.Feature {
			one.Feature[n] = t.columns[f]
		}
	}
	return t, nil
}

// check makes sure that a walk from the root ends in a leaf. Children come after their node.
func (t tree) check(features int) error {
	n := len(t.Feature)
	if len(t.Threshold) != n || len(t.Left) != n || len(t.Right) != n || len(t.Value) != n+1 {
		return errors.New("its lists are not of one length")
	}
	for i := range n {
		if t.Feature[i] < 0 || t.Feature[i] >= features {
			return fmt.Errorf("there is no feature %d", t.Feature[i])
		}
		for _, to := range []int{t.Left[i], t.Right[i]} {
			if to >= n || to >= 0 && to <= i || to < -len(t.Value) {
				return fmt.Errorf("node %d leads to %d", i, to)
			}
		}
	}
	return nil
}

// leaf is the value that the tree gives to a row.
func (t *tree) leaf(row []float32) float64 {
	if len(t.Feature) == 0 {
		return t.Value[0]
	}
	at := 0
	for at >= 0 {
		if float64(row[t.Feature[at]]) <= t.Threshold[at] {
			at = t.Left[at]
		} else {
			at = t.Right[at]
		}
	}
	return t.Value[^at]
}

// Rank returns how likely each candidate is right, were it the first one, in [0, 1]. Rows have
// the numbers of link.FeatureNames.
func (t *Trees) Rank(rows [][]float32) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		sum := 0.0
		for n := range t.trees {
			sum += t.trees[n].leaf(row)
		}
		out[i] = 1 / (1 + math.Exp(-t.scale*sum-t.offset))
	}
	return out
}

// Hash identifies the model.
func (t *Trees) Hash() string { return t.hash }
