package brat_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

const someConf = `ignored
# comment
[entities]
<KB>=SNOMED|HPO
!Finding|FND
 Disease	<NORM>:<KB>
  Tumour|neoplasm|C1
 Symptom
---
Drug
[relations]
<D>=Disease|Tumour
Treats	Arg1:Drug, Arg2:<D>
Equiv	Arg1:<ENTITY>, Arg2:<ENTITY>
Same	Arg1:Drug, Arg2:Drug, <REL-TYPE>:symmetric-transitive
<OVERLAP>	Arg1:<ANY>, Arg2:Disease, <OVL-TYPE>:contain|equal
ENTITY-NESTING	Arg1:Drug, Arg2:Drug
[events]
Therapy	Theme+:Drug, Cause?:<EVENT>, Site{2-3}:<ANY>
 Surgery	<INHERIT>, Tool:Drug
[attributes]
Negated	Arg:<ENTITY>
Certainty	Arg:Disease, Value:low|high, <DEFAULT>:low
`

func config(t *testing.T, annotation, visual string) *brat.Config {
	t.Helper()
	dir := tree(t, map[string]string{brat.AnnotationConf: annotation, brat.VisualConf: visual})
	return brat.ReadConfig(dir)
}

func TestConfig(t *testing.T) {
	c := config(t, someConf, "[labels]\nDisease | A disease or syndrome | Disease | Dis\nDrug|<EMPTY>\n[drawing]\nSPAN_DEFAULT\tfgColor:black, bgColor:lightgreen\nDisease\tbgColor:rgb(1-2-3)\nDrug\tfgColor:<EMPTY>, bgColor:<NONE>\n")
	if len(c.Problems) != 0 {
		t.Errorf("problems: %v", c.Problems)
	}
	if got, want := c.EntityTypes(), []string{"Disease", "Tumour", "Symptom", "Drug"}; !slices.Equal(got, want) {
		t.Errorf("entity types %q, want %q", got, want)
	}
	if f := c.Entities[0]; !f.Unused || f.Name != "Finding" || len(f.Children) != 2 || f.Children[0].Children[0].Depth != 2 {
		t.Errorf("hierarchy: %+v", f)
	}
	if d, ok := c.Type("Disease"); !ok || !slices.Equal(d.Norm, []string{"SNOMED", "HPO"}) || d.Line != 6 {
		t.Errorf("Disease: %+v", d)
	}
	if d, _ := c.Type("Tumour"); !slices.Equal(d.Other, []string{"neoplasm", "C1"}) {
		t.Errorf("Tumour: %+v", d)
	}
	if s, _ := c.Type("Surgery"); len(s.Roles) != 4 || s.Roles[0].Repeat != "+" || s.Roles[2].Repeat != "{2-3}" || s.Roles[2].Name != "Site" {
		t.Errorf("Surgery: %+v", s)
	}
	if len(c.Relations) != 3 || c.Relations[0].Equiv() || !c.Relations[1].Equiv() || !c.Relations[2].Equiv() ||
		!slices.Equal(c.Relations[0].Roles[1].Types, []string{"Disease", "Tumour"}) {
		t.Errorf("relations: %+v", c.Relations)
	}
	if len(c.Overlaps) != 2 || !slices.Equal(c.Overlaps[0].Kinds, []string{"contain", "equal"}) || c.Overlaps[1].Kinds[0] != "contain" {
		t.Errorf("overlaps: %+v", c.Overlaps)
	}
	if a := c.Attributes; len(a) != 2 || a[0].Values != nil || a[1].Default != "low" || len(a[1].Values) != 2 {
		t.Errorf("attributes: %+v", a)
	}
	if got := c.Expand([]string{"<EVENT>", "Drug", "Drug"}); !slices.Equal(got, []string{"Drug", "Surgery", "Therapy"}) {
		t.Errorf("Expand: %q", got)
	}
	for width, want := range map[int]string{0: "A disease or syndrome", 21: "A disease or syndrome", 20: "Disease", 6: "Dis", 2: "Dis"} {
		if got := c.Label("Disease", width); got != want {
			t.Errorf("Label(%d) = %q, want %q", width, got, want)
		}
	}
	if c.Label("Drug", 9) != " " || c.Label("Symptom", 3) != "Symptom" {
		t.Error("labels of Drug or Symptom")
	}
	for _, d := range [][3]string{{"Disease", "bgColor", "rgb(1,2,3)"}, {"Disease", "fgColor", "black"}, {"Drug", "fgColor", ""}, {"Drug", "bgColor", ""}, {"Other", "bgColor", "lightgreen"}, {"X", "dash", ""}} {
		if got := c.Drawing(d[0], d[1]); got != d[2] {
			t.Errorf("Drawing(%s, %s) = %q, want %q", d[0], d[1], got, d[2])
		}
	}
}

func TestConfigProblems(t *testing.T) {
	all := "\n[relations]\n[events]\n[attributes]\n"
	for _, c := range []struct {
		conf    string
		line    int
		want    string
		warning bool
	}{
		{"[entities]\nA # trailing comment" + all, 2, "KEY:VALUE", false},
		{"[entities]\nA\n  B" + all, 3, "no parent", false},
		{"[entities]\nA <X>:1, k:<Y>" + all, 2, "<X> is not defined", false},
		{"[entities]\n<M>=B\nA k:<M>\n[relations]\nR Arg1:<M>, Arg2:A\n[events]\n[attributes]", 5, "<M> is not defined", false},
		{"[entities]\n<ANY>=1" + all, 2, "reserved", false},
		{"[entities]\n|" + all, 2, "no name", false},
		{"[entities]\nA k:1, k:2" + all, 2, "twice", false},
		{"[entities]\nA k:1|" + all, 2, "empty value", false},
		{"[entities]\nA Arg1*:B" + all, 2, "cannot repeat", false},
		{"[entities]\nA\nÑu" + all, 3, "storage name", true},
		{"\ufeff[entities]\nA" + all, 1, "byte order mark", false},
		{"[entities]\nA\xff" + all, 2, "UTF-8", false},
		{"before Arg1\n[entities]\nA" + all, 1, "KEY:VALUE", false},
		{"[entities]\nA <x y>" + all, 2, "<x y> is not defined", false},
		{"[entities]\nA <INHERIT>" + all, 2, "no parent", false},
		{"[entities]\nA k{a}:B" + all, 2, "neither {N} nor {N-M}", false},
		{"[entities]\nA k{0}:B" + all, 2, "is empty", false},
		{"[entities]\nA k{3-2}:B" + all, 2, "is empty", false},
		{"[entities]\nA k1{0-2}:B" + all, 2, "cannot repeat", false},
		{"[entities]\nA :B" + all, 2, "no key", false},
		{"[entities]\nA k:" + all, 2, "empty value", false},
		{"[entities]\nA <INHERIT>\nB k:1\n C <INHERIT>, k:2" + all, 2, "no parent", false},
		{"[entities]\nB k:1\n C <INHERIT>, k:2" + all, 3, "twice", false},
		{"[entites]\nA\n[entities]" + all, 1, "ignores the section", true},
		{"[entities]\nA\n[events]\n[attributes]\n[relations]\n<OVERLAP> Arg1:A, Arg2:A", 6, "no <OVL-TYPE>", true},
		{"[entities]\nA\n[events]\n[attributes]\n[relations]\n<OVERLAP> Arg1:A, Arg2:A, <OVL-TYPE>:inside", 6, "inside", true},
		{"[entities]\nA\n[relations]\n[events]", 4, "[attributes] is missing", true},
		{"[entities]\nA\n[events]\n[attributes]\n[relations]\nR Arg1:A", 6, "1 roles", true},
		{"[entities]\nA\n[relations]\n[events]\n[attributes]\nN\tValue:1", 6, "no Arg", true},
	} {
		got := config(t, c.conf, "[labels]\n[drawing]\n").Problems
		if len(got) == 0 || got[0].Line != c.line || got[0].Warning != c.warning || !strings.Contains(got[0].Message, c.want) ||
			filepath.Base(got[0].File) != brat.AnnotationConf {
			t.Errorf("%q: %v, want line %d: %s", c.conf, got, c.line, c.want)
		}
	}
	// Right, if odd: CRLF, an alias of a section, a stale level, an argument with spaces after a tab.
	odd := config(t, "[spans]\r\nA\r\n B\r\nD\r\n  C\r\nTwo words\tk:v\r\n[relations]\r\n[events]\r\n[attributes]\r\n", "[labels]\n[drawing]\n")
	if len(odd.Problems) != 1 || !odd.Problems[0].Warning || !slices.Equal(odd.EntityTypes(), []string{"A", "B", "C", "D", "Two_words"}) {
		t.Errorf("odd: %q, %v", odd.EntityTypes(), odd.Problems)
	}
}

func TestConfigLookup(t *testing.T) {
	dir := tree(t, map[string]string{
		"annotation.conf": "[entities]\nTop\n", "visual.conf": "[labels]\nTop | High\n",
		"a/b/annotation.conf": "[entities]\nLow\n", "a/x.txt": "", "a/b/c/y.txt": "",
	})
	c := open(t, dir)
	if got := c.Config("a/x").EntityTypes(); !slices.Equal(got, []string{"Top"}) {
		t.Errorf("a/x: %q", got)
	}
	low := c.Config("a/b/c/y")
	if !slices.Equal(low.EntityTypes(), []string{"Low"}) || low.Label("Top", 0) != "High" {
		t.Errorf("a/b/c/y: %q, %q: each file is looked up on its own", low.EntityTypes(), low.Label("Top", 0))
	}
	if c.Config("a/b/c/y") != low {
		t.Error("the configuration is read twice")
	}
	c.ForgetConfig()
	if c.Config("a/b/c/y") == low {
		t.Error("the configuration was not forgotten")
	}
	if !brat.HasConf(filepath.Join(dir, "a")) {
		t.Error("HasConf: want the one above")
	}
}

func TestWriteConf(t *testing.T) {
	dir := t.TempDir()
	if err := brat.WriteConf(dir, []string{"A b"}); !errors.Is(err, brat.ErrInvalid) {
		t.Errorf("bad type: %v", err)
	}
	if err := brat.WriteConf(dir, []string{"Disease", "Drug", "Disease"}); err != nil {
		t.Fatal(err)
	}
	if c := brat.ReadConfig(dir); !slices.Equal(c.EntityTypes(), []string{"Disease", "Drug"}) || len(c.Problems) != 0 || !brat.HasConf(dir) {
		t.Errorf("read back: %q, %v", c.EntityTypes(), c.Problems)
	}
	before, _ := os.ReadFile(filepath.Join(dir, brat.AnnotationConf))
	if err := brat.WriteConf(dir, []string{"Other"}); !errors.Is(err, brat.ErrChanged) {
		t.Errorf("second: %v", err)
	}
	if after, _ := os.ReadFile(filepath.Join(dir, brat.AnnotationConf)); string(after) != string(before) {
		t.Error("an existing file was replaced")
	}
}

func TestConfigOfNubes(t *testing.T) {
	c := open(t, sharedPath(t, "data", "nubes"))
	conf := c.Config(c.Name(0))
	for _, p := range conf.Problems {
		t.Errorf("unexpected: %v", p)
	}
	if got := conf.EntityTypes(); len(got) != 13 || got[0] != "DISO" {
		t.Errorf("entity types %q", got)
	}
	if len(conf.Relations) != 12 || len(conf.Overlaps) != 3 {
		t.Errorf("%d relations, %d overlap rules", len(conf.Relations), len(conf.Overlaps))
	}
	if conf.Label("DISO", 0) != "Clinical finding/disorder" || conf.Drawing("DISO", "bgColor") != "#ff0000" {
		t.Errorf("DISO: %q, %q", conf.Label("DISO", 0), conf.Drawing("DISO", "bgColor"))
	}
}
