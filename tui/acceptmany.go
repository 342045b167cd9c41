package tui

import (
	"context"
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// surely is the score from which on suggestions are offered to be accepted together.
const surely = 0.9

// acceptable are the suggestions that pass a filter.
type acceptable struct{ workbench.Filter }

// askAccept shows the suggestions that pass a filter, to accept them together.
func (m *Model) askAccept() tea.Cmd {
	return m.openBulk(&acceptable{workbench.Filter{Doc: m.docName, MinScore: surely, Link: true}})
}

func (a *acceptable) find(ctx context.Context, wb Previewer) (workbench.Preview, error) {
	return wb.Acceptable(ctx, a.Filter)
}

func (a *acceptable) copy() wanted {
	c := *a
	c.Labels = slices.Clone(a.Labels)
	return &c
}

func (a *acceptable) scope() workbench.Scope { return a.Scope }

func (a *acceptable) title(m *Model) string {
	said := "Accept without a link"
	if a.Link {
		said = "Accept with the first candidate"
	}
	if a.MinScore > 0 {
		said += fmt.Sprintf(", score from %.2f", a.MinScore)
	}
	if a.Exact {
		said += ", exact names"
	}
	if len(a.Labels) > 0 {
		said += ", " + m.labels.title(a.Labels[0], 0)
	}
	return said + ", " + reach(a.Scope)
}

func (a *acceptable) change(m *Model, p workbench.Place) string {
	if choice, ok := p.Do.(workbench.Choose); ok {
		return choice.Candidate.ID + " " + choice.Candidate.Name
	}
	return m.labels.title(p.Label, 0)
}

func (a *acceptable) keys(q PlaceKeys) []key.Binding {
	return []key.Binding{q.Scope, q.More, q.Less, q.Label, q.Exact, q.Link}
}

// scoreStep is by how much a key moves the least score.
const scoreStep = 0.05

func (a *acceptable) press(m *Model, k tea.KeyPressMsg) (cmd tea.Cmd, anew, taken bool) {
	q := m.keys.Places
	switch {
	case key.Matches(k, q.Scope):
		a.Scope = otherScope(a.Scope)
	case key.Matches(k, q.More):
		a.MinScore = min(a.MinScore+scoreStep, 1)
	case key.Matches(k, q.Less):
		if a.MinScore -= scoreStep; a.MinScore < scoreStep/2 {
			a.MinScore = 0
		}
	case key.Matches(k, q.Exact):
		a.Exact = !a.Exact
	case key.Matches(k, q.Link):
		a.Link = !a.Link
	case key.Matches(k, q.Label):
		a.Labels = nextLabel(m.labels.order, a.Labels)
	default:
		return nil, false, false
	}
	return nil, true, true
}

// nextLabel goes from all labels to the first, and so on, and back to all.
func nextLabel(order, now []string) []string {
	i := -1
	if len(now) > 0 {
		i = slices.Index(order, now[0])
	}
	if i+1 < len(order) {
		return []string{order[i+1]}
	}
	return nil
}
