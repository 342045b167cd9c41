package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shell runs the program in a shell that tells how the terminal was before and after.
func shell(t *testing.T, args ...string) (s *screen, state string) {
	t.Helper()
	state = t.TempDir()
	script := filepath.Join(state, "run.sh")
	text := "#!/bin/sh\nstty -g > " + state + "/before\nsh -c 'echo $$ > " + state + "/pid; exec \"$@\"' run " + binary + " \"$@\"\necho $? > " + state + "/code\n" +
		"sleep 0.3\nstty -g > " + state + "/after\nexec cat\n"
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return startProgram(t, script, 100, 30, args...), state
}

// signal sends one to the program that a shell runs.
func signal(t *testing.T, state, name string) {
	t.Helper()
	pid := strings.TrimSpace(read(t, filepath.Join(state, "pid")))
	if out, err := exec.Command("kill", "-"+name, pid).CombinedOutput(); err != nil {
		t.Fatalf("kill -%s: %v\n%s", name, err, out)
	}
}

// TestWhateverEndsIt ends the program in every way that leaves it no time, or little:
// the terminal is as it was before, what to do is said, and what was called saved is
// on disk; a signal that can be heard leaves the files up to date, too.
func TestWhateverEndsIt(t *testing.T) {
	for _, c := range []struct {
		signal string
		heard  bool
	}{{"TERM", true}, {"HUP", true}, {"KILL", false}, {"SEGV", false}} {
		t.Run(c.signal, func(t *testing.T) {
			dir := files(t, oneNote("T1\tSINTOMA 6 20\tdolor torácico\n"))
			s, state := shell(t, dir, "--who", "ana", "--blind")
			s.settle(0).press("n", "W").settle(1).press("B").see(`saved 2`)
			signal(t, state, c.signal)
			after := filepath.Join(state, "after")
			s.until("the shell goes on", func() bool { return exists(after) && read(t, after) != "" })
			if before := read(t, filepath.Join(state, "before")); before != read(t, after) {
				t.Errorf("the terminal was %s and is %s", before, read(t, after))
			}
			if flags := strings.TrimSpace(s.tmux("display-message", "-p", "alternate #{alternate_on} mouse #{mouse_any_flag} cursor #{cursor_flag}")); flags != "alternate 0 mouse 0 cursor 1" {
				t.Errorf("the terminal is left with %s", flags)
			}
			if !c.heard {
				s.see(`open the collection again to go on`)
			}
			if n := len(log(t, dir)); n != 2 {
				t.Errorf("%d decisions are in the journal, 2 were called saved", n)
			}
			ann := filepath.Join(dir, "a.ann")
			if want := "T1\tSINTOMA 6 20\tdolor torácico\n"; c.heard && read(t, ann) != want {
				t.Errorf("a.ann is %q", read(t, ann))
			}
			again := start(t, 100, 30, dir, "--who", "ana", "--blind")
			again.settle(0).press("u").settle(1).press("q").ended()
			if want := "T1\tSINTOMA 6 22\tdolor torácico y\n"; read(t, ann) != want {
				t.Errorf("after taking the second decision back a.ann is %q", read(t, ann))
			}
		})
	}
}

// TestATerminalThatGoesAway closes the window in the middle of a decision: the program
// writes what was decided, and leaves.
func TestATerminalThatGoesAway(t *testing.T) {
	dir := files(t, oneNote("T1\tSINTOMA 6 20\tdolor torácico\n"))
	s := start(t, 100, 30, dir, "--who", "ana", "--blind")
	s.settle(0).press("n", "W").settle(1)
	pid := s.pid()
	s.press("W", "W")
	s.tmux("kill-pane")
	s.gone(pid)
	all := log(t, dir)
	if len(all) < 1 || len(all) > 3 {
		t.Fatalf("%d decisions are in the journal", len(all))
	}
	if want := "\t" + all[len(all)-1].After.Text + "\n"; !strings.HasSuffix(read(t, filepath.Join(dir, "a.ann")), want) {
		t.Errorf("a.ann is %q, the newest decision says %q", read(t, filepath.Join(dir, "a.ann")), want)
	}
}

// gone waits until a process has ended.
func (s *screen) gone(pid int) {
	s.t.Helper()
	waitFor(s.t, "the program ends", func() bool { return !alive(pid) })
}

// TestTwoAnnotatorsAtOneDocument: who decides first has it; the other reads, is told
// whose it is, and can decide once it is free.
func TestTwoAnnotatorsAtOneDocument(t *testing.T) {
	dir := files(t, oneNote("T1\tSINTOMA 6 20\tdolor torácico\n"))
	ana := start(t, 100, 30, dir, "--who", "ana", "--blind")
	ana.settle(0).press("n", "W").settle(1)
	eva := start(t, 100, 30, dir, "--who", "eva", "--blind")
	eva.see(`read-only: ana`).press("n", "W").see(`read-only: ana`).see(`saved 0`)
	ana.press("q").ended()
	eva.press("q").ended()
	again := start(t, 100, 30, dir, "--who", "eva", "--blind")
	again.settle(0).press("n", "W").settle(1).press("q").ended()
	if want := "T1\tSINTOMA 6 32\tdolor torácico y abdominal\n"; read(t, filepath.Join(dir, "a.ann")) != want {
		t.Errorf("a.ann is %q", read(t, filepath.Join(dir, "a.ann")))
	}
}

// TestOtherKeys moves a key by gloss.toml, and is refused where it cannot be.
func TestOtherKeys(t *testing.T) {
	content := oneNote("T1\tSINTOMA 6 20\tdolor torácico\n")
	content["gloss.toml"] = "[keys]\npreset = \"plain\"\nnext = [\"n\", \"F2\"]\n"
	s := start(t, 100, 30, files(t, content), "--who", "ana", "--blind")
	s.settle(0).press("F2").see(`▌dolor torácico▐`).press("S-Right").settle(1).see(`▌dolor torácico ▐`).press("C-q").ended()
	content["gloss.toml"] = "device = \"cpu\"\n[keys]\naccept = \"r\"\n"
	dir := files(t, content)
	_, said := both(t, 3, dir)
	if !strings.Contains(said, dir+`/gloss.toml:3: keys.accept: "r" is the key of reject`) {
		t.Errorf("gloss says %q", said)
	}
	unchanged(t, dir, content)
}

// TestTheTourIsOfferedToWhoIsNew offers the tour on the first start alone.
func TestTheTourIsOfferedToWhoIsNew(t *testing.T) {
	state := t.TempDir()
	t.Setenv("GLOSS_E2E_STATE", state)
	dir := filepath.Join(t.TempDir(), "demo")
	first := start(t, 120, 40, "demo", "--dir", dir, "--who", "ana")
	first.see(`First time here\? T begins a tour`).press("T").see(`Tour 1 of 8`).settle(0).press("a").settle(1).see(`Tour 2 of 8`).press("q").ended()
	second := start(t, 120, 40, "demo", "--dir", dir, "--who", "ana")
	second.settle(0).see(`\? keys`)
	if strings.Contains(second.text(), "First time here") {
		t.Error("the tour is offered again")
	}
	second.press("q").ended()
}
