package brat

import (
	"strings"
	"testing"
)

// FuzzConf: whatever stands in the files, reading them ends, what is wrong has
// a place, and what was read can be used.
func FuzzConf(f *testing.F) {
	for _, s := range []string{
		"", "[entities]\n!A|b <NORM>:x|y\n B\n[relations]\nR Arg1:A, Arg2:<ANY>, <REL-TYPE>:symmetric-transitive\n[events]\nE T+:A, <INHERIT>\n[attributes]\nN Arg:<EVENT>, Value:a|b, <DEFAULT>:a\n", "\ufeff[entities]\nA", "[entities]\n<A>=<B><B>\n<B>=<A>\n<A>", "[x]\n\xff", "[labels]\nA | <EMPTY>\tk:v\n",
		"[entities]\nA\n B <INHERIT>, k{2-3}:C\n---\n!|x", "[options]\nText direction:rtl\n", "User-agent: *\nDisallow: /%zz\n", "D Disease\nX\n",
		"[normalization]\nX <URL>:, DB:\n[relations]\n<OVERLAP> Arg1:A, Arg2:<ANY>, <OVL-TYPE>:\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := &Config{}
		for _, name := range []string{AnnotationConf, VisualConf, ToolsConf, ShortcutsConf, AccessConf} {
			c.parse(name, name, []byte(s))
		}
		for _, p := range c.Problems {
			if p.Line < 1 || p.Line > strings.Count(s, "\n")+1 || p.File == "" || p.Message == "" || p.Fix == "" {
				t.Fatalf("odd problem %+v", p)
			}
		}
		for _, name := range c.EntityTypes() {
			if _, ok := c.Type(name); !ok || name == "" {
				t.Fatalf("%q is listed and not there", name)
			}
			c.Label(name, 3)
			c.Drawing(name, "bgColor")
		}
		for _, o := range c.Overlaps {
			c.Expand(o.Arg1)
		}
		c.Access.Allowed("ana", "/a")
	})
}
