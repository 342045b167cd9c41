package tui

import (
	"unicode"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

// say shows a line in the status bar until the next key.
func (m *Model) say(s string) { m.message, m.wrong = s, false }

// refuse says why a key did nothing.
func (m *Model) refuse(s string) {
	m.message, m.wrong = s, true
	m.remember(s)
}

// press takes a key: what is open gets it first.
func (m *Model) press(k tea.KeyPressMsg) tea.Cmd {
	if esc, rest, ok := splitAlt(k); ok {
		return tea.Batch(m.press(esc), m.press(rest))
	}
	switch {
	case m.status.Fatal != nil:
		if key.Matches(k, m.keys.Quit) {
			return tea.Quit
		}
		return nil
	case m.quitting:
		// The workbench saves what is left when it is closed; a second wish to
		// leave does not wait for that.
		if key.Matches(k, m.keys.Quit) {
			return tea.Quit
		}
		return nil
	case m.acting && m.giveUp != nil && key.Matches(k, m.keys.Leave):
		m.giveUp()
		return nil
	case m.acting:
		m.queue = append(m.queue, k)
		return nil
	}
	m.message, m.told = "", m.status.Message
	if met := m.answerOffer(); met != nil {
		return tea.Batch(met, m.pressInMode(k))
	}
	return m.pressInMode(k)
}

// pressInMode hands a key to what is open.
func (m *Model) pressInMode(k tea.KeyPressMsg) tea.Cmd {
	switch {
	case m.size.tooSmall():
		return m.runFrom(m.commands[len(m.commands)-1:], k)
	case m.box.Box != nil:
		return m.pressBox(k)
	case m.asksHelp(k):
		m.showHelp()
		return nil
	case m.concept != nil:
		return m.pressConcept(k)
	case m.find.typing:
		return m.pressFind(k)
	case m.sel.on:
		return m.pressSelect(k)
	case m.splitting.on:
		return m.pressSplit(k)
	case m.find.open:
		if cmd, taken := m.pressHits(k); taken {
			return cmd
		}
	}
	return m.runFrom(m.commands, k)
}

// splitAlt takes "alt and a letter" for what it mostly is: escape and a letter that
// reached the terminal in one piece, as they do over a network.
func splitAlt(k tea.KeyPressMsg) (esc, rest tea.KeyPressMsg, ok bool) {
	if k.Mod&^tea.ModShift != tea.ModAlt || !unicode.IsPrint(k.Code) {
		return esc, rest, false
	}
	r := k.Code
	switch shift := k.Mod.Contains(tea.ModShift); {
	case shift && k.ShiftedCode != 0:
		r = k.ShiftedCode
	case shift: // most terminals do not tell it
		r = unicode.ToUpper(r)
	}
	return tea.KeyPressMsg{Code: tea.KeyEscape}, tea.KeyPressMsg{Code: k.Code, Text: string(r)}, true
}

// runFrom runs the command that the key stands for, or says why it cannot act.
func (m *Model) runFrom(commands []action, k tea.KeyPressMsg) tea.Cmd {
	for i := range commands {
		if key.Matches(k, *commands[i].key) {
			return m.run(&commands[i], k.String())
		}
	}
	m.refuse(shortKey(k.String()) + " has no meaning here: " + m.keys.Help.Help().Key + " shows the keys")
	return nil
}

// whyNot says why an action cannot act now; "" where it can.
func (m *Model) whyNot(c *action) string {
	if c.why == nil {
		return ""
	}
	return c.why(m)
}

func (m *Model) run(c *action, pressed string) tea.Cmd {
	if reason := m.whyNot(c); reason != "" {
		m.refuse(reason)
		return nil
	}
	m.touched = m.touched || c.group == groupMove
	cmd := c.run(m, pressed)
	m.toured(c)
	return cmd
}

// pressBox hands a key to the open box, and closes it when it is done.
func (m *Model) pressBox(msg tea.Msg) tea.Cmd {
	b := m.box
	b.SetKeys(m.keys.Lists)
	if k, ok := msg.(tea.KeyPressMsg); ok && b.also != nil {
		if cmd, taken := b.also(k); taken {
			return cmd
		}
	}
	switch b.Update(msg) {
	case dialog.Left:
		m.closeBox()
	case dialog.Chosen:
		m.box = box{}
		return b.confirm()
	case dialog.Open:
	}
	return nil
}

// closeBox leaves the open box.
func (m *Model) closeBox() {
	left := m.box.left
	m.box = box{}
	if left != nil {
		left()
	}
}

// paste puts pasted text where text is typed; elsewhere it is not keys.
func (m *Model) paste(msg tea.PasteMsg) tea.Cmd {
	switch {
	case m.status.Fatal != nil || m.quitting:
	case m.box.pasted != nil:
		return m.box.pasted(msg)
	case m.box.Box != nil:
		return m.pressBox(msg)
	case m.concept != nil:
		if m.concept.input.Update(msg) {
			return m.searchConcepts()
		}
	case m.find.typing:
		if m.find.input.Update(msg) {
			return m.search()
		}
	default:
		m.refuse("pasted text is ignored here")
	}
	return nil
}

// closeModes leaves whatever is open.
func (m *Model) closeModes() {
	m.closeBox()
	m.leaveSelection()
	m.leaveSplit()
	m.leaveFind()
	m.leaveConcepts()
}

// free tells whether nothing is open that a change of the document would close.
func (m *Model) free() bool {
	return m.box.Box == nil && m.concept == nil && !m.find.open && !m.sel.on && !m.splitting.on && !m.acting
}

// quit leaves as soon as every decision is on disk.
func (m *Model) quit() tea.Cmd {
	m.quitting = true
	m.closeModes()
	if m.checks.stop != nil {
		m.checks.stop()
	}
	m.status = m.wb.Status()
	if m.status.Unsaved > 0 {
		m.say("saving, then leaving")
	}
	return m.leaveWhenSaved()
}

func (m *Model) leaveWhenSaved() tea.Cmd {
	if m.quitting && !m.acting && m.status.Unsaved == 0 {
		return tea.Quit
	}
	return nil
}
