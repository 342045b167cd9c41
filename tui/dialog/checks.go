package dialog

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
)

// CheckKeys are the keys of a list of places, besides those of every box.
type CheckKeys struct {
	Toggle, All, None key.Binding
}

// DefaultCheckKeys are the keys as shipped.
func DefaultCheckKeys() CheckKeys {
	bind := func(help, about string) key.Binding {
		return key.NewBinding(key.WithKeys(help), key.WithHelp(help, about))
	}
	return CheckKeys{Toggle: bind("space", "strike out, or take back"), All: bind("A", "all"), None: bind("N", "none")}
}

// Check is a place in its context, which can be struck out.
type Check struct {
	On    bool
	Fixed bool   // it stays struck out; What says why
	Where string // the document
	Line  string // the text around the place
	From  int    // where the place lies in Line, in code points
	To    int
	What  string // what would change there
	Paint style.Paint
}

// Checks is a box with places of which some can be struck out before all are
// confirmed. It may open before the places are known: until Fill it says Busy.
type Checks struct {
	Title string // what would be done
	Note  string // what else is to be known, under the places
	Hint  string // the keys of the caller
	Busy  string // what is waited for; "" for nothing

	lists  KeyMap
	keys   CheckKeys
	all    []Check
	cursor int
	top    int
	page   int
	where  int // width of the widest Where
}

// NewChecks makes an empty box.
func NewChecks(keys CheckKeys) *Checks {
	return &Checks{lists: DefaultKeyMap(), keys: keys, page: 10}
}

// SetKeys implements Box.
func (c *Checks) SetKeys(k KeyMap) { c.lists = k }

// Fill shows places; the cursor goes to the first.
func (c *Checks) Fill(all []Check) {
	c.all, c.cursor, c.top, c.where, c.Busy = all, 0, 0, 0, ""
	for _, one := range all {
		c.where = max(c.where, cells.Width(one.Where))
	}
}

// Len is how many places there are, struck out or not.
func (c *Checks) Len() int { return len(c.all) }

// free is how many of them can be chosen.
func (c *Checks) free() int {
	n := 0
	for i := range c.all {
		if !c.all[i].Fixed {
			n++
		}
	}
	return n
}

// On tells whether a place is not struck out.
func (c *Checks) On(i int) bool { return c.all[i].On }

// Count is how many places are not struck out.
func (c *Checks) Count() int {
	n := 0
	for i := range c.all {
		if c.all[i].On {
			n++
		}
	}
	return n
}

// Update implements Box. It does not confirm while it waits, nor where nothing is left.
func (c *Checks) Update(msg tea.Msg) Outcome {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return Open
	}
	last := max(len(c.all)-1, 0)
	switch {
	case key.Matches(k, c.lists.Leave):
		return Left
	case key.Matches(k, c.lists.Confirm):
		if c.Busy == "" && c.Count() > 0 {
			return Chosen
		}
	case key.Matches(k, c.keys.Toggle):
		if c.cursor < len(c.all) {
			c.all[c.cursor].On = !c.all[c.cursor].On && !c.all[c.cursor].Fixed
			c.cursor = min(c.cursor+1, last)
		}
	case key.Matches(k, c.keys.All):
		c.set(true)
	case key.Matches(k, c.keys.None):
		c.set(false)
	case key.Matches(k, c.lists.Up):
		c.cursor = max(c.cursor-1, 0)
	case key.Matches(k, c.lists.Down):
		c.cursor = min(c.cursor+1, last)
	case key.Matches(k, c.lists.PageUp):
		c.cursor = max(c.cursor-c.page, 0)
	case key.Matches(k, c.lists.PageDown):
		c.cursor = min(c.cursor+c.page, last)
	}
	return Open
}

func (c *Checks) set(on bool) {
	for i := range c.all {
		c.all[i].On = on && !c.all[i].Fixed
	}
}

// View implements Box. It takes all the width: context is what it is for.
func (c *Checks) View(s *style.Styles, w, h int) ([]string, *tea.Cursor) {
	g := s.Glyphs
	width := w - 2
	foot := c.foot(s, width)
	c.page = max(h-2-len(foot), 1)
	c.top = max(min(c.top, c.cursor), c.cursor-c.page+1)
	var rows []string
	switch {
	case c.Busy != "":
		rows = append(rows, s.Muted.Render(" "+cells.Clean(c.Busy)+g.Ellipsis))
	case len(c.all) == 0:
		rows = append(rows, s.Muted.Render(" there is no such place"))
	}
	for i := c.top; i < len(c.all) && i < c.top+c.page; i++ {
		rows = append(rows, c.row(s, c.all[i], i == c.cursor, width))
	}
	for len(rows) < c.page {
		rows = append(rows, "") // the box keeps its size while places come
	}
	return frame(s, cells.Clean(c.Title), append(rows, foot...), width), nil
}

func (c *Checks) foot(s *style.Styles, w int) []string {
	rows := []string{s.Rule.Render(strings.Repeat(s.Glyphs.Horizontal, max(w, 0)))}
	if c.Note != "" {
		rows = append(rows, s.Muted.Render(" "+cells.Cut(cells.Clean(c.Note), w-2, s.Glyphs.Ellipsis)))
	}
	said := fmt.Sprintf("%d of %d", c.Count(), c.free())
	var keys []string
	for _, b := range []key.Binding{c.lists.Confirm, c.keys.Toggle, c.keys.All, c.keys.None, c.lists.Leave} {
		about := b.Help().Desc
		if b.Help().Key == c.lists.Confirm.Help().Key {
			about = "apply as one step"
		}
		keys = append(keys, b.Help().Key+" "+about)
	}
	left := " " + s.Strong.Render(said) + "  " + s.Muted.Render(strings.Join(keys, "  "))
	rows = append(rows, cells.Fit(left, w, s.Glyphs.Ellipsis))
	if c.Hint != "" {
		rows = append(rows, s.Muted.Render(" "+cells.Cut(c.Hint, w-2, s.Glyphs.Ellipsis)))
	}
	return rows
}

func (c *Checks) row(s *style.Styles, one Check, here bool, w int) string {
	g := s.Glyphs
	box := "[ ]"
	switch {
	case one.On:
		box = "[x]"
	case one.Fixed:
		box = " " + g.Dot + " "
	}
	cursor := " "
	if here {
		cursor = g.Cursor
	}
	where := ""
	if c.where > 0 {
		where = cells.Fit(cells.Clean(one.Where), min(c.where, max(w/5, 8)), g.Ellipsis) + " "
	}
	what := cells.Cut(cells.Clean(one.What), max(w/3, 8), g.Ellipsis)
	room := max(w-cells.Width(where)-cells.Width(what)-len("> [x]  ")-3, 12)
	before, match, after := c.cut(one, room, g)
	paint, muted := one.Paint, s.Muted
	if !one.On {
		paint = s.Muted
	}
	if here {
		paint, muted = s.Row, s.RowMuted
	}
	line := muted.Render(before) + paint.Render(g.FocusLeft+match+g.FocusRight) + muted.Render(after)
	left := s.Key.Render(cursor+" "+box) + " " + s.Muted.Render(where) + line
	return cells.Spread(left, s.Muted.Render(what)+" ", w, g.Ellipsis)
}

// cut divides the line of a place into what is before it, itself and what is behind,
// in at most w cells together; the place is shown first.
func (c *Checks) cut(one Check, w int, g *style.Glyphs) (before, match, after string) {
	r := []rune(one.Line)
	from, to := min(max(one.From, 0), len(r)), min(max(one.To, 0), len(r))
	to = max(from, to)
	before, match, after = cells.Clean(string(r[:from])), cells.Clean(string(r[from:to])), cells.Clean(string(r[to:]))
	match = cells.Cut(match, max(w-2-8, 4), g.Ellipsis)
	rest := max(w-2-cells.Width(match), 0)
	before = cells.CutLeft(before, max(rest/2, rest-cells.Width(after)), g.Ellipsis)
	after = cells.Cut(after, max(rest-cells.Width(before), 0), g.Ellipsis)
	return before, match, after
}
