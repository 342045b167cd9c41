package retrain

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestModels(t *testing.T) {
	r := newRig(t, both)
	docs := finished(12)
	good := makeBundle(t, filepath.Join(t.TempDir(), "good"), both)
	name, err := r.Bring(t.Context(), good)
	if err != nil || name != "good" {
		t.Fatal(name, err)
	}
	broken := filepath.Join(r.o.State, Folder, "broken")
	makeBundle(t, broken, both)
	for _, file := range []string{wordsFile, "gloss.json"} {
		if err := os.WriteFile(filepath.Join(broken, file), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	steps := 0
	all, err := r.Models(t.Context(), docs, Base, func(done, total int) { steps += total - done })
	if err != nil || len(all) != 3 || steps != 6 {
		t.Fatalf("%+v, %v, %d", all, err, steps)
	}
	if base, bad, best := all[0], all[1], all[2]; !base.Used || base.Comparison.Better || bad.Err == nil || bad.Comparison != nil || best.Err != nil || !best.Comparison.Better {
		t.Errorf("%+v", all)
	}
	if all, err := r.Models(t.Context(), nil, "good", nil); !errors.Is(err, ErrFew) || len(all) != 3 || all[1].Err == nil || !all[2].Used {
		t.Errorf("without documents: %+v, %v", all, err)
	}

	for _, c := range []struct{ name, want string }{{"none", "there are as configured, broken, good"}, {"broken", "gloss.json"}} {
		if err := r.Use(c.name); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("use %s: %v", c.name, err)
		}
	}
	for _, want := range []string{"good", Base, "good"} {
		if err := r.Use(want); err != nil {
			t.Fatal(err)
		}
		if used, err := New(r.o).Used(); used != want || err != nil {
			t.Errorf("%q is used, want %q: %v", used, want, err)
		}
	}
	if err := os.RemoveAll(filepath.Join(r.o.State, Folder, "good")); err != nil {
		t.Fatal(err)
	}
	if used, err := r.Used(); used != "good" || err == nil {
		t.Errorf("it is gone, and %q is used: %v", used, err)
	}
}

func TestBring(t *testing.T) {
	r := newRig(t, both)
	good := makeBundle(t, filepath.Join(t.TempDir(), "good"), both)
	if _, err := r.Bring(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	linked := filepath.Join(t.TempDir(), "linked") // as a store of models keeps them
	if err := os.Mkdir(linked, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, e := range entriesOf(t, good) {
		if err := os.Symlink(filepath.Join(good, e), filepath.Join(linked, e)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Bring(t.Context(), linked); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(filepath.Join(r.o.State, Folder, "linked", "model.onnx")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
	base := makeBundle(t, filepath.Join(t.TempDir(), Reserved), both)
	for from, want := range map[string]string{good: "there is a model good already", base: "a model is not named base", empty: "model", filepath.Join(empty, "none"): "none"} {
		if _, err := r.Bring(t.Context(), from); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", from, err)
		}
	}
	entries, err := os.ReadDir(filepath.Join(r.o.State, Folder))
	if err != nil || len(entries) != 3 { // the history and two bundles
		t.Errorf("%v, %v", entries, err)
	}
}

func entriesOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestHistoryOutlivesATornLine(t *testing.T) {
	r := newRig(t, both)
	path := filepath.Join(r.o.State, Folder, HistoryFile)
	if err := r.Use(Base); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(`{"kind":"model","mod`)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if kinds, _ := r.kinds(); kinds != "model" {
		t.Error(kinds)
	}
	if err := r.Use(Base); err != nil {
		t.Fatal(err)
	}
	if kinds, _ := r.kinds(); kinds != "model model" {
		t.Error(kinds)
	}
	if err := os.WriteFile(path, []byte("nonsense\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadHistory(r.o.State); err == nil || !strings.Contains(err.Error(), HistoryFile+":1") {
		t.Error(err)
	}
}
