package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

// remarkActions say more of a mention than which concept it is.
func remarkActions(k *KeyMap) []action {
	return groupDecide.has([]action{
		{key: &k.Skip, name: "skip", keys: "z", hint: "skip",
			about: "skip: it comes after the others", why: needItem, run: plain((*Model).skip)},
		{key: &k.Repeat, name: "repeat", keys: "c", hint: "as before",
			about: "decide as on the mention before", why: needItem,
			run: plain(func(m *Model) tea.Cmd { return m.do(workbench.Repeat{At: m.focused()}, onward) })},
		{key: &k.Why, name: "nil-because", keys: "N", hint: "none fits, because",
			about: "no concept fits, and why", why: needItem, run: plain((*Model).askReason)},
		{key: &k.NewConcept, name: "new-concept", keys: "C", hint: "new concept",
			about: "propose a concept that is missing", why: needItem, run: plain((*Model).askConcept)},
		{key: &k.Attributes, name: "attributes", keys: "i", hint: "attributes",
			about: "attributes: negation and the like", why: needAttributes, run: plain((*Model).askAttribute)},
		{key: &k.Flag, name: "flag", keys: "!", hint: "flag",
			about: "mark for discussion, or unmark", why: needItem, run: plain((*Model).flag)},
	})
}

// skip leaves a mention for later: the others come first.
func (m *Model) skip() tea.Cmd {
	it := m.item()
	if !it.State.Undecided() {
		m.refuse("it is decided: " + m.keys.Next.Help().Key + " goes to the next one")
		return nil
	}
	if m.skipped == nil {
		m.skipped = map[workbench.At]bool{}
	}
	m.skipped[m.focused()] = true
	if m.onQuestion() {
		m.say("skipped " + clip(it.Text, 40))
		m.nextQuestion(1)
		return m.moreQuestions()
	}
	m.moveOn()
	_, i := m.doc.Item(m.focus)
	next := m.nextUndecided(i, 1)
	if next == "" || next == m.focus {
		m.refuse("nothing else is left to decide here")
		return nil
	}
	m.focusOn(next)
	if m.message == "" {
		m.say("skipped " + clip(it.Text, 40) + ": it comes again after the others")
	}
	return nil
}

// nextUndecided is the key of the next undecided mention from place i on, or of the
// previous one where step is -1, going round once. Those that were skipped come last;
// "" where all is decided.
func (m *Model) nextUndecided(i, step int) string {
	items := m.doc.Items
	later := ""
	for n := 1; n <= len(items); n++ {
		it := &items[((i+step*n)%len(items)+len(items))%len(items)]
		switch {
		case !it.State.Undecided():
		case !m.skipped[workbench.At{Doc: m.docName, Key: it.Key}]:
			return it.Key
		case later == "":
			later = it.Key
		}
	}
	return later
}

// flag marks the mention in focus for discussion, or takes the mark away.
func (m *Model) flag() tea.Cmd {
	if m.item().Flag != "" {
		return m.do(workbench.Unflag{At: m.focused()}, stay)
	}
	return m.do(workbench.Flag{At: m.focused()}, stay)
}

// reasons why no concept fits, most frequent first.
var reasons = []string{"not in the knowledge base", "too vague for one concept", "several concepts at once", "not sure which concept"}

// askReason says that no concept fits, with the reason.
func (m *Model) askReason() tea.Cmd {
	it, at := m.item(), m.focused()
	shown := m.offered(it)
	entries := make([]dialog.Entry, 0, len(reasons)+1)
	for i, r := range append(slices.Clone(reasons), "another reason") {
		entries = append(entries, dialog.Entry{Key: labelKeys[i : i+1], Title: r, Value: i})
	}
	list := dialog.NewList("No concept fits "+clip(cells.Clean(it.Text), 30)+", because", entries, 0)
	m.box = box{Box: list, confirm: func() tea.Cmd {
		e, _ := list.Chosen()
		if e.Value < len(reasons) {
			return m.do(workbench.ChooseNIL{At: at, Shown: shown, Reason: reasons[e.Value]}, onward)
		}
		p := dialog.NewPrompt("Why no concept fits", "enter decides, esc leaves", "")
		m.box = box{Box: p, confirm: func() tea.Cmd {
			return m.do(workbench.ChooseNIL{At: at, Shown: shown, Reason: strings.TrimSpace(p.Value())}, onward)
		}}
		return nil
	}}
	return nil
}

func needAttributes(m *Model) string {
	if why := needItem(m); why != "" {
		return why
	}
	if len(m.wb.Attributes(m.docName, m.item().Label)) == 0 {
		return "annotation.conf has no attributes for " + m.labels.title(m.item().Label, 0)
	}
	return ""
}

// askAttribute toggles an attribute of the mention in focus. Where only one is
// possible there is nothing to ask.
func (m *Model) askAttribute() tea.Cmd {
	it, at := m.item(), m.focused()
	type choice struct{ name, value string }
	var choices []choice
	for _, a := range m.wb.Attributes(m.docName, it.Label) {
		if len(a.Values) == 0 {
			choices = append(choices, choice{name: a.Name})
		}
		for _, v := range a.Values {
			choices = append(choices, choice{a.Name, v})
		}
	}
	toggle := func(c choice) tea.Cmd {
		return m.do(workbench.ToggleAttribute{At: at, Name: c.name, Value: c.value}, stay)
	}
	if len(choices) == 1 {
		return toggle(choices[0])
	}
	entries := make([]dialog.Entry, len(choices))
	for i, c := range choices {
		e := dialog.Entry{Title: m.labels.title(c.name, 0), Value: i}
		text := c.name
		if c.value != "" {
			e.Title += " = " + c.value
			text += "=" + c.value
		}
		if slices.Contains(it.Attributes, text) {
			e.Detail = m.styles.Glyphs.Tick + " set"
		}
		if i < len(labelKeys) {
			e.Key = labelKeys[i : i+1]
		}
		entries[i] = e
	}
	list := dialog.NewList("Attributes of "+clip(cells.Clean(it.Text), 30), entries, 0)
	m.box = box{Box: list, confirm: func() tea.Cmd {
		e, _ := list.Chosen()
		return toggle(choices[e.Value])
	}}
	return nil
}
