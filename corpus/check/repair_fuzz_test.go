package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// FuzzRepair: whatever is wrong with a file, a plan leaves lines that it does
// not name as they are, makes no new problem, and leaves nothing to plan.
func FuzzRepair(f *testing.F) {
	const text = "\ufeffHello wörld 𝒳 foo bar\r\nline cafe\u0301 two\u2028end\n"
	for _, s := range []string{
		"T1\tX 0 5\tHello\nT1\tX 6 11\twörld\n\nT3\tX 18 26\tbar line\n", "\ufeffT1\tX 5 0\tHello", "T1 X 0 5 Hello\nA1\tNeg T1\r\n",
		"T1\tX 14 17\tfoo\nT2\tX 18 21\tbar\nT3\tX 3 3\n", "T1\tX 18 22\tbar\nline\nT2\tX 0 5;0 5\tHello Hello\n", "T1\tX 0 99\tHello\nT1\tX 0 99\tHello\n#1\tN T1\tx\n",
		"T1\tX 28 32\tcafé\nT2\tX 33 36\ttwo\n", "E1\tX:T1\nT1\tX 0 5\n*\tEquiv T1 T2\nR1\tRel A:T1 B:T2\n",
	} {
		f.Add(text, s)
	}
	f.Fuzz(func(t *testing.T, text, ann string) {
		file, err := brat.Parse([]byte(ann), corpus.NewText(strings.ToValidUTF8(text, "?")))
		if err != nil {
			return
		}
		p := planRepairs(file)
		if !p.changes() {
			if string(p.bytes()) != ann {
				t.Fatalf("nothing to repair, and %q", p.bytes())
			}
			return
		}
		fixed, err := brat.Parse(p.bytes(), file.Text())
		if err != nil {
			t.Fatal(err)
		}
		if len(fixed.Problems()) >= len(file.Problems())+1 {
			t.Errorf("%d problems, were %d: %q", len(fixed.Problems()), len(file.Problems()), p.bytes())
		}
		if again := planRepairs(fixed); again.changes() {
			t.Errorf("%q is repaired again, to %q", p.bytes(), again.bytes())
		}
		for i, l := range p.old {
			named := false
			for at := range p.fixes {
				named = named || at.line == i+1
			}
			if n := slices.Index(p.origin, i); !named && (n < 0 || p.new[n] != l) {
				t.Errorf("line %d %q is not named, and changed: %q", i+1, l, p.bytes())
			}
		}
	})
}
