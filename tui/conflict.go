package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/style"
)

// ConflictKeys are the keys while one chooses between two versions of a file.
type ConflictKeys struct{ Theirs, Joined key.Binding }

// conflictMsg is what stands against what in a document.
type conflictMsg struct {
	doc      string
	conflict workbench.Conflict
	err      error
}

func conflictCommands(k *KeyMap) []action {
	return groupOther.has([]action{
		{key: &k.Conflict, name: "differences", keys: "D", hint: "both sides",
			about: "their version of the file, or yours", why: needConflict,
			run: plain((*Model).askConflict)},
	})
}

func conflictActions(k *KeyMap) []action {
	q := &k.Conflicts
	return group{title: "While choosing between two versions", mode: "differences"}.has([]action{
		{key: &q.Theirs, name: "theirs", keys: "t", hint: "the file as it is"},
		{key: &q.Joined, name: "joined", keys: "j", hint: "both, as far as they fit", about: "the file, with what fits of yours"},
	})
}

func needConflict(m *Model) string {
	if why := needDoc(m); why != "" {
		return why
	}
	if !m.doc.Conflict {
		return "no other program changed this document against yours"
	}
	return ""
}

// askConflict compares both sides off the event loop.
func (m *Model) askConflict() tea.Cmd {
	wb, doc := m.wb, m.docName
	return func() tea.Msg {
		c, err := wb.Conflict(doc)
		return conflictMsg{doc, c, err}
	}
}

// apply shows both sides, and asks for one.
func (msg conflictMsg) apply(m *Model) tea.Cmd {
	switch {
	case msg.doc != m.docName || m.box.Box != nil:
		return nil
	case msg.err != nil:
		m.refuse(explain(msg.err))
		return nil
	}
	m.closeModes()
	q := m.keys.Conflicts
	page := dialog.NewPage("Two versions of "+cells.Clean(msg.doc), m.keys.Conflict, func(s *style.Styles, w int) []string {
		return conflictRows(s, msg.conflict, q, w)
	})
	choose := func(how workbench.Resolution) tea.Cmd {
		m.box = box{}
		return m.do(workbench.Resolve{At: workbench.At{Doc: msg.doc}, How: how}, stay)
	}
	m.box = box{Box: page, own: []key.Binding{q.Theirs, q.Joined}, confirm: func() tea.Cmd { return nil }, also: func(k tea.KeyPressMsg) (tea.Cmd, bool) {
		switch {
		case key.Matches(k, q.Theirs):
			return choose(workbench.TakeTheirs), true
		case key.Matches(k, q.Joined):
			return choose(workbench.TakeJoined), true
		}
		return nil, false
	}}
	return nil
}

// conflictRows lay out the choice, then what both sides changed.
func conflictRows(s *style.Styles, c workbench.Conflict, q ConflictKeys, w int) []string {
	var rows []string
	say := func(paint style.Paint, text string) {
		for _, r := range cells.Wrap(cells.Clean(text), w-2, 6, s.Glyphs.Ellipsis) {
			rows = append(rows, " "+paint.Render(r))
		}
	}
	say(s.Strong, fmt.Sprintf("%s: go on from the file as it is, without %s of yours, which the journal keeps", q.Theirs.Help().Key, lines(len(c.Mine))))
	say(s.Strong, fmt.Sprintf("%s: the file with those of yours that fit, without %s", q.Joined.Help().Key, lines(len(c.Dropped))))
	rows = append(rows, "")
	say(s.Warn, "Another program changed the file, and both cannot be joined. Until you choose, the file stays theirs, and the journal keeps what you decided.")
	say(s.Muted, strings.ReplaceAll(c.Why, `\t`, " "))
	for _, part := range []struct {
		title   string
		changes []workbench.LineChange
	}{{"What the other program changed", c.Theirs}, {"What you decided", c.Mine}, {"Of that, what does not fit", c.Dropped}} {
		rows = append(rows, "", " "+s.DialogTitle.Render(part.title))
		for _, ch := range part.changes {
			rows = append(rows, changeRows(s, ch, w)...)
		}
		if len(part.changes) == 0 {
			rows = append(rows, "   "+s.Muted.Render("nothing"))
		}
	}
	return rows
}

// changeRows are a line as it was and as it is.
func changeRows(s *style.Styles, c workbench.LineChange, w int) []string {
	var rows []string
	row := func(paint style.Paint, sign, text string) {
		head := fmt.Sprintf(" %4d %s ", c.Line, sign)
		rows = append(rows, s.Muted.Render(head)+paint.Render(cells.Cut(cells.Clean(text), w-len(head)-1, s.Glyphs.Ellipsis)))
	}
	if c.Old != "" {
		row(s.Bad, "-", c.Old)
	}
	if c.New != "" {
		row(s.Good, "+", c.New)
	}
	return rows
}

func lines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}
