package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/check"
)

const someTypes = `[entities]
Drug
 Brand
Disease
!Group
Dose
[relations]
Treats Arg1:Drug|Brand, Arg2:<ENTITY>
Treats From:Dose, To:Drug
Old Arg1:<ANY>, Arg2:<ANY>
!Gone Arg1:Drug, Arg2:Drug
Equiv Arg1:Drug, Arg2:Drug
<OVERLAP> Arg1:Drug, Arg2:Disease, <OVL-TYPE>:contain
<OVERLAP> Arg1:Brand, Arg2:Brand, <OVL-TYPE>:equal|cross
<OVERLAP> Arg1:Dose, Arg2:<ANY>, <OVL-TYPE>:<ANY>
<OVERLAP> Arg1:Group, Arg2:Disease
ENTITY-NESTING Arg1:Disease, Arg2:Drug
ENTITY-NESTING Arg1:Group, Arg2:Disease
[events]
Therapy Theme:Drug, Cause?:<EVENT>, Site*:Disease, Pair{2-3}:<ANY>
 Surgery Tool?:Brand
[attributes]
Negated Arg:<EVENT>
 Deep Arg:Drug
Sure Arg:<RELATION>|Disease, Value:low|high
`

// 0123456789012345678901234567890
const someText = "aaaa bbbb cccc dddd eeee ffff gggg\n"

// mark writes a text-bound line for someText.
func mark(id, label string, spans ...corpus.Off) string {
	var s corpus.Spans
	for i := 0; i < len(spans); i += 2 {
		s = append(s, corpus.Span{Start: spans[i], End: spans[i+1]})
	}
	return id + "\t" + label + " " + s.String() + "\t" + corpus.NewText(someText).Join(s) + "\n"
}

func TestValidate(t *testing.T) {
	dir := tree(t, map[string]string{brat.AnnotationConf: someTypes})
	conf := brat.ReadConfig(dir)
	drug, disease := mark("T1", "Drug", 0, 4), mark("T2", "Disease", 5, 9)
	for _, c := range []struct {
		name, ann string
		want      []string // "line kind"
	}{
		{"known types, also unused ones", drug + disease + mark("T3", "Group", 10, 14), nil},
		{"unknown types", mark("T1", "Nix", 0, 4) + drug[:0] + mark("T2", "Drug", 5, 9) + "R1\tNix Arg1:T2 Arg2:T2\n", []string{"1 unknown-type", "3 unknown-type", "3 forbidden-relation"}},
		{"unknown event", mark("T1", "Nix", 0, 4) + "E1\tNix:T1 A:T1\n", []string{"1 unknown-type", "2 forbidden-argument", "2 unknown-type"}},
		{"equiv", drug + mark("T2", "Drug", 5, 9) + "*\tEquiv T1 T2\n", nil},
		{"equiv of other types", drug + disease + "*\tEquiv T1 T2\n", []string{"1 forbidden-equiv", "1 forbidden-equiv", "2 forbidden-equiv", "2 forbidden-equiv"}},
		{"equivs that brat merges", drug + mark("T2", "Drug", 5, 9) + disease[:0] + mark("T3", "Disease", 10, 14) + "*\tEquiv T1 T2\n*\tEquiv T2 T3\n",
			[]string{"1 forbidden-equiv", "1 forbidden-equiv", "2 forbidden-equiv", "2 forbidden-equiv", "3 forbidden-equiv", "3 forbidden-equiv"}},
		{"contain in its order", mark("T1", "Disease", 0, 9) + mark("T2", "Drug", 0, 4), nil},
		{"contain the other way round, by the old rule", mark("T1", "Drug", 0, 9) + mark("T2", "Disease", 0, 4), nil},
		{"an overlap rule that says nothing silences the old one", mark("T1", "Disease", 0, 9) + mark("T2", "Group", 0, 4), []string{"1 forbidden-overlap", "2 forbidden-overlap"}},
		{"equal", mark("T1", "Brand", 0, 4) + mark("T2", "Brand", 0, 4), nil},
		{"equal is not contain", mark("T1", "Brand", 0, 9) + mark("T2", "Brand", 0, 4), []string{"1 forbidden-overlap", "2 forbidden-overlap"}},
		{"cross", mark("T1", "Brand", 0, 9) + mark("T2", "Brand", 5, 14), nil},
		{"any, in both orders", mark("T1", "Dose", 0, 9) + mark("T2", "Drug", 5, 14) + mark("T3", "Drug", 15, 24) + mark("T4", "Dose", 15, 19), nil},
		{"any, in the other order alone", mark("T1", "Dose", 0, 9) + mark("T2", "Drug", 0, 4), nil},
		{"empty at the edges", mark("T1", "Drug", 5, 9) + "T2\tDisease 5 5\t\nT3\tDisease 9 9\t\nT4\tDrug 5 5\t\n", nil},
		{"hulls cross", mark("T1", "Drug", 0, 4, 10, 14) + mark("T2", "Drug", 5, 9, 15, 19), []string{"1 forbidden-overlap", "2 forbidden-overlap"}},
		{"touching", drug + mark("T2", "Drug", 4, 9), nil},
		{"empty inside", mark("T1", "Drug", 0, 4) + "T2\tDisease 2 2\t\n", nil},
		{"same fragments in another order", mark("T1", "Drug", 0, 4, 10, 14) + mark("T2", "Drug", 10, 14, 0, 4), []string{"1 forbidden-overlap", "2 forbidden-overlap"}},
		{"triggers overlap as they like", mark("T1", "Therapy", 0, 9) + mark("T2", "Drug", 0, 4), []string{"1 unused-trigger"}},
		{"repeated triggers", mark("T1", "Surgery", 0, 4) + mark("T2", "Surgery", 0, 4) + "E1\tSurgery:T1\nE2\tSurgery:T1\n", []string{"2 unused-trigger", "2 repeated-trigger", "3 repeated-trigger"}},
		{"relation", drug + disease + "R1\tTreats Arg1:T1 Arg2:T2\n", nil},
		{"relation, all swapped", drug + disease + "R1\tTreats Arg2:T2 Arg1:T1\n", nil},
		{"relation, types swapped", mark("T1", "Disease", 0, 4) + mark("T2", "Drug", 5, 9) + "R1\tTreats Arg1:T1 Arg2:T2\n", []string{"3 forbidden-relation"}},
		{"relation, roles of another line", drug + disease + "R1\tTreats From:T1 To:T2\n", nil},
		{"relation, unknown roles", drug + disease + "R1\tTreats A:T1 B:T2\n", []string{"3 forbidden-relation"}},
		{"unused relation", drug + mark("T2", "Drug", 5, 9) + "R1\tGone Arg1:T1 Arg2:T2\n", []string{"3 forbidden-relation"}},
		{"event", drug + mark("T3", "Therapy", 10, 14) + "E1\tTherapy:T3 Theme:T1 Pair:T1 Pair2:T1\n", nil},
		{"missing", mark("T3", "Therapy", 10, 14) + "E1\tTherapy:T3\n", []string{"2 missing-argument", "2 missing-argument"}},
		{"too many", drug + mark("T3", "Therapy", 10, 14) + "E1\tTherapy:T3 Theme:T1 Theme2:T1 Pair:T1 Pair2:T1 Pair3:T1 Pair4:T1\n", []string{"3 too-many-arguments", "3 too-many-arguments"}},
		{"forbidden", drug + disease + mark("T3", "Therapy", 10, 14) + "E1\tTherapy:T3 Theme:T2 Pair1:T1 Pair2:T1 Nix:T1 Cause:E1 Site:T2 Site2:T2\n", []string{"4 forbidden-argument", "4 forbidden-argument"}},
		{"a relation as a role", mark("T1", "Surgery", 0, 4) + disease + "E1\tSurgery:T1 Old:T2\n", nil},
		{"attributes", drug + disease + mark("T3", "Surgery", 10, 14) + "E1\tSurgery:T3\nR1\tTreats Arg1:T1 Arg2:T2\nA1\tNegated E1\nA2\tDeep T1\nA3\tSure R1 nix\nA4\tSure T2 low\nM1\tNegated E1\n", nil},
		{"forbidden attribute", drug + "A1\tNegated T1\nA2\tNix T1\n", []string{"1 forbidden-attribute", "1 forbidden-attribute"}},
		{"lines that are not read", "T1\tDrug 0 4\tnix\nT2\tDrug 0 4\taaaa\nT2\tNix 0 4\taaaa\n", nil},
		{"usual entities of brat", mark("T1", "Protein", 0, 4) + mark("T2", "Drug", 0, 4), []string{"1 forbidden-overlap", "1 unknown-type", "2 forbidden-overlap"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := brat.Parse([]byte(c.ann), corpus.NewText(someText))
			if err != nil {
				t.Fatal(err)
			}
			issues, err := check.Validate(f, conf)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range issues {
				got = append(got, fmt.Sprintf("%d %s", i.Line, i.Kind))
				if i.Message == "" || i.Fix == "" || i.ID != f.Line(i.Line-1).ID {
					t.Errorf("odd issue %+v", i)
				}
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.want))
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestValidateOrder(t *testing.T) {
	conf := brat.ReadConfig(tree(t, map[string]string{brat.AnnotationConf: someTypes}))
	ann := mark("T1", "Nix", 0, 4) + mark("T2", "Drug", 5, 9) + mark("T3", "Drug", 5, 9) + mark("T4", "Surgery", 10, 14) + "A1\tNix T2\nR1\tTreats A:T2 B:T3\n"
	f, err := brat.Parse([]byte(ann), corpus.NewText(someText))
	if err != nil {
		t.Fatal(err)
	}
	issues, err := check.Validate(f, conf)
	var got []string
	for _, i := range issues {
		got = append(got, i.Kind)
	}
	want := []string{check.UnknownType, check.ForbiddenOverlap, check.ForbiddenOverlap, check.UnusedTrigger, check.ForbiddenRelation, check.ForbiddenAttribute}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for _, dangling := range []string{"A2\tNegated T9\n", "R2\tTreats Arg1:T9 Arg2:T2\n", "*\tEquiv T2 T9\n", "E1\tSurgery:T4 Tool:T9\n", "T9\tDrug 0 4\tnix\nA2\tNegated T9\n"} {
		f, err := brat.Parse([]byte(ann+dangling), corpus.NewText(someText))
		if err != nil {
			t.Fatal(err)
		}
		if issues, err := check.Validate(f, conf); err == nil || issues != nil {
			t.Errorf("%q: %d issues, %v: brat gives up", dangling, len(issues), err)
		}
	}
}

// TestNubes: brat itself finds nothing with the corpus's own configuration,
// and both sides of every overlapping pair without its rules of overlap.
func TestNubes(t *testing.T) {
	from := filepath.Join("..", "..", "..", "shared", "data", "nubes")
	if _, err := os.Stat(from); err != nil {
		t.Skipf("%s is missing: this test needs the shared data beside the repository", from)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if got, _ := found(t, dir); len(got) != 0 {
		t.Errorf("%d findings, want none: %.300q", len(got), got)
	}
	path := filepath.Join(dir, brat.AnnotationConf)
	conf, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, regexp.MustCompile(`(?m)^<OVERLAP>.*\n`).ReplaceAll(conf, nil), 0o644); err != nil {
		t.Fatal(err)
	}
	got, _ := found(t, dir)
	got = slices.DeleteFunc(got, func(s string) bool { return strings.HasSuffix(s, " "+check.ForbiddenOverlap) })
	if _, all := found(t, dir); len(all) != 2*1874 || len(got) != 0 {
		t.Errorf("%d findings, want two for each of 1,874 pairs; others: %.300q", len(all), got)
	}
}
