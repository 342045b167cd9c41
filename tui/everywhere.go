package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

func bulkActions(k *KeyMap) []action {
	return groupDecide.has([]action{
		{key: &k.Everywhere, name: "everywhere", keys: "*", hint: "everywhere",
			about: "the same for all occurrences", why: needItem, run: plain((*Model).askEverywhere)},
		{key: &k.AcceptMany, name: "accept-many", keys: "A", hint: "accept many",
			about: "accept suggestions by a filter", why: needDoc, run: plain((*Model).askAccept)},
		{key: &k.Details, name: "details", keys: "d", hint: "details",
			about: "all about the concepts on offer", why: needConcept, run: plain((*Model).showDetail)},
		{key: &k.History, name: "history", keys: "U", hint: "history",
			about: "take back any one decision", run: plain((*Model).askPast)},
	})
}

func placeActions(k *KeyMap) []action {
	q := &k.Places
	return group{title: "In a list of places", mode: "places"}.has([]action{
		{key: &q.Checks.Toggle, name: "toggle", keys: "space", hint: "strike out", about: "strike a place out, or take it back"},
		{key: &q.Checks.All, name: "all", keys: "A", hint: "all"},
		{key: &q.Checks.None, name: "none", keys: "N", hint: "none"},
		{key: &q.Scope, name: "scope", keys: "tab", hint: "document or corpus"},
		{key: &q.Pick, name: "pick", keys: digits, hint: "link to", about: "link all to that candidate of the mention"},
		{key: &q.Link, name: "link", keys: "l", hint: "link or not", about: "with a link to the first candidate, or without one"},
		{key: &q.Pattern, name: "pattern", keys: "/", hint: "pattern", about: "look for a regular expression instead"},
		{key: &q.More, name: "more", keys: "> +", hint: "higher score", about: "only suggestions with a higher score"},
		{key: &q.Less, name: "less", keys: "< -", hint: "lower score", about: "suggestions with a lower score, too"},
		{key: &q.Exact, name: "exact", keys: "e", hint: "exact names", about: "only where a name of the first candidate equals the mention"},
		{key: &q.Label, name: "label", keys: "t", hint: "label", about: "one label after the other, then all"},
	})
}

// bulk is a change of many places that is being looked at before it is made.
type bulk struct {
	checks     *dialog.Checks
	pattern    *workbench.Pattern // of all occurrences; else nil
	filter     *workbench.Filter  // of suggestions to accept; else nil
	offered    []kb.Candidate     // of the mention whose occurrences these are
	preview    workbench.Preview
	generation int
	cancel     context.CancelFunc
}

// placesMsg is a preview that was asked for.
type placesMsg struct {
	generation int
	preview    workbench.Preview
	err        error
}

// askEverywhere shows where else the mention in focus stands, to decide there alike.
func (m *Model) askEverywhere() tea.Cmd {
	it := m.item()
	p := &workbench.Pattern{Doc: m.docName, Text: it.Text, Whole: true, Label: it.Label}
	b := &bulk{pattern: p, offered: m.offered(it)}
	switch {
	case len(it.Links) > 0:
		l := it.Links[0]
		p.Candidate = &kb.Candidate{DB: l.DB, ID: l.ID, Name: l.Name}
	case it.State.Undecided() && len(b.offered) > 0:
		p.Candidate = &b.offered[0]
	}
	return m.openBulk(b)
}

// surely is the score from which on suggestions are offered to be accepted together.
const surely = 0.9

// askAccept shows the suggestions that pass a filter, to accept them together.
func (m *Model) askAccept() tea.Cmd {
	return m.openBulk(&bulk{filter: &workbench.Filter{Doc: m.docName, MinScore: surely, Link: true}})
}

func (m *Model) openBulk(b *bulk) tea.Cmd {
	b.checks = dialog.NewChecks(m.keys.Places.Checks)
	m.bulk = b
	m.box = box{Box: b.checks, confirm: m.applyBulk, also: m.pressBulk, left: m.leaveBulk}
	return m.findPlaces()
}

func (m *Model) leaveBulk() {
	if m.bulk != nil && m.bulk.cancel != nil {
		m.bulk.cancel()
	}
	m.bulk = nil
}

// findPlaces asks for the places; an older question is given up.
func (m *Model) findPlaces() tea.Cmd {
	b := m.bulk
	if b.cancel != nil {
		b.cancel()
	}
	m.asked++
	b.generation = m.asked
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	b.checks.Fill(nil)
	b.checks.Title, b.checks.Hint, b.checks.Busy, b.checks.Note = m.titleOf(b), m.keysOf(b), "looking", ""
	wb, gen := m.wb, b.generation
	if b.filter != nil {
		f := *b.filter
		return func() tea.Msg {
			p, err := wb.Acceptable(ctx, f)
			return placesMsg{gen, p, err}
		}
	}
	p := *b.pattern
	return func() tea.Msg {
		found, err := wb.Occurrences(ctx, p)
		return placesMsg{gen, found, err}
	}
}

// applyPlaces shows the places, unless something else was asked for meanwhile.
func (m *Model) applyPlaces(msg placesMsg) {
	b := m.bulk
	if b == nil || b.generation != msg.generation || errors.Is(msg.err, context.Canceled) {
		return
	}
	if msg.err != nil {
		b.checks.Fill(nil)
		b.checks.Note = msg.err.Error()
		return
	}
	b.preview = msg.preview
	row := func(p workbench.Place) dialog.Check {
		return dialog.Check{
			On: true, Where: where(b, p), Line: p.Line, From: int(p.In.Start), To: int(p.In.End),
			What: m.changeAt(b, p), Paint: m.labels.paint(m.styles, p.Label).Chip,
		}
	}
	var all []dialog.Check
	for _, p := range msg.preview.Places {
		all = append(all, row(p))
	}
	for _, l := range msg.preview.LeftOut { // behind those that can be chosen
		if l.Place != nil {
			c := row(*l.Place)
			c.On, c.Fixed, c.What = false, true, l.Why
			all = append(all, c)
		}
	}
	b.checks.Fill(all)
	b.checks.Note = previewNote(msg.preview)
}

// where names the document of a place, where there are several.
func where(b *bulk, p workbench.Place) string {
	if b.filter != nil && b.filter.Scope == workbench.InDocument || b.pattern != nil && b.pattern.Scope == workbench.InDocument {
		return ""
	}
	return p.Doc
}

// changeAt says what would happen at a place, where that is not said by the title.
func (m *Model) changeAt(b *bulk, p workbench.Place) string {
	switch a := p.Do.(type) {
	case workbench.Create, workbench.CreateLinked:
		return "new mention"
	case workbench.Choose:
		if b.filter != nil {
			return a.Candidate.ID + " " + a.Candidate.Name
		}
		return "link"
	case workbench.Accept:
		if b.filter != nil {
			return m.labels.title(p.Label, 0)
		}
		return "accept"
	}
	return ""
}

// previewNote says what the list does not show.
func previewNote(p workbench.Preview) string {
	var parts []string
	if p.Done > 0 {
		parts = append(parts, plural(p.Done, "place is so already", "places are so already"))
	}
	closed := slices.DeleteFunc(slices.Clone(p.LeftOut), func(l workbench.LeftOut) bool { return l.Place != nil })
	if n := len(closed); n > 0 {
		parts = append(parts, fmt.Sprintf("%s (%s: %s)", plural(n, "document cannot be decided on now", "documents cannot be decided on now"),
			closed[0].Doc, closed[0].Why))
	}
	if p.Unknown > 0 {
		parts = append(parts, plural(p.Unknown, "document has no suggestions yet", "documents have no suggestions yet"))
	}
	parts = append(parts, plural(p.Documents, "document looked at", "documents looked at"))
	return strings.Join(parts, "; ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// titleOf says what would be done.
func (m *Model) titleOf(b *bulk) string {
	g := m.styles.Glyphs
	reach := func(s workbench.Scope) string {
		if s == workbench.InCorpus {
			return "in the whole corpus"
		}
		return "in this document"
	}
	if f := b.filter; f != nil {
		said := "Accept without a link"
		if f.Link {
			said = "Accept with the first candidate"
		}
		if f.MinScore > 0 {
			said += fmt.Sprintf(", score from %.2f", f.MinScore)
		}
		if f.Exact {
			said += ", exact names"
		}
		if len(f.Labels) > 0 {
			said += ", " + m.labels.title(f.Labels[0], 0)
		}
		return said + ", " + reach(f.Scope)
	}
	p := b.pattern
	what := fmt.Sprintf("%q", clip(p.Text, 40))
	if p.Regexp != "" {
		what = "/" + clip(p.Regexp, 40) + "/"
	}
	if p.Candidate != nil {
		concept := strings.TrimSpace(p.Candidate.ID + " " + clip(p.Candidate.Name, 40))
		return fmt.Sprintf("Link %s %s %s, %s", what, g.Arrow, concept, reach(p.Scope))
	}
	return fmt.Sprintf("Accept %s as %s without a link, %s", what, m.labels.title(p.Label, 0), reach(p.Scope))
}

// keysOf names the keys that change what is looked for.
func (m *Model) keysOf(b *bulk) string {
	q := m.keys.Places
	keys := []key.Binding{q.Scope, q.Pattern, q.Pick, q.Link}
	if b.filter != nil {
		keys = []key.Binding{q.Scope, q.More, q.Less, q.Label, q.Exact, q.Link}
	}
	var parts []string
	for _, one := range keys {
		parts = append(parts, one.Help().Key+" "+one.Help().Desc)
	}
	return strings.Join(parts, "  ")
}

// pressBulk takes the keys that change what is looked for.
func (m *Model) pressBulk(k tea.KeyPressMsg) (tea.Cmd, bool) {
	q, b := m.keys.Places, m.bulk
	if key.Matches(k, m.keys.Lists.Confirm) && m.cannotApply() {
		return nil, true
	}
	if b.filter != nil {
		if !m.narrow(k, b.filter) {
			return nil, false
		}
		return m.findPlaces(), true
	}
	p := b.pattern
	switch {
	case key.Matches(k, q.Scope):
		p.Scope = otherScope(p.Scope)
	case key.Matches(k, q.Pattern):
		return m.askPattern(), true
	case key.Matches(k, q.Link):
		switch {
		case p.Candidate != nil:
			p.Candidate = nil
		case len(b.offered) > 0:
			p.Candidate = &b.offered[0]
		default:
			return nil, true
		}
	case key.Matches(k, q.Pick):
		i := slices.Index(q.Pick.Keys(), k.String())
		if i >= len(b.offered) {
			m.refuse(fmt.Sprintf("there is no candidate %d", i+1))
			return nil, true
		}
		p.Candidate = &b.offered[i]
	default:
		return nil, false
	}
	return m.findPlaces(), true
}

// cannotApply says why there is nothing to confirm; false where there is.
func (m *Model) cannotApply() bool {
	switch c := m.bulk.checks; {
	case c.Busy != "":
		m.refuse("still looking for the places")
	case c.Count() == 0 && c.Len() > 0:
		m.refuse("every place is struck out: " + m.keys.Places.Checks.All.Help().Key + " takes back those that can be")
	case c.Count() == 0:
		m.refuse("there is no such place: " + m.keys.Places.Scope.Help().Key + " looks elsewhere, " + m.keys.Lists.Leave.Help().Key + " leaves")
	default:
		return false
	}
	return true
}

func otherScope(s workbench.Scope) workbench.Scope {
	if s == workbench.InDocument {
		return workbench.InCorpus
	}
	return workbench.InDocument
}

// narrow changes the filter; false for a key that does not.
func (m *Model) narrow(k tea.KeyPressMsg, f *workbench.Filter) bool {
	q := m.keys.Places
	switch {
	case key.Matches(k, q.Scope):
		f.Scope = otherScope(f.Scope)
	case key.Matches(k, q.More):
		f.MinScore = min(f.MinScore+0.05, 1)
	case key.Matches(k, q.Less):
		if f.MinScore -= 0.05; f.MinScore < 0.04 {
			f.MinScore = 0
		}
	case key.Matches(k, q.Exact):
		f.Exact = !f.Exact
	case key.Matches(k, q.Link):
		f.Link = !f.Link
	case key.Matches(k, q.Label):
		i := -1
		if len(f.Labels) > 0 {
			i = slices.Index(m.labels.order, f.Labels[0])
		}
		f.Labels = nil
		if i+1 < len(m.labels.order) {
			f.Labels = m.labels.order[i+1 : i+2]
		}
	default:
		return false
	}
	return true
}

// askPattern lets one type a regular expression; what it finds is shown as a list again.
func (m *Model) askPattern() tea.Cmd {
	b := m.bulk
	preset := b.pattern.Regexp
	p := dialog.NewPrompt("Every place that matches", "a regular expression; its first group, or all of it, becomes the mention; empty: the text itself", preset)
	m.box = box{Box: p, confirm: func() tea.Cmd {
		b.pattern.Regexp = p.Value()
		return m.openBulk(b)
	}}
	return nil
}

// applyBulk does at the places that are not struck out what was looked at.
func (m *Model) applyBulk() tea.Cmd {
	b := m.bulk
	m.bulk = nil
	var places []workbench.Place
	for i, p := range b.preview.Places {
		if b.checks.On(i) {
			places = append(places, p)
		}
	}
	what := strings.ToLower(b.checks.Title[:1]) + b.checks.Title[1:]
	return m.do(workbench.Apply{Places: places, What: cells.Clean(what)}, stay)
}
