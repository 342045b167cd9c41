package order

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/corpus/pace"
)

// Costs are the seconds that each part of the work takes.
type Costs struct {
	Read   float64 `json:"read"`   // 100 words
	Accept float64 `json:"accept"` // a suggestion that is right
	Fix    float64 `json:"fix"`    // the boundaries of one that is not
	Reject float64 `json:"reject"` // a suggestion of nothing
	New    float64 `json:"new"`    // a mention without a suggestion
	Link   float64 `json:"link"`   // choosing the concept of a mention
	Jump   float64 `json:"jump"`   // going to another place, where single sentences are asked
}

// DefaultCosts are what is assumed where nothing was measured: reading at 240 words a
// minute, one key to accept or reject, some for boundaries. Links are not counted.
func DefaultCosts() Costs { return Costs{Read: 25, Accept: 2, Fix: 5, Reject: 2, New: 8, Jump: 3} }

// ErrCost is the error of a cost that cannot be read.
var ErrCost = errors.New("wrong cost")

func (c *Costs) fields() map[string]*float64 {
	return map[string]*float64{"read": &c.Read, "accept": &c.Accept, "fix": &c.Fix, "reject": &c.Reject, "new": &c.New, "link": &c.Link, "jump": &c.Jump}
}

// Set changes a cost by "NAME=SECONDS".
func (c *Costs) Set(s string) error {
	name, value, _ := strings.Cut(s, "=")
	field := c.fields()[name]
	if field == nil {
		return fmt.Errorf("%w %q: write read, accept, fix, reject, new, link or jump, and =SECONDS", ErrCost, s)
	}
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || !(seconds >= 0 && seconds < 1e6) {
		return fmt.Errorf("%w %q: seconds are a number from 0 on", ErrCost, s)
	}
	*field = seconds
	return nil
}

// FewTimes is how many timed decisions of a sort are the least that its median counts.
const FewTimes = 5

// Measured are the costs with what a journal tells in place of what is assumed, and how
// many were. What lies between decisions is in their times, but reading of what holds
// no mention: Read stays.
func (c Costs) Measured(r pace.Report) (Costs, int) {
	n := 0
	for _, a := range r.Acts {
		if field := c.fields()[a.Name]; field != nil && a.Timed >= FewTimes {
			*field = a.Median
			n++
		}
	}
	return c, n
}

// Work counts what was done. Its parts add up.
type Work struct {
	Documents int `json:"documents"` // of which something was asked
	Sentences int `json:"sentences"` // that were asked by themselves
	Jumps     int `json:"jumps"`     // from one run of them to the next
	Words     int `json:"words"`     // read
	Accepted  int `json:"accepted"`
	Fixed     int `json:"fixed"`
	Rejected  int `json:"rejected"`
	Added     int `json:"added"`
	Linked    int `json:"linked"`
}

// Plus is the sum of both.
func (w Work) Plus(v Work) Work {
	return Work{
		w.Documents + v.Documents, w.Sentences + v.Sentences, w.Jumps + v.Jumps, w.Words + v.Words,
		w.Accepted + v.Accepted, w.Fixed + v.Fixed, w.Rejected + v.Rejected, w.Added + v.Added, w.Linked + v.Linked,
	}
}

// Bare is the same work without suggestions: every mention is marked by hand.
func (w Work) Bare() Work {
	w.Added += w.Accepted + w.Fixed
	w.Accepted, w.Fixed, w.Rejected = 0, 0, 0
	return w
}

// Seconds is how long work takes.
func (c Costs) Seconds(w Work) float64 {
	return c.Jump*float64(w.Jumps) + c.Read*float64(w.Words)/100 + c.Accept*float64(w.Accepted) + c.Fix*float64(w.Fixed) +
		c.Reject*float64(w.Rejected) + c.New*float64(w.Added) + c.Link*float64(w.Linked)
}

// Expected is how long a question is expected to take, where so many mentions are missing
// for each guess that is right. bare: guesses are not shown.
func (c Costs) Expected(q Question, missing float64, bare bool) float64 {
	seconds := c.Read * float64(q.Words) / 100
	for _, g := range q.Guesses {
		p := likely(g)
		seconds += p * missing * c.New
		if bare {
			seconds += p * c.New
			continue
		}
		seconds += p*c.Accept + (1-p)*(c.Fix+c.Reject)/2
		if g.Margin.Known() {
			seconds += c.Link
		}
	}
	return seconds
}
