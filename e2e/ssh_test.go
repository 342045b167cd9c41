package e2e

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// oneWay is how long the line of TestOverSSH takes from one end to the other.
const oneWay = 60 * time.Millisecond

// TestOverSSH works on the demo through an OpenSSH server, over a line with 120 ms
// there and back. The line is cut in the middle of a decision: gloss ends by itself,
// nothing that it called saved is lost, and the next session goes on.
func TestOverSSH(t *testing.T) {
	server := newSSH(t)
	dir := filepath.Join(t.TempDir(), "demo")
	line := newLine(t, server.addr)
	s := server.connect(t, line.addr(), dir)
	s.settle(0).see(`▌Varón▐`)
	var took []time.Duration
	for i := range 20 { // the next mention and back: the last line says where one is
		key, want := "n", `mention 2 of`
		if i%2 == 1 {
			key, want = "p", `mention 1 of`
		}
		began := time.Now()
		s.press(key).see(want)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("from key to screen over a line of %v there and back: median %v, slowest %v (looked at every 20 ms)",
		2*oneWay, took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
	s.press("a", "a").settle(2)
	s.press("1")
	line.cut()
	promised := s.saved()
	s.until("gloss ends without its line", func() bool { return !server.running(dir) })
	all := log(t, dir)
	if len(all) < 2 || len(all) < promised {
		t.Fatalf("%d decisions after the line was cut, %d were called saved", len(all), promised)
	}
	ann := read(t, filepath.Join(dir, "hospital", "card-02.ann"))
	if n := strings.Count("\n"+ann, "\nT"); n != len(all) {
		t.Errorf("the journal has %d mentions, the file %d:\n%s", len(all), n, ann)
	}
	again := server.connect(t, server.addr, dir)
	again.settle(0).press("u").settle(1).press("q").ended()
}

// ssh is an OpenSSH server of the test's own, for this user alone.
type ssh struct {
	addr, dir, user string
}

func newSSH(t *testing.T) *ssh {
	t.Helper()
	sshd := "/usr/sbin/sshd"
	if _, err := os.Stat(sshd); err != nil {
		t.Skip("sshd is missing: install it (apt-get install openssh-server) to run the test over SSH")
	}
	if _, err := exec.LookPath("ssh"); err != nil {
		t.Skip("ssh is missing: install it (apt-get install openssh-client) to run the test over SSH")
	}
	u, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if u.Uid == "0" { // it insists on this directory then
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Skipf("sshd cannot run here: %v", err)
		}
	}
	s := &ssh{dir: t.TempDir(), user: u.Username}
	for _, key := range []string{"host", "user"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(s.dir, key)).CombinedOutput(); err != nil {
			t.Skipf("ssh-keygen: %v\n%s", err, out)
		}
	}
	s.addr = freeAddr(t)
	_, port, _ := net.SplitHostPort(s.addr)
	conf := filepath.Join(s.dir, "sshd_config")
	lines := []string{"Port " + port, "ListenAddress 127.0.0.1", "HostKey " + s.dir + "/host", "PidFile none", "AuthorizedKeysFile " + s.dir + "/user.pub",
		"StrictModes no", "UsePAM no", "PasswordAuthentication no", "PermitRootLogin yes", "ClientAliveInterval 1", "ClientAliveCountMax 2"}
	if err := os.WriteFile(conf, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(sshd, "-D", "-e", "-f", conf)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Skipf("sshd cannot run here: %v", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", s.addr); err == nil {
			_ = conn.Close()
			return s
		}
		select {
		case <-ended:
			t.Skipf("sshd cannot run here: %s", said.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("sshd does not listen: %s", said.String())
		}
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// connect opens the demo on the server, in a terminal of the client.
func (s *ssh) connect(t *testing.T, addr, dir string) *screen {
	t.Helper()
	_, port, _ := net.SplitHostPort(addr)
	return startProgram(t, "ssh", 120, 40, "-tt", "-i", s.dir+"/user", "-p", port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
		"-o", "LogLevel=ERROR", s.user+"@127.0.0.1",
		fmt.Sprintf("LC_ALL=C.UTF-8 XDG_STATE_HOME='%s' exec '%s' demo --dir '%s' --at hospital/card-02 --who ana", known(t), binary, dir))
}

// running tells whether gloss still works on the collection: it holds its journal.
func (s *ssh) running(dir string) bool {
	out, err := exec.Command("ps", "-eo", "args").Output()
	return err == nil && strings.Contains(string(out), binary+" demo --dir "+dir)
}

// line is a connection that takes its time, and can be cut.
type line struct {
	net.Listener
	mu   sync.Mutex
	dead bool
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	slow := &line{Listener: l}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				_ = near.Close()
				continue
			}
			t.Cleanup(func() { _, _ = near.Close(), far.Close() })
			go slow.carry(near, far)
			go slow.carry(far, near)
		}
	}()
	return slow
}

func (l *line) addr() string { return l.Addr().String() }

// carry takes what is sent to the other end, each piece after the same time.
func (l *line) carry(from io.Reader, to io.Writer) {
	type piece struct {
		data []byte
		due  time.Time
	}
	pieces := make(chan piece, 1024)
	go func() {
		defer close(pieces)
		for {
			buf := make([]byte, 32<<10)
			n, err := from.Read(buf)
			if n > 0 {
				pieces <- piece{buf[:n], time.Now().Add(oneWay)}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range pieces {
		time.Sleep(time.Until(p.due))
		l.mu.Lock()
		if !l.dead {
			_, _ = to.Write(p.data)
		}
		l.mu.Unlock()
	}
}

// cut lets nothing pass any more, and tells nobody: as a line that goes down does.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = true
}
