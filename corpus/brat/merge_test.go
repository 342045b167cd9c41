package brat

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

const mergeText = "fiebre y tos con dolor de cabeza"

func mergeFile(t *testing.T, lines ...string) *File {
	t.Helper()
	ann := strings.Join(lines, "\n")
	if len(lines) > 0 && !strings.HasSuffix(ann, "CUT") {
		ann += "\n"
	}
	f, err := Parse([]byte(strings.TrimSuffix(ann, "CUT")), corpus.NewText(mergeText))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestMerge(t *testing.T) {
	const (
		fever, cough, pain = "\tS 0 6\tfiebre", "\tS 9 12\ttos", "\tS 17 22\tdolor"
		longPain           = "\tS 17 32\tdolor de cabeza"
		note               = "#1\tAnnotatorNotes T1\tayer"
	)
	type lines []string
	base := lines{"T1" + fever, "T2" + cough, note}
	for _, c := range []struct {
		name               string
		mine, theirs, want lines // want nil: refused
	}{
		{"only they changed", base, lines{"T1" + fever}, lines{"T1" + fever}},
		{"only I changed", lines{"T1" + fever}, base, lines{"T1" + fever}},
		{"both added, with one id", append(base[:3:3], "T3"+pain), append(base[:3:3], "T3\tF 0 6\tfiebre"),
			append(base[:3:3], "T4"+pain, "T3\tF 0 6\tfiebre")},
		{"both added the same", append(base[:3:3], "T3"+pain, "N1\tReference T3 kb:1\tx"), append(base[:3:3], "T7"+pain),
			append(base[:3:3], "T7"+pain, "N1\tReference T7 kb:1\tx")},
		{"what hangs on it moves along", append(base[:3:3], "T3"+pain, "N1\tReference T3 kb:1\tx"), append(base[:3:3], "T3"+longPain, "N1\tReference T3 kb:2\ty"),
			append(base[:3:3], "T4"+pain, "N2\tReference T4 kb:1\tx", "T3"+longPain, "N1\tReference T3 kb:2\ty")},
		{"they deleted another", lines{"T1" + longPain, "T2" + cough, note}, lines{"T1" + fever, note}, lines{"T1" + longPain, note}},
		{"both deleted the same", lines{"T1" + fever, note}, lines{"T1" + fever, note}, lines{"T1" + fever, note}},
		{"they renumbered", append(lines{"T1" + longPain}, append(base[1:3:3], "A1\tNeg T2")...), lines{"T5" + fever, "T6" + cough, "#9\tAnnotatorNotes T5\tayer"},
			lines{"T5" + longPain, "T6" + cough, "#9\tAnnotatorNotes T5\tayer", "A1\tNeg T6"}},
		{"they swapped ids", lines{"T1" + longPain, "T2" + cough, note}, lines{"T2" + fever, "T1" + cough, "#1\tAnnotatorNotes T2\tayer"},
			lines{"T2" + longPain, "T1" + cough, "#1\tAnnotatorNotes T2\tayer"}},
		{"both changed the same line alike", lines{"T1" + longPain, "T2" + cough, note}, lines{"T1" + longPain, "T2" + cough, note}, lines{"T1" + longPain, "T2" + cough, note}},
		{"both changed the same line", lines{"T1" + longPain, "T2" + cough, note}, lines{"T1" + pain, "T2" + cough, note}, nil},
		{"I changed what they deleted", lines{"T1" + fever, "T2" + pain, note}, lines{"T1" + fever, note}, nil},
		{"I deleted what they changed", lines{"T1" + fever, note}, lines{"T1" + fever, "T2" + pain, note}, nil},
		{"I linked what they deleted", append(base[:3:3], "N1\tReference T2 kb:1\tx"), lines{"T1" + fever, note}, nil},
		{"they relate what I deleted", lines{"T1" + fever, note}, append(base[:3:3], "R1\tOf Arg1:T1 Arg2:T2"), nil},
		{"emptied", append(base[:3:3], "T3"+pain), lines{}, nil},
		{"cut off in a line", append(base[:3:3], "T3"+pain), lines{"T1" + fever, "T2" + cough, "#1\tAnnotatorNotes T1\tayCUT"}, nil},
		{"unreadable", base, append(base[:3:3], "T9\tS 0 6\ttos"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, m, o := mergeFile(t, base...), mergeFile(t, c.mine...), mergeFile(t, c.theirs...)
			got, _, err := Merge(b, m, o)
			if c.want == nil {
				if !errors.Is(err, ErrConflict) {
					t.Fatalf("no conflict: %v\n%s", err, got.Bytes())
				}
			} else if err != nil {
				t.Fatal(err)
			} else if want := strings.Join(c.want, "\n") + "\n"; string(got.Bytes()) != want {
				t.Errorf("got\n%swant\n%s", got.Bytes(), want)
			}
			if string(o.Bytes()) != string(mergeFile(t, c.theirs...).Bytes()) || string(m.Bytes()) != string(mergeFile(t, c.mine...).Bytes()) {
				t.Error("an argument was changed")
			}
		})
	}
}

// Diff and Rebase on the file itself are a patch: they give the other file's
// lines, whatever the edits were.
func TestDiffMakesTheOtherFile(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		from := mergeFile(t)
		for range rnd.IntN(6) {
			randomEdit(from, rnd)
		}
		to := from.Clone()
		for range rnd.IntN(8) {
			randomEdit(to, rnd)
		}
		got := from.Clone()
		if err := got.Apply(Diff(from, to)); err != nil {
			t.Fatalf("%v\nfrom\n%sto\n%s", err, from.Bytes(), to.Bytes())
		}
		if a, b := sortedLines(got), sortedLines(to); a != b {
			t.Fatalf("from\n%sgot\n%s\nwant\n%s", from.Bytes(), a, b)
		}
	}
}

// Whatever two people do to different annotations, a merge keeps both.
func TestMergeKeepsBothSides(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 8))
	for range 300 {
		base := mergeFile(t)
		for range 4 {
			randomEdit(base, rnd)
		}
		mine, theirs := base.Clone(), base.Clone()
		for range 1 + rnd.IntN(3) {
			add(mine, rnd, "MINE")
			add(theirs, rnd, "THEIRS")
		}
		merged, ids, err := Merge(base, mine, theirs)
		if err != nil {
			t.Fatal(err)
		}
		if p := merged.Problems(); len(p) > 0 {
			t.Fatalf("%v\n%s", p, merged.Bytes())
		}
		for _, m := range mine.Mentions() {
			if there, ok := merged.Mention(rewritten(ids, m.ID)); !ok || !there.Same(m) || len(there.Links) != len(m.Links) {
				t.Fatalf("mine %+v is %+v\n%s", m, there, merged.Bytes())
			}
		}
		for _, m := range theirs.Mentions() {
			if there, ok := merged.Mention(m.ID); !ok || !there.Same(m) || len(there.Links) != len(m.Links) {
				t.Fatalf("theirs %+v is %+v\n%s", m, there, merged.Bytes())
			}
		}
	}
}

func add(f *File, rnd *rand.Rand, label string) {
	start := corpus.Off(rnd.IntN(20))
	m := corpus.Mention{Label: label, Spans: corpus.One(start, start+3+corpus.Off(rnd.IntN(9)))}
	if rnd.IntN(2) == 0 {
		m.Links = []corpus.Link{{DB: "kb", ID: label}}
	}
	_, _, _ = f.Add(m, StyleN)
}

func randomEdit(f *File, rnd *rand.Rand) {
	all := f.Mentions()
	if len(all) == 0 || rnd.IntN(2) == 0 {
		add(f, rnd, "S")
		return
	}
	id := all[rnd.IntN(len(all))].ID
	switch rnd.IntN(4) {
	case 0:
		_, _ = f.Delete(id)
	case 1:
		_, _ = f.SetSpans(id, corpus.One(0, 1+corpus.Off(rnd.IntN(20))))
	case 2:
		_, _ = f.SetNote(id, []string{"uno dos", ""}[rnd.IntN(2)])
	case 3:
		_, _ = f.SetLabel(id, []string{"S", "F"}[rnd.IntN(2)])
	}
}

// sortedLines are the lines of a file in an order that depends on nothing else.
func sortedLines(f *File) string {
	lines := strings.Split(string(f.Bytes()), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
