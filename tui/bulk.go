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
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

func bulkActions(k *KeyMap) []action {
	return groupDecide.has([]action{
		{key: &k.Everywhere, name: "everywhere", keys: "*", hint: "everywhere",
			about: "the same for all occurrences", why: needItem, run: plain((*Model).askEverywhere)},
		{key: &k.AcceptMany, name: "accept-many", keys: "A", hint: "accept many",
			about: "accept suggestions by a filter", why: needDoc, run: plain((*Model).askAccept)},
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

// wanted is what a bulk would do: to all occurrences, or to what passes a filter.
type wanted interface {
	// find asks the workbench for the places. It runs beside Update.
	find(ctx context.Context, wb Previewer) (workbench.Preview, error)
	// copy is safe to be read while this one changes.
	copy() wanted
	scope() workbench.Scope
	title(m *Model) string
	// change says what would happen at a place, where the title does not.
	change(m *Model, p workbench.Place) string
	// keys change what is wanted; press does, and tells whether the places must be
	// looked for anew, or whether it did not take the key.
	keys(q PlaceKeys) []key.Binding
	press(m *Model, k tea.KeyPressMsg) (cmd tea.Cmd, anew, taken bool)
}

// bulk is a change of many places that is being looked at before it is made.
type bulk struct {
	wanted
	checks     *dialog.Checks
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

func (m *Model) openBulk(w wanted) tea.Cmd {
	m.bulk = &bulk{wanted: w, checks: dialog.NewChecks(m.keys.Places.Checks)}
	m.box = box{Box: m.bulk.checks, confirm: m.applyBulk, also: m.pressBulk, left: m.leaveBulk}
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
	ctx, cancel := context.WithCancel(context.Background())
	b.generation, b.cancel = m.asked, cancel
	b.checks.Fill(nil)
	b.checks.Title, b.checks.Hint, b.checks.Busy, b.checks.Note = b.title(m), hintsOf(b.keys(m.keys.Places)), "looking", ""
	wb, gen, w := m.wb, b.generation, b.copy()
	return func() tea.Msg {
		found, err := w.find(ctx, wb)
		return placesMsg{gen, found, err}
	}
}

// hintsOf names keys and what they do.
func hintsOf(keys []key.Binding) string {
	var parts []string
	for _, one := range keys {
		parts = append(parts, one.Help().Key+" "+one.Help().Desc)
	}
	return strings.Join(parts, "  ")
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
	var all []dialog.Check
	for _, p := range msg.preview.Places {
		all = append(all, m.check(b, p))
	}
	for _, l := range msg.preview.LeftOut { // behind those that can be chosen
		if l.Place != nil {
			c := m.check(b, *l.Place)
			c.On, c.Fixed, c.What = false, true, l.Why
			all = append(all, c)
		}
	}
	b.checks.Fill(all)
	b.checks.Note = previewNote(msg.preview)
}

// check is a place as the list shows it; the document is named where there are several.
func (m *Model) check(b *bulk, p workbench.Place) dialog.Check {
	c := dialog.Check{
		On: true, Line: p.Line, From: int(p.In.Start), To: int(p.In.End),
		What: b.change(m, p), Paint: m.labels.paint(m.styles, p.Label).Chip,
	}
	if b.scope() == workbench.InCorpus {
		c.Where = p.Doc
	}
	return c
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

// reach is a scope in words.
func reach(s workbench.Scope) string {
	if s == workbench.InCorpus {
		return "in the whole corpus"
	}
	return "in this document"
}

func otherScope(s workbench.Scope) workbench.Scope {
	if s == workbench.InDocument {
		return workbench.InCorpus
	}
	return workbench.InDocument
}

// pressBulk takes the keys that change what is looked for.
func (m *Model) pressBulk(k tea.KeyPressMsg) (tea.Cmd, bool) {
	if key.Matches(k, m.keys.Lists.Confirm) && m.cannotApply() {
		return nil, true
	}
	cmd, anew, taken := m.bulk.press(m, k)
	if anew {
		cmd = m.findPlaces()
	}
	return cmd, taken
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
