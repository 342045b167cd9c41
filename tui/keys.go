package tui

import "charm.land/bubbles/v2/key"

// KeyMap are the keys of the workbench.
type KeyMap struct {
	Accept, Choose, NIL, Reject, Unlink, Label, Note, Finish, Undo, Redo key.Binding

	LeftOut, LeftIn, RightIn, RightOut                 key.Binding
	LeftWordIn, LeftWordOut, RightWordIn, RightWordOut key.Binding

	Next, Prev, NextUndecided, PrevUndecided, NextDoc, PrevDoc, Documents key.Binding
	Up, Down, PageUp, PageDown, Top, Bottom                               key.Binding

	Select, Search, SearchKB, Commands, Help, Marks, Leave, Quit key.Binding

	Selecting SelectKeys
	Hits      HitKeys
	Concepts  ConceptKeys
}

// SelectKeys are the keys while a new mention is selected.
type SelectKeys struct {
	Left, Right, WordLeft, WordRight, Up, Down, LineStart, LineEnd key.Binding
	Anchor, Confirm, Leave                                         key.Binding
}

// HitKeys are the keys while a search of the text is open.
type HitKeys struct{ Confirm, Next, Prev, Leave key.Binding }

// ConceptKeys are the keys while a search of the knowledge bases is open.
type ConceptKeys struct {
	Up, Down, Confirm, Leave key.Binding
	Pick                     key.Binding // on the line itself the digits are text, once one has typed
}

func bind(help, about string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, about))
}

func digits() []string {
	keys := make([]string, 9)
	for i := range keys {
		keys[i] = string(rune('1' + i))
	}
	return keys
}

// DefaultKeyMap are the keys as shipped.
func DefaultKeyMap() KeyMap {
	return KeyMap{
		Accept: bind("a", "accept", "a"),
		Choose: bind("1-9", "link", digits()...),
		NIL:    bind("0", "none fits", "0"),
		Reject: bind("r", "reject", "r"),
		Unlink: bind("x", "unlink", "x"),
		Label:  bind("t", "label", "t"),
		Note:   bind("e", "note", "e"),
		Finish: bind("f", "finish", "f"),
		Undo:   bind("u", "undo", "u"),
		Redo:   bind("ctrl+r", "redo", "ctrl+r"),

		LeftOut:      bind("h", "left edge out", "h"),
		LeftIn:       bind("l", "left edge in", "l"),
		RightIn:      bind("H", "right edge in", "H"),
		RightOut:     bind("L", "right edge out", "L"),
		LeftWordOut:  bind("b", "left edge out by a word", "b"),
		LeftWordIn:   bind("w", "left edge in by a word", "w"),
		RightWordIn:  bind("B", "right edge in by a word", "B"),
		RightWordOut: bind("W", "right edge out by a word", "W"),

		Next:          bind("n", "next", "n"),
		Prev:          bind("p", "previous", "p"),
		NextUndecided: bind("tab", "next undecided", "tab"),
		PrevUndecided: bind("shift+tab", "previous undecided", "shift+tab"),
		NextDoc:       bind("]", "next document", "]"),
		PrevDoc:       bind("[", "previous document", "["),
		Documents:     bind("o", "documents", "o"),
		Up:            bind("k", "up", "k", "up"),
		Down:          bind("j", "down", "j", "down"),
		PageUp:        bind("pgup", "page up", "pgup"),
		PageDown:      bind("pgdn", "page down", "pgdown", "space"),
		Top:           bind("g", "top", "g", "home"),
		Bottom:        bind("G", "bottom", "G", "end"),

		Select:   bind("v", "select", "v"),
		Search:   bind("/", "find", "/"),
		SearchKB: bind("s", "search", "s"),
		Commands: bind(":", "commands", ":"),
		Help:     bind("?", "keys", "?"),
		Marks:    bind("m", "marks", "m"),
		Leave:    bind("esc", "leave", "esc"),
		Quit:     bind("q", "quit", "q", "ctrl+c"),

		Selecting: selectKeys(),
		Hits:      hitKeys(),
		Concepts:  conceptKeys(),
	}
}

func hitKeys() HitKeys {
	return HitKeys{
		Confirm: bind("enter", "next hit", "enter"),
		Next:    bind("enter", "next hit", "enter", "ctrl+n"),
		Prev:    bind("ctrl+p", "previous hit", "ctrl+p", "shift+enter"),
		Leave:   bind("esc", "leave", "esc"),
	}
}

func conceptKeys() ConceptKeys {
	return ConceptKeys{
		Up:      bind("up", "back to the line", "up", "ctrl+p"),
		Down:    bind("down", "into the list", "down", "ctrl+n", "tab"),
		Confirm: bind("enter", "choose", "enter"),
		Leave:   bind("esc", "leave", "esc", "ctrl+c"),
		Pick:    bind("1-9", "choose in the list", digits()...),
	}
}

func selectKeys() SelectKeys {
	return SelectKeys{
		Left:      bind("h", "left", "h", "left"),
		Right:     bind("l", "right", "l", "right"),
		WordLeft:  bind("b", "a word left", "b"),
		WordRight: bind("w", "a word right", "w"),
		Up:        bind("k", "up", "k", "up"),
		Down:      bind("j", "down", "j", "down"),
		LineStart: bind("^", "start of the line", "^", "home"),
		LineEnd:   bind("$", "end of the line", "$", "end"),
		Anchor:    bind("v", "begin here", "v", "space"),
		Confirm:   bind("enter", "choose the label", "enter"),
		Leave:     bind("esc", "leave", "esc", "q", "ctrl+c"),
	}
}
