package workbench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// Verify finds each of its comparisons broken.
func TestVerifyTellsWhatDiffers(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(*rig)
		want string
	}{
		"nothing": {func(*rig) {}, ""},
		"the file on disk": {func(r *rig) {
			if err := os.WriteFile(filepath.Join(r.dir, "a.ann"), []byte(noteAnn), 0o644); err != nil {
				r.t.Fatal(err)
			}
		}, "line 3: the file on disk has"},
		"the fold": {func(r *rig) {
			r.fold.Apply(corpus.Decision{Seq: r.last + 1, Step: r.last + 1, Doc: "a", Kind: corpus.Finish})
		}, "the fold in memory"},
		"the linker":  {func(r *rig) { r.memory.Add("SINTOMA", "fiebre", "kb", "B:2") }, "2 times"},
		"the picture": {func(r *rig) { r.docs["a"].picture.Items = nil }, "not shown"},
		"the journal": {func(r *rig) {
			d := r.docs["a"]
			if _, err := d.file.SetNote("T1", "elsewhere"); err != nil {
				r.t.Fatal(err)
			}
			d.dirty = true
		}, "the journal has"},
	} {
		r := newRig(t)
		r.view("a")
		r.do(Choose{At: onA("?SINTOMA 9 15"), Candidate: dos})
		r.ann("a")
		c.harm(r)
		err := r.Verify(t.Context())
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
