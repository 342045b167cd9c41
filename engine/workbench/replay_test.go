package workbench

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/corpus/replay"
)

// replayed are the files that the journal alone gives, as of a moment.
func (r *rig) replayed(at replay.At) map[string]string {
	r.t.Helper()
	// What a merge tells the journal is no decision, so nothing counts it.
	if err := r.writer.Drain(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	state := filepath.Join(r.dir, ".gloss")
	path, err := journal.Path(state, "ana")
	if err != nil {
		r.t.Fatal(err)
	}
	out := filepath.Join(r.t.TempDir(), "out")
	if _, err := replay.Dir(r.t.Context(), replay.Options{Dir: r.dir, Out: out, State: state, Journals: []string{path}, At: at}); err != nil {
		r.t.Fatal(err)
	}
	files := map[string]string{}
	for _, name := range []string{"a", "b"} {
		data, err := os.ReadFile(filepath.Join(out, name+".ann"))
		if err != nil {
			r.t.Fatal(err)
		}
		files[name] = string(data)
	}
	return files
}

// TestReplayOfARandomWalk asks the journal for every tenth moment of a walk,
// and for its end.
func TestReplayOfARandomWalk(t *testing.T) {
	for seed := range uint64(3) {
		r := newRig(t)
		rnd := rand.New(rand.NewPCG(seed, 2))
		r.view("b")
		r.view("a")
		then := map[int64]map[string]string{}
		for i := range 120 {
			r.step(rnd)
			if i%10 == 9 {
				files := map[string]string{"a": r.ann("a"), "b": r.ann("b")}
				then[r.journal.Last()] = files
			}
		}
		for seq, want := range then {
			got := r.replayed(replay.At{Seq: seq})
			for name := range want {
				if got[name] != want[name] {
					t.Errorf("seed %d: %s at %d\n%swant\n%s", seed, name, seq, got[name], want[name])
				}
			}
		}
		if got := r.replayed(replay.At{}); got["a"] != r.ann("a") || got["b"] != r.ann("b") {
			t.Errorf("seed %d: the end differs", seed)
		}
	}
}
