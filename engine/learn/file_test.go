package learn

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".gloss", FileName)
	if _, err := Load(path, "m"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	layer := func(name string, bias float32) Learned {
		l := Learned{Head: fresh(name, []string{"A"}), Documents: 3}
		l.Head.Bias = []float32{bias, 0.1, 1e-8, -3, 0}
		return l
	}
	save := func(model string, layers ...Learned) {
		t.Helper()
		if err := Save(path, model, layers); err != nil {
			t.Fatal(err)
		}
	}
	loads := func(model string, want ...Learned) {
		t.Helper()
		got, err := Load(path, model)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d layers, %v", len(got), err)
		}
		for i := range got {
			if !reflect.DeepEqual(got[i].Head, want[i].Head) || got[i].Documents != want[i].Documents {
				t.Errorf("layer %d: %+v, want %+v", i, got[i], want[i])
			}
		}
	}
	save("m", layer("x", 1), layer("y", 2))
	loads("m", layer("x", 1), layer("y", 2))
	save("m", layer("x", 3)) // in place of the one of its name
	loads("m", layer("y", 2), layer("x", 3))
	if err := SetAside(path, "m", true); err != nil {
		t.Fatal(err)
	}
	loads("m", layer("y", 2), layer("x", 3)) // kept as they are
	aside := func(want bool) {
		t.Helper()
		if got, err := Aside(path, "m"); err != nil || got != want {
			t.Errorf("aside: %v, %v", got, err)
		}
	}
	aside(true)
	save("m", layer("x", 3))
	aside(false)
	if err := SetAside(path, "another", true); !errors.Is(err, ErrModel) {
		t.Errorf("aside, of another model: %v", err)
	}
	if _, err := Load(path, "another"); !errors.Is(err, ErrModel) {
		t.Errorf("of another model: %v", err)
	}
	save("another", layer("z", 4)) // what belongs to the first model is of no use any more
	loads("another", layer("z", 4))
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left beside it: %v", entries)
	}
	for content, want := range map[string]string{`{"version":9}`: "version 9", "{": "delete it"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path, "m"); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", content, err)
		}
	}
}
