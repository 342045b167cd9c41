package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/mentionpane"
	"github.com/gloss-nlp/gloss/tui/style"
)

func detailCommands(k *KeyMap) []action {
	return groupMake.has([]action{
		{key: &k.Details, name: "details", keys: "d", hint: "details",
			about: "all about the concepts on offer", why: needConcept, run: plain((*Model).showDetail)},
	})
}

func detailActions(k *KeyMap) []action {
	q := &k.Detail
	return group{title: "On the page of a concept", mode: "concept"}.has([]action{
		{key: &q.Next, name: "next", keys: "n right", plain: "right", hint: "next candidate"},
		{key: &q.Prev, name: "previous", keys: "p left", plain: "left", hint: "previous candidate"},
		{key: &q.Choose, name: "choose", keys: "enter", hint: "link to it and accept"},
	})
}

// detail is the page of one of the concepts that are offered, or of the one that the
// mention is linked to.
type detail struct {
	item       workbench.Item
	list       []kb.Candidate // as they were offered
	at         int
	concept    workbench.Concept
	busy       bool
	err        error
	generation int
	cancel     context.CancelFunc
}

// conceptMsg is a concept that was read.
type conceptMsg struct {
	generation int
	concept    workbench.Concept
	err        error
}

func needConcept(m *Model) string {
	if why := needDoc(m); why != "" {
		return why
	}
	it := m.item()
	switch {
	case it == nil:
		return needItem(m)
	case len(it.Candidates) == 0 && len(it.Links) == 0:
		return m.noConcept(it.Label)
	}
	return ""
}

// showDetail opens the page of the concept that the mention is linked to, or of the
// first one that is offered.
func (m *Model) showDetail() tea.Cmd {
	it := *m.item()
	d := &detail{item: it, list: m.offered(&it)}
	if len(it.Links) > 0 {
		l := it.Links[0]
		d.at = -1
		for i, c := range d.list {
			if c.ID == l.ID && (c.DB == l.DB || l.DB == "") {
				d.at = i
			}
		}
		if d.at < 0 {
			d.list, d.at = append([]kb.Candidate{{DB: l.DB, ID: l.ID, Name: l.Name}}, d.list...), 0
		}
	}
	if len(d.list) == 0 {
		d.list = it.Candidates[:1]
	}
	return m.openDetail(d)
}

func (m *Model) openDetail(d *detail) tea.Cmd {
	m.detail = d
	page := dialog.NewPage("Concept", m.keys.Details, func(s *style.Styles, w int) []string { return d.rows(m, s, w) })
	m.box = box{Box: page, confirm: func() tea.Cmd { return nil }, also: m.pressDetail, left: m.leaveDetail}
	return m.readConcept()
}

func (m *Model) leaveDetail() {
	if m.detail != nil && m.detail.cancel != nil {
		m.detail.cancel()
	}
	m.detail = nil
}

// readConcept reads the concept of the page; an older reading is given up.
func (m *Model) readConcept() tea.Cmd {
	d := m.detail
	if d.cancel != nil {
		d.cancel()
	}
	m.asked++
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel, d.generation, d.busy, d.err, d.concept = cancel, m.asked, true, nil, workbench.Concept{}
	wb, gen, label, c := m.wb, d.generation, d.item.Label, d.list[d.at]
	return func() tea.Msg {
		concept, err := wb.Concept(ctx, label, c.DB, c.ID)
		return conceptMsg{gen, concept, err}
	}
}

func (m *Model) applyConcept(msg conceptMsg) {
	d := m.detail
	if d == nil || d.generation != msg.generation || errors.Is(msg.err, context.Canceled) {
		return
	}
	d.busy, d.concept, d.err = false, msg.concept, msg.err
}

func (m *Model) pressDetail(k tea.KeyPressMsg) (tea.Cmd, bool) {
	q, d := m.keys.Detail, m.detail
	switch {
	case key.Matches(k, q.Next):
		d.at = (d.at + 1) % len(d.list)
	case key.Matches(k, q.Prev):
		d.at = (d.at + len(d.list) - 1) % len(d.list)
	case key.Matches(k, q.Choose):
		c := d.list[d.at]
		m.closeBox()
		m.leaveConcepts()
		if why := needItem(m); why != "" || m.focus != d.item.Key {
			m.refuse(why)
			return nil, true
		}
		return m.do(workbench.Choose{At: m.focused(), Candidate: c, Shown: d.list}, onward), true
	default:
		return nil, false
	}
	return m.openDetail(d), true
}

// rows lay the page out.
func (d *detail) rows(m *Model, s *style.Styles, w int) []string {
	g := s.Glyphs
	c := d.list[d.at]
	var rows []string
	add := func(row string) { rows = append(rows, " "+cells.Cut(row, w-2, g.Ellipsis)) }
	wrap := func(name, text string) {
		for i, line := range cells.Wrap(cells.Clean(text), max(w-16, 10), 20, g.Ellipsis) {
			head := ""
			if i == 0 {
				head = name
			}
			add(s.Muted.Render(cells.Fit(head, 13, "")) + line)
		}
	}
	add(s.Accent.Render(cells.Clean(c.ID)) + " " + s.Strong.Render(cells.Clean(c.Name)))
	kind := c.Type
	if kind == "" {
		kind = d.concept.Type
	}
	add(s.Muted.Render(strings.Trim(cells.Clean(c.DB)+" "+g.Dot+" "+cells.Clean(kind), " "+g.Dot)))
	rows = append(rows, "")
	for _, row := range mentionpane.Scores(s, c, w-2) {
		add(row)
	}
	switch {
	case d.busy:
		add(s.Muted.Render("reading" + g.Ellipsis))
	case d.err != nil:
		wrap("", d.err.Error())
	case d.concept.Proposed:
		wrap("proposed", "an annotator of this corpus proposed it; the knowledge base does not have it yet")
	}
	d.known(wrap, g)
	d.used(wrap)
	rows = append(rows, "")
	q := m.keys.Detail
	var keys []string
	for _, b := range []key.Binding{q.Choose, q.Next, q.Prev} {
		keys = append(keys, s.Key.Render(b.Help().Key)+" "+s.Muted.Render(b.Help().Desc))
	}
	add(s.Muted.Render(fmt.Sprintf("%d of %d  ", d.at+1, len(d.list))) + strings.Join(keys, "  "))
	return rows
}

// known is what the knowledge base tells.
func (d *detail) known(wrap func(name, text string), g *style.Glyphs) {
	c := d.concept
	if c.Definition != "" {
		wrap("definition", c.Definition)
	}
	var names []string
	for _, n := range c.Names {
		if n.Text != c.Name {
			names = append(names, n.Text)
		}
	}
	if len(names) > 0 {
		wrap("names", strings.Join(names, " "+g.Dot+" "))
	}
	for i, p := range c.Broader {
		head := ""
		if i == 0 {
			head = "broader"
		}
		wrap(head, strings.TrimSpace(p.ID+" "+p.Name))
	}
	for i, r := range c.Relations {
		if i == 8 {
			break
		}
		wrap(strings.ReplaceAll(r.Kind, "_", " "), r.ID)
	}
}

// used is what this corpus did with the concept.
func (d *detail) used(wrap func(name, text string)) {
	c := d.concept
	if d.busy {
		return
	}
	if len(c.Chosen) == 0 {
		wrap("this corpus", "has not chosen it yet")
	}
	var names []string
	for i, u := range c.Chosen {
		if i == 12 {
			names = append(names, fmt.Sprintf("and %d more", len(c.Chosen)-i))
			break
		}
		names = append(names, fmt.Sprintf("%s (%d)", u.Name, u.Count))
	}
	if len(names) > 0 {
		wrap("chosen for", strings.Join(names, ", "))
	}
	var places []string
	last := ""
	for _, p := range c.Places {
		where := fmt.Sprintf("%q", clip(p.Text, 40))
		if p.Doc != last {
			where = p.Doc + ": " + where
		}
		last = p.Doc
		places = append(places, where)
	}
	if len(places) > 0 {
		wrap("linked in", strings.Join(places, ", "))
	}
}
