// Package pace counts, from the decisions of a journal, how long each sort of
// decision takes and how far an annotator agrees with the suggestions. It reads
// nothing itself.
package pace

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
)

// Pause is from where the time of a decision says that somebody was away: such a
// decision counts, its time does not.
const Pause = 2 * time.Minute

// runs is how many points the course of the pace has at most, and perRun how many
// timed steps a point holds at least.
const (
	runs   = 24
	perRun = 5
)

// Report is what a journal tells. Only what is in force counts for agreement;
// time that was spent counts whether or not it was undone later.
type Report struct {
	Acts   []Act     // those that occurred, in a fixed order
	Labels []Label   // by name
	Course []float64 // median seconds of a step, oldest first, in equal runs of timed steps
	Steps  int       // of the annotator: a bulk is one
	Timed  int       // of them
	Active float64   // seconds that the timed steps took together
	// Settled are the mentions that were decided: accepted, linked, said to have no
	// concept, rejected, deleted or written.
	Settled int
	// Drawn is how often a suggestion that was asked because chance drew it was taken as it
	// was, and DrawnFirst how often the first concept was that was offered for such a
	// mention. Each counts once, by the first decision on it that is in force.
	Drawn, DrawnFirst Rate
}

// Act is one sort of step, and how long it takes.
type Act struct {
	Name   string // accept, link, nil, reject, fix, new, bulk, other
	Count  int
	Timed  int
	Median float64 // seconds of the timed ones; 0 without any
}

// Label is what became of the suggestions of a label, and of its links.
type Label struct {
	Name       string
	Kept       int // accepted with the boundaries and the label that were suggested
	Fixed      int // accepted with other boundaries
	Relabelled int
	Rejected   int
	Added      int // mentions that nobody had suggested
	Linked     int // links chosen from an offer
	First      int // of them, those that were offered first
}

// Suggested is how many suggestions of the label were decided on.
func (l Label) Suggested() int { return l.Kept + l.Fixed + l.Relabelled + l.Rejected }

// PerMention is how many seconds a mention takes, with all that was done to it; 0
// where nothing was timed.
func (r Report) PerMention() float64 {
	if r.Settled == 0 || r.Timed == 0 {
		return 0
	}
	// Untimed steps took as long as timed ones.
	return r.Active / float64(r.Timed) * float64(r.Steps) / float64(r.Settled)
}

// actNames are the acts in the order of a report.
var actNames = []string{"accept", "link", "nil", "reject", "fix", "new", "bulk", "other"}

// actOf names the act that the first decision of a step stands for.
func actOf(k corpus.Kind) string {
	switch k {
	case corpus.Accept, corpus.NIL, corpus.Bulk:
		return string(k)
	case corpus.SetLink:
		return "link"
	case corpus.Reject, corpus.Delete:
		return "reject"
	case corpus.SetSpan, corpus.SetLabel:
		return "fix"
	case corpus.Create:
		return "new"
	}
	return "other"
}

// Count reads decisions, oldest first. undone tells whether a step is taken back.
func Count(decisions iter.Seq2[corpus.Decision, error], undone func(step int64) bool) (Report, error) {
	c := counter{undone: undone, times: map[string][]float64{}, counts: map[string]int{}, labels: map[string]*Label{}, fates: map[string]fate{}}
	for d, err := range decisions {
		if err != nil {
			return Report{}, err
		}
		c.time(d)
		c.agree(d)
		c.draw(d)
	}
	return c.report(), nil
}

// counter collects what a report is made of.
type counter struct {
	undone  func(int64) bool
	times   map[string][]float64 // seconds of the timed steps, by act
	counts  map[string]int
	all     []float64 // seconds of all timed steps, in their order
	steps   int
	settled int
	labels  map[string]*Label
	fates   map[string]fate // by document and annotation

	drawn, first Rate // see Report.Drawn
}

// fate is where an annotation came from, and what it counts as now.
type fate struct {
	from *corpus.Mention // the suggestion; nil: written by the annotator
	as   *int            // the count that holds it; nil: none
}

// time counts the steps. A step has its time in its first decision.
func (c *counter) time(d corpus.Decision) {
	if d.Seq != d.Step {
		return
	}
	act := actOf(d.Kind)
	c.steps++
	c.counts[act]++
	if took := time.Duration(d.Millis) * time.Millisecond; took > 0 && took < Pause {
		c.times[act] = append(c.times[act], took.Seconds())
		c.all = append(c.all, took.Seconds())
	}
}

// agree follows what becomes of suggestions.
func (c *counter) agree(d corpus.Decision) {
	if d.Kind == corpus.Undo || d.Kind == corpus.Redo || d.Kind == corpus.Bulk || c.undone(d.Step) || d.Before == nil && d.After == nil {
		return
	}
	switch {
	case d.Before != nil && d.Before.ID != "":
		c.change(d)
	case d.Before != nil: // a suggestion has no identifier yet
		c.settled++
		f := fate{from: d.Before}
		f.as = c.judge(f, d.After)
		*f.as++
		c.keep(d, f)
	default:
		c.settled++
		f := fate{as: &c.label(d.After.Label).Added}
		*f.as++
		c.keep(d, f)
	}
	c.link(d)
}

// change is a decision on an annotation: it may count as something else now.
func (c *counter) change(d corpus.Decision) {
	key := d.Doc + "\x00" + d.Before.ID
	f, known := c.fates[key]
	if !known {
		if settles(d.Kind) {
			c.settled++
			c.fates[key] = fate{from: d.Before} // of the file: it says nothing of the model
		}
		return
	}
	if f.as == nil {
		return
	}
	*f.as--
	f.as = c.judge(f, d.After)
	if f.as != nil {
		*f.as++
	}
	c.fates[key] = f
}

func settles(k corpus.Kind) bool {
	return k == corpus.Accept || k == corpus.SetLink || k == corpus.NIL || k == corpus.Delete || k == corpus.Reject
}

// judge is the count for what a suggestion, or a mention that was written, became.
func (c *counter) judge(f fate, now *corpus.Mention) *int {
	if f.from == nil {
		if now == nil {
			return nil // written and deleted again
		}
		return &c.label(now.Label).Added
	}
	l := c.label(f.from.Label)
	switch {
	case now == nil:
		return &l.Rejected
	case now.Label != f.from.Label:
		return &l.Relabelled
	case !now.Spans.Equal(f.from.Spans):
		return &l.Fixed
	}
	return &l.Kept
}

func (c *counter) keep(d corpus.Decision, f fate) {
	if d.After != nil {
		c.fates[d.Doc+"\x00"+d.After.ID] = f
	}
}

// draw counts what became of a mention that was asked because chance drew it.
func (c *counter) draw(d corpus.Decision) {
	if d.Offer == nil || !d.Offer.Drawn || d.Before == nil || c.undone(d.Step) {
		return
	}
	if d.Before.ID == "" {
		c.drawn.count(d.After != nil && d.After.Label == d.Before.Label && d.After.Spans.Equal(d.Before.Spans))
	}
	linked := d.Kind == corpus.SetLink && d.After != nil && len(d.After.Links) > 0
	if offered := d.Offer.Candidates; len(offered) > 0 && d.Offer.Ranks == nil && (linked || d.Kind == corpus.NIL) {
		c.first.count(linked && offered[0].DB == d.After.Links[0].DB && offered[0].ID == d.After.Links[0].ID)
	}
}

// link counts a link that was chosen from an offer.
func (c *counter) link(d corpus.Decision) {
	if d.Kind != corpus.SetLink || d.After == nil || len(d.After.Links) == 0 || d.Offer == nil || len(d.Offer.Candidates) == 0 {
		return
	}
	l := c.label(d.After.Label)
	l.Linked++
	if first := d.Offer.Candidates[0]; first.DB == d.After.Links[0].DB && first.ID == d.After.Links[0].ID {
		l.First++
	}
}

func (c *counter) label(name string) *Label {
	if c.labels[name] == nil {
		c.labels[name] = &Label{Name: name}
	}
	return c.labels[name]
}

func (c *counter) report() Report {
	r := Report{Steps: c.steps, Timed: len(c.all), Settled: c.settled, Course: course(c.all), Drawn: c.drawn, DrawnFirst: c.first}
	for _, s := range c.all {
		r.Active += s
	}
	for _, name := range actNames {
		if n := c.counts[name]; n > 0 {
			r.Acts = append(r.Acts, Act{Name: name, Count: n, Timed: len(c.times[name]), Median: median(c.times[name])})
		}
	}
	for _, l := range c.labels {
		if l.Suggested()+l.Added+l.Linked > 0 {
			r.Labels = append(r.Labels, *l)
		}
	}
	slices.SortFunc(r.Labels, func(a, b Label) int { return cmp.Compare(a.Name, b.Name) })
	return r
}

// course are the medians of equal runs.
func course(times []float64) []float64 {
	n := min(runs, len(times)/perRun)
	var out []float64
	for i := range n {
		out = append(out, median(times[i*len(times)/n:(i+1)*len(times)/n]))
	}
	return out
}

// median of a list that stays as it is; 0 without any.
func median(list []float64) float64 {
	n := len(list)
	if n == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
