package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

// KeyMap are the keys of the workbench. Its fields are filled from the table of
// actions, which says what they do; the zero value stands for the keys as shipped.
type KeyMap struct {
	Accept, Choose, NIL, Reject, Unlink, Label, Note, Finish, Undo, Redo key.Binding

	LeftOut, LeftIn, RightIn, RightOut                 key.Binding
	LeftWordIn, LeftWordOut, RightWordIn, RightWordOut key.Binding
	Snap, Grow, Shrink, Split, Join, Fragment          key.Binding

	Skip, Repeat, Flag, Attributes, Why, NewConcept, Details key.Binding
	Everywhere, AcceptMany, History                          key.Binding

	Next, Prev, NextUndecided, PrevUndecided, NextDoc, PrevDoc, Documents, Order key.Binding
	Up, Down, PageUp, PageDown, Top, Bottom                                      key.Binding

	Select, Search, SearchKB, Commands, Help, Marks, Leave, Quit key.Binding

	Overview, SuggestAll, Stop, Learn, Switch, Train, Models, Tour, Conflict, Whole, Filter key.Binding

	TakeOther, Queue key.Binding

	Selecting SelectKeys
	Splitting SplitKeys
	Hits      HitKeys
	Concepts  ConceptKeys
	Places    PlaceKeys
	Detail    DetailKeys
	Conflicts ConflictKeys
	Lists     dialog.KeyMap
}

// SelectKeys are the keys while a new mention is selected.
type SelectKeys struct {
	Left, Right, WordLeft, WordRight, Up, Down, LineStart, LineEnd key.Binding
	Sentence, SentenceLeft, SentenceRight                          key.Binding
	Anchor, Confirm, Leave                                         key.Binding
}

// SplitKeys are the keys while one looks where to cut a mention in two.
type SplitKeys struct{ Left, Right, Confirm, Leave key.Binding }

// PlaceKeys are the keys of the list of places that a bulk would change.
type PlaceKeys struct {
	Scope, Pattern, Pick, Label, Exact, Link, More, Less key.Binding
	Checks                                               dialog.CheckKeys
}

// DetailKeys are the keys of the page of a concept.
type DetailKeys struct{ Choose, Next, Prev key.Binding }

// HitKeys are the keys while a search of the text is open.
type HitKeys struct{ Confirm, Next, Prev, Leave key.Binding }

// ConceptKeys are the keys while a search of the knowledge bases is open.
type ConceptKeys struct {
	Up, Down, Confirm, Leave key.Binding
	Type, Details            key.Binding
	Pick                     key.Binding // on the line itself the digits are text, once one has typed
}

// action is one thing that keys do. This declaration is all there is to say of it:
// the dispatch, the hints, the help, the palette, gloss.toml and docs/keys.md read it.
type action struct {
	key   *key.Binding // the field of the KeyMap that holds its keys
	name  string       // in gloss.toml and in the palette
	keys  string       // as shipped, separated by blanks
	plain string       // in the preset "plain"; "": as shipped
	hint  string       // a word or two for the line of hints
	about string       // one line for the help, the palette and the manual; "": the hint

	// At rest only; in the other modes the code of the mode acts.
	why func(*Model) string          // why it cannot act now, "" where it can; nil: it always can
	run func(*Model, string) tea.Cmd // with the key that was pressed

	group group
}

// group is a heading of the help, and says when its actions have their keys. At
// rest there are several groups, otherwise each mode is one.
type group struct {
	title string
	mode  string // before the names of its actions in gloss.toml; "" at rest
	typed bool   // text is typed in this mode, so that letters cannot be keys
}

func (g group) has(actions []action) []action {
	for i := range actions {
		actions[i].group = g
	}
	return actions
}

// fullName is how gloss.toml calls the action.
func (a *action) fullName() string {
	if a.group.mode == "" {
		return a.name
	}
	return a.group.mode + "." + a.name
}

// describe is the line of the help.
func (a *action) describe() string {
	if a.about == "" {
		return a.hint
	}
	return a.about
}

// bind gives the action its keys.
func (a *action) bind(keys []string) {
	*a.key = key.NewBinding(key.WithKeys(keys...), key.WithHelp(a.display(keys), a.hint))
}

// display is the key that stands for the action wherever one is named: the first of
// them, or how the palette calls the action where it has none.
func (a *action) display(keys []string) string {
	switch {
	case len(keys) == 0:
		return ":" + a.fullName()
	case slices.Equal(keys, strings.Fields(digits)):
		return "1-9"
	}
	return shortKey(keys[0])
}

func shortKey(k string) string {
	if k == "pgdown" {
		return "pgdn"
	}
	return k
}

// digits choose one of nine, in this order.
const digits = "1 2 3 4 5 6 7 8 9"

// actions is the table: everything that a key does, in the order of the help.
func actions(k *KeyMap) []action {
	return slices.Concat(commands(k), selectActions(k), splitActions(k), hitActions(k), conceptActions(k), detailActions(k), placeActions(k), conflictActions(k), listActions(k))
}

// DefaultKeyMap are the keys as shipped.
func DefaultKeyMap() KeyMap { return preset("vim") }

// presets are the sets of keys that gloss.toml can name.
var presets = []string{"vim", "plain"}

func preset(name string) KeyMap {
	var k KeyMap
	for _, a := range actions(&k) {
		keys := a.keys
		if name == "plain" && a.plain != "" {
			keys = a.plain
		}
		a.bind(strings.Fields(keys))
	}
	return k
}

func selectActions(k *KeyMap) []action {
	q := &k.Selecting
	return group{title: "While selecting", mode: "selecting"}.has([]action{
		{key: &q.Left, name: "left", keys: "h left", plain: "left", hint: "left"},
		{key: &q.Right, name: "right", keys: "l right", plain: "right", hint: "right"},
		{key: &q.WordLeft, name: "word-left", keys: "b ctrl+left", plain: "ctrl+left", hint: "a word left"},
		{key: &q.WordRight, name: "word-right", keys: "w ctrl+right", plain: "ctrl+right", hint: "a word right"},
		{key: &q.Up, name: "up", keys: "k up", plain: "up", hint: "up"},
		{key: &q.Down, name: "down", keys: "j down", plain: "down", hint: "down"},
		{key: &q.LineStart, name: "line-start", keys: "^ home", plain: "home", hint: "start of the line"},
		{key: &q.LineEnd, name: "line-end", keys: "$ end", plain: "end", hint: "end of the line"},
		{key: &q.SentenceLeft, name: "sentence-left", keys: "( ctrl+up", plain: "ctrl+up", hint: "a sentence left"},
		{key: &q.SentenceRight, name: "sentence-right", keys: ") ctrl+down", plain: "ctrl+down", hint: "a sentence right"},
		{key: &q.Sentence, name: "sentence", keys: "s", hint: "the whole sentence"},
		{key: &q.Anchor, name: "begin", keys: "v space", plain: "space v", hint: "begin here"},
		{key: &q.Confirm, name: "confirm", keys: "enter", hint: "choose the label"},
		{key: &q.Leave, name: "leave", keys: "esc q ctrl+c", hint: "leave"},
	})
}

func hitActions(k *KeyMap) []action {
	q := &k.Hits
	return group{title: "While finding in the text", mode: "finding", typed: true}.has([]action{
		{key: &q.Confirm, name: "confirm", keys: "enter", hint: "next hit", about: "end the typing; then the next hit, on into other documents"},
		{key: &q.Next, name: "next", keys: "ctrl+n", hint: "next hit", about: "next hit, in this document or the next that has one"},
		{key: &q.Prev, name: "previous", keys: "ctrl+p shift+enter", hint: "previous hit", about: "previous hit, in this document or the one before that has one"},
		{key: &q.Leave, name: "leave", keys: "esc", hint: "leave"},
	})
}

func conceptActions(k *KeyMap) []action {
	q := &k.Concepts
	return group{title: "While searching concepts", mode: "searching", typed: true}.has([]action{
		{key: &q.Down, name: "down", keys: "down ctrl+n tab", hint: "into the list"},
		{key: &q.Up, name: "up", keys: "up ctrl+p", hint: "back to the line"},
		{key: &q.Confirm, name: "confirm", keys: "enter", hint: "choose"},
		{key: &q.Pick, name: pickName, keys: digits, hint: "choose in the list"},
		{key: &q.Type, name: "type", keys: "ctrl+t", hint: "type", about: "only one semantic type after the other"},
		{key: &q.Details, name: "details", keys: "ctrl+d", hint: "details", about: "all about the concepts that were found"},
		{key: &q.Leave, name: "leave", keys: "esc ctrl+c", hint: "leave"},
	})
}

// pickName is the action whose keys are text as well, once one has typed.
const pickName = "pick"

// listActions are the keys of every box, which the boxes declare themselves.
func listActions(k *KeyMap) []action {
	d, q := dialog.DefaultKeyMap(), &k.Lists
	of := func(to *key.Binding, name string, b key.Binding) action {
		return action{key: to, name: name, keys: strings.Join(b.Keys(), " "), hint: b.Help().Desc}
	}
	return group{title: "In a list", mode: "list", typed: true}.has([]action{
		of(&q.Up, "up", d.Up), of(&q.Down, "down", d.Down), of(&q.PageUp, "page-up", d.PageUp),
		of(&q.PageDown, "page-down", d.PageDown), of(&q.Confirm, "confirm", d.Confirm), of(&q.Leave, "leave", d.Leave),
	})
}
