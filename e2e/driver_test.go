// Package e2e drives the built program in tmux, as a person does: it starts it,
// presses keys, and looks at the screen, the files and the journal.
package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a screen may take to show what is waited for.
const patience = 90 * time.Second

var binary string // the program under test

func TestMain(m *testing.M) {
	code, err := withProgram(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

// withProgram builds the program, with its library beside it, as make does.
func withProgram(run func() int) (int, error) {
	dir, err := os.MkdirTemp("", "gloss-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if err := lookAtSources(); err != nil {
		return 0, err
	}
	binary = filepath.Join(dir, "gloss")
	if out, err := exec.Command("go", "build", "-o", binary, "../cmd/gloss").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the program (make deps gets the libraries): %w\n%s", err, out)
	}
	lib, err := filepath.Abs("../build/lib/libonnxruntime.so")
	if err != nil {
		return 0, err
	}
	if err := os.Symlink(lib, filepath.Join(dir, "libonnxruntime.so")); err != nil {
		return 0, err
	}
	return run(), nil
}

// lookAtSources touches every source file, so that the go command, which keeps
// the results of tests by the files that they looked at, runs these again
// whenever the program has changed.
func lookAtSources() error {
	for _, floor := range []string{"cmd", "tui", "engine", "kb", "corpus", "build"} {
		err := filepath.WalkDir(filepath.Join("..", floor), func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			_, err = os.Stat(path)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// screen is a terminal with the program in it.
type screen struct {
	t    testing.TB
	sock string
	used *usedKeys // nil: nobody counts the keys
	mode string    // what the next keys are for, as gloss.toml calls it; "" at rest

	dir   string // the collection, where the story knows it
	count int    // decisions that were saved when it looked last
}

// start runs the program in a terminal of its own.
func start(t testing.TB, cols, rows int, args ...string) *screen {
	t.Helper()
	return startProgram(t, binary, cols, rows, args...)
}

func startProgram(t testing.TB, program string, cols, rows int, args ...string) *screen {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is missing: install it (apt-get install tmux) to run the end-to-end tests")
	}
	s := &screen{t: t, sock: filepath.Join(t.TempDir(), "tmux")}
	quoted := []string{"exec", "env", "LC_ALL=C.UTF-8", "TERM=tmux-256color", "XDG_STATE_HOME=" + known(t), program}
	for _, a := range args {
		quoted = append(quoted, "'"+strings.ReplaceAll(a, "'", `'\''`)+"'")
	}
	conf := filepath.Join(t.TempDir(), "tmux.conf")
	settings := "set -g default-terminal tmux-256color\nset -g status off\nset -g remain-on-exit on\nset -sg escape-time 0\n"
	if err := os.WriteFile(conf, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	s.tmux("-f", conf, "new-session", "-d", "-x", fmt.Sprint(cols), "-y", fmt.Sprint(rows), strings.Join(quoted, " "))
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", s.sock, "kill-server").Run() })
	return s
}

func (s *screen) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", s.sock}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (s *screen) text() string { s.t.Helper(); return s.tmux("capture-pane", "-p") }

// known is the state of a user who was offered the tour before.
func known(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("GLOSS_E2E_STATE"); dir != "" {
		return dir // of a test about those who were not
	}
	return files(t, map[string]string{"gloss/met": ""})
}

// while says what the next keys are for, as gloss.toml calls it: "selecting", "list";
// "" at rest. It does nothing but count them rightly.
func (s *screen) while(mode string) *screen {
	s.mode = mode
	return s
}

// press types keys by their tmux names: "a", "Enter", "C-r".
func (s *screen) press(keys ...string) *screen {
	s.t.Helper()
	s.used.note(s.mode, keys)
	s.tmux(append([]string{"send-keys"}, keys...)...)
	return s
}

// write types text as it is.
func (s *screen) write(text string) *screen {
	s.t.Helper()
	s.tmux("send-keys", "-l", text)
	return s
}

// see waits until the screen matches.
func (s *screen) see(pattern string) *screen {
	s.t.Helper()
	s.until("the screen shows "+pattern, func() bool { return regexp.MustCompile(pattern).MatchString(s.text()) })
	return s
}

// hides waits until the screen no longer matches.
func (s *screen) hides(pattern string) *screen {
	s.t.Helper()
	s.until("the screen no longer shows "+pattern, func() bool { return !regexp.MustCompile(pattern).MatchString(s.text()) })
	return s
}

// settle waits until nothing runs in the background and n decisions are saved.
func (s *screen) settle(n int) *screen {
	s.t.Helper()
	return s.see(fmt.Sprintf(`saved %d\b`, n)).see(`\bidle\b`)
}

// ended waits until the program has left.
func (s *screen) ended() *screen {
	s.t.Helper()
	s.until("the program ends", func() bool {
		return strings.TrimSpace(s.tmux("display-message", "-p", "#{pane_dead}")) == "1"
	})
	return s
}

// kill ends the program as a power cut would.
func (s *screen) kill() {
	s.t.Helper()
	pid := strings.TrimSpace(s.tmux("display-message", "-p", "#{pane_pid}"))
	if out, err := exec.Command("kill", "-9", pid).CombinedOutput(); err != nil {
		s.t.Fatalf("kill %s: %v\n%s", pid, err, out)
	}
	s.ended()
}

func (s *screen) until(what string, done func() bool) {
	s.t.Helper()
	if !within(patience, done) {
		s.t.Fatalf("waited %v until %s; the screen is\n%s", patience, what, s.text())
	}
}

// waitFor is until where there is no screen to show.
func waitFor(t testing.TB, what string, done func() bool) {
	t.Helper()
	if !within(patience, done) {
		t.Fatalf("waited %v until %s", patience, what)
	}
}

// within tells whether something comes true in time, looked at again and again.
func within(limit time.Duration, done func() bool) bool {
	deadline := time.After(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline:
			return false
		case <-tick.C:
		}
	}
	return true
}

// alive tells whether a process runs.
func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// decision is a row of gloss log --json.
type decision struct {
	Seq           int64
	Kind, Doc     string
	Note          string
	Before, After *mention
	Offer         struct{ Candidates []struct{ DB, ID string } }
}

type mention struct {
	ID, Label, Text string
	Spans           [][2]int
	Links           []struct{ DB, ID string }
}

// log lists the decisions of a collection.
func log(t testing.TB, dir string) []decision {
	t.Helper()
	out := command(t, 0, "log", dir, "--json")
	var doc struct{ Decisions []decision }
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatalf("gloss log --json: %v\n%s", err, out)
	}
	return doc.Decisions
}

// command runs the program without a terminal, and returns what it printed on
// standard output; it must end with the exit code.
func command(t testing.TB, code int, args ...string) string {
	t.Helper()
	out, _ := both(t, code, args...)
	return out
}

func both(t testing.TB, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("gloss %v: exit %d (%v), want %d\n%s%s", args, got, err, code, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

// read returns a file's content.
func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func matches(pattern, text string) bool { return regexp.MustCompile(pattern).MatchString(text) }
