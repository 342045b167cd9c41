package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// While models run, the workbench changes hundreds of times a second: progress, counts,
// suggestions for mentions that nobody looks at. Painted as they come, they would take
// from the time for keys, and over a slow line their bytes would stand before those of
// the next key. So such news is gathered; what somebody waits for is not.
const (
	hearPause  = 40 * time.Millisecond  // how far apart the workbench is asked while something runs
	newsPause  = 500 * time.Millisecond // how far apart news is painted at least
	quietAfter = 500 * time.Millisecond // how long after a key none is painted
	newsLatest = 3 * time.Second        // what has waited so long is painted with the next key
)

// pacing is what is known of changes that are not on the screen yet.
type pacing struct {
	shown   time.Time // when all was on the screen
	pressed time.Time // when the annotator last did something
	since   time.Time // since when some is not; zero: all is
	due     bool      // a newsMsg is on its way
}

// newsMsg says that the news that waits may be painted now.
type newsMsg struct{}

// hear takes the workbench's word that something changed: at once, or when its time has come.
func (m *Model) hear() tea.Cmd {
	if m.urgent() {
		m.refresh()
		return nil
	}
	if m.pacing.since.IsZero() {
		m.pacing.since = time.Now()
	}
	return m.paintNews()
}

// paintNews takes what waits, or sees to it that it is taken as soon as may be.
func (m *Model) paintNews() tea.Cmd {
	if m.pacing.since.IsZero() || m.pacing.due {
		return nil
	}
	next := m.pacing.shown.Add(newsPause)
	if after := m.pacing.pressed.Add(quietAfter); after.After(next) {
		next = after
	}
	wait := time.Until(next)
	if wait <= 0 {
		m.refresh()
		return nil
	}
	m.pacing.due = true
	return tea.Tick(wait, func(time.Time) tea.Msg { return newsMsg{} })
}

// apply paints the news, unless a key came meanwhile.
func (newsMsg) apply(m *Model) tea.Cmd {
	m.pacing.due = false
	return tea.Batch(m.paintNews(), m.afterNews())
}

// afterNews is what follows when the workbench was read anew.
func (m *Model) afterNews() tea.Cmd {
	return tea.Batch(m.leaveWhenSaved(), m.recheckCmd(), m.recountCmd(), m.findHere(), m.checkCmd(), m.moreQuestions())
}

// pressed follows what the annotator did: its frame stands alone, except that one who
// never pauses sees news with it.
func (m *Model) pressed() {
	m.pacing.pressed = time.Now()
	if since := m.pacing.since; !since.IsZero() && m.pacing.pressed.Sub(since) >= newsLatest {
		m.refresh()
	}
}

// urgent tells whether the workbench has something to say that somebody waits for, a
// person or a script: that it is idle or not, what is saved or went wrong, the document that was
// opened, the candidates of the mention in focus.
func (m *Model) urgent() bool {
	if m.doc == nil || m.wanted != "" || m.lens.coming || m.asking.coming || m.focus == "" && !m.touched && m.expecting() {
		return true
	}
	was, now := m.status, m.wb.Status()
	return was.Idle() || now.Idle() || now.Fatal != nil || now.Saved != was.Saved || now.Unsaved != was.Unsaved ||
		now.Message != was.Message || now.Order != was.Order || now.Device != was.Device || m.concerned(m.wb.Doc(m.docName))
}

// concerned tells whether a new picture of the open document changes what can be done
// there now.
func (m *Model) concerned(d *workbench.Doc) bool {
	switch {
	case d == nil || d == m.doc:
		return false
	case d.ReadOnly != m.doc.ReadOnly || d.Conflict != m.doc.Conflict || d.Finished != m.doc.Finished:
		return true
	case m.focus == "":
		return false
	}
	it, i := d.Item(m.focus)
	return i < 0 || it.Ready != m.place.Ready || it.State != m.place.State
}

// restate takes the workbench's word on what is saved and whether it works. How far the
// work has come is news.
func (m *Model) restate() {
	now := m.wb.Status()
	if len(m.status.Tasks) > 0 && len(now.Tasks) > 0 {
		now.Tasks = m.status.Tasks
	}
	m.status = now
}
