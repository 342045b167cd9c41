package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // to look at a journal without gloss

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

const (
	crashRuns    = 20 // in make test; make crash sets GLOSS_CRASH_RUNS
	crashWorkers = 4  // programs at a time, each with a corpus of its own
	crashSeed    = 1  // of what is typed and when the program dies; GLOSS_CRASH_SEED sets another
	crashFresh   = 25 // runs after which a corpus is replaced by a new one
	longestLife  = 700 * time.Millisecond
)

// decisionKeys are what is typed: each is one key or some that belong together.
var decisionKeys = [][]string{
	{"L"}, {"H"}, {"W"}, {"h"}, {"l"}, {"n"}, {"n"}, {"p"}, {"a"}, {"0"}, {"r"}, {"u"}, {"u"}, {"C-r"}, {"f"}, {"]"}, {"["},
	{"g", "v", "v", "w", "Enter", "Enter"}, {"L", "L", "n", "a"},
}

// crashCount is what the runs of TestCrash came to.
type crashCount struct{ runs, saved, journaled, behind atomic.Int64 }

// TestCrash types decisions into the program and kills it at a random moment:
// what the screen called saved is in the journal, every file can be read, and
// after the next start the .ann files hold what the journal says.
func TestCrash(t *testing.T) {
	runs, seed := number(t, "GLOSS_CRASH_RUNS", crashRuns), number(t, "GLOSS_CRASH_SEED", crashSeed)
	var count crashCount
	t.Run("runs", func(t *testing.T) {
		for worker := range crashWorkers {
			t.Run(fmt.Sprintf("worker-%d", worker), func(t *testing.T) {
				t.Parallel()
				v := newVictim(t, &count)
				for run := worker; run < runs; run += crashWorkers {
					v.run(run, rand.New(rand.NewPCG(uint64(seed), uint64(run))))
				}
				v.revive(v.start(0)).press("q").ended()
			})
		}
	})
	t.Logf("seed %d: %d kills; %d decisions were called saved, %d are in the journals, none is lost; %d .ann files were behind and were brought up to date",
		seed, count.runs.Load(), count.saved.Load(), count.journaled.Load(), count.behind.Load())
	if runs >= crashRuns && count.saved.Load() < int64(runs) {
		t.Errorf("only %d decisions were called saved in %d runs: the kills come too early to show anything", count.saved.Load(), runs)
	}
}

func number(t *testing.T, env string, otherwise int) int {
	t.Helper()
	text := os.Getenv(env)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: it is a number from 1", env, text)
	}
	return n
}

// victim is a corpus whose program is killed again and again.
type victim struct {
	t       *testing.T
	count   *crashCount
	program string
	dir     string
	began   map[string]string // the .ann files as they were made
	rows    int               // decisions in the journal so far
	lives   int               // runs in this corpus
}

func newVictim(t *testing.T, count *crashCount) *victim {
	t.Helper()
	v := &victim{t: t, count: count, program: alone(t, binary)}
	v.renew()
	return v
}

// renew makes a new corpus.
func (v *victim) renew() {
	v.t.Helper()
	const text = "Niño con fiebre y tos seca desde ayer.\nSe pauta paracetamol; la fiebre cede, la tos no.\n"
	const ann = "T1\tSINTOMA 9 15\tfiebre\nT2\tSINTOMA 18 21\ttos\nT3\tFARMACO 48 59\tparacetamol\n#1\tAnnotatorNotes T3\toral\nT4\tSINTOMA 64 70\tfiebre\n"
	v.began = map[string]string{"a": ann, "b": ann, "c": ""}
	content := map[string]string{"annotation.conf": "[entities]\nSINTOMA\nFARMACO\n[relations]\n[events]\n[attributes]\n"}
	for doc, began := range v.began {
		content[doc+".txt"], content[doc+".ann"] = text, began
	}
	v.dir, v.rows, v.lives = files(v.t, content), 0, 0
}

func (v *victim) start(doc int) *screen {
	v.t.Helper()
	return startProgram(v.t, v.program, 100, 30, v.dir, "--who", "ana", "--at", string(rune('a'+doc)))
}

// run is one life: start, find what the last one left, type, die.
func (v *victim) run(run int, rng *rand.Rand) {
	v.t.Helper()
	if v.lives++; v.lives > crashFresh {
		v.revive(v.start(0)).close()
		v.renew()
	}
	s := v.start(rng.IntN(3))
	defer s.close()
	pid := s.pid()
	life := time.Duration(rng.Int64N(int64(longestLife)))
	if rng.IntN(10) > 0 { // else it dies while it starts
		v.revive(s)
	}
	time.AfterFunc(life, func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	saved := 0
	for !s.dead() {
		// Keys for a program that has died meanwhile go nowhere.
		s.press(decisionKeys[rng.IntN(len(decisionKeys))]...)
		saved = max(saved, s.saved())
	}
	saved = max(saved, s.saved()) // what the screen said last stays on it
	v.autopsy(run, saved)
}

// autopsy looks at what a killed program left.
func (v *victim) autopsy(run, saved int) {
	v.t.Helper()
	if v.rows == 0 && saved == 0 && !exists(filepath.Join(v.dir, ".gloss", "journal-ana.db")) {
		v.count.runs.Add(1)
		return // it died before it made its journal
	}
	all := log(v.t, v.dir)
	if len(all) < v.rows+saved {
		v.t.Errorf("run %d: %d decisions are in the journal, %d were there before and %d were called saved", run, len(all), v.rows, saved)
	}
	for i, d := range all {
		if d.Seq != int64(i+1) {
			v.t.Fatalf("run %d: seq %d is at place %d of the log", run, d.Seq, i+1)
		}
	}
	if out := integrity(v.t, v.journal()); out != "ok" {
		v.t.Errorf("run %d: the journal is broken: %s", run, out)
	}
	for doc := range v.began {
		switch missing := v.missing(doc); {
		case missing < 0:
			v.t.Errorf("run %d: %s.ann is none of the states that the journal knows:\n%s", run, doc, read(v.t, v.ann(doc)))
		case missing > 0:
			v.count.behind.Add(1)
		}
	}
	v.count.runs.Add(1)
	v.count.saved.Add(int64(saved))
	v.count.journaled.Add(int64(len(all) - v.rows))
	v.rows = len(all)
}

// revive waits until a new start has brought every .ann file to where the
// journal is.
func (v *victim) revive(s *screen) *screen {
	v.t.Helper()
	s.see(`\bidle\b`)
	s.until("the .ann files are as the journal says", func() bool {
		for doc := range v.began {
			if v.rows > 0 && v.missing(doc) != 0 {
				return false
			}
		}
		return true
	})
	return s
}

// missing is how many of the journal's edits of a document its .ann file lacks:
// 0 where it is up to date, -1 where it is nothing that the journal knows.
func (v *victim) missing(doc string) int {
	v.t.Helper()
	now := []byte(read(v.t, v.ann(doc)))
	f, err := brat.Parse([]byte(v.began[doc]), corpus.NewText(read(v.t, filepath.Join(v.dir, doc+".txt"))))
	if err != nil {
		v.t.Fatal(err)
	}
	missing := -1
	look := func() {
		if bytes.Equal(f.Bytes(), now) {
			missing = 0
		} else if missing >= 0 {
			missing++
		}
	}
	look()
	j, err := journal.OpenFile(v.journal())
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() {
		if err := j.Close(); err != nil {
			v.t.Error(err)
		}
	}()
	for d, err := range j.All(context.Background(), journal.Filter{Doc: doc}) {
		if err == nil {
			err = f.Apply(d.Edit)
		}
		if err != nil {
			v.t.Fatalf("decision %d: %v", d.Seq, err)
		}
		look()
	}
	return missing
}

func (v *victim) ann(doc string) string { return filepath.Join(v.dir, doc+".ann") }

func (v *victim) journal() string { return filepath.Join(v.dir, ".gloss", "journal-ana.db") }

// integrity is what SQLite itself says of a file.
func integrity(t *testing.T, path string) (result string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&result); err != nil {
		return err.Error()
	}
	return result
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

var savedPattern = regexp.MustCompile(`\bsaved (\d+)\b`)

// saved is the number that the screen calls saved now, 0 where it tells none.
func (s *screen) saved() int {
	s.t.Helper()
	found := savedPattern.FindStringSubmatch(s.text())
	if found == nil {
		return 0
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *screen) pid() int {
	s.t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(s.tmux("display-message", "-p", "#{pane_pid}")))
	if err != nil {
		s.t.Fatal(err)
	}
	return pid
}

// dead tells whether the program has left; its last screen stays to be read.
func (s *screen) dead() bool {
	s.t.Helper()
	return strings.TrimSpace(s.tmux("display-message", "-p", "#{pane_dead}")) == "1"
}

func (s *screen) close() { s.t.Helper(); s.tmux("kill-server") }
