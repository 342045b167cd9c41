package dialog

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
)

// Field is a line of a form.
type Field struct {
	Name  string
	Value string // preset
	Hint  string // what belongs there
}

// Form is a box with several lines to type in. Enter goes to the next line, and
// confirms on the last.
type Form struct {
	title  string
	keys   KeyMap
	fields []Field
	lines  []*line
	at     int
	check  func(values []string) string // what is wrong, "" for nothing
	wrong  string

	// Below draws up to h rows of w cells below the hint; nil: none. The form is as high
	// whatever they say.
	Below func(s *style.Styles, w, h int) []string
	Rows  int // that Below is given room for
}

// NewForm makes a form; check says what is wrong with the values before they are taken.
func NewForm(title string, fields []Field, check func(values []string) string) *Form {
	f := &Form{title: title, keys: DefaultKeyMap(), fields: fields, check: check}
	name := 0
	for _, one := range fields {
		name = max(name, cells.Width(one.Name))
	}
	for _, one := range fields {
		f.lines = append(f.lines, newLine(cells.Fit(one.Name, name, "")+" > ", one.Value))
	}
	return f
}

// At is the line that is typed in.
func (f *Form) At() int { return f.at }

// Refuse says what is wrong with the values, until something is typed.
func (f *Form) Refuse(why string) { f.wrong = why }

// Values are what stands on the lines.
func (f *Form) Values() []string {
	out := make([]string, len(f.lines))
	for i, l := range f.lines {
		out[i] = l.value()
	}
	return out
}

// SetKeys implements Box.
func (f *Form) SetKeys(k KeyMap) { f.keys = k }

// Update implements Box.
func (f *Form) Update(msg tea.Msg) Outcome {
	k, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
	case key.Matches(k, f.keys.Leave):
		return Left
	case key.Matches(k, f.keys.Confirm) && f.at == len(f.lines)-1:
		if f.wrong = f.check(f.Values()); f.wrong == "" {
			return Chosen
		}
		return Open
	case key.Matches(k, f.keys.Confirm, f.keys.Down):
		f.at = (f.at + 1) % len(f.lines)
		return Open
	case key.Matches(k, f.keys.Up):
		f.at = (f.at + len(f.lines) - 1) % len(f.lines)
		return Open
	}
	if f.lines[f.at].update(msg) {
		f.wrong = ""
	}
	return Open
}

// View implements Box.
func (f *Form) View(s *style.Styles, w, h int) ([]string, *tea.Cursor) {
	width := min(w-2, 72)
	var rows []string
	for _, l := range f.lines {
		rows = append(rows, " "+l.view(s, width-2))
	}
	hint := s.Muted.Render(" " + cells.Cut(cells.Clean(f.fields[f.at].Hint), width-2, s.Glyphs.Ellipsis))
	if f.wrong != "" {
		hint = s.Warn.Render(" " + cells.Cut(cells.Clean(f.wrong), width-2, s.Glyphs.Ellipsis))
	}
	rows = append(rows, hint)
	if f.Below != nil {
		room := max(min(f.Rows, h-len(rows)-2), 0)
		below := f.Below(s, width-2, room)
		for i := range room {
			row := ""
			if i < len(below) {
				row = " " + below[i]
			}
			rows = append(rows, row)
		}
	}
	return frame(s, f.title, rows, width), tea.NewCursor(2+f.lines[f.at].column(width-2), 1+f.at)
}
