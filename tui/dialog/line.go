package dialog

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
	"github.com/rivo/uniseg"
)

// line is one line of typed text, edited cluster by cluster. (The text input of
// the bubbles library starts other programs to reach a clipboard.)
type line struct {
	prompt string
	keys   lineKeys
	before []string // clusters before the cursor
	after  []string // and behind it, nearest first
}

// lineKeys are the keys that edit a line.
type lineKeys struct {
	left, right, home, end      key.Binding
	back, del, word, all, after key.Binding
}

func newLine(prompt, value string) *line {
	bind := func(keys ...string) key.Binding { return key.NewBinding(key.WithKeys(keys...)) }
	l := &line{prompt: prompt, keys: lineKeys{
		left: bind("left", "ctrl+b"), right: bind("right", "ctrl+f"),
		home: bind("home", "ctrl+a"), end: bind("end", "ctrl+e"),
		back: bind("backspace", "ctrl+h"), del: bind("delete", "ctrl+d"),
		word: bind("ctrl+w", "alt+backspace"), all: bind("ctrl+u"), after: bind("ctrl+k"),
	}}
	l.insert(value)
	return l
}

func (l *line) insert(s string) {
	for g := uniseg.NewGraphemes(cells.Clean(s)); g.Next(); {
		l.before = append(l.before, g.Str())
	}
}

func (l *line) set(s string) {
	l.before, l.after = nil, nil
	l.insert(s)
}

func (l *line) value() string {
	rest := slices.Clone(l.after)
	slices.Reverse(rest)
	return strings.Join(l.before, "") + strings.Join(rest, "")
}

// update tells whether the text changed.
func (l *line) update(msg tea.Msg) bool {
	was := l.value()
	switch msg := msg.(type) {
	case tea.PasteMsg:
		l.insert(msg.Content)
	case tea.KeyPressMsg:
		l.press(msg)
	}
	return l.value() != was
}

func (l *line) press(k tea.KeyPressMsg) {
	b, a := len(l.before), len(l.after)
	switch {
	case key.Matches(k, l.keys.left) && b > 0:
		l.before, l.after = l.before[:b-1], append(l.after, l.before[b-1])
	case key.Matches(k, l.keys.right) && a > 0:
		l.before, l.after = append(l.before, l.after[a-1]), l.after[:a-1]
	case key.Matches(k, l.keys.home):
		for len(l.before) > 0 {
			n := len(l.before) - 1
			l.before, l.after = l.before[:n], append(l.after, l.before[n])
		}
	case key.Matches(k, l.keys.end):
		l.set(l.value())
	case key.Matches(k, l.keys.back) && b > 0:
		l.before = l.before[:b-1]
	case key.Matches(k, l.keys.del) && a > 0:
		l.after = l.after[:a-1]
	case key.Matches(k, l.keys.word):
		l.dropWord()
	case key.Matches(k, l.keys.all):
		l.before = nil
	case key.Matches(k, l.keys.after):
		l.after = nil
	case k.Text != "":
		l.insert(k.Text)
	}
}

func (l *line) dropWord() {
	n := len(l.before)
	for n > 0 && l.before[n-1] == " " {
		n--
	}
	for n > 0 && l.before[n-1] != " " {
		n--
	}
	l.before = l.before[:n]
}

// view draws the line in w cells; where it is longer, the piece at the cursor.
func (l *line) view(s *style.Styles, w int) string {
	g := s.Glyphs
	room := max(w-cells.Width(l.prompt)-1, 1)
	left := strings.Join(l.before, "")
	left = cells.CutLeft(left, room, g.Ellipsis)
	rest := l.value()[len(strings.Join(l.before, "")):]
	rest = cells.Cut(rest, room-cells.Width(left)+1, g.Ellipsis)
	return cells.Fit(s.Key.Render(l.prompt)+left+rest, w, "")
}

// column is where the cursor stands, from the beginning of the prompt, on a line
// that was drawn in w cells.
func (l *line) column(w int) int {
	p := cells.Width(l.prompt)
	return p + min(cells.Width(strings.Join(l.before, "")), max(w-p-1, 1))
}

// Input is a line to type in that is part of another panel.
type Input struct {
	line
	fresh bool // the preset value is replaced by what is typed first
}

// NewInput makes a line; typing replaces a preset value as a whole.
func NewInput(prompt, preset string) *Input {
	return &Input{line: *newLine(prompt, preset), fresh: preset != ""}
}

// Value is what stands on the line.
func (i *Input) Value() string { return i.value() }

// Fresh tells whether the preset value still stands there untouched.
func (i *Input) Fresh() bool { return i.fresh }

// Update takes a key or pasted text and tells whether the text changed.
func (i *Input) Update(msg tea.Msg) bool {
	if i.fresh {
		switch m := msg.(type) {
		case tea.KeyPressMsg:
			if m.Text != "" {
				i.set("")
			}
			i.fresh = false
		case tea.PasteMsg:
			i.set("")
			i.fresh = false
		}
	}
	return i.update(msg)
}

// View draws the line in w cells.
func (i *Input) View(s *style.Styles, w int) string { return i.view(s, w) }

// Column is where the cursor stands on the line.
func (i *Input) Column(w int) int { return i.column(w) }

// Prompt is a box with one line to type in.
type Prompt struct {
	title, hint string
	keys        KeyMap
	line        *line
}

// NewPrompt makes a box with a line that holds value; the hint stands below it.
func NewPrompt(title, hint, value string) *Prompt {
	return &Prompt{title: title, hint: hint, keys: DefaultKeyMap(), line: newLine("> ", value)}
}

// Value is what was typed.
func (p *Prompt) Value() string { return p.line.value() }

// SetKeys implements Box.
func (p *Prompt) SetKeys(k KeyMap) { p.keys = k }

// Update implements Box.
func (p *Prompt) Update(msg tea.Msg) Outcome {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(k, p.keys.Leave):
			return Left
		case key.Matches(k, p.keys.Confirm):
			return Chosen
		}
	}
	p.line.update(msg)
	return Open
}

// View implements Box.
func (p *Prompt) View(s *style.Styles, w, _ int) ([]string, *tea.Cursor) {
	width := min(w-2, 64)
	rows := []string{" " + p.line.view(s, width-2), s.Muted.Render(" " + cells.Cut(p.hint, width-2, s.Glyphs.Ellipsis))}
	return frame(s, p.title, rows, width), tea.NewCursor(2+p.line.column(width-2), 1)
}
