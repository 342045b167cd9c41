package store

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestTuneKeepsTheRest(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kb")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	before := Meta{Version: Version, Name: "kb", Concepts: 1, Names: 2, Sources: []Source{}, Letters: "0", Table: "1", Hash: "abc"}
	if err := writeMeta(dir, before); err != nil {
		t.Fatal(err)
	}
	first := Tuning{Params: map[string]float64{"t": 0.5}, Data: "d", Mentions: 3, Accuracy: 0.25}
	second := Tuning{Params: map[string]float64{"full": 1}, Data: "e", Mentions: 4, Accuracy: 0.75, Before: 0.5}
	for _, s := range []struct {
		strategy string
		t        Tuning
	}{{"a", Tuning{Data: "replaced"}}, {"a", first}, {"b", second}} {
		if err := Tune(dir, s.strategy, s.t); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadMeta(dir)
	before.Tuned = map[string]Tuning{"a": first, "b": second}
	if err != nil || !reflect.DeepEqual(got, before) {
		t.Errorf("kb.json holds %+v, %v", got, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := Tune(filepath.Join(dir, "none"), "a", first); !errors.Is(err, ErrNotKB) {
		t.Errorf("no knowledge base: %v", err)
	}
}
