package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
)

// Both presets give every key of a mode to one action, and the keys that scripts
// rely on are what they were.
func TestPresets(t *testing.T) {
	for _, name := range presets {
		k := preset(name)
		names := map[string]bool{}
		for _, a := range actions(&k) {
			if names[a.fullName()] || a.name == "" || a.hint == "" || strings.ContainsAny(a.name, " ._") {
				t.Errorf("%s: the action %q is there twice, or lacks a name or a hint", name, a.fullName())
			}
			names[a.fullName()] = true
			for _, one := range a.key.Keys() {
				if got, err := canonicalKey(one); err != nil || got != one {
					t.Errorf("%s: %s has %q, which is spelt %q (%v)", name, a.fullName(), one, got, err)
				}
			}
		}
		for _, err := range conflicts(actions(&k), nil) {
			t.Errorf("%s: %v", name, err)
		}
		for action, want := range map[string]key.Binding{
			"a": k.Accept, "1": k.Choose, "9": k.Choose, "0": k.NIL, "r": k.Reject, "n": k.Next, "p": k.Prev, "]": k.NextDoc, "[": k.PrevDoc,
			"u": k.Undo, "ctrl+r": k.Redo, "/": k.Search, "s": k.SearchKB, ":": k.Commands, "?": k.Help, "q": k.Quit,
		} {
			if !key.Matches(stroke(action), want) {
				t.Errorf("%s: %s is not a key of %q", name, action, want.Help().Desc)
			}
		}
	}
}

// withKeys writes a gloss.toml and reads its keys.
func withKeys(t *testing.T, lines ...string) (KeyMap, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gloss.toml")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := ReadKeys(path)
	if err != nil && !strings.HasPrefix(err.Error(), path+":") {
		t.Errorf("the error does not say where: %v", err)
	}
	return k, err
}

func TestOtherKeys(t *testing.T) {
	k, err := withKeys(t, `device = "cpu"`, `[keys]`, `accept = ["a", "enter"]`, `note = []`, `page-down = "PgDn"`, `unlink = "ctrl+x"`,
		`[keys.selecting]`, `confirm = "space"`, `begin = "v"`, `[kb]`, `SINTOMA = ["x"]`)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, 120, 40, Options{Keys: k})
	s.send(stroke("enter"))
	s.wantLog("accept")
	s.press("e")
	if s.m.box.Box != nil {
		t.Error("a key that was taken away still acts")
	}
	s.wantText("e has no meaning here")
	s.press(":")
	s.wantText("ctrl+x", "remove the link")
	s.write("note")
	s.press("enter")
	s.wantText("Note on pulmón") // the palette has what no key has
	s.press("esc v v l")
	s.send(stroke("space"))
	s.wantText("Label of")
	if got := k.Note.Help().Key; got != ":note" {
		t.Errorf("an action without keys is called %q", got)
	}
	for _, lines := range [][]string{{`keys = "plain"`}, {`[keys]`, `preset = "plain"`}, {`keys.preset = "plain"`}} {
		if k, err := withKeys(t, lines...); err != nil || k.LeftOut.Help().Key != "ctrl+left" {
			t.Errorf("%v: %q, %v", lines, k.LeftOut.Help().Key, err)
		}
	}
	if k, err := ReadKeys(filepath.Join(t.TempDir(), "none")); err != nil || k.Accept.Help().Key != "a" {
		t.Errorf("without a file: %v", err)
	}
}

func TestKeysThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  []string // parts of the message
	}{
		{[]string{`[keys]`, ``, `accept = "r"`}, []string{`:3: keys.accept: "r" is the key of reject (reject suggestion, delete annotation) by default`, "give keys.reject others"}},
		{[]string{`[keys]`, `accept = "y"`, `reject = ["r", "y"]`}, []string{`:3: keys.reject: "y" is the key of accept`, "by line 2"}},
		{[]string{`[keys]`, `selecting.begin = "enter"`}, []string{`:2: keys.selecting.begin: "enter" is the key of selecting.confirm`}},
		{[]string{`[keys]`, `acept = "a"`}, []string{`:2: keys.acept: there is no such action`, "docs/keys.md"}},
		{[]string{`[keys]`, `document = "a"`}, []string{"among them"}},
		{[]string{`[keys]`, `accept = 3`}, []string{`:2: keys.accept: it is a key such as "enter", or a list of keys`}},
		{[]string{`[keys]`, `accept = ["y", 3]`}, []string{`:2: keys.accept`}},
		{[]string{`[keys]`, `accept = "ctrl+i"`}, []string{`cannot be told from tab`}},
		{[]string{`[keys]`, `accept = "alt+y"`}, []string{`cannot be told from esc and y`}},
		{[]string{`[keys]`, `accept = "shift+y"`}, []string{`such as "Y"`}},
		{[]string{`[keys]`, `accept = "hyper+y"`}, []string{`ctrl+, alt+ and shift+`}},
		{[]string{`[keys]`, `accept = "return key"`}, []string{`is no key`, "backspace"}},
		{[]string{`[keys]`, `accept = ["y", "y"]`}, []string{"twice"}},
		{[]string{`[keys]`, `quit = []`}, []string{"no way out"}},
		{[]string{`[keys]`, `finding.next = "n"`}, []string{`"n" is text that one types there`}},
		{[]string{`[keys]`, `preset = "emacs"`}, []string{"it is one of vim, plain"}},
		{[]string{`[keys]`, `accept = "r"`, `note = "u"`}, []string{":2: ", ":3: "}}, // all at once
	} {
		_, err := withKeys(t, c.lines...)
		if err == nil {
			t.Errorf("%v is taken", c.lines)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v:\n%v\nlacks %q", c.lines, err, want)
			}
		}
	}
}

func TestKeyNames(t *testing.T) {
	for name, want := range map[string]string{
		"a": "a", "A": "A", "+": "+", "ñ": "ñ", "Return": "enter", " ": "space", "Esc": "esc", "ctrl+A": "ctrl+a", "shift+ctrl+LEFT": "ctrl+shift+left",
		"alt+enter": "alt+enter", "PageDown": "pgdown", "f12": "f12",
	} {
		if got, err := canonicalKey(name); err != nil || got != want {
			t.Errorf("%q is %q (%v), want %q", name, got, err, want)
		}
	}
}

// What the manual shows as an example is taken.
func TestTheExampleOfTheManual(t *testing.T) {
	_, rest, _ := strings.Cut(Manual(), "```toml\n")
	example, _, ok := strings.Cut(rest, "```")
	if k, err := withKeys(t, example); !ok || err != nil || k.Accept.Help().Key != "a" || len(k.Accept.Keys()) != 2 {
		t.Errorf("%v\n%s", err, example)
	}
}

// The help begins with the keys of the moment, in every mode; where text is typed a
// question mark is text.
func TestHelpOfTheMoment(t *testing.T) {
	for _, c := range []struct{ keys, ask, first string }{
		{"", "?", "Decide"}, {"v", "?", "While selecting"}, {"v", "f1", "While selecting"},
		{"/", "f1", "While finding in the text"}, {"s", "f1", "While searching concepts"},
	} {
		s := open(t, 120, 40, Options{})
		s.press(c.keys)
		s.send(stroke(c.ask))
		if _, below, ok := strings.Cut(s.text(), "─ Keys"); !ok || !strings.Contains(strings.Split(below, "\n")[1], c.first) {
			t.Errorf("%q %s: the help does not begin with %q", c.keys, c.ask, c.first)
		}
		before := s.m.sel.on || s.m.find.typing || s.m.concept != nil
		s.press("esc")
		if s.m.box.Box != nil || before != (c.keys != "") {
			t.Errorf("%q %s: the help did not leave the mode as it was", c.keys, c.ask)
		}
	}
	s := open(t, 120, 40, Options{})
	s.press("/ ?")
	if s.m.box.Box != nil || s.m.find.input.Value() != "?" {
		t.Error("? was not typed into the search of the text")
	}
}

func TestThePaletteSaysWhatCannotActNow(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press(":")
	s.write("unlink")
	s.wantText("remove the link", "this mention has no link")
	s.press("enter")
	s.wantText("this mention has no link")
	s.wantLog()
}
