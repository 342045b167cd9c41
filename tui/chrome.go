package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/style"
)

// header is the top line: where one is and how far the collection has come.
func (m *Model) header() string {
	s, g, w := m.styles, m.styles.Glyphs, m.size.width
	var right []string
	if n := len(m.docs); n > 0 {
		right = append(right, fmt.Sprintf("%d of %d", m.at+1, n)+m.orderedBy())
		percent := fmt.Sprintf("%d %% finished", 100*m.finished/n)
		if w >= 100 {
			full := 10 * m.finished / n
			percent = s.Good.Render(strings.Repeat(g.BarFull, full)) + s.Rule.Render(strings.Repeat(g.BarEmpty, 10-full)) + " " + percent
		}
		if w >= 76 {
			right = append(right, percent)
		}
	}
	if m.doc != nil {
		right = append(right, fmt.Sprintf("%d left here", m.doc.Undecided()))
	}
	sep := "   "
	if w < 100 {
		sep = "  "
	}
	end := strings.Join(right, sep) + " "
	return cells.Spread(" "+s.Title.Render("gloss")+"  "+m.breadcrumb(w-cells.Width(end)-10), end, w, g.Ellipsis)
}

// breadcrumb is the way to the open document. Where there is no room for all of it,
// the collection goes first, then the folders; of the name its end is kept.
func (m *Model) breadcrumb(room int) string {
	s, g := m.styles, m.styles.Glyphs
	name := cells.Clean(m.docName)
	at := strings.LastIndexByte(name, '/') + 1
	folder, name := name[:at], name[at:]
	before := strings.ReplaceAll(folder, "/", " / ")
	if m.opt.Title != "" {
		before = cells.Clean(m.opt.Title) + " / " + before
	}
	switch {
	case cells.Width(before)+cells.Width(name) <= room:
	case cells.Width(folder)+cells.Width(name) <= room:
		before = folder
	default:
		before = ""
	}
	return s.Muted.Render(before) + s.Strong.Render(cells.CutLeft(name, max(room, 1), g.Ellipsis))
}

// banner is what must be known of the document before its text is read; "" for nothing.
func (m *Model) banner() string {
	d := m.doc
	if d == nil {
		return ""
	}
	var parts []string
	switch {
	case d.Conflict:
		parts = append(parts, "another program changed this file: "+m.keys.Conflict.Help().Key+" chooses")
	case d.ReadOnly != "":
		parts = append(parts, "read-only: "+d.ReadOnly)
	}
	if n := len(d.Problems); n > 0 {
		what := "1 problem"
		if n > 1 {
			what = fmt.Sprintf("%d problems", n)
		}
		parts = append(parts, fmt.Sprintf("%s (%s shows all): line %d: %s", what, m.keys.Whole.Help().Key, d.Problems[0].Line, d.Problems[0].Message))
	}
	if d.Finished {
		parts = append(parts, m.styles.Glyphs.Tick+" finished ("+m.keys.Finish.Help().Key+" opens it again)")
	}
	if d.Letters {
		lang := d.Language
		if lang == "" {
			lang = "language unknown"
		}
		parts = append(parts, lang+": suggestions by letters (not a language of the model)")
	}
	return cells.Clean(strings.Join(parts, "  "+m.styles.Glyphs.Dot+"  "))
}

func (m *Model) bannerLine() string {
	s, d := m.styles, m.doc
	paint, mark := s.Muted, " "
	switch {
	case d.ReadOnly != "" || len(d.Problems) > 0:
		paint, mark = s.Warn, s.Glyphs.Problem
	case d.Finished:
		paint = s.Good
	}
	text := cells.Fit(" "+m.banner(), m.size.text-1, s.Glyphs.Ellipsis)
	return paint.Render(mark + text)
}

// hintLine shows the keys of the moment, the most useful first. The last ones,
// which lead to all others, are always there.
func (m *Model) hintLine() string {
	s, w := m.styles, m.size.width
	if m.find.typing {
		return cells.Fit(" "+m.find.input.View(s, w-2), w, "")
	}
	if m.tour.offered {
		return cells.Fit(" "+s.Accent.Render(m.offerLine()), w, s.Glyphs.Ellipsis)
	}
	shown, always := m.hints()
	draw := func(b key.Binding) string {
		h := b.Help()
		return s.Key.Render(h.Key) + " " + s.Muted.Render(h.Desc)
	}
	var end []string
	for _, b := range always {
		end = append(end, draw(b))
	}
	right := strings.Join(end, "  ")
	room := w - cells.Width(right) - 4
	left := ""
	for _, b := range shown {
		next := draw(b)
		if cells.Width(left)+cells.Width(next)+2 > room {
			break
		}
		if left != "" {
			left += "  "
		}
		left += next
	}
	return cells.Spread(" "+left, right+" ", w, "")
}

// hints are the keys of the moment, and those that are shown always.
func (m *Model) hints() (shown, always []key.Binding) {
	k := m.keys
	always = []key.Binding{k.Help, k.Commands}
	switch {
	case m.status.Fatal != nil || m.quitting:
		return nil, []key.Binding{k.Quit}
	case m.box.Box != nil:
		q := k.Lists
		if _, page := m.box.Box.(*dialog.Page); page { // there is nothing to choose by enter
			return m.box.own, []key.Binding{q.Leave}
		}
		return m.box.own, []key.Binding{q.Confirm, q.Leave}
	case m.splitting.on:
		q := k.Splitting
		return []key.Binding{q.Left, q.Right}, []key.Binding{q.Confirm, q.Leave}
	case m.sel.on:
		q := k.Selecting
		return []key.Binding{q.Anchor, q.Left, q.Right, q.WordLeft, q.WordRight, q.Sentence, q.Down, q.Up}, []key.Binding{q.Confirm, q.Leave}
	case m.concept != nil:
		q := k.Concepts
		return []key.Binding{q.Confirm, q.Down, q.Pick, q.Type, q.Details}, []key.Binding{q.Leave}
	case m.find.open:
		q := k.Hits
		return []key.Binding{q.Confirm, q.Prev}, []key.Binding{q.Leave}
	}
	it := m.item()
	switch {
	case m.doc == nil:
		return []key.Binding{k.NextDoc, k.PrevDoc, k.Documents}, always
	case m.opt.Lens != nil:
		return []key.Binding{k.Next, k.Prev, k.TakeOther, k.Reject, k.Accept, edgeHint(k), k.Queue, k.Label, k.Undo, k.Select}, always
	case it == nil:
		return []key.Binding{k.Next, k.NextUndecided, k.Select, k.Finish, k.NextDoc, k.Search}, always
	}
	// The same for every mention: a line that changes at each step is not read, and
	// costs more bytes than all else that changes.
	return []key.Binding{k.Accept, k.Choose, k.NIL, k.Reject, k.SearchKB, edgeHint(k), k.Next, k.Label, k.Undo, k.Everywhere, k.Details, k.Select, k.Note, k.Finish, k.NextDoc}, always
}

// edgeHint names the four edge keys at once.
func edgeHint(k KeyMap) key.Binding {
	names := []string{k.LeftOut.Help().Key, k.LeftIn.Help().Key, k.RightIn.Help().Key, k.RightOut.Help().Key}
	return key.NewBinding(key.WithKeys("edges"), key.WithHelp(strings.Join(names, " "), "edges"))
}

// lastLines are the keys of the moment, and what was done or went wrong. What scripts
// and people wait for stands at the right of the last line, and is never cut. A message
// that has no room there takes the place of the keys, too.
func (m *Model) lastLines() (hints, status string) {
	g, w := m.styles.Glyphs, m.size.width
	right := m.workLine()
	room := max(w-cells.Width(right)-4, 0)
	text, paint := m.news(room)
	hints = m.hintLine()
	if cells.Width(text) > room && !m.find.typing {
		first, rest := text, ""
		if rows := cells.Wrap(text, w-2, len(text)+1, ""); len(rows) > 1 {
			first, rest = rows[0], strings.Join(rows[1:], " ")
		}
		hints = cells.Fit(" "+paint.Render(first), w, g.Ellipsis)
		text = rest
	}
	return hints, cells.Spread(" "+paint.Render(cells.CutMiddle(text, room, g.Ellipsis)), right+" ", w, "")
}

// news is what the last line says at its left, and how: where nothing happened, as much
// of the position as there is room for.
func (m *Model) news(room int) (string, style.Paint) {
	s := m.styles
	text, paint := m.position(room), s.Muted
	switch {
	case m.status.Fatal != nil:
		text, paint = m.status.Fatal.Error(), s.Bad
	case m.message != "" && m.wrong:
		text, paint = m.message, s.Warn
	case m.message != "":
		text, paint = m.message, s.Text
	case m.status.Message != m.told:
		text, paint = m.status.Message, s.Warn
	}
	return cells.Clean(text), paint
}

// workLine is what runs, where, and what is saved.
func (m *Model) workLine() string {
	s := m.styles
	dot := s.Rule.Render(" " + s.Glyphs.Dot + " ")
	right := m.workText()
	if m.status.Probe != "" {
		right += dot + s.Warn.Render(m.status.Probe)
	}
	if m.status.Device != "" {
		right += dot + s.Muted.Render(m.status.Device)
	}
	saved := s.Good
	if m.status.Unsaved > 0 {
		saved = s.Warn
	}
	return right + dot + saved.Render(m.savedText())
}

// savedText is the promise that scripts and people rely on.
func (m *Model) savedText() string {
	if n := m.status.Unsaved; n > 0 {
		return fmt.Sprintf("saving %d", n)
	}
	return fmt.Sprintf("saved %d", m.status.Saved)
}

// workText says what runs in the background, or that nothing does.
func (m *Model) workText() string {
	s := m.styles
	searching := m.find.busy || m.find.rest.running() || m.proposal.searching() || m.checks.stop != nil || m.concept != nil && m.concept.busy
	reading := m.docName != "" && m.doc == nil
	if m.settled && m.status.Idle() && !m.acting && !searching && !reading {
		return s.Muted.Render("idle")
	}
	switch {
	case len(m.status.Tasks) > 0:
	case searching:
		return s.Accent.Render("searching")
	case m.status.Unsaved > 0:
		return s.Muted.Render("busy")
	default:
		return s.Accent.Render("reading")
	}
	t := m.status.Tasks[0]
	text := cells.Cut(cells.Clean(t.Title), max(m.size.width/4, 10), s.Glyphs.Ellipsis)
	switch {
	case t.Total > 0 && t.Done > 0:
		text += fmt.Sprintf(" %*d/%d", len(fmt.Sprint(t.Total)), t.Done, t.Total) // nothing moves as it grows
	case t.Total > 0:
		text += fmt.Sprintf(" %d", t.Total)
	}
	if n := len(m.status.Tasks) - 1; n > 0 {
		text += fmt.Sprintf(" +%d", n)
	}
	return s.Accent.Render(text)
}

// position says which mention is in focus, how far one has read, and counts what the
// document holds; what has no room is left out.
func (m *Model) position(room int) string {
	if m.doc == nil {
		return ""
	}
	n := len(m.doc.Items)
	if n == 0 {
		return "no mentions"
	}
	where := fmt.Sprintf("%d mentions", n)
	if _, i := m.doc.Item(m.focus); m.focus != "" && i >= 0 {
		where = fmt.Sprintf("mention %d of %d", i+1, n)
	}
	var linked, open int
	for i := range m.doc.Items {
		switch st := m.doc.Items[i].State; {
		case st.Undecided():
			open++
		case st == workbench.Linked:
			linked++
		}
	}
	if m.doc.Waiting > 0 {
		where += fmt.Sprintf(" (+ %d new)", m.doc.Waiting)
	}
	here, all := m.text.Lines()
	read := fmt.Sprintf("line %d of %d", here, all)
	if cells.Width(where+read) > room-35 {
		read = fmt.Sprintf("%d %%", 100*here/all)
	}
	// What changes at each step stands together.
	dot := " " + m.styles.Glyphs.Dot + " "
	counts := ""
	for _, more := range []string{m.whyHere(), fmt.Sprintf("%d to decide", open), fmt.Sprintf("%d linked", linked)} {
		if more != "" && cells.Width(where+counts+dot+more) <= room {
			counts += dot + more
		}
	}
	if cells.Width(where+dot+read+counts) <= room {
		where += dot + read
	}
	return where + counts
}
