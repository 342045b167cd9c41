package bench

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/kb/store"
	"github.com/gloss-nlp/gloss/kb/synth"
)

// KBOptions say what to measure.
type KBOptions struct {
	KBs     []string // directories of knowledge bases
	Sizes   []int    // names of made-up ones to measure too; those that Dir does not have are built
	Dir     string   // where made-up ones are kept
	Queries int      // of each kind
	Rounds  int      // how often all of them are asked, at least once; the fastest time of each counts
	// Worker makes the command that answers for one knowledge base: a program that calls
	// ServeKB with its input and output. Each has a process, and so its memory, for itself.
	Worker func(ctx context.Context) *exec.Cmd
	Say    func(format string, args ...any) // hears what is being done
}

// KBReport is what was measured, on one thread.
type KBReport struct {
	KBs []KBResult `json:"kbs"`
}

// KBResult is one knowledge base. Memory is what is not pages of files.
type KBResult struct {
	KB         string    `json:"kb"`
	Names      int       `json:"names"`
	Dimensions int       `json:"dimensions"`
	Open       float64   `json:"open_ms"`
	Before     float64   `json:"anon_before_mb"` // with the encoder, before a knowledge base is opened
	Anonymous  float64   `json:"anon_mb"`        // after all queries
	Steps      []KBSteps `json:"steps"`
}

// KBSteps is how long queries of one kind take, one at a time, in milliseconds.
type KBSteps struct {
	What string  `json:"what"`
	P50  float64 `json:"p50_ms"`
	P95  float64 `json:"p95_ms"`
	CPU  float64 `json:"cpu_p95_ms"` // processor time: what an idle machine would take
}

// The kinds of queries.
const (
	StepEmbed    = "embed"      // text to vector
	StepExact    = "exact"      // vector to the 25 nearest names
	StepGrams    = "n-gram"     // text to the 200 names most like it by letters
	StepType     = "type-ahead" // beginning of a text to 20 concepts
	StepTypeOnly = "type-ahead, one type"
	StepMention  = "mention" // text to 25 ranked candidates, all of the above but type-ahead
	// StepMentionOnly is StepMention of the knowledge base's first semantic type.
	StepMentionOnly = "mention, one type"
)

// KB measures knowledge bases: how long they take to open, to be searched as one types,
// by letters and by meaning, and to link a mention with the shipped models.
func KB(ctx context.Context, o KBOptions) (KBReport, error) {
	var r KBReport
	dirs := o.KBs
	for _, n := range o.Sizes {
		dir, err := o.madeUp(ctx, n)
		if err != nil {
			return r, err
		}
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		o.Say("%s: measure", dir)
		result, err := o.measure(ctx, dir)
		if err != nil {
			return r, fmt.Errorf("%s: %w", dir, err)
		}
		r.KBs = append(r.KBs, result)
	}
	return r, nil
}

func (o KBOptions) measure(ctx context.Context, dir string) (r KBResult, err error) {
	p, err := start(o.Worker(ctx))
	if err != nil {
		return r, err
	}
	defer p.Close()
	return r, p.ask(kbRequest{dir, o.Queries, max(1, o.Rounds)}, &r)
}

// madeUp is the directory of a made-up knowledge base of n names.
func (o KBOptions) madeUp(ctx context.Context, n int) (dir string, err error) {
	dir = filepath.Join(o.Dir, fmt.Sprintf("s%d", n))
	if _, err := store.ReadMeta(dir); !errors.Is(err, store.ErrNotKB) {
		return dir, err
	}
	o.Say("%s: build", dir)
	e, err := models.OpenEncoder(models.Options{})
	if err != nil {
		return dir, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	_, err = store.Build(ctx, dir, store.BuildOptions{Name: filepath.Base(dir), Concepts: synth.Concepts(n, 1), Embedder: e})
	return dir, err
}
