package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// keyNames are the keys that have names instead of signs, as terminals tell them.
var keyNames = []string{"enter", "tab", "esc", "space", "backspace", "delete", "insert", "up", "down", "left", "right", "home", "end", "pgup", "pgdown",
	"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12"}

// otherNames are what people call some of them besides.
var otherNames = map[string]string{"return": "enter", "escape": "esc", "del": "delete", "ins": "insert", "pgdn": "pgdown", "pagedown": "pgdown",
	"pageup": "pgup", " ": "space", "↑": "up", "↓": "down", "←": "left", "→": "right"}

// sameBytes are keys with ctrl that arrive as other keys.
var sameBytes = map[string]string{"i": "tab", "m": "enter", "[": "esc", "h": "backspace"}

// canonicalKey spells the name of a key as it arrives from the terminal, and
// refuses those that never arrive.
func canonicalKey(name string) (string, error) {
	parts := strings.Split(name, "+")
	if strings.HasSuffix(name, "+") { // the sign itself, alone or after modifiers
		parts = append(strings.Split(strings.TrimSuffix(strings.TrimSuffix(name, "+"), "+"), "+"), "+")
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	}
	mods, last := parts[:len(parts)-1], parts[len(parts)-1]
	if other := otherNames[strings.ToLower(last)]; other != "" {
		last = other
	}
	named := slices.Contains(keyNames, strings.ToLower(last))
	if named {
		last = strings.ToLower(last)
	}
	if !named && (last == "" || uniseg.GraphemeClusterCount(last) != 1 || !unicode.IsPrint([]rune(last)[0])) {
		return "", fmt.Errorf("%q is no key: it is a sign such as \"a\", or one of %s, with ctrl+, alt+ or shift+ before it", name, strings.Join(keyNames, " "))
	}
	has := map[string]bool{}
	for _, m := range mods {
		m = strings.ToLower(m)
		if has[m] || m != "ctrl" && m != "alt" && m != "shift" {
			return "", fmt.Errorf("%q is no key: before the sign there may be ctrl+, alt+ and shift+", name)
		}
		has[m] = true
	}
	if !named && len(mods) > 0 {
		return plainWithMods(name, last, has)
	}
	out := ""
	for _, m := range []string{"ctrl", "alt", "shift"} { // in the order in which keys are told
		if has[m] {
			out += m + "+"
		}
	}
	return out + last, nil
}

// plainWithMods is a letter with modifiers, most of which terminals cannot tell apart.
func plainWithMods(name, letter string, has map[string]bool) (string, error) {
	lower := strings.ToLower(letter)
	switch {
	case has["alt"]:
		return "", fmt.Errorf("%q cannot be told from esc and %s, which over a network arrive in one piece", name, letter)
	case has["shift"] && has["ctrl"]:
		return "", fmt.Errorf("%q cannot be told from ctrl+%s by most terminals", name, lower)
	case has["shift"]:
		return "", fmt.Errorf("%q: write the sign that it makes, such as %q", name, strings.ToUpper(letter))
	case sameBytes[lower] != "":
		return "", fmt.Errorf("%q cannot be told from %s by most terminals", name, sameBytes[lower])
	case len(lower) != 1 || lower[0] < 'a' || lower[0] > 'z':
		return "", errors.New(`ctrl+ goes with the letters a to z and with keys such as "left"`)
	}
	return "ctrl+" + lower, nil
}
