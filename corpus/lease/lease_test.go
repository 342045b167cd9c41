package lease

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestOneHolderAtATime(t *testing.T) {
	dir := t.TempDir() + "/leases"
	ana, eva := NewKeeper(dir, "ana"), NewKeeper(dir, "eva")
	if _, ok := eva.Holder("a/b"); ok {
		t.Error("a lease without a holder")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("looking made the directory")
	}
	if err := ana.Take("a/b"); err != nil {
		t.Fatal(err)
	}
	if h, ok := eva.Holder("a/b"); !ok || h.Who != "ana" || h.PID != os.Getpid() || h.Expires.Sub(h.Renewed) != Lifetime {
		t.Errorf("holder %+v, %v", h, ok)
	}
	err := eva.Take("a/b")
	if !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), "ana") {
		t.Errorf("got %v", err)
	}
	if err := errors.Join(eva.Take("a"), ana.Take("a/b"), ana.Renew()); err != nil {
		t.Errorf("another document, and the own one again: %v", err)
	}
	if _, ok := ana.Holder("a/b"); ok {
		t.Error("one's own lease stands in one's way")
	}
	if err := ana.Release("a/b"); err != nil {
		t.Fatal(err)
	}
	if err := eva.Take("a/b"); err != nil {
		t.Errorf("after the release: %v", err)
	}
	if err := errors.Join(eva.Close(), ana.Close()); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// forge leaves a lease as a holder that cannot be seen from here would.
func forge(t *testing.T, k *Keeper, doc string, h Holder) {
	t.Helper()
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(k.dir, 0o700), os.WriteFile(k.path(doc), data, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestDeadHolders(t *testing.T) {
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Skip(err)
	}
	now := time.Now()
	for _, c := range []struct {
		name string
		h    Holder
		held bool
	}{
		{"dead on this machine", Holder{Who: "eva", PID: gone.Process.Pid, Expires: now.Add(time.Minute)}, false},
		{"expired elsewhere", Holder{Who: "eva", Host: "far.example", PID: 1, Expires: now.Add(-time.Second)}, false},
		{"living elsewhere", Holder{Who: "eva", Host: "far.example", PID: 1, Expires: now.Add(time.Second)}, true},
		{"never signed", Holder{}, false},
	} {
		k := NewKeeper(t.TempDir(), "ana")
		k.now = func() time.Time { return now }
		if c.h.Host == "" {
			c.h.Host = k.host
		}
		forge(t, k, "a", c.h)
		if _, ok := k.Holder("a"); ok != c.held {
			t.Errorf("%s: held %v", c.name, ok)
		}
		if err := k.Take("a"); errors.Is(err, ErrHeld) != c.held {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A holder whose clock stands still, as a stopped process's, still has its lock.
func TestTheLockOutlivesTheExpiry(t *testing.T) {
	dir := t.TempDir()
	ana, eva := NewKeeper(dir, "ana"), NewKeeper(dir, "eva")
	ana.now = func() time.Time { return time.Now().Add(-time.Hour) }
	if err := ana.Take("a"); err != nil {
		t.Fatal(err)
	}
	if err := eva.Take("a"); !errors.Is(err, ErrHeld) {
		t.Errorf("got %v", err)
	}
	if err := ana.Close(); err != nil {
		t.Error(err)
	}
}

// TestWhatADeadProgramLeftIsNoLease: an annotator's own lease was left by a
// program that is gone, and a zombie holds nothing.
func TestWhatADeadProgramLeftIsNoLease(t *testing.T) {
	now := time.Now()
	ana := NewKeeper(t.TempDir(), "ana")
	forge(t, ana, "own", Holder{Doc: "own", Who: "ana", Host: ana.host, PID: os.Getppid(), Expires: now.Add(time.Minute)})
	if h, held := ana.Holder("own"); held {
		t.Errorf("one's own old lease is respected: %+v", h)
	}
	forge(t, ana, "hers", Holder{Doc: "hers", Who: "eva", Host: ana.host, PID: os.Getppid(), Expires: now.Add(time.Minute)})
	if _, held := ana.Holder("hers"); !held {
		t.Error("a living holder is not respected")
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells zombies")
	}
	zombie := exec.Command("true")
	out, err := zombie.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := zombie.Start(); err != nil {
		t.Skip(err)
	}
	defer zombie.Wait()                        // only now is it asked for
	if _, err := io.ReadAll(out); err != nil { // it has closed its output, and ends
		t.Fatal(err)
	}
	for alive(zombie.Process.Pid) { // a moment between its last words and its end
		runtime.Gosched()
	}
}
