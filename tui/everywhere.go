package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/tui/dialog"
)

// occurrences are all places where the mention in focus stands, or a pattern matches.
type occurrences struct {
	workbench.Pattern
	offered []kb.Candidate // of the mention
}

// askEverywhere shows where else the mention in focus stands, to decide there alike.
func (m *Model) askEverywhere() tea.Cmd {
	it := m.item()
	o := &occurrences{workbench.Pattern{Doc: m.docName, Text: it.Text, Whole: true, Label: it.Label}, m.offered(it)}
	switch {
	case len(it.Links) > 0:
		l := it.Links[0]
		o.Candidate = &kb.Candidate{DB: l.DB, ID: l.ID, Name: l.Name}
	case it.State.Undecided() && len(o.offered) > 0:
		o.Candidate = &o.offered[0]
	}
	return m.openBulk(o)
}

func (o *occurrences) find(ctx context.Context, wb Previewer) (workbench.Preview, error) {
	return wb.Occurrences(ctx, o.Pattern)
}

func (o *occurrences) copy() wanted { c := *o; return &c }

func (o *occurrences) scope() workbench.Scope { return o.Scope }

func (o *occurrences) title(m *Model) string {
	what := fmt.Sprintf("%q", clip(o.Text, 40))
	if o.Regexp != "" {
		what = "/" + clip(o.Regexp, 40) + "/"
	}
	if c := o.Candidate; c != nil {
		concept := strings.TrimSpace(c.ID + " " + clip(c.Name, 40))
		return fmt.Sprintf("Link %s %s %s, %s", what, m.styles.Glyphs.Arrow, concept, reach(o.Scope))
	}
	return fmt.Sprintf("Accept %s as %s without a link, %s", what, m.labels.title(o.Label, 0), reach(o.Scope))
}

func (o *occurrences) change(_ *Model, p workbench.Place) string {
	switch p.Do.(type) {
	case workbench.Create, workbench.CreateLinked:
		return "new mention"
	case workbench.Choose:
		return "link"
	case workbench.Accept:
		return "accept"
	}
	return ""
}

func (o *occurrences) keys(q PlaceKeys) []key.Binding {
	return []key.Binding{q.Scope, q.Pattern, q.Pick, q.Link}
}

func (o *occurrences) press(m *Model, k tea.KeyPressMsg) (cmd tea.Cmd, anew, taken bool) {
	q := m.keys.Places
	switch {
	case key.Matches(k, q.Scope):
		o.Scope = otherScope(o.Scope)
	case key.Matches(k, q.Pattern):
		return m.askPattern(o), false, true
	case key.Matches(k, q.Link) && o.Candidate != nil:
		o.Candidate = nil
	case key.Matches(k, q.Link) && len(o.offered) > 0:
		o.Candidate = &o.offered[0]
	case key.Matches(k, q.Link):
		m.refuse(m.noConcept(o.Label))
		return nil, false, true
	case key.Matches(k, q.Pick):
		i := slices.Index(q.Pick.Keys(), k.String())
		if i >= len(o.offered) {
			m.refuse(fmt.Sprintf("there is no candidate %d", i+1))
			return nil, false, true
		}
		o.Candidate = &o.offered[i]
	default:
		return nil, false, false
	}
	return nil, true, true
}

// askPattern lets one type a regular expression; what it finds is shown as a list again.
func (m *Model) askPattern(o *occurrences) tea.Cmd {
	p := dialog.NewPrompt("Every place that matches", "a regular expression; its first group, or all of it, is the mention; empty: the text itself", o.Regexp)
	m.leaveBulk()
	m.box = box{Box: p, confirm: func() tea.Cmd {
		o.Regexp = p.Value()
		return m.openBulk(o)
	}}
	return nil
}
