// Package official computes what the official scripts of the shared tasks
// compute: the same numbers from the same files, their defects included, with
// a warning wherever a script does something that a reader would not expect.
//
// The scripts followed are those of CANTEMIST 2020, PharmaCoNER 2019,
// DisTEMIST 2022, LivingNER 2022, MedProcNER 2023 and SympTEMIST 2023, run
// with Python 3 and pandas 1.5.3. Ratios are rounded as the scripts print
// them; the integers are exact.
package official

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Options say what to score. Gold and Pred are what the script of the profile
// reads: directories of .ann or .tsv files, or tables; where it reads tables
// of mentions, brat directories are read as such a table.
type Options struct {
	Profile string // see Profiles
	Task    string // see Tasks
	Gold    string
	Pred    string
	Codes   string // the file of valid codes, for the scripts that have one
}

// ScriptError says that the official script would die, and of what, in its own words.
type ScriptError struct{ Message string }

func (e *ScriptError) Error() string { return e.Message }

func dies(format string, args ...any) error {
	return &ScriptError{strings.ToValidUTF8(fmt.Sprintf(format, args...), "�")}
}

// task is one way of scoring.
type task func(*run) (*score.Result, error)

// profile is one official script.
type profile struct {
	round func(float64) float64 // as the script prints
	tasks map[string]task
}

// profiles is a function because tasks and profiles refer to each other.
func profiles() map[string]profile {
	return map[string]profile{
		"cantemist":   {decimals(3), map[string]task{"ner": cantemist, "norm": cantemist, "coding": coding}},
		"pharmaconer": {significant, map[string]task{"ner": pharmaconer, "indexing": pharmaconer}},
		"medprocner":  {decimals(4), map[string]task{"ner": medprocner, "norm": medprocner, "index": indexing}},
		"symptemist":  {decimals(4), map[string]task{"ner": symptemist, "norm": symptemist, "multi": symptemist}},
		"distemist":   {decimals(4), map[string]task{"ner": temist, "norm": temist}},
		"livingner":   {decimals(4), map[string]task{"ner": temist, "norm": temist, "app": application}},
	}
}

// Profiles are the names of the profiles, sorted.
func Profiles() []string { return slices.Sorted(maps.Keys(profiles())) }

// Tasks are the tasks of a profile, sorted; none for an unknown one.
func Tasks(profile string) []string { return slices.Sorted(maps.Keys(profiles()[profile].tasks)) }

// Score runs one task of one profile. The error is a *ScriptError where the
// script itself would fail, score.ErrOptions where the options name what does
// not exist, and one of reading files otherwise.
func Score(o Options) (*score.Result, error) {
	p, ok := profiles()[o.Profile]
	if !ok {
		return nil, fmt.Errorf("%w: unknown profile %q: choose one of %s", score.ErrOptions, o.Profile, strings.Join(Profiles(), ", "))
	}
	do, ok := p.tasks[o.Task]
	if !ok {
		return nil, fmt.Errorf("%w: profile %s has no task %q: choose one of %s", score.ErrOptions, o.Profile, o.Task, strings.Join(Tasks(o.Profile), ", "))
	}
	return do(&run{Options: o, round: p.round, warnings: []string{}})
}

// run is the scoring of one pair of inputs.
type run struct {
	Options
	round    func(float64) float64
	warnings []string
}

func (r *run) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// warnSome warns where there is something to tell.
func (r *run) warnSome(n int, format string, args ...any) {
	if n > 0 {
		r.warn("%d "+format, append([]any{n}, args...)...)
	}
}

// result makes the result of tallies by document and label.
func (r *run) result(byDoc map[string]map[string]score.Tally) *score.Result {
	res := &score.Result{Profile: r.Profile, Task: r.Task, Warnings: r.warnings}
	res.Sum(byDoc, nil)
	res.Counts = r.rounded(res.Counts)
	for label, c := range res.PerLabel {
		res.PerLabel[label] = r.rounded(c)
	}
	return res
}

// rounded gives the ratios of c as the script prints them; it prints 0 where
// there is nothing to divide by.
func (r *run) rounded(c score.Counts) score.Counts {
	for _, s := range []*corpus.Score{&c.Precision, &c.Recall, &c.F1} {
		*s = r.roundScore(*s)
	}
	return c
}

func (r *run) roundScore(s corpus.Score) corpus.Score {
	if !s.Known() {
		return 0
	}
	return corpus.Score(r.round(float64(s)))
}

// decimals is round(x, n): the nearest decimal to the binary value.
func decimals(n int) func(float64) float64 {
	return func(x float64) float64 {
		y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', n, 64), 64)
		return y
	}
}

// significant is "{:.4}": four significant digits.
func significant(x float64) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
	return y
}

// tallies are by document, then by label.
type tallies map[string]map[string]score.Tally

// add counts one more of something for a label of a document.
func (t tallies) add(doc, label string, more score.Tally) {
	if t[doc] == nil {
		t[doc] = map[string]score.Tally{}
	}
	sum := t[doc][label]
	sum.TP += more.TP
	sum.FP += more.FP
	sum.FN += more.FN
	t[doc][label] = sum
}

// codes opens the list of valid codes, which the script needs.
func (r *run) codes() ([]byte, error) {
	if r.Codes == "" {
		return nil, fmt.Errorf("%w: profile %s needs the list of valid codes for this: give --codes FILE", score.ErrOptions, r.Profile)
	}
	return os.ReadFile(r.Codes)
}

// readFile reads one of the inputs that the script takes as a file.
func (r *run) readFile(path string) ([]byte, error) {
	if isDir(path) {
		return nil, fmt.Errorf("%w: profile %s, task %s reads a table, and %s is a directory", score.ErrOptions, r.Profile, r.Task, path)
	}
	return os.ReadFile(path)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// in adds the name of a file to the error of reading it, but leaves what the
// official script would say as it is.
func in(path string, err error) error {
	var script *ScriptError
	if err == nil || errors.As(err, &script) {
		return err
	}
	return fmt.Errorf("read %s: %w", filepath.ToSlash(path), err)
}

// some names the first few.
func some(names []string) string {
	const few = 3
	slices.Sort(names)
	if len(names) > few {
		return strings.Join(names[:few], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}
