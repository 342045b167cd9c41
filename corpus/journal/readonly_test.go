package journal

import (
	"os"
	"path/filepath"
	"testing"
)

// A journal on a disk that nobody may write is read as it lies.
func TestReadWhereNothingMayBeWritten(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := filepath.Join(t.TempDir(), "state")
	j := mustOpen(t, dir)
	mustAppend(t, j, decisions(1, 3))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Error(err)
		}
	})
	r, err := OpenReadOnly(dir, "ana")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := all(t, r, Filter{}); len(got) != 3 || r.Last() != 3 {
		t.Errorf("read %d decisions", len(got))
	}
}
