package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/cells"
)

// tour leads through the first minute: each step names keys, and the next one comes
// when one of them was used. It takes no key for itself.
type tour struct {
	offered bool // the line of hints offers it; the next key decides
	on      bool
	step    int
}

// tourStep is done when one of its actions was.
type tourStep struct {
	text    string   // {name} stands for the key of an action
	actions []string // by name; none: any key
}

// tourSteps are the tour. On the demo each can be done where the last one ended.
var tourSteps = []tourStep{
	{"The mention between the bars waits for your decision. {accept} accepts it as it is, {reject} rejects it.", []string{"accept", "reject"}},
	{"At the side stand the concepts that it may mean, and why each is offered. {choose} links to one; {nil} says that none fits. Then the next mention comes.", []string{"choose", "nil"}},
	{"Whatever you did last, {undo} takes it back: in any document, also after a restart. Try it.", []string{"undo"}},
	{"A mention may be cut wrongly. {left-out} {left-in} move its left edge, {right-in} {right-out} its right one; {left-word-out} {left-word-in} and {right-word-in} {right-word-out} go by words.",
		[]string{"left-out", "left-in", "right-in", "right-out", "left-word-out", "left-word-in", "right-word-in", "right-word-out"}},
	{"When no concept at the side is right, {search} searches the terminology as you type. Look, then leave with {searching.leave}, or choose one.", []string{"search"}},
	{"What nobody suggested you mark yourself: {select} begins, then {selecting.begin}, the arrows and {selecting.confirm}. {selecting.leave} leaves.", []string{"select"}},
	{"{finish} says that a document is done, {next-document} opens the next one. The last line says what is saved: that is on disk.", []string{"finish", "next-document"}},
	{"That is the work. {help} shows the keys of the moment, {commands} every action by name, {overview} how far you have come; {quit} leaves.", nil},
}

// tourRows is how many rows the tour takes below the text.
const tourRows = 4

func tourActions(k *KeyMap) []action {
	return groupOther.has([]action{
		{key: &k.Tour, name: "tour", keys: "T", hint: "tour",
			about: "a tour of one minute; its next step", why: needDemo,
			run: plain((*Model).nextOfTour)},
	})
}

func needDemo(m *Model) string {
	if !m.opt.Demo {
		return "the tour makes decisions, so it is on the demo alone: gloss demo"
	}
	return ""
}

// answerOffer takes the first key after the tour was offered, whatever it is, and
// remembers that it was.
func (m *Model) answerOffer() tea.Cmd {
	if !m.tour.offered {
		return nil
	}
	m.tour.offered = false
	met := m.opt.Met
	if met == nil {
		return nil
	}
	return func() tea.Msg { met(); return nil }
}

// offerLine stands in the place of the hints until the first key.
func (m *Model) offerLine() string {
	if m.opt.Demo {
		return "First time here? " + m.keys.Tour.Help().Key + " begins a tour of one minute; any other key begins without"
	}
	return "First time here? gloss demo has a tour of one minute; any key begins here"
}

// nextOfTour begins the tour, or goes on to its next step.
func (m *Model) nextOfTour() tea.Cmd {
	if !m.tour.on {
		m.tour = tour{on: true}
	} else {
		m.tour.step++
	}
	m.placeTour()
	return nil
}

// placeTour gives the tour its rows, or takes them back after its last step.
func (m *Model) placeTour() {
	m.tour.on = m.tour.on && m.tour.step < len(tourSteps)
	m.arrange()
	m.reveal()
}

// toured goes on where the action was what the step is about.
func (m *Model) toured(c *action) {
	if !m.tour.on || m.wrong || c.name == "tour" {
		return
	}
	s := tourSteps[m.tour.step]
	switch {
	case c.key == &m.keys.Leave:
		m.tour.on = false
		m.say("the tour is over: " + m.keys.Tour.Help().Key + " begins it again")
	case len(s.actions) == 0 || slices.Contains(s.actions, c.name):
		m.tour.step++
	default:
		return
	}
	m.placeTour()
}

// tourView are the rows of the tour in w cells; none while there is no tour.
func (m *Model) tourView(w int) []string {
	if !m.tour.on {
		return nil
	}
	s, g := m.styles, m.styles.Glyphs
	head := fmt.Sprintf("%s%s Tour %d of %d ", g.Horizontal, g.Horizontal, m.tour.step+1, len(tourSteps))
	ways := fmt.Sprintf(" %s next %s %s ends it ", m.keys.Tour.Help().Key, g.Dot, m.keys.Leave.Help().Key)
	rule := strings.Repeat(g.Horizontal, max(w-cells.Width(head)-cells.Width(ways), 0))
	rows := []string{s.Accent.Render(head) + s.Rule.Render(rule) + s.Muted.Render(ways)}
	for _, r := range cells.Wrap(m.withKeys(tourSteps[m.tour.step].text), w-2, tourRows-1, g.Ellipsis) {
		rows = append(rows, " "+r)
	}
	for len(rows) < tourRows {
		rows = append(rows, "")
	}
	for i := range rows {
		rows[i] = cells.Fit(rows[i], w, g.Ellipsis)
	}
	return rows
}

// withKeys puts keys in the place of the names of actions.
func (m *Model) withKeys(text string) string {
	names := make([]string, 0, 8)
	for _, a := range actions(&m.keys) {
		if tag := "{" + a.fullName() + "}"; strings.Contains(text, tag) {
			names = append(names, tag, m.styles.Key.Render(a.key.Help().Key))
		}
	}
	return strings.NewReplacer(names...).Replace(text)
}
