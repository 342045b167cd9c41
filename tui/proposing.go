package tui

import (
	"context"
	"errors"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/style"
)

// parentLine is the line of the form in which the broader concept is looked for.
const parentLine = 2

// parentRows is how many concepts that may be it are shown.
const parentRows = 6

// proposing is the form in which a concept that is missing is proposed. Its broader
// concept is searched for as one types.
type proposing struct {
	form       *dialog.Form
	label      string
	offered    []kb.Candidate // for the mention: one of them may be it
	found      []kb.Candidate
	at         int // the one that is taken, -1 for none
	generation int
	busy       bool
	cancel     context.CancelFunc // of the search; nil: there was none
}

// parentsMsg is what a search for the broader concept found.
type parentsMsg struct {
	of         *proposing
	generation int
	found      []kb.Candidate
	err        error
}

// askConcept proposes a concept that the knowledge bases lack, and links the mention to it.
func (m *Model) askConcept() tea.Cmd {
	it, at := m.item(), m.focused()
	shown := m.offered(it)
	db := ""
	if len(it.Candidates) > 0 {
		db = it.Candidates[0].DB
	}
	p := &proposing{label: it.Label, offered: it.Candidates, found: it.Candidates, at: -1}
	concept := func() corpus.Proposal {
		v := p.form.Values()
		return corpus.Proposal{DB: db, ID: strings.TrimSpace(v[0]), Name: strings.TrimSpace(v[1]), Parent: p.parent()}
	}
	p.form = dialog.NewForm("A concept that is missing", []dialog.Field{
		{Name: "id", Hint: "its code, without blanks"},
		{Name: "name", Value: it.Text, Hint: "how it should be called"},
		{Name: "parent", Hint: "the broader concept by name or code; nothing: it has none"},
	}, func([]string) string {
		if p.busy {
			return "still searching for the broader concept"
		}
		if err := concept().Check(); err != nil {
			return err.Error()
		}
		return ""
	})
	p.form.Below, p.form.Rows = p.rows, parentRows
	m.proposal = p
	m.box = box{
		Box: p.form, left: m.leaveProposal,
		also:   func(k tea.KeyPressMsg) (tea.Cmd, bool) { return p.press(m, k) },
		pasted: func(msg tea.PasteMsg) tea.Cmd { return p.typed(m, msg) },
		confirm: func() tea.Cmd {
			m.leaveProposal()
			return m.do(workbench.Propose{At: at, Concept: concept(), Shown: shown}, onward)
		},
	}
	return nil
}

func (m *Model) leaveProposal() {
	m.proposal.stop()
	m.proposal = nil
}

func (p *proposing) stop() {
	if p.cancel != nil {
		p.cancel()
	}
}

// searching tells whether the broader concept is being looked for.
func (p *proposing) searching() bool { return p != nil && p.busy }

// parent is the code of the broader concept: of the one that is marked, else what was
// typed, which may be a code that no search finds.
func (p *proposing) parent() string {
	if p.at >= 0 {
		return p.found[p.at].ID
	}
	return strings.TrimSpace(p.form.Values()[parentLine])
}

// press takes the keys of the parent's line.
func (p *proposing) press(m *Model, k tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	q := m.keys.Lists
	switch {
	case p.form.At() != parentLine || key.Matches(k, q.Confirm, q.Leave):
		return nil, false
	case key.Matches(k, q.Down) && len(p.found) > 0:
		p.at = min(p.at+1, min(len(p.found), parentRows)-1)
		return nil, true
	case key.Matches(k, q.Up) && p.at >= 0:
		p.at--
		return nil, true
	case key.Matches(k, q.Up, q.Down):
		return nil, false
	}
	return p.typed(m, k), true
}

// typed changes the line, and searches for what it says then.
func (p *proposing) typed(m *Model, msg tea.Msg) tea.Cmd {
	before := p.form.Values()[parentLine]
	p.form.Update(msg)
	query := strings.TrimSpace(p.form.Values()[parentLine])
	if query == strings.TrimSpace(before) {
		return nil
	}
	p.stop()
	p.generation++
	p.at, p.busy = -1, query != ""
	if !p.busy {
		p.found = p.offered
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	wb, gen, label := m.wb, p.generation, p.label
	return func() tea.Msg {
		found, err := wb.Search(ctx, label, query, searchDepth)
		return parentsMsg{p, gen, found, err}
	}
}

// apply shows what may be the broader concept. The one whose code was typed is marked, else
// the first.
func (msg parentsMsg) apply(*Model) tea.Cmd {
	p := msg.of
	if p.generation != msg.generation || errors.Is(msg.err, context.Canceled) {
		return nil
	}
	p.busy, p.found, p.at = false, slices.Clone(msg.found), min(len(msg.found), 1)-1
	code := strings.TrimSpace(p.form.Values()[parentLine])
	if i := slices.IndexFunc(p.found[:min(len(p.found), parentRows)], func(c kb.Candidate) bool { return strings.EqualFold(c.ID, code) }); i >= 0 {
		p.at = i
	}
	if msg.err != nil {
		p.form.Refuse(msg.err.Error())
	}
	return nil
}

// rows lists what may be the broader concept.
func (p *proposing) rows(s *style.Styles, w, h int) []string {
	switch {
	case p.form.At() != parentLine:
		return nil
	case p.busy && len(p.found) == 0:
		return []string{s.Muted.Render("searching" + s.Glyphs.Ellipsis)}
	case len(p.found) == 0 && p.form.Values()[parentLine] != "":
		return []string{s.Muted.Render("nothing found: what is typed is taken for its code")}
	}
	var rows []string
	for i, c := range p.found[:min(len(p.found), h)] {
		mark, paint := "  ", s.Text
		if i == p.at {
			mark, paint = s.Marker.Render(s.Glyphs.Cursor)+" ", s.Strong
		}
		code := cells.Clean(c.ID)
		rows = append(rows, mark+s.Accent.Render(code)+" "+paint.Render(cells.Cut(cells.Clean(c.Name), max(w-cells.Width(code)-4, 1), s.Glyphs.Ellipsis)))
	}
	return rows
}
