package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

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

// readOn goes on reading by n lines.
func (m *Model) readOn(n int) {
	switch {
	case m.text.Read(n):
	case n < 0:
		m.refuse("this is the beginning of the text")
	default:
		m.refuse("this is the end of the text")
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
	if m.doc.Conflict {
		return "read-only: another program changed the file against yours; " + m.keys.Conflict.Help().Key + " shows both sides and chooses"
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
