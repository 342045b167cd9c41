package e2e

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestWhatIsPaintedIsOnTheDisk traces the system calls of the program: before
// "saved N" is painted, the journal's sync has returned; an .ann file is synced
// before it is renamed, and its directory after. The same checks find what is
// wrong with programs that were built without those syncs, or that paint early.
func TestWhatIsPaintedIsOnTheDisk(t *testing.T) {
	for _, c := range []struct {
		name  string
		edits []mutation
		finds []string
	}{
		{"as it is", nil, nil},
		{"without syncs", []mutation{
			{"corpus/journal/schema.go", `"wal", "FULL"`, `"wal", "OFF"`},
			{"corpus/brat/write.go", `return f.Name(), f.Sync()`, `return f.Name(), nil`},
			{"corpus/brat/write.go", `err := syncDir(filepath.Dir(target)); err`, `err := error(nil); filepath.Dir(target) != "" && err`},
		}, []string{unsyncedPaint, unsyncedFile, unsyncedDir}},
		{"painting early", []mutation{
			{"engine/workbench/decide.go", "\treturn w.last\n}", "\tw.synced = w.last\n\treturn w.last\n}"},
		}, []string{unsyncedPaint}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			program := binary
			if c.edits != nil {
				program = mutant(t, c.edits)
			}
			calls := traced(t, program)
			found := slices.Concat(earlyPaints(calls, paints(t, calls)), looseRenames(calls))
			if kinds := kindsFound(found); !slices.Equal(kinds, c.finds) {
				t.Errorf("found %q, want the kinds %q", found, c.finds)
			}
		})
	}
}

// The kinds of findings.
const (
	unsyncedPaint = "painted before the journal was synced"
	unsyncedFile  = "renamed before it was synced"
	unsyncedDir   = "directory not synced after the rename"
)

func kindsFound(found []string) []string {
	var kinds []string
	for _, kind := range []string{unsyncedPaint, unsyncedFile, unsyncedDir} {
		if slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, kind) }) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// mutation replaces a piece of a source file.
type mutation struct{ file, old, new string }

// mutant builds the program with some pieces of its source replaced. The
// checkout stays as it is.
func mutant(t *testing.T, edits []mutation) string {
	t.Helper()
	dir, replace, sources := t.TempDir(), map[string]string{}, map[string]string{}
	for _, m := range edits {
		path, err := filepath.Abs(filepath.Join("..", m.file))
		if err != nil {
			t.Fatal(err)
		}
		if sources[path] == "" {
			sources[path] = read(t, path)
		}
		if strings.Count(sources[path], m.old) != 1 {
			t.Fatalf("%s does not hold %q once: the source has changed, change the test with it", m.file, m.old)
		}
		sources[path] = strings.Replace(sources[path], m.old, m.new, 1)
		replace[path] = filepath.Join(dir, filepath.Base(path))
	}
	for path, source := range sources {
		if err := os.WriteFile(replace[path], []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "gloss")
	cmd := exec.Command("go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program, "../cmd/gloss")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the changed program: %v\n%s", err, out)
	}
	return program
}

const (
	// syscalls are those that write, sync or rename.
	syscalls = "trace=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2"
	// slowDisk takes 50 ms for a sync: what is painted early is painted before it, not
	// by chance after it.
	slowDisk = "inject=fsync,fdatasync:delay_enter=50000"
)

// traced decides some things in the program under strace, and returns its calls.
func traced(t *testing.T, program string) []call {
	t.Helper()
	dir := traceable(t)
	s, record := strace(t, program, dir, "-y", "-xx", "-s", "1000000", "-e", syscalls, "-e", slowDisk)
	s.settle(0)
	for i, key := range []string{"n", "L", "L", "a", "u", "r"} {
		s.press(key)
		s.settle(i) // the first key only moves the focus
	}
	s.press("q").ended()
	if n := len(log(t, dir)); n != 5 {
		t.Fatalf("%d decisions were journaled, want 5", n)
	}
	return parseTrace(t, read(t, record))
}

// traceable is a small corpus.
func traceable(t *testing.T) string {
	t.Helper()
	return files(t, map[string]string{
		"a.txt":           "Niño con fiebre y tos seca desde ayer.\n",
		"a.ann":           "T1\tSINTOMA 9 15\tfiebre\nT2\tSINTOMA 18 21\ttos\n",
		"annotation.conf": "[entities]\nSINTOMA\n[relations]\n[events]\n[attributes]\n",
	})
}

// strace runs a program on a corpus, and returns the file with its calls.
func strace(t *testing.T, program, dir string, options ...string) (s *screen, record string) {
	t.Helper()
	tool, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is missing: install it (apt-get install strace) to check what is synced")
	}
	if out, err := exec.Command(tool, "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("strace may not trace here: %v\n%s", err, out)
	}
	record = filepath.Join(t.TempDir(), "calls")
	args := slices.Concat([]string{"-f", "-o", record}, options, []string{alone(t, program), dir, "--who", "ana"})
	return startProgram(t, tool, 100, 30, args...), record
}

// alone is the program in a directory without the library for the models, which
// have no part in what is saved: it starts the faster.
func alone(t *testing.T, program string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gloss")
	if err := os.Link(program, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// call is a system call that succeeded: from is when it was made and to when it
// had returned, both as lines of the trace.
type call struct {
	name     string
	from, to int
	path     string   // of the file, for a rename the new one
	texts    []string // what was written, or the old and the new name
}

var (
	callPattern       = regexp.MustCompile(`^(\d+)\s+(\w+)\((.*?)(?:\)\s+= (-?\d+).*| <unfinished \.\.\.>)$`)
	resumedPattern    = regexp.MustCompile(`^(\d+)\s+<\.\.\. \w+ resumed>.*= (-?\d+)`)
	descriptorPattern = regexp.MustCompile(`^\d+<((?:\\x[0-9a-f]{2})*)>`)
	textPattern       = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
)

// parseTrace reads what strace wrote with -f -y -xx.
func parseTrace(t *testing.T, trace string) []call {
	t.Helper()
	var calls []call
	open := map[string]call{} // by thread
	for i, line := range strings.Split(trace, "\n") {
		if m := resumedPattern.FindStringSubmatch(line); m != nil {
			if c, ok := open[m[1]]; ok && !strings.HasPrefix(m[2], "-") {
				c.to = i
				calls = append(calls, c)
			}
			delete(open, m[1])
			continue
		}
		m := callPattern.FindStringSubmatch(line)
		if m == nil {
			continue // a signal, or the end of a thread
		}
		c := call{name: m[2], from: i, to: i}
		if d := descriptorPattern.FindStringSubmatch(m[3]); d != nil {
			c.path = unhex(t, d[1])
		}
		for _, text := range textPattern.FindAllStringSubmatch(m[3], -1) {
			c.texts = append(c.texts, unhex(t, text[1]))
		}
		if c.renames() && len(c.texts) == 2 {
			c.path = c.texts[1]
		}
		switch {
		case m[4] == "":
			open[m[1]] = c
		case !strings.HasPrefix(m[4], "-"):
			calls = append(calls, c)
		}
	}
	slices.SortFunc(calls, func(a, b call) int { return a.from - b.from })
	return calls
}

func unhex(t *testing.T, text string) string {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (c call) writes() bool { return c.name == "write" || c.name == "pwrite64" }

func (c call) syncs() bool { return c.name == "fsync" || c.name == "fdatasync" }

func (c call) renames() bool { return strings.HasPrefix(c.name, "rename") }

// paints plays what the program wrote to its terminal to another one, and
// returns for each N from 1 the write after which that shows "saved N".
func paints(t *testing.T, calls []call) []call {
	t.Helper()
	fifo := filepath.Join(t.TempDir(), "played")
	if out, err := exec.Command("mkfifo", fifo).CombinedOutput(); err != nil {
		t.Fatalf("mkfifo: %v\n%s", err, out)
	}
	s := startProgram(t, "sh", 100, 30, "-c", "stty raw -echo; exec cat "+fifo)
	defer s.close()
	f, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var painted []call
	for i, c := range calls {
		if !c.writes() || !strings.HasPrefix(c.path, "/dev/pts/") {
			continue
		}
		mark := "written-" + strconv.Itoa(i) // a title tells when all of it is on the screen
		if _, err := f.WriteString(c.texts[0] + "\x1b]2;" + mark + "\x07"); err != nil {
			t.Fatal(err)
		}
		s.until("the screen is painted", func() bool {
			return strings.TrimSpace(s.tmux("display-message", "-p", "#{pane_title}")) == mark
		})
		if n := s.saved(); n > len(painted) {
			painted = append(painted, c)
		}
	}
	if len(painted) != 5 {
		t.Fatalf("%d times more was called saved, want 5", len(painted))
	}
	return painted
}

// earlyPaints tells which "saved N" were painted though the journal was not
// synced after it was last written to, or not written to at all.
func earlyPaints(calls, painted []call) []string {
	var found []string
	before := 0
	for i, paint := range painted {
		written, synced := -1, false
		for _, c := range calls {
			switch {
			case !strings.HasSuffix(c.path, "/journal-ana.db-wal") || c.from < before || c.from > paint.from:
			case c.writes():
				written, synced = c.to, false
			case c.syncs() && written >= 0 && c.from > written && c.to < paint.from:
				synced = true
			}
		}
		if !synced {
			found = append(found, fmt.Sprintf("%s: saved %d in line %d, the journal was written in line %d", unsyncedPaint, i+1, paint.from+1, written+1))
		}
		before = paint.from
	}
	return found
}

// looseRenames tells which .ann files were renamed before they were synced, or
// their directory not synced before the next of them was renamed.
func looseRenames(calls []call) []string {
	var found []string
	renames := 0
	for _, r := range calls {
		if !r.renames() || !strings.HasSuffix(r.path, ".ann") {
			continue
		}
		renames++
		file, dir, next := false, false, false
		for _, c := range calls {
			switch {
			case c.renames() && c.path == r.path && c.from > r.to:
				next = true
			case c.path == r.texts[0] && c.writes() && c.to < r.from:
				file = false
			case c.path == r.texts[0] && c.syncs() && c.to < r.from:
				file = true
			case c.path == filepath.Dir(r.path) && c.syncs() && c.from > r.to && !next:
				dir = true
			}
		}
		if !file {
			found = append(found, fmt.Sprintf("%s: %s in line %d", unsyncedFile, r.path, r.from+1))
		}
		if !dir {
			found = append(found, fmt.Sprintf("%s: %s in line %d", unsyncedDir, r.path, r.from+1))
		}
	}
	if renames == 0 {
		found = append(found, unsyncedFile+": no .ann file was renamed at all")
	}
	return found
}
