package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// The groups of commands, in the order of the help.
var (
	groupDecide = group{title: "Decide"}
	groupEdges  = group{title: "Move boundaries"}
	groupMove   = group{title: "Move about"}
	groupMake   = group{title: "Make and search"}
	groupOther  = group{title: "Workbench"}
)

// commands are all that can be asked for at rest, by group. Quit is the last one.
func commands(k *KeyMap) []action {
	return slices.Concat(decideCommands(k), bulkActions(k), pastCommands(k), remarkActions(k), edgeCommands(k), shapeActions(k), moveCommands(k), orderActions(k), queueActions(k), makeCommands(k), detailCommands(k), overviewActions(k), learningActions(k), trainingActions(k), conflictCommands(k), lensCommands(k), tourActions(k), orientationActions(k), otherCommands(k))
}

func decideCommands(k *KeyMap) []action {
	return groupDecide.has([]action{
		{key: &k.Accept, name: "accept", keys: "a", plain: "a enter", hint: "accept",
			about: "accept the mention without a link", why: needItem,
			run: plain(func(m *Model) tea.Cmd {
				return m.do(workbench.Accept{At: m.focused()}, onward)
			})},
		{key: &k.Choose, name: "choose", keys: digits, hint: "link",
			about: "link to that candidate and accept", why: needItem,
			run: func(m *Model, pressed string) tea.Cmd {
				return m.choose(max(slices.Index(m.keys.Choose.Keys(), pressed), 0)) // the palette chooses the first
			}},
		{key: &k.NIL, name: "nil", keys: "0", hint: "none fits",
			about: "accept: no concept fits", why: needItem,
			run: plain(func(m *Model) tea.Cmd {
				return m.do(workbench.ChooseNIL{At: m.focused(), Shown: m.offered(m.item())}, onward)
			})},
		{key: &k.Reject, name: "reject", keys: "r", plain: "r delete", hint: "reject",
			about: "reject suggestion, delete annotation", why: needItem,
			run: plain(func(m *Model) tea.Cmd {
				return m.do(workbench.Reject{At: m.focused()}, onward)
			})},
		{key: &k.Unlink, name: "unlink", keys: "x", hint: "unlink",
			about: "remove the link", why: needLink,
			run: plain(func(m *Model) tea.Cmd {
				return m.do(workbench.Unlink{At: m.focused()}, stay)
			})},
		{key: &k.Label, name: "label", keys: "t", hint: "label",
			about: "choose another label", why: needItem,
			run: plain((*Model).askLabel)},
		{key: &k.Note, name: "note", keys: "e", hint: "note",
			about: "edit the note", why: needAnnotation,
			run: plain((*Model).askNote)},
		{key: &k.Finish, name: "finish", keys: "f", hint: "finish",
			about: "finish or reopen the document", why: needWritable,
			run: plain((*Model).finish)},
		{key: &k.Undo, name: "undo", keys: "u", plain: "u ctrl+z", hint: "undo",
			about: "undo the last step, in any document",
			run: plain(func(m *Model) tea.Cmd {
				return m.do(workbench.Undo{}, follow)
			})},
		{key: &k.Redo, name: "redo", keys: "ctrl+r", plain: "ctrl+r ctrl+y", hint: "redo",
			about: "redo what was undone",
			run: plain(func(m *Model) tea.Cmd {
				return m.do(workbench.Redo{}, follow)
			})},
	})
}

func edgeCommands(k *KeyMap) []action {
	edge := func(move edgeMove) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { return m.moveEdge(move) }
	}
	return groupEdges.has([]action{
		{key: &k.LeftOut, name: "left-out", keys: "h", plain: "ctrl+left", hint: "left edge out",
			about: "left edge one character out", why: needItem,
			run: edge(edgeMove{left: true, out: true})},
		{key: &k.LeftIn, name: "left-in", keys: "l", plain: "ctrl+right", hint: "left edge in",
			about: "left edge one character in", why: needItem,
			run: edge(edgeMove{left: true})},
		{key: &k.RightIn, name: "right-in", keys: "H", plain: "shift+left", hint: "right edge in",
			about: "right edge one character in", why: needItem,
			run: edge(edgeMove{})},
		{key: &k.RightOut, name: "right-out", keys: "L", plain: "shift+right", hint: "right edge out",
			about: "right edge one character out", why: needItem,
			run: edge(edgeMove{out: true})},
		{key: &k.LeftWordOut, name: "left-word-out", keys: "b", plain: "alt+left", hint: "left edge out by a word",
			about: "left edge one word out", why: needItem,
			run: edge(edgeMove{left: true, out: true, word: true})},
		{key: &k.LeftWordIn, name: "left-word-in", keys: "w", plain: "alt+right", hint: "left edge in by a word",
			about: "left edge one word in", why: needItem,
			run: edge(edgeMove{left: true, word: true})},
		{key: &k.RightWordIn, name: "right-word-in", keys: "B", plain: "ctrl+shift+left", hint: "right edge in by a word",
			about: "right edge one word in", why: needItem,
			run: edge(edgeMove{word: true})},
		{key: &k.RightWordOut, name: "right-word-out", keys: "W", plain: "ctrl+shift+right", hint: "right edge out by a word",
			about: "right edge one word out", why: needItem,
			run: edge(edgeMove{out: true, word: true})},
	})
}

func moveCommands(k *KeyMap) []action {
	return groupMove.has([]action{
		{key: &k.Next, name: "next", keys: "n", plain: "n right", hint: "next",
			about: "next mention, decided or not", why: needDoc,
			run: plain(func(m *Model) tea.Cmd { return m.step(1) })},
		{key: &k.Prev, name: "previous", keys: "p", plain: "p left", hint: "previous",
			about: "previous mention, decided or not", why: needDoc,
			run: plain(func(m *Model) tea.Cmd { return m.step(-1) })},
		{key: &k.NextUndecided, name: "next-undecided", keys: "tab", hint: "next undecided",
			about: "next mention that is not decided", why: needDoc,
			run: plain(func(m *Model) tea.Cmd { return m.stepUndecided(1) })},
		{key: &k.PrevUndecided, name: "previous-undecided", keys: "shift+tab", hint: "previous undecided",
			about: "previous mention that is not decided", why: needDoc,
			run: plain(func(m *Model) tea.Cmd { return m.stepUndecided(-1) })},
		{key: &k.NextDoc, name: "next-document", keys: "]", plain: "] ctrl+pgdown", hint: "next document",
			about: "next document",
			run:   plain(func(m *Model) tea.Cmd { return m.stepDocument(1) })},
		{key: &k.PrevDoc, name: "previous-document", keys: "[", plain: "[ ctrl+pgup", hint: "previous document",
			about: "previous document",
			run:   plain(func(m *Model) tea.Cmd { return m.stepDocument(-1) })},
		{key: &k.Documents, name: "documents", keys: "o", plain: "o ctrl+o", hint: "documents",
			about: "choose a document",
			run:   plain((*Model).askDocument)},
		{key: &k.Down, name: "down", keys: "j down", plain: "down", hint: "down",
			about: "read on, a line down",
			run:   quiet(func(m *Model) { m.readOn(1) })},
		{key: &k.Up, name: "up", keys: "k up", plain: "up", hint: "up",
			about: "read a line up",
			run:   quiet(func(m *Model) { m.readOn(-1) })},
		{key: &k.PageDown, name: "page-down", keys: "pgdown space", hint: "page down",
			about: "a screen down",
			run:   scroll(func(m *Model) { m.text.Page(1) })},
		{key: &k.PageUp, name: "page-up", keys: "pgup", hint: "page up",
			about: "a screen up",
			run:   scroll(func(m *Model) { m.text.Page(-1) })},
		{key: &k.Top, name: "top", keys: "g home", plain: "home", hint: "top",
			about: "to the beginning of the text",
			run:   quiet(func(m *Model) { m.text.Top() })},
		{key: &k.Bottom, name: "bottom", keys: "G end", plain: "end", hint: "bottom",
			about: "to the end of the text",
			run:   quiet(func(m *Model) { m.text.Bottom() })},
	})
}

func makeCommands(k *KeyMap) []action {
	return groupMake.has([]action{
		{key: &k.Select, name: "select", keys: "v", hint: "select",
			about: "select text and make a mention of it", why: needWritable,
			run: quiet((*Model).startSelection)},
		{key: &k.Search, name: "find", keys: "/", plain: "/ ctrl+f", hint: "find",
			about: "find text, labels, concepts", why: needDoc,
			run: plain((*Model).startFind)},
		{key: &k.SearchKB, name: "search", keys: "s", hint: "search",
			about: "search concepts for the mention", why: needItem,
			run: plain((*Model).startConcepts)},
	})
}

func otherCommands(k *KeyMap) []action {
	return groupOther.has([]action{
		{key: &k.Marks, name: "marks", keys: "m", hint: "marks",
			about: "marks as rows or as underlines",
			run:   quiet((*Model).toggleMarks)},
		{key: &k.Commands, name: "commands", keys: ":", hint: "commands",
			about: "all commands",
			run:   plain((*Model).askCommand)},
		{key: &k.Help, name: "help", keys: "? f1", hint: "keys",
			about: "what the keys do",
			run:   quiet((*Model).showHelp)},
		{key: &k.Leave, name: "leave", keys: "esc", hint: "leave",
			about: "close what is open",
			run:   quiet(func(*Model) {})},
		{key: &k.Quit, name: "quit", keys: "q ctrl+c", plain: "q ctrl+q ctrl+c", hint: "quit",
			about: "save everything and leave",
			run:   plain((*Model).quit)},
	})
}

// toggleMarks changes between marks in rows of their own and underlines.
func (m *Model) toggleMarks() {
	m.text.SetCompact(!m.text.Compact())
	m.reveal()
	if m.text.Compact() {
		m.say("marks are underlines: dotted suggested, dashed no concept yet, single accepted, double linked, wavy wrong in the file; refused is struck out")
	}
}
