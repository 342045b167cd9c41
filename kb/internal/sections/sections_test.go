package sections

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write makes a file with a little of everything.
func write(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.idx")
	s, err := Create(path, "TEST", 3)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s)
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	return path
}

func fill(t *testing.T, s *Set) {
	t.Helper()
	a, err := Make[int32](s, "numbers", 5000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a {
		a[i] = int32(i * i)
	}
	if _, err := Make[float32](s, "empty", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := MakeTexts(s, "texts", 3, 7, slices.Values([]string{"niño", "", "ab"})); err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, s *Set) {
	t.Helper()
	a, err := Get[int32](s, "numbers", 5000)
	if err != nil || a[4999] != 4999*4999 || a[1] != 1 {
		t.Errorf("numbers: %v", err)
	}
	if e, err := Get[float32](s, "empty", -1); err != nil || len(e) != 0 {
		t.Errorf("empty: %v, %v", e, err)
	}
	x, err := GetTexts(s, "texts", 3)
	if err != nil || x.Len() != 3 || x.At(0) != "niño" || x.View(1) != "" || x.At(2) != "ab" || x.Size(0) != 5 {
		t.Errorf("texts: %v, %v", x, err)
	}
	for _, f := range []func() error{
		func() error { _, err := Get[int32](s, "numbers", 4999); return err },
		func() error { _, err := Get[int32](s, "nothing", -1); return err },
		func() error { _, err := GetTexts(s, "texts", 4); return err },
	} {
		if err := f(); !errors.Is(err, ErrDamaged) {
			t.Errorf("a section that is not there gave %v", err)
		}
	}
}

func TestFileAndMemoryHoldTheSame(t *testing.T) {
	m := InMemory()
	fill(t, m)
	check(t, m)
	s, err := Open(write(t), "TEST", 3)
	if err != nil {
		t.Fatal(err)
	}
	check(t, s)
	if err := s.Verify(); err != nil {
		t.Error(err)
	}
	if again, err := Open(write(t), "TEST", 3); err != nil || again.Sum() != s.Sum() {
		t.Errorf("equal content has sums %s and %s, %v", s.Sum(), again.Sum(), err)
	} else if err := again.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestDamageIsFound(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(b []byte) []byte
		want   error
		verify bool // only Verify finds it
	}{
		{"cut off in the header", func(b []byte) []byte { return b[:100] }, ErrDamaged, false},
		{"cut off", func(b []byte) []byte { return b[:len(b)-1] }, ErrDamaged, false},
		{"longer", func(b []byte) []byte { return append(b, 0) }, ErrDamaged, false},
		{"another kind", func(b []byte) []byte { b[0] = 'X'; return b }, ErrDamaged, false},
		{"another version", func(b []byte) []byte { b[8] = 4; return b }, ErrVersion, false},
		{"header", func(b []byte) []byte { b[40]++; return b }, ErrDamaged, false},
		{"number of sections", func(b []byte) []byte { b[13] = 0xff; return b }, ErrDamaged, false},
		{"a number", func(b []byte) []byte { b[headerRoom+4]++; return b }, ErrDamaged, true},
	} {
		path := write(t)
		b, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, c.damage(b), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		s, err := Open(path, "TEST", 3)
		if c.verify && err == nil {
			err = s.Verify()
		} else if c.verify {
			t.Errorf("%s: already Open failed: %v", c.name, err)
		}
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestTextsMustBeAsCounted(t *testing.T) {
	for _, c := range []struct{ n, size int }{{2, 7}, {4, 7}, {3, 6}, {3, 8}} {
		if _, err := MakeTexts(InMemory(), "x", c.n, c.size, slices.Values([]string{"niño", "", "ab"})); err == nil {
			t.Errorf("counted %+v", c)
		}
	}
}
