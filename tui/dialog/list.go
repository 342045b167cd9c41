package dialog

import (
	"strings"
	"unicode"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
	"golang.org/x/text/unicode/norm"
)

// Entry is a line of a list.
type Entry struct {
	Key    string // chooses the entry at once, where the list is not filtered; shown at the left
	Title  string
	Detail string // shown at the right
	Also   string // further words that the filter finds it by
	Paint  style.Paint
	Faint  bool // cannot be chosen now; Detail says why
	Value  int  // what the caller knows the entry by
}

// List is a box with entries to choose from.
type List struct {
	title   string
	keys    KeyMap
	entries []Entry
	found   []int // places in entries that the filter lets through
	cursor  int   // place in found
	top     int
	page    int
	filter  *line // nil: keys choose

	// Of every entry, made once: a collection has many documents.
	folded    []string
	keyWidth  int
	rowsWidth int
}

// NewList makes a list whose entries are chosen by their keys, arrows and enter.
func NewList(title string, entries []Entry, cursor int) *List {
	l := &List{title: title, keys: DefaultKeyMap(), entries: entries, page: 10, folded: make([]string, len(entries))}
	for i, e := range entries {
		l.folded[i] = Fold(e.Title + " " + e.Key + " " + e.Detail + " " + e.Also)
		l.keyWidth = max(l.keyWidth, cells.Width(e.Key))
		l.rowsWidth = max(l.rowsWidth, cells.Width(e.Title)+3+cells.Width(e.Detail))
	}
	l.narrow()
	l.cursor = min(max(cursor, 0), max(len(l.found)-1, 0))
	return l
}

// NewFiltered makes a list that is narrowed as one types.
func NewFiltered(title, prompt string, entries []Entry, cursor int) *List {
	l := NewList(title, entries, cursor)
	l.filter = newLine(prompt, "")
	return l
}

// Chosen is the entry under the cursor; false where nothing is left.
func (l *List) Chosen() (Entry, bool) {
	if l.cursor >= len(l.found) {
		return Entry{}, false
	}
	return l.entries[l.found[l.cursor]], true
}

// SetKeys implements Box.
func (l *List) SetKeys(k KeyMap) { l.keys = k }

// Update implements Box.
func (l *List) Update(msg tea.Msg) Outcome {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		if out, taken := l.press(press); taken {
			return out
		}
	}
	if l.filter == nil {
		return Open
	}
	if l.filter.update(msg) {
		l.cursor, l.top = 0, 0
		l.narrow()
	}
	return Open
}

func (l *List) press(k tea.KeyPressMsg) (Outcome, bool) {
	switch {
	case key.Matches(k, l.keys.Leave):
		return Left, true
	case key.Matches(k, l.keys.Confirm):
		if _, ok := l.Chosen(); ok {
			return Chosen, true
		}
		return Open, true
	case key.Matches(k, l.keys.Up):
		l.move(-1)
	case key.Matches(k, l.keys.Down):
		l.move(1)
	case key.Matches(k, l.keys.PageUp):
		l.cursor = max(l.cursor-l.page, 0)
	case key.Matches(k, l.keys.PageDown):
		l.cursor = max(min(l.cursor+l.page, len(l.found)-1), 0)
	default:
		return l.shortcut(k)
	}
	return Open, true
}

func (l *List) shortcut(k tea.KeyPressMsg) (Outcome, bool) {
	if l.filter != nil {
		return Open, false
	}
	for i, e := range l.found {
		if l.entries[e].Key != "" && l.entries[e].Key == k.String() {
			l.cursor = i
			return Chosen, true
		}
	}
	return Open, true
}

func (l *List) move(n int) {
	if len(l.found) > 0 {
		l.cursor = (l.cursor + n + len(l.found)) % len(l.found)
	}
}

// narrow finds the entries that hold every word of the filter.
func (l *List) narrow() {
	l.found = l.found[:0]
	var words []string
	if l.filter != nil {
		words = strings.Fields(Fold(l.filter.value()))
	}
	for i, text := range l.folded {
		ok := true
		for _, w := range words {
			ok = ok && strings.Contains(text, w)
		}
		if ok {
			l.found = append(l.found, i)
		}
	}
}

// Fold makes strings comparable without regard to case and accents.
func Fold(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if !ascii {
		s = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(s))
	}
	return strings.ToLower(s)
}

// View implements Box.
func (l *List) View(s *style.Styles, w, h int) ([]string, *tea.Cursor) {
	g := s.Glyphs
	width := l.width(w - 2)
	var rows []string
	var cur *tea.Cursor
	if l.filter != nil {
		rows = append(rows, " "+l.filter.view(s, width-2), s.Rule.Render(strings.Repeat(g.Horizontal, width)))
		cur = tea.NewCursor(2+l.filter.column(width-2), 1)
	}
	l.page = max(min(h-2-len(rows), max(len(l.entries), 1)), 1)
	l.top = max(min(l.top, l.cursor), l.cursor-l.page+1)
	for i := l.top; i < len(l.found) && i < l.top+l.page; i++ {
		rows = append(rows, l.line(s, l.entries[l.found[i]], i == l.cursor, width))
	}
	if len(l.found) == 0 {
		rows = append(rows, s.Muted.Render(" nothing matches"))
	}
	for l.filter != nil && len(rows) < l.page+2 {
		rows = append(rows, "") // the box keeps its size while one types
	}
	return frame(s, l.title, rows, width), cur
}

func (l *List) line(s *style.Styles, e Entry, here bool, w int) string {
	g := s.Glyphs
	cursor := " "
	if here {
		cursor = g.Cursor
	}
	left := cursor + " "
	if l.keyWidth > 0 {
		left += cells.Fit(e.Key, l.keyWidth, "") + "  "
	}
	plain := cells.Spread(left+cells.Clean(e.Title), cells.Clean(e.Detail)+" ", w, g.Ellipsis)
	if here {
		return s.Row.Render(plain)
	}
	room := w - cells.Width(e.Detail) - 2 - cells.Width(left)
	title := cells.Cut(cells.Clean(e.Title), room, g.Ellipsis)
	paint := e.Paint
	if e.Faint {
		paint = s.Muted
	}
	return cells.Spread(s.Key.Render(left)+paint.Render(title), s.Muted.Render(cells.Clean(e.Detail))+" ", w, g.Ellipsis)
}

func (l *List) width(most int) int {
	w := max(cells.Width(l.title)+6, l.keyWidth+l.rowsWidth+5)
	if l.filter != nil {
		w = max(w, 44)
	}
	return min(w, most)
}
