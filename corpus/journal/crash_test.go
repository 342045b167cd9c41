package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// childDir makes the test binary a process that appends until it is killed.
const childDir = "GLOSS_JOURNAL_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		appendForever(dir)
	}
	code := m.Run()
	removeLong()
	os.Exit(code)
}

// appendForever prints the last seq of every append that was acknowledged.
func appendForever(dir string) {
	j, err := Open(dir, "ana")
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	for last := j.Last(); ; last = j.Last() {
		if err := j.Append(context.Background(), decisions(last+1, last+1+last%3)); err != nil {
			fmt.Println("append:", err)
			os.Exit(1)
		}
		fmt.Println(j.Last())
	}
}

// child starts a process that holds the journal of dir; its lines come as it appends.
func child(t *testing.T, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

func TestKillLosesNothing(t *testing.T) {
	dir := t.TempDir()
	acknowledged := int64(0)
	for round := range 4 {
		cmd, lines := child(t, dir)
		for n := 0; lines.Scan(); n++ {
			seq, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil {
				t.Fatal(lines.Text())
			}
			acknowledged = seq
			if n == 5+20*round {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		j, err := Open(dir, "ana") // also: the lock of the dead is free
		if err != nil {
			t.Fatal(err)
		}
		got := all(t, j, Filter{})
		if int64(len(got)) != j.Last() || j.Last() < acknowledged {
			t.Fatalf("%d decisions, last %d, acknowledged %d", len(got), j.Last(), acknowledged)
		}
		for i, d := range got {
			if d.Seq != int64(i+1) {
				t.Fatalf("seq %d at %d", d.Seq, i)
			}
		}
		mustAppend(t, j, decisions(j.Last()+1, j.Last()+2))
		acknowledged = j.Last()
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBusyNamesTheHolder(t *testing.T) {
	dir := t.TempDir()
	cmd, lines := child(t, dir)
	if !lines.Scan() {
		t.Fatal("the child did not start")
	}
	_, err := Open(dir, "ana")
	if !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "process "+strconv.Itoa(cmd.Process.Pid)) {
		t.Errorf("got %v, want the process %d", err, cmd.Process.Pid)
	}
	if r, err := OpenReadOnly(dir, "ana"); err != nil || r.Last() == 0 || r.Close() != nil {
		t.Errorf("reading beside the writer: %v", err)
	}
	if j, err := Open(dir, "eva"); err != nil || j.Close() != nil {
		t.Errorf("another annotator: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	_ = cmd.Wait() // it was killed
	mustOpen(t, dir)
}

func TestBusyInOneProcess(t *testing.T) {
	dir := t.TempDir()
	j := mustOpen(t, dir)
	if _, err := Open(dir, "ana"); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, dir)
}
