package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// The groups of commands, in the order of the help.
const (
	groupDecide = "Decide"
	groupEdges  = "Move boundaries"
	groupMove   = "Move about"
	groupMake   = "Make and search"
	groupOther  = "Workbench"
)

// commands are all that can be asked for at rest, by group. Quit is the last one.
func commands(k KeyMap) []command {
	return slices.Concat(decideCommands(k), edgeCommands(k), moveCommands(k), makeCommands(k), otherCommands(k))
}

// plain is a command that does not care which key it was.
func plain(f func(*Model) tea.Cmd) func(*Model, string) tea.Cmd {
	return func(m *Model, _ string) tea.Cmd { return f(m) }
}

// quiet is a command that only moves something.
func quiet(f func(*Model)) func(*Model, string) tea.Cmd {
	return func(m *Model, _ string) tea.Cmd { f(m); return nil }
}

// scroll is a command that moves the text, and says so where it is at its end.
func scroll(f func(*Model)) func(*Model, string) tea.Cmd {
	return func(m *Model, _ string) tea.Cmd {
		was := m.text.Visible()
		f(m)
		switch now := m.text.Visible(); {
		case now != was:
		case now.Start == 0 && m.doc != nil && now.End >= m.doc.Text.Len():
			m.refuse("the whole text is on the screen")
		case now.Start == 0:
			m.refuse("this is the beginning of the text")
		default:
			m.refuse("this is the end of the text")
		}
		return nil
	}
}

func needDoc(m *Model) string {
	switch {
	case m.docName == "":
		return "the collection has no documents"
	case m.doc == nil:
		return "the document is still being read"
	}
	return ""
}

func needWritable(m *Model) string {
	if why := needDoc(m); why != "" {
		return why
	}
	if m.doc.ReadOnly != "" {
		return "read-only: " + m.doc.ReadOnly
	}
	return ""
}

func needItem(m *Model) string {
	if why := needWritable(m); why != "" {
		return why
	}
	switch {
	case m.item() != nil:
		return ""
	case len(m.doc.Items) == 0:
		return "no mention here yet: " + m.keys.Select.Help().Key + " selects text and makes one"
	}
	return "no mention is in focus: " + m.keys.Next.Help().Key + " goes to the next one"
}

func needLink(m *Model) string {
	if why := needItem(m); why != "" {
		return why
	}
	if it := m.item(); len(it.Links) == 0 && it.State != workbench.NIL {
		return "this mention has no link"
	}
	return ""
}

func needAnnotation(m *Model) string {
	if why := needItem(m); why != "" {
		return why
	}
	if m.item().State == workbench.Suggested {
		return "a suggestion has no note: accept it first"
	}
	return ""
}

func decideCommands(k KeyMap) []command {
	return []command{
		{k.Accept, groupDecide, "accept the mention without a link", needItem, plain(func(m *Model) tea.Cmd {
			return m.do(workbench.Accept{At: m.focused()}, onward)
		})},
		{k.Choose, groupDecide, "link to that candidate and accept", needItem, func(m *Model, pressed string) tea.Cmd {
			return m.choose(slices.Index(m.keys.Choose.Keys(), pressed))
		}},
		{k.NIL, groupDecide, "accept: no concept fits", needItem, plain(func(m *Model) tea.Cmd {
			return m.do(workbench.ChooseNIL{At: m.focused(), Shown: m.offered(m.item())}, onward)
		})},
		{k.Reject, groupDecide, "reject suggestion, delete annotation", needItem, plain(func(m *Model) tea.Cmd {
			return m.do(workbench.Reject{At: m.focused()}, onward)
		})},
		{k.Unlink, groupDecide, "remove the link", needLink, plain(func(m *Model) tea.Cmd {
			return m.do(workbench.Unlink{At: m.focused()}, stay)
		})},
		{k.Label, groupDecide, "choose another label", needItem, plain((*Model).askLabel)},
		{k.Note, groupDecide, "edit the note", needAnnotation, plain((*Model).askNote)},
		{k.Finish, groupDecide, "finish or reopen the document", needWritable, plain((*Model).finish)},
		{k.Undo, groupDecide, "undo the last step, in any document", nil, plain(func(m *Model) tea.Cmd {
			return m.do(workbench.Undo{}, follow)
		})},
		{k.Redo, groupDecide, "redo what was undone", nil, plain(func(m *Model) tea.Cmd {
			return m.do(workbench.Redo{}, follow)
		})},
	}
}

func edgeCommands(k KeyMap) []command {
	edge := func(move edgeMove) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { return m.moveEdge(move) }
	}
	return []command{
		{k.LeftOut, groupEdges, "left edge one character out", needItem, edge(edgeMove{left: true, out: true})},
		{k.LeftIn, groupEdges, "left edge one character in", needItem, edge(edgeMove{left: true})},
		{k.RightIn, groupEdges, "right edge one character in", needItem, edge(edgeMove{})},
		{k.RightOut, groupEdges, "right edge one character out", needItem, edge(edgeMove{out: true})},
		{k.LeftWordOut, groupEdges, "left edge one word out", needItem, edge(edgeMove{left: true, out: true, word: true})},
		{k.LeftWordIn, groupEdges, "left edge one word in", needItem, edge(edgeMove{left: true, word: true})},
		{k.RightWordIn, groupEdges, "right edge one word in", needItem, edge(edgeMove{word: true})},
		{k.RightWordOut, groupEdges, "right edge one word out", needItem, edge(edgeMove{out: true, word: true})},
	}
}

func moveCommands(k KeyMap) []command {
	return []command{
		{k.Next, groupMove, "next mention, decided or not", needDoc, plain(func(m *Model) tea.Cmd { return m.step(1) })},
		{k.Prev, groupMove, "previous mention, decided or not", needDoc, plain(func(m *Model) tea.Cmd { return m.step(-1) })},
		{k.NextUndecided, groupMove, "next mention that is not decided", needDoc, plain(func(m *Model) tea.Cmd { return m.stepUndecided(1) })},
		{k.PrevUndecided, groupMove, "previous mention that is not decided", needDoc, plain(func(m *Model) tea.Cmd { return m.stepUndecided(-1) })},
		{k.NextDoc, groupMove, "next document", nil, plain(func(m *Model) tea.Cmd { return m.stepDocument(1) })},
		{k.PrevDoc, groupMove, "previous document", nil, plain(func(m *Model) tea.Cmd { return m.stepDocument(-1) })},
		{k.Documents, groupMove, "choose a document", nil, plain((*Model).askDocument)},
		{k.Down, groupMove, "scroll down", nil, scroll(func(m *Model) { m.text.Scroll(1) })},
		{k.Up, groupMove, "scroll up", nil, scroll(func(m *Model) { m.text.Scroll(-1) })},
		{k.PageDown, groupMove, "a screen down", nil, scroll(func(m *Model) { m.text.Page(1) })},
		{k.PageUp, groupMove, "a screen up", nil, scroll(func(m *Model) { m.text.Page(-1) })},
		{k.Top, groupMove, "to the beginning of the text", nil, quiet(func(m *Model) { m.text.Top() })},
		{k.Bottom, groupMove, "to the end of the text", nil, quiet(func(m *Model) { m.text.Bottom() })},
	}
}

func makeCommands(k KeyMap) []command {
	return []command{
		{k.Select, groupMake, "select text and make a mention of it", needWritable, quiet((*Model).startSelection)},
		{k.Search, groupMake, "find in the text", needDoc, quiet((*Model).startFind)},
		{k.SearchKB, groupMake, "search concepts for the mention", needItem, plain((*Model).startConcepts)},
	}
}

func otherCommands(k KeyMap) []command {
	return []command{
		{k.Marks, groupOther, "marks as rows or as underlines", nil, quiet((*Model).toggleMarks)},
		{k.Commands, groupOther, "all commands", nil, plain((*Model).askCommand)},
		{k.Help, groupOther, "what the keys do", nil, quiet((*Model).showHelp)},
		{k.Leave, groupOther, "close what is open", nil, quiet(func(*Model) {})},
		{k.Quit, groupOther, "save everything and leave", nil, plain((*Model).quit)},
	}
}

// toggleMarks changes between marks in rows of their own and underlines.
func (m *Model) toggleMarks() {
	m.text.SetCompact(!m.text.Compact())
	m.reveal()
	if m.text.Compact() {
		m.say("marks are underlines: dotted suggested, dashed no concept yet, single accepted, double linked")
	}
}
