package kb

import (
	"slices"
	"testing"
)

func TestGrammar(t *testing.T) {
	c, err := Grammars["icd-o"].Compile()
	if err != nil || !slices.Equal(c.Parts(), []string{"base", "behaviour", "grade", "general"}) {
		t.Fatal(c, err)
	}
	for code, want := range map[string][]string{
		"8140/3": {"8140", "3", "", ""}, "8140/33": {"8140", "3", "3", ""}, "8000/6/H": {"8000", "6", "", "/H"}, "8500/32/H": {"8500", "3", "2", "/H"},
		"8140": nil, "8140/3/X": nil, "x8140/3": nil,
	} {
		parts, ok := c.Split(code)
		if ok != (want != nil) || !slices.Equal(parts, want) {
			t.Errorf("%s: %q, %v", code, parts, ok)
		}
		if ok && c.Join(parts) != code {
			t.Errorf("%s comes back as %s", code, c.Join(parts))
		}
	}
	for _, g := range []Grammar{
		{`(`, "{base}"}, {`(?P<base>\d)`, "{base}"}, {`(?P<a>\d)(?P<b>\d)`, "{a}{b}"}, {`(?P<base>\d)(?P<b>\d)`, "{base}"}, {},
	} {
		if c, err := g.Compile(); err == nil {
			t.Errorf("%v: %v", g, c)
		}
	}
}
