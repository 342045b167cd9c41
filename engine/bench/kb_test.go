package bench

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/kb/store"
	"github.com/gloss-nlp/gloss/kb/synth"
)

func kbOptions(t *testing.T) KBOptions {
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	return KBOptions{
		Dir: t.TempDir(), Queries: 10, Rounds: 2, Say: func(string, ...any) {},
		Worker: func(ctx context.Context) *exec.Cmd {
			cmd := exec.CommandContext(ctx, os.Args[0])
			cmd.Env = append(os.Environ(), role+"=kb")
			return cmd
		},
	}
}

func TestKBMeasuresGrowth(t *testing.T) {
	o := kbOptions(t)
	o.Sizes = []int{60, 300}
	r, err := KB(t.Context(), o)
	if err != nil || len(r.KBs) != 2 {
		t.Fatal(r, err)
	}
	for i, k := range r.KBs {
		if k.KB != filepath.Join(o.Dir, []string{"s60", "s300"}[i]) || k.Names == 0 || k.Names > o.Sizes[i] || k.Dimensions == 0 || k.Open <= 0 {
			t.Errorf("%+v", k)
		}
		var steps []string
		for _, s := range k.Steps {
			steps = append(steps, s.What)
			if s.P50 <= 0 || s.P95 < s.P50 {
				t.Errorf("%s: %+v", k.KB, s)
			}
		}
		if !slices.Equal(steps, []string{StepEmbed, StepExact, StepGrams, StepType, StepTypeOnly, StepMention, StepMentionOnly}) {
			t.Errorf("%s: %q", k.KB, steps)
		}
	}
	// What is there is measured, not built again.
	before, err := os.Stat(filepath.Join(o.Dir, "s60"))
	if err != nil {
		t.Fatal(err)
	}
	o.Sizes = []int{60}
	if _, err := KB(t.Context(), o); err != nil {
		t.Error(err)
	}
	if after, err := os.Stat(filepath.Join(o.Dir, "s60")); err != nil || !os.SameFile(before, after) {
		t.Error("it was built again", err)
	}
}

func TestKBByLettersAlone(t *testing.T) {
	o := kbOptions(t)
	dir := filepath.Join(o.Dir, "letters")
	if _, err := store.Build(t.Context(), dir, store.BuildOptions{Name: "l", Concepts: synth.Concepts(50, 1)}); err != nil {
		t.Fatal(err)
	}
	o.KBs = []string{dir}
	r, err := KB(t.Context(), o)
	if err != nil || len(r.KBs) != 1 || len(r.KBs[0].Steps) != 5 || r.KBs[0].Dimensions != 0 {
		t.Fatal(r, err)
	}
	o.KBs = []string{filepath.Join(o.Dir, "nothing")}
	if _, err := KB(t.Context(), o); err == nil || !strings.Contains(err.Error(), "not a knowledge base") {
		t.Error(err)
	}
}

func TestMentionsAreWrittenOtherwise(t *testing.T) {
	names := []string{"uno dos tres cuatro", "uno dos tres cuatro", "uno dos tres cuatro", "uno", "uno", "a"}
	got := synth.Written(names, 1)
	if got[0] != names[0] || got[1] != "uno dos tres" || got[2] == names[2] || len(strings.Fields(got[2])) != 4 || got[4] != "uno" || got[5] != "a" {
		t.Errorf("%q", got)
	}
	if s := inSentences([]string{"x", "y"}); !strings.Contains(s[1], "por y de") || !strings.Contains(s[1], "de x que") {
		t.Errorf("%q", s)
	}
}
