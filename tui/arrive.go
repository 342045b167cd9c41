package tui

import (
	"slices"

	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/docpane"
)

// openFirst opens the document that was asked for, else the first that is not finished.
func (m *Model) openFirst() {
	if len(m.docs) == 0 {
		return
	}
	if m.opt.Lens != nil {
		m.beginLens()
		return
	}
	name := m.docs[0].Name
	for _, d := range m.docs {
		if !d.Finished {
			name = d.Name
			break
		}
	}
	left := m.wb.Resume()
	if left.Doc != "" {
		name = left.Doc
	}
	if m.opt.At != "" {
		if slices.ContainsFunc(m.docs, func(d workbench.Info) bool { return d.Name == m.opt.At }) {
			name = m.opt.At
		} else {
			m.refuse("there is no document " + m.opt.At + " in this collection")
		}
	}
	if name == left.Doc {
		m.resume(left)
		return
	}
	m.open(name, "")
}

// resume goes on where the annotator left.
func (m *Model) resume(left workbench.Look) {
	if m.filter = docpane.ParseFilter(left.Filter); m.filter != docpane.All {
		m.list.SetFilter(m.filter)
	}
	m.from = left.Screen.Start
	m.enter(left.Doc, left.Key)
	m.touched = left.Key == "" && left.Screen.Start > 0 // they only read there
	m.begin()
}

// arrive chooses the focus of a document that was just opened.
func (m *Model) arrive() {
	if m.from > 0 {
		m.text.ShowFrom(m.from)
		m.from = 0
	}
	if !m.reachWanted() {
		m.mergeUnseen()
	}
}

// reachWanted puts the mention that was wanted in focus as soon as it is there: it may
// be a suggestion that is still being computed.
func (m *Model) reachWanted() bool {
	if m.wanted == "" {
		return false
	}
	_, i := m.doc.Item(m.wanted)
	switch {
	case i >= 0:
		m.focusOn(m.wanted)
		m.wanted = ""
		return true
	case m.touched || !m.doc.Busy && m.status.Device != "":
		m.wanted = "" // it is gone
	}
	return false
}

// mergeUnseen shows results that wait though nothing is in focus.
func (m *Model) mergeUnseen() {
	if m.doc.Waiting > 0 {
		m.wb.Merge(m.docName)
		m.reread()
	}
}

// begin puts the first undecided mention in focus, where the annotator did nothing
// in this document yet. While its suggestions are being computed nothing has the
// focus: the first would be one that happened to be there, and hold up the rest.
func (m *Model) begin() {
	if m.opt.Lens != nil {
		m.reachCase()
		return
	}
	if q := m.question(); q != nil && m.asking.coming && m.docName == q.Doc {
		switch {
		case m.focus != "": // the annotator turned to another mention meanwhile
			m.asking.coming = false
		case m.free():
			m.reachQuestion()
		}
		return
	}
	if m.doc == nil || m.focus != "" || m.reachWanted() || m.touched || m.wanted != "" || m.expecting() {
		return
	}
	stood := m.asking.stood == m.focused()
	m.focusOn(m.doc.NextUndecided(-1))
	if stood {
		m.asking.stood = m.focused()
	}
}

// longText is how many code points take so long to compute that what is on the
// screen must be enough to begin with.
const longText = 20000

// expecting tells whether suggestions are on their way that should be waited for.
func (m *Model) expecting() bool {
	if loading := m.status.Device == "" && len(m.status.Tasks) > 0; loading {
		return m.doc.ReadOnly == ""
	}
	if !m.doc.Busy || m.doc.Text.Len() < longText {
		return m.doc.Busy
	}
	seen := m.text.Visible()
	return !slices.ContainsFunc(m.doc.Items, func(it workbench.Item) bool {
		return it.State == workbench.Suggested && seen.Contains(it.Spans.Hull())
	})
}
