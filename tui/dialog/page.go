package dialog

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/tui/style"
)

// Page is a box with rows to read.
type Page struct {
	title string
	keys  KeyMap
	close key.Binding // leaves the page too
	draw  func(s *style.Styles, w int) []string
	top   int
	most  int // the last row that top may be
	page  int
}

// NewPage makes a page; draw lays its rows out for a width.
func NewPage(title string, close key.Binding, draw func(s *style.Styles, w int) []string) *Page {
	return &Page{title: title, keys: DefaultKeyMap(), close: close, draw: draw}
}

// SetKeys implements Box.
func (p *Page) SetKeys(k KeyMap) { p.keys = k }

// Update implements Box.
func (p *Page) Update(msg tea.Msg) Outcome {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return Open
	}
	switch {
	case key.Matches(k, p.keys.Leave, p.keys.Confirm, p.close):
		return Left
	case key.Matches(k, p.keys.Up):
		p.top = max(p.top-1, 0)
	case key.Matches(k, p.keys.Down):
		p.top = min(p.top+1, p.most)
	case key.Matches(k, p.keys.PageUp):
		p.top = max(p.top-p.page, 0)
	case key.Matches(k, p.keys.PageDown):
		p.top = min(p.top+p.page, p.most)
	}
	return Open
}

// View implements Box.
func (p *Page) View(s *style.Styles, w, h int) ([]string, *tea.Cursor) {
	width := min(w-2, 100)
	rows := p.draw(s, width)
	p.page = max(h-2, 1)
	p.most = max(len(rows)-p.page, 0)
	p.top = min(p.top, p.most)
	title := p.title
	if p.most > 0 {
		title += fmt.Sprintf(" (%d %%, arrows scroll)", 100*p.top/p.most)
	}
	return frame(s, title, rows[p.top:min(p.top+p.page, len(rows))], width), nil
}
