// Package mentionpane draws the mention in focus, the concepts that are offered for
// it with the evidence for each, and what is still to be decided.
package mentionpane

import (
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
)

// Most is how many candidates can be chosen by a digit.
const Most = 9

// Data is what the pane shows.
type Data struct {
	Doc    *workbench.Doc // nil while it is read
	Item   *workbench.Item
	Label  func(label string, width int) (title string, paint *style.Label)
	Search *Search // nil where no search is open
	Hint   string  // what to do where nothing is in focus
	Keys   Keys
	Ties   []string // relations and events that the item takes part in
	Wrong  []string // what is wrong with its line of the file
	// NoConcept says why no concept is offered, where none is.
	NoConcept string
	Whole     string // the key that shows all of what has no room here
	// Skipped tells of the items that come after the others; nil: none does.
	Skipped func(key string) bool
	// Alike counts the undecided mentions that read as this one: what a link of it concerns.
	Alike int
	// Reranked counts the mentions whose candidates the last decision put in another order.
	Reranked int
}

// Keys are the keys that the pane names.
type Keys struct{ Search, None, Split, Everywhere string }

// Search is the state of a search in the knowledge bases.
type Search struct {
	Input   string // the line that is typed in, drawn
	Results []kb.Candidate
	Busy    bool
	Cursor  int // place in Results, -1: on the input line
	Message string
	Type    string // only concepts of this semantic type; "" for all
	Types   int    // how many there are to choose among
	TypeKey string // goes to the next one
}

// Drawn is a drawn pane.
type Drawn struct {
	Rows  []string
	Shown int // how many candidates can be seen, and so chosen
	Input int // row of the search line, where a search is open
	Rules []int
	// Rules are the rows that are rules, which meet the rule at the pane's left.
}

// pane collects rows.
type pane struct {
	s     *style.Styles
	named Keys
	alike int
	w, h  int
	rows  []string
	input int
	rules []int
}

// Draw draws exactly h rows of w cells.
func Draw(s *style.Styles, d Data, w, h int) Drawn {
	p := &pane{s: s, named: d.Keys, alike: d.Alike, w: w, h: h}
	shown := 0
	switch {
	case d.Search != nil && d.Item != nil:
		p.head(d, 2)
		p.search(d.Search)
	case d.Item != nil:
		p.head(d, 4)
		left := pendingRows(d, h)
		shown = p.candidates(d, h-left)
		p.pending(d)
	default:
		p.empty(d)
		p.pending(d)
	}
	for len(p.rows) < h {
		p.add("")
	}
	return Drawn{Rows: p.rows[:h], Shown: shown, Input: p.input, Rules: p.rules}
}

// add appends a row, with a blank column at the left.
func (p *pane) add(row string) {
	p.rows = append(p.rows, cells.Fit(" "+row, p.w, p.s.Glyphs.Ellipsis))
}

// inner is the width that rows have for text.
func (p *pane) inner() int { return max(p.w-2, 1) }

func (p *pane) rule() {
	p.rules = append(p.rules, len(p.rows))
	p.rows = append(p.rows, p.s.Rule.Render(strings.Repeat(p.s.Glyphs.Horizontal, max(p.w, 0))))
}

// ties says what is wrong with the mention, and what it is tied to, in a row each as far
// as there is room.
func (p *pane) ties(d Data) {
	g := p.s.Glyphs
	room := 1
	if p.h >= 24 {
		room = 3
	}
	var rows []string
	for _, w := range d.Wrong {
		rows = append(rows, p.s.Warn.Render(cells.Cut(g.Problem+" "+cells.Clean(w), p.inner(), g.Ellipsis)))
	}
	for _, t := range d.Ties {
		rows = append(rows, p.s.Muted.Render(cells.Cut(cells.Clean(t), p.inner(), g.Ellipsis)))
	}
	if over := len(rows) - room; over > 0 {
		rows = append(rows[:room:room], p.s.Muted.Render(fmt.Sprintf("+ %d more: ", over))+p.s.Key.Render(d.Whole))
	}
	for _, r := range rows {
		p.add(r)
	}
}

// usualHead is how many rows the head takes of a tall pane at least, so that concepts
// stand in the same rows for most mentions.
const usualHead = 5

// head says what is in focus: its text, label, state and link.
func (p *pane) head(d Data, most int) {
	g := p.s.Glyphs
	text := cells.Wrap(cells.Clean(d.Item.Text), p.inner(), max(most-2, 1), g.Ellipsis)
	for _, row := range text {
		p.add(p.s.Strong.Render(row))
	}
	state := " " + g.Dot + " " + word(d.Item)
	room := max(p.inner()-cells.Width(state), 6)
	title, paint := d.Label(d.Item.Label, room)
	title = cells.Cut(cells.Clean(title), room, g.Ellipsis)
	p.add(paint.Chip.Render(title) + p.s.Muted.Render(state))
	for _, l := range d.Item.Links {
		p.add(p.s.Good.Render(cells.Cut(g.Arrow+" "+cells.Clean(l.ID+" "+l.Name), p.inner(), g.Ellipsis)))
	}
	if m := d.Item.Proposal; m != nil {
		p.add(p.s.Warn.Render(cells.Cut("the model would mark "+quote(m.Text), p.inner(), g.Ellipsis)))
	}
	if len(d.Item.Attributes) > 0 {
		p.add(p.s.Muted.Render(cells.Cut(cells.Clean(strings.Join(d.Item.Attributes, ", ")), p.inner(), g.Ellipsis)))
	}
	if d.Item.Reason != "" {
		p.add(p.s.Muted.Render(cells.Cut("because: "+cells.Clean(d.Item.Reason), p.inner(), g.Ellipsis)))
	}
	if d.Item.Flag != "" {
		p.add(p.s.Warn.Render(cells.Cut(g.Problem+" "+cells.Clean(d.Item.Flag), p.inner(), g.Ellipsis)))
	}
	p.ties(d)
	if d.Item.Note != "" {
		p.add(p.s.Muted.Render(cells.Cut("note: "+cells.Clean(d.Item.Note), p.inner(), g.Ellipsis)))
	}
	if p.h >= 24 || p.h >= 10 && len(p.rows) < 3 {
		p.add("")
	}
	for p.h >= 30 && len(p.rows) < usualHead {
		p.add("")
	}
}

func (p *pane) empty(d Data) {
	for _, row := range cells.Wrap(d.Hint, p.inner(), 4, p.s.Glyphs.Ellipsis) {
		p.add(p.s.Muted.Render(row))
	}
}

func quote(s string) string { return `"` + cells.Clean(s) + `"` }

// word is the state and its origin as a person reads it.
func word(it *workbench.Item) string {
	w := map[workbench.State]string{
		workbench.Suggested: "suggested", workbench.Pending: "no concept yet", workbench.Accepted: "accepted",
		workbench.Linked: "linked", workbench.NIL: "no concept fits",
	}[it.State]
	if it.State == workbench.Suggested && it.Source == "letters" {
		w += " by letters"
	}
	if it.Score.Known() {
		w += " " + strings.TrimSpace(number(it.Score))
	}
	return w
}
