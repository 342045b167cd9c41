package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
)

//go:generate go test -run TestTheManualIsFresh -update .

// keyGroup is a section of the help and of the manual.
type keyGroup struct {
	title, mode string
	keys        []keyLine
}

type keyLine struct {
	name, shown, all, about string
	faint                   bool // it cannot act now
}

// manual are all keys by group: what the help shows and docs/keys.md lists.
func manual(k *KeyMap) []keyGroup {
	var groups []keyGroup
	for _, a := range actions(k) {
		if n := len(groups); n == 0 || groups[n-1].title != a.group.title {
			groups = append(groups, keyGroup{title: a.group.title, mode: a.group.mode})
		}
		g := &groups[len(groups)-1]
		g.keys = append(g.keys, keyLine{name: a.fullName(), shown: a.key.Help().Key, all: spell(*a.key), about: a.describe()})
	}
	return groups
}

// Binding is an action and the keys that do it.
type Binding struct {
	Action string // as gloss.toml calls it: a mode before a dot, where it is not at rest
	Keys   []string
}

// Bindings lists every action of a key map, in the order of the help.
func (k KeyMap) Bindings() []Binding {
	all := actions(&k)
	list := make([]Binding, len(all))
	for i := range all {
		list[i] = Binding{all[i].fullName(), all[i].key.Keys()}
	}
	return list
}

// spell names the keys of a binding: the one that the help shows, then the others.
func spell(b key.Binding) string {
	shown := b.Help().Key
	names := []string{shown}
	for _, k := range b.Keys() {
		if k = shortKey(k); k != shown && shown != "1-9" {
			names = append(names, k)
		}
	}
	return strings.Join(names, " ")
}

// Manual writes the keys of the workbench as a page of Markdown.
func Manual() string {
	shipped, other := DefaultKeyMap(), preset("plain")
	plain := manual(&other)
	var b strings.Builder
	b.WriteString(manualHead)
	for i, g := range manual(&shipped) {
		fmt.Fprintf(&b, "\n## %s\n\n| key | does | name | plain |\n|---|---|---|---|\n", g.title)
		for j, k := range g.keys {
			differs := ""
			if p := plain[i].keys[j].all; p != k.all {
				differs = code(p)
			}
			fmt.Fprintf(&b, "| %s | %s | `%s` | %s |\n", code(k.all), k.about, k.name, differs)
		}
	}
	return b.String()
}

const manualHead = "# Keys\n\nWritten by `go generate ./tui`; `?` shows the same page in the workbench, with the keys that you gave.\n\n" +
	"`gloss.toml` of a collection gives actions other keys, by their names:\n\n" +
	"```toml\n[keys]\npreset = \"plain\"             # arrows instead of letters for boundaries and text; \"vim\" is as shipped\n" +
	"accept = [\"a\", \"enter\"]      # replaces the keys of that action; [] takes them away\nselecting.confirm = [\"enter\", \"ctrl+s\"]\n```\n\n" +
	"A key that two actions of one mode would have is refused when the workbench starts, with its line. What has no key is found by its name, under `:`.\n"

// code sets keys as code in a cell of a table.
func code(keys string) string {
	var all []string
	for _, one := range strings.Fields(keys) {
		all = append(all, "`"+strings.ReplaceAll(one, "|", "\\|")+"`")
	}
	return strings.Join(all, " ")
}
