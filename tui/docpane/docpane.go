// Package docpane lists the documents of the collection.
package docpane

import (
	"path"
	"strconv"

	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
)

// Pane lists documents by folder, or each with its own where folders do not stand
// together, as in an order by value. It follows the open one. Only the rows on the
// screen are drawn: a collection may hold fifty thousand documents.
type Pane struct {
	styles  *style.Styles
	title   string
	width   int
	height  int
	rows    []row
	at      map[string]int // row of a document
	flat    bool           // without rows for folders
	filter  Filter
	passed  int // documents that the filter lets through
	checked int // documents whose problems are known
	current string
	top     int
}

// row is a document, or a folder where doc is -1: then its documents go up to until.
type row struct {
	folder      string
	doc         int
	from, until int
}

// New makes an empty list; the title stands above it.
func New(s *style.Styles, title string) *Pane { return &Pane{styles: s, title: title} }

// SetStyles changes the theme.
func (p *Pane) SetStyles(s *style.Styles) { p.styles = s }

// SetSize gives the pane its place in cells.
func (p *Pane) SetSize(w, h int) {
	p.width, p.height = w, h
	p.follow()
}

// SetCurrent says which document is open, and brings it on the screen.
func (p *Pane) SetCurrent(name string) {
	p.current = name
	p.follow()
}

// SetFilter shows only the documents that pass, and the open one. SetDocuments must follow.
func (p *Pane) SetFilter(f Filter) { p.filter = f }

// SetDocuments takes the names of the collection, in its order. Counts and marks are
// read when the pane is drawn, so this is needed only when documents come or go, and to
// filter them anew: a document that does not pass any more stays until then.
func (p *Pane) SetDocuments(docs []workbench.Info) {
	p.rows = p.rows[:0]
	p.at = make(map[string]int, len(docs))
	p.passed, p.checked = 0, 0
	p.flat = mixed(docs)
	folder, open := ".", -1
	for i := range docs {
		d := path.Dir(docs[i].Name)
		if open >= 0 && d == folder {
			p.rows[open].until = i + 1
		}
		passes := p.filter.Passes(docs[i])
		if docs[i].Checked {
			p.checked++
		}
		if passes {
			p.passed++
		} else if docs[i].Name != p.current {
			continue
		}
		if d != folder && !p.flat {
			open = len(p.rows)
			p.rows = append(p.rows, row{folder: d, doc: -1, from: firstOf(docs, i, d), until: i + 1})
			folder = d
		}
		p.at[docs[i].Name] = len(p.rows)
		p.rows = append(p.rows, row{doc: i})
	}
	p.follow()
}

// mixed tells whether a folder's documents stand apart.
func mixed(docs []workbench.Info) bool {
	last, left := "", map[string]bool{}
	for i := range docs {
		folder := path.Dir(docs[i].Name)
		if folder == last {
			continue
		}
		if left[folder] {
			return true
		}
		left[last], last = true, folder
	}
	return false
}

// firstOf is the first document of the folder, all of which stand together.
func firstOf(docs []workbench.Info, i int, folder string) int {
	for i > 0 && path.Dir(docs[i-1].Name) == folder {
		i--
	}
	return i
}

// room is the number of rows below the title.
func (p *Pane) room() int { return max(p.height-1, 0) }

// follow keeps the open document on the screen, with a neighbour on each side.
func (p *Pane) follow() {
	at, ok := p.at[p.current]
	if !ok {
		at = 0
	}
	p.top = min(p.top, max(at-1, 0))
	p.top = max(p.top, at+2-p.room())
	p.top = max(min(p.top, len(p.rows)-p.room()), 0)
}

// Under is the document at a row of the pane; "" where there is none.
func (p *Pane) Under(y int, docs []workbench.Info) string {
	i := p.top + y - 1
	if y < 1 || i >= len(p.rows) || p.rows[i].doc < 0 || p.rows[i].doc >= len(docs) {
		return ""
	}
	return docs[p.rows[i].doc].Name
}

// View draws exactly the pane's height in rows of its width.
func (p *Pane) View(docs []workbench.Info) []string {
	out := make([]string, 0, p.height)
	if p.height > 0 {
		out = append(out, p.head(len(docs)))
	}
	for i := p.top; i < len(p.rows) && len(out) < p.height; i++ {
		r := p.rows[i]
		switch {
		case r.doc < 0:
			out = append(out, p.folder(r, docs))
		case r.doc < len(docs):
			out = append(out, p.line(docs[r.doc]))
		}
	}
	for len(out) < p.height {
		out = append(out, cells.Blank(p.width))
	}
	return out
}

// head is the title, or what the filter lets through.
func (p *Pane) head(all int) string {
	g := p.styles.Glyphs
	if p.filter == All {
		return p.styles.Strong.Render(cells.Fit(" "+g.Folder+" "+p.title, p.width, g.Ellipsis))
	}
	name, count := " "+g.Folder+" "+p.filter.String(), strconv.Itoa(p.passed)
	if p.filter == Problems && p.checked < all {
		return p.styles.Accent.Render(cells.Spread(name, count+"/"+strconv.Itoa(p.checked)+" read ", p.width, g.Ellipsis))
	}
	return p.styles.Accent.Render(cells.Fit(name+" "+count, p.width, g.Ellipsis))
}

// folder is a folder's name, and how many of its documents are finished.
func (p *Pane) folder(r row, docs []workbench.Info) string {
	g := p.styles.Glyphs
	until := min(r.until, len(docs))
	finished := 0
	for i := r.from; i < until; i++ {
		if docs[i].Finished {
			finished++
		}
	}
	count := ""
	if finished > 0 {
		count = strconv.Itoa(finished) + "/" + strconv.Itoa(until-r.from) + " "
	}
	name := "   " + cells.CutLeft(cells.Clean(r.folder)+"/", max(p.width-4-cells.Width(count), 1), g.Ellipsis)
	return p.styles.Muted.Render(cells.Spread(name, count, p.width, g.Ellipsis))
}

func (p *Pane) line(d workbench.Info) string {
	s, g := p.styles, p.styles.Glyphs
	mark, paint := g.Untouched, s.Muted
	switch {
	case d.Finished:
		mark, paint = g.Finished, s.Good
	case d.Decided > 0:
		mark, paint = g.Partly, s.Accent
	}
	count := ""
	if d.Loaded && d.Undecided > 0 && !d.Finished {
		count = strconv.Itoa(d.Undecided)
	}
	if d.Problem {
		count = g.Problem + " " + count
	}
	if count != "" {
		count = " " + count
	}
	name := cells.Clean(path.Base(d.Name))
	room := max(p.width-5-cells.Width(count)-1, 1)
	name = cells.CutLeft(name, room, g.Ellipsis)
	rest := p.folderBehind(d, room-cells.Width(name))
	if d.Name == p.current {
		return s.Row.Render(cells.Fit(" "+g.Cursor+" "+mark+" "+name+rest+count+" ", p.width, ""))
	}
	right := s.Muted.Render(count)
	if d.Problem {
		right = s.Warn.Render(count)
	}
	return cells.Fit("   "+paint.Render(mark)+" "+name+s.Muted.Render(rest)+right+" ", p.width, "")
}

// leastFolder cells tell one folder from another.
const leastFolder = 6

// folderBehind fills what a name leaves of its room: with the folder, where no row tells it.
func (p *Pane) folderBehind(d workbench.Info, room int) string {
	folder := path.Dir(d.Name)
	if !p.flat || folder == "." || room < leastFolder {
		return cells.Blank(room)
	}
	return cells.Fit(" "+cells.Clean(folder), room, p.styles.Glyphs.Ellipsis)
}
