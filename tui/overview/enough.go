package overview

import (
	"fmt"

	"github.com/gloss-nlp/gloss/corpus/pace"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// enough says how good the suggestions are by what chance drew, and whether one may stop:
// the lower end of the interval must have come to the target.
func (p *page) enough(d Data) {
	o := d.Counts
	p.heading("May you stop?")
	p.line("target", fmt.Sprintf("an F1 of %s by spans and labels", two(o.Target)), "at the lower end of the interval")
	p.byDocuments(o, d.Order)
	p.byQuestions(o, d.Queue)
}

func (p *page) byDocuments(o *workbench.Overview, orderKey string) {
	e := o.Estimate
	switch {
	case e.Tells():
		low, high := float64(e.CI95[0]), float64(e.CI95[1])
		found := fmt.Sprintf("F1 %s (95 %%: %s to %s)", two(float64(e.F1)), two(low), two(high))
		p.line("documents", p.s.Strong.Render(found), "on "+count(e.Documents, "document")+" drawn by chance")
		more, ok := order.More(e.Documents, float64(e.F1), low, o.Target)
		p.outcome(more, ok, "drawn document")
	case e.Documents == 0 && o.Order == order.File:
		p.line("documents", p.s.Muted.Render("in this order chance draws none"), p.s.Key.Render(orderKey)+" chooses one in which it does")
	default:
		p.line("documents", fmt.Sprintf("%d drawn by chance and finished", e.Documents),
			p.s.Muted.Render(fmt.Sprintf("%s before that tells", more(max(e.Missing(), order.Documents.Least-e.Documents), "is needed", "are needed"))))
	}
}

// leastDrawn is with how many questions the share of right ones is told.
const leastDrawn = 10

func (p *page) byQuestions(o *workbench.Overview, queueKey string) {
	r := o.Drawn
	if r.Of == 0 {
		p.line("questions", p.s.Muted.Render("none drawn by chance is answered yet"), p.s.Key.Render(queueKey)+" draws one in ten")
		return
	}
	p.line("questions", append(p.share(r, "right as suggested"), "of what is left, drawn by chance")...)
	if o.DrawnFirst.Of > 0 {
		p.line("", p.share(o.DrawnFirst, "first concept right")...)
	}
	if r.Of < leastDrawn {
		p.line("", p.s.Muted.Render(fmt.Sprintf("%s before that tells", more(leastDrawn-r.Of, "is needed", "are needed"))))
		return
	}
	low, _ := r.Interval()
	n, ok := order.More(r.Of, r.Share(), low, o.Target)
	p.outcome(n, ok, "drawn question")
}

func (p *page) share(r pace.Rate, what string) []string {
	low, high := r.Interval()
	return []string{p.s.Strong.Render(fmt.Sprintf("%d of %d %s", r.Count, r.Of, what)), fmt.Sprintf("%.0f %% (95 %%: %.0f to %.0f)", 100*r.Share(), 100*low, 100*high)}
}

// outcome says whether one may stop, or what it takes to tell.
func (p *page) outcome(more int, ok bool, what string) {
	switch {
	case !ok:
		p.line("", p.s.Warn.Render("below the target: what you go on to annotate can teach the models"))
	case more == 0:
		p.line("", p.s.Good.Render(p.s.Glyphs.Tick+" you may stop: the lower end has come to the target"))
	default:
		p.line("", fmt.Sprintf("not sure yet: about %d more %ss needed to tell", more, what))
	}
}

func more(n int, one, many string) string {
	if n == 1 {
		return "1 more " + one
	}
	return fmt.Sprintf("%d more %s", n, many)
}

func two(v float64) string { return fmt.Sprintf("%.2f", v) }
