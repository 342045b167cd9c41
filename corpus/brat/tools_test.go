package brat_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

func configOf(t *testing.T, files map[string]string) *brat.Config {
	t.Helper()
	return brat.ReadConfig(tree(t, files))
}

func TestConfigAgain(t *testing.T) {
	c := configOf(t, map[string]string{brat.AnnotationConf: "[entities]\n<A>=x\nOne n:<A>\n<A>=y\n[relations]\n[events]\nE Theme{2-3}:One, <NORM>:a, <NORM>:b|c\n" +
		"[spans]\nTwo\u00a0n:<A>\n Three\n[attributes]\nTop Arg:One\n Deep Arg:One\n"})
	if len(c.Problems) != 0 || c.AnnotationBroken {
		t.Errorf("problems: %v", c.Problems)
	}
	one, _ := c.Type("One")
	two, _ := c.Type("Two")
	if one.Roles[0].Types[0] != "x" || two == nil || two.Roles[0].Types[0] != "y" || len(two.Children) != 1 {
		t.Errorf("a section that begins again keeps its macros, the newest value of each: %+v, %+v", one, two)
	}
	e, _ := c.Type("E")
	if r := e.Roles; len(r) != 1 || r[0].Min != 2 || r[0].Max != 3 || !slices.Equal(e.Norm, []string{"b", "c"}) {
		t.Errorf("E: %+v", e)
	}
	if a := c.Attributes; len(a) != 2 || a[1].Name != "Deep" || a[1].Depth != 1 {
		t.Errorf("attributes: %+v", a)
	}
	if c := configOf(t, map[string]string{brat.AnnotationConf: "[entities]\nA # c\n"}); !c.AnnotationBroken {
		t.Error("brat would ignore the file")
	}
}

func TestTools(t *testing.T) {
	c := configOf(t, map[string]string{brat.ToolsConf: `[options]
Validation validate:all
Sentences	splitter:newline
Annotation-log logfile:<NONE>
[search]
Web <URL>:http://a/?q=%s
Nowhere
[annotators]
Tag tool:t, model:m, <URL>:http://b
Half tool:t, <URL>:http://b
[normalization]
HPO DB:dbs/hpo, <URL>:http://c, <URLBASE>:http://c/%s, <UNICODE>:True
GO <URL>:http://d
`, brat.VisualConf: "[labels]\n[drawing]\nARC_DEFAULT color:red\nR glyph:a-b|c\n[options]\nText direction:rtl\n"})
	got := c.Tools
	if got.Validate != "all" || got.Splitter != "newline" || got.Tokenizer != "whitespace" || got.LogFile != "" {
		t.Errorf("options: %+v", got)
	}
	if len(got.Search) != 1 || got.Search[0].URL != "http://a/?q=%s" || len(got.Annotators) != 1 || got.Annotators[0].Model != "m" {
		t.Errorf("services: %+v", got)
	}
	if n := got.Normalization; len(n) != 2 || n[0] != (brat.NormDB{Name: "HPO", DB: "dbs/hpo", URL: "http://c", URLBase: "http://c/%s", Unicode: true, Line: 12}) || n[1].DB != "" {
		t.Errorf("normalization: %+v", n)
	}
	var lines []int
	for _, p := range c.Problems {
		lines = append(lines, p.Line)
		if !p.Warning || filepath.Base(p.File) != brat.ToolsConf {
			t.Errorf("%+v", p)
		}
	}
	if !slices.Equal(lines, []int{7, 10}) {
		t.Errorf("problems: %v", c.Problems)
	}
	if c.TextDirection() != "rtl" || c.ArcBundle() != "none" || c.Drawing("R", "color") != "red" || c.Drawing("R", "glyph") != "a,b|c" {
		t.Error("visual options or drawing")
	}
}

func TestShortcuts(t *testing.T) {
	c := configOf(t, map[string]string{brat.ShortcutsConf: "# keys\nD\tDisease\r\n\nD Drug\nX\nP  Person\n"})
	if len(c.Shortcuts) != 2 || c.Shortcuts[0] != (brat.Shortcut{Key: "D", Type: "Disease", Line: 2}) || c.Shortcuts[1].Type != "Person" {
		t.Errorf("shortcuts: %+v", c.Shortcuts)
	}
	if p := c.Problems; len(p) != 2 || p[0].Line != 4 || !p[0].Warning || p[1].Line != 5 || p[1].Warning {
		t.Errorf("problems: %v", p)
	}
}

func TestAccess(t *testing.T) {
	const acl = `User-agent: *
Allow: /
Disallow: /hidden/

User-agent: guest
User-agent: visitor # two
Disallow: /secret%20one/
Disallow:

Disallow: /lost/
nonsense
User-agent: nobody

Disallow: /x/
`
	c := configOf(t, map[string]string{brat.AccessConf: acl})
	for _, a := range []struct {
		user, path string
		want       bool
	}{
		{"ana", "/hidden/a", true}, // the first rule that fits counts
		{"Guest", "/secret one/a", false}, {"visitor2", "/secret one/a", false}, {"guest", "/open/", true},
		{"nobody", "/x/", true},
	} {
		if got := c.Access.Allowed(a.user, a.path); got != a.want {
			t.Errorf("%s may see %s: %v", a.user, a.path, got)
		}
	}
	if !(brat.Access{}).Allowed("ana", "/") {
		t.Error("no rules allow all")
	}
	var lines []int
	for _, p := range c.Problems {
		lines = append(lines, p.Line)
	}
	if !slices.Equal(lines, []int{10, 11, 14}) {
		t.Errorf("problems: %v", c.Problems)
	}
}
