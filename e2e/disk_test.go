package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestADiskThatFails makes every sync of the journal's log fail: nothing is called
// saved, input stops with a message, and the next start works.
func TestADiskThatFails(t *testing.T) {
	dir := traceable(t)
	wal := filepath.Join(dir, ".gloss", "journal-ana.db-wal")
	s, _ := strace(t, binary, dir, "-P", wal, "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO")
	s.settle(0).press("n", "L").see("Decisions can no longer be saved").see("look at the disk")
	s.press("r", "u", "a").see(`Decisions can no longer be saved`)
	s.press("q").ended()
	if ann := read(t, dir+"/a.ann"); !strings.HasPrefix(ann, "T1\tSINTOMA 9 15\tfiebre\n") {
		t.Errorf("a decision that was never saved is in the file:\n%s", ann)
	}
	kept := len(log(t, dir)) // the log may hold what was never promised, but no more than was decided
	if kept > 1 {
		t.Errorf("%d decisions are in the journal, one was made", kept)
	}
	again := startProgram(t, alone(t, binary), 100, 30, dir, "--who", "ana")
	again.settle(0).press("n", "W").settle(1).press("q").ended()
	if n := len(log(t, dir)); n != kept+1 {
		t.Errorf("%d decisions after one more, want %d", n, kept+1)
	}
}
