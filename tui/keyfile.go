package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// setting is a line of [keys] in gloss.toml.
type setting struct {
	name string
	keys []string
	line int
}

// ReadKeys reads the [keys] of a gloss.toml: a preset, and other keys for actions by
// their names. Without the file, or without [keys], they are the keys as shipped.
// What cannot be is refused, with its line and what to do: an unknown action or
// key, and a key that two actions of one mode would have.
func ReadKeys(path string) (KeyMap, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return DefaultKeyMap(), nil
	}
	if err != nil {
		return KeyMap{}, fmt.Errorf("read the keys: %w", err)
	}
	settings, err := keySettings(data)
	if err != nil {
		return KeyMap{}, fmt.Errorf("%s:%w", path, err)
	}
	k, errs := giveKeys(settings)
	for i := range errs {
		errs[i] = fmt.Errorf("%s:%w", path, errs[i])
	}
	return k, errors.Join(errs...)
}

// keySettings finds the settings below "keys"; errors begin with the line.
func keySettings(data []byte) ([]setting, error) {
	var p unstable.Parser
	p.Reset(data)
	var list []setting
	var table []string
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind == unstable.Table || e.Kind == unstable.ArrayTable {
			table, _ = namesOf(&p, e)
			continue
		}
		if e.Kind != unstable.KeyValue {
			continue
		}
		names, line := namesOf(&p, e)
		names = slices.Concat(table, names)
		if names[0] != "keys" {
			continue
		}
		keys, ok := texts(e.Value())
		if !ok {
			return nil, fmt.Errorf(`%d: %s: it is a key such as "enter", or a list of keys`, line, strings.Join(names, "."))
		}
		if len(names) == 1 { // keys = "plain"
			names = append(names, "preset")
		}
		list = append(list, setting{strings.Join(names[1:], "."), keys, line})
	}
	if err := p.Error(); err != nil {
		return nil, fmt.Errorf("1: %w", err) // the settings as a whole were read before, and say where
	}
	return list, nil
}

// namesOf are the parts of the name of a table or of a value, and its line.
func namesOf(p *unstable.Parser, e *unstable.Node) (names []string, line int) {
	for it := e.Key(); it.Next(); {
		n := it.Node()
		names = append(names, string(n.Data))
		line = p.Shape(n.Raw).Start.Line
	}
	return names, line
}

// texts are the strings of a value: one, or a list.
func texts(v *unstable.Node) ([]string, bool) {
	switch v.Kind {
	case unstable.String:
		return []string{string(v.Data)}, true
	case unstable.Array:
		list := []string{}
		for it := v.Children(); it.Next(); {
			if it.Node().Kind != unstable.String {
				return nil, false
			}
			list = append(list, string(it.Node().Data))
		}
		return list, true
	}
	return nil, false
}

// giveKeys applies settings to their preset. Each error begins with its line.
func giveKeys(settings []setting) (KeyMap, []error) {
	var errs []error
	k := DefaultKeyMap()
	for _, s := range settings {
		if s.name != "preset" {
			continue
		}
		if len(s.keys) != 1 || !slices.Contains(presets, s.keys[0]) {
			errs = append(errs, fmt.Errorf("%d: keys.preset: it is one of %s", s.line, strings.Join(presets, ", ")))
			continue
		}
		k = preset(s.keys[0])
	}
	all := actions(&k)
	from := map[string]int{} // the lines of actions that were given keys
	for _, s := range settings {
		i := slices.IndexFunc(all, func(a action) bool { return a.fullName() == s.name })
		switch {
		case s.name == "preset":
		case i < 0:
			errs = append(errs, fmt.Errorf("%d: keys.%s: there is no such action; docs/keys.md lists them%s", s.line, s.name, resembling(all, s.name)))
		default:
			keys, err := all[i].admit(s.keys)
			if err != nil {
				errs = append(errs, fmt.Errorf("%d: keys.%s: %w", s.line, s.name, err))
				continue
			}
			all[i].bind(keys)
			from[s.name] = s.line
		}
	}
	return k, append(errs, conflicts(all, from)...)
}

// admit checks the keys that an action shall have, and spells them as they arrive.
func (a *action) admit(keys []string) ([]string, error) {
	if len(keys) == 0 && a.needed() {
		return nil, errors.New("without a key there would be no way out: give it at least one")
	}
	var out []string
	for _, name := range keys {
		k, err := canonicalKey(name)
		if err != nil {
			return nil, err
		}
		if a.group.typed && a.name != pickName && len([]rune(k)) == 1 {
			return nil, fmt.Errorf("%q is text that one types there: take a key such as ctrl+n", name)
		}
		if slices.Contains(out, k) {
			return nil, fmt.Errorf("%q is there twice", name)
		}
		out = append(out, k)
	}
	if wide := a.name == pickName || a.name == "choose"; wide && len(out) > len(strings.Fields(digits)) {
		return nil, errors.New("there are nine candidates, so at most nine keys")
	}
	return out, nil
}

// needed tells whether one would be lost where the action has no key.
func (a *action) needed() bool {
	return a.name == "leave" || a.name == "confirm" || a.group.mode == "" && (a.name == "quit" || a.name == "commands")
}

// conflicts finds keys that two actions of one mode have.
func conflicts(all []action, from map[string]int) []error {
	var errs []error
	taken := map[string]*action{}
	take := func(mode, k string, a *action) {
		at := mode + "\x00" + k
		switch other := taken[at]; other {
		case nil:
			taken[at] = a
		case a:
		default:
			errs = append(errs, conflict(k, a, other, from))
		}
	}
	for i := range all {
		for _, k := range all[i].key.Keys() {
			take(all[i].group.mode, k, &all[i])
		}
	}
	help := &all[slices.IndexFunc(all, func(a action) bool { return a.fullName() == "help" })]
	for i := range all { // the help can be asked for in every mode but lists
		for _, k := range help.key.Keys() {
			if g := all[i].group; g.mode != "list" && !(g.typed && len([]rune(k)) == 1) {
				take(g.mode, k, help)
			}
		}
	}
	return errs
}

func conflict(k string, a, b *action, from map[string]int) error {
	if from[a.fullName()] < from[b.fullName()] {
		a, b = b, a // a is the one that was set last
	}
	where := "by default"
	if line := from[b.fullName()]; line > 0 {
		where = fmt.Sprintf("by line %d", line)
	}
	return fmt.Errorf("%d: keys.%s: %q is the key of %s (%s) %s: take another key, or give keys.%s others",
		from[a.fullName()], a.fullName(), shortKey(k), b.fullName(), b.describe(), where, b.fullName())
}

// resembling names an action that may have been meant.
func resembling(all []action, name string) string {
	_, last, _ := strings.Cut(name, ".")
	for i := range all {
		full := all[i].fullName()
		if strings.Contains(full, name) || strings.Contains(name, full) || last != "" && strings.Contains(full, last) {
			return ", among them " + full
		}
	}
	return ""
}
