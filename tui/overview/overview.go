// Package overview draws how far a collection has come: progress, pace, agreement
// with the suggestions, and what runs in the background.
package overview

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gloss-nlp/gloss/corpus/pace"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
)

// Data is what is drawn.
type Data struct {
	Counts *workbench.Overview // nil: still being counted
	Err    error               // why they cannot be counted
	Work   []Work
	Stop   string // the key that stops work which can be stopped
	Order  string // the key that puts the documents in another order
	Queue  string // the key that steps through questions
	// Label gives the name of a label in at most so many cells, and its paint.
	Label func(name string, width int) (string, style.Paint)
}

const (
	nameWidth = 14 // of the first column
	barWidth  = 10
)

// page collects rows of one width.
type page struct {
	s    *style.Styles
	w    int
	rows []string
}

// Rows lays the overview out in rows of at most w cells.
func Rows(s *style.Styles, d Data, w int) []string {
	p := &page{s: s, w: w}
	switch {
	case d.Err != nil:
		p.heading("Progress")
		p.line("", s.Warn.Render(cells.Clean(d.Err.Error())))
	case d.Counts == nil:
		p.heading("Progress")
		p.line("", s.Muted.Render("counting the decisions"+s.Glyphs.Ellipsis))
	default:
		p.progress(d.Counts)
		p.pace(d.Counts)
		p.agreement(d.Counts, d.Label)
		p.enough(d)
	}
	p.work(d)
	return p.rows
}

func (p *page) heading(title string) {
	if len(p.rows) > 0 {
		p.rows = append(p.rows, "")
	}
	p.rows = append(p.rows, " "+p.s.DialogTitle.Render(title))
}

// line adds a name and what is to say of it, on as many rows as it takes.
func (p *page) line(name string, parts ...string) {
	p.paint(p.s.Text, name, parts...)
}

func (p *page) paint(paint style.Paint, name string, parts ...string) {
	const gap = "   "
	row := "   " + paint.Render(cells.Fit(name, nameWidth, p.s.Glyphs.Ellipsis)) + " "
	indent := strings.Repeat(" ", cells.Width(row))
	start := true
	for _, part := range parts {
		switch {
		case start:
		case cells.Width(row)+len(gap)+cells.Width(part) <= p.w:
			row += gap
		default:
			p.rows = append(p.rows, row)
			row = indent
		}
		row += part
		start = false
	}
	p.rows = append(p.rows, cells.Cut(row, p.w, p.s.Glyphs.Ellipsis))
}

// bar draws a share of a whole.
func (p *page) bar(share float64, paint style.Paint) string {
	g := p.s.Glyphs
	full := min(max(int(math.Round(share*barWidth)), 0), barWidth)
	if share > 0 && full == 0 {
		full = 1 // something is not nothing
	}
	return paint.Render(strings.Repeat(g.BarFull, full)) + p.s.Rule.Render(strings.Repeat(g.BarEmpty, barWidth-full))
}

func (p *page) progress(o *workbench.Overview) {
	p.heading("Progress")
	p.line("documents", p.bar(ratio(o.Finished, o.Documents), p.s.Good),
		fmt.Sprintf("%d of %d finished", o.Finished, o.Documents), fmt.Sprintf("%d begun", o.Begun))
	parts := []string{fmt.Sprintf("%d settled by you", o.Settled)}
	if others := o.Open() - o.Counted; others > 0 {
		parts = append(parts, fmt.Sprintf("about %d left", o.Left), count(others, "document")+" not counted yet")
	} else {
		parts = append(parts, fmt.Sprintf("%d left", o.Left))
	}
	if o.Flagged > 0 {
		parts = append(parts, fmt.Sprintf("%d to discuss", o.Flagged))
	}
	p.line("mentions", parts...)
	if o.PerMention() == 0 {
		p.line("time left", p.s.Muted.Render("known after some decisions"))
		return
	}
	p.line("time left", p.s.Strong.Render("about "+span(o.SecondsLeft())), seconds(o.PerMention())+" a mention")
}

// actTitles are what the acts are called on the screen.
var actTitles = map[string]string{
	"accept": "accept", "link": "link", "nil": "no concept", "reject": "reject", "fix": "fix", "new": "new mention", "bulk": "many at once", "other": "other",
}

func (p *page) pace(o *workbench.Overview) {
	p.heading("Pace")
	if o.Steps == 0 {
		p.line("", p.s.Muted.Render("nothing is decided yet"))
		return
	}
	slowest := 0.0
	for _, a := range o.Acts {
		slowest = max(slowest, a.Median)
	}
	for _, a := range o.Acts {
		if a.Timed == 0 {
			p.line(actTitles[a.Name], p.bar(0, p.s.Accent), cells.Fit(p.s.Muted.Render("not timed"), 9, ""), count(a.Count, "time"))
			continue
		}
		p.line(actTitles[a.Name], p.bar(a.Median/slowest, p.s.Accent), cells.Fit(seconds(a.Median), 9, ""), count(a.Count, "time"))
	}
	if n := len(o.Course); n > 1 {
		p.line("course", p.s.Accent.Render(p.chart(o.Course)), seconds(o.Course[0])+" "+p.s.Glyphs.Arrow+" "+seconds(o.Course[n-1])+" a decision")
	}
}

// chart draws a value a cell, the highest as a full one.
func (p *page) chart(values []float64) string {
	levels := []rune(p.s.Glyphs.Levels)
	top := slices.Max(values)
	var b strings.Builder
	for _, v := range values {
		i := 0
		if top > 0 {
			i = int(math.Round(v / top * float64(len(levels)-1)))
		}
		b.WriteRune(levels[i])
	}
	return b.String()
}

func (p *page) agreement(o *workbench.Overview, label func(string, int) (string, style.Paint)) {
	p.heading("Agreement with the suggestions")
	if len(o.Labels) == 0 {
		p.line("", p.s.Muted.Render("no suggestion is decided on yet"))
		return
	}
	for _, l := range o.Labels {
		name, paint := label(l.Name, nameWidth)
		p.paint(paint, name, p.verdict(l)...)
	}
}

// verdict is what became of the suggestions of a label.
func (p *page) verdict(l pace.Label) []string {
	var parts []string
	if n := l.Suggested(); n > 0 {
		parts = append(parts, p.bar(ratio(l.Kept, n), p.s.Good), fmt.Sprintf("%3.0f %% of %d kept", 100*ratio(l.Kept, n), n))
	}
	for _, x := range []struct {
		n    int
		what string
	}{{l.Fixed, "fixed"}, {l.Relabelled, "relabelled"}, {l.Rejected, "rejected"}, {l.Added, "added"}} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	if l.Linked > 0 {
		parts = append(parts, fmt.Sprintf("first concept right %.0f %% of %s", 100*ratio(l.First, l.Linked), count(l.Linked, "time")))
	}
	return parts
}

func (p *page) work(d Data) {
	p.heading("In the background")
	if len(d.Work) == 0 {
		p.line("", p.s.Muted.Render("nothing runs"))
	}
	for _, t := range d.Work {
		var parts []string
		if t.Total > 0 {
			parts = append(parts, p.bar(ratio(t.Done, t.Total), p.s.Accent))
		}
		parts = append(parts, t.Parts()...)
		if t.CanStop && d.Stop != "" {
			parts = append(parts, p.s.Key.Render(d.Stop)+" stops it")
		}
		p.line(cells.Clean(t.Title), parts...)
	}
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func seconds(s float64) string {
	if s < 10 {
		return fmt.Sprintf("%.1f s", s)
	}
	return fmt.Sprintf("%.0f s", s)
}

// span is a time for a person to plan with.
func span(s float64) string {
	d := time.Duration(s * float64(time.Second)).Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

func rate(perSecond float64) string {
	switch {
	case perSecond >= 1:
		return fmt.Sprintf("%.1f a second", perSecond)
	case perSecond*60 >= 1:
		return fmt.Sprintf("%.1f a minute", perSecond*60)
	}
	return fmt.Sprintf("%.1f an hour", perSecond*3600)
}
