package convert

import (
	"slices"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

// Report tells what a conversion did.
type Report struct {
	From      string `json:"from"`
	To        string `json:"to"`
	Documents int    `json:"documents"`
	Mentions  int    `json:"mentions"` // that were read
	Written   int    `json:"written"`  // mentions that can be read back as they were; codes where the target holds only these
	Lost      []Loss `json:"lost"`     // most frequent first; empty where all went over
}

// Loss is something that the target could not hold.
type Loss struct {
	What  string `json:"what"`
	Count int    `json:"count"`
	How   string `json:"how"` // what became of it
}

// lose counts n cases of a loss.
func (r *Report) lose(n int, what, how string) {
	if n == 0 {
		return
	}
	for i := range r.Lost {
		if r.Lost[i].What == what && r.Lost[i].How == how {
			r.Lost[i].Count += n
			return
		}
	}
	r.Lost = append(r.Lost, Loss{what, n, how})
}

// settle puts the report in order.
func (r *Report) settle() {
	if r.Lost == nil {
		r.Lost = []Loss{}
	}
	slices.SortStableFunc(r.Lost, func(a, b Loss) int { return b.Count - a.Count })
}

const leftOut = "left out"

// plural names the lines of an .ann file that only brat holds.
var plural = map[brat.Kind]string{
	brat.Relation: "relations", brat.Event: "events", brat.Equiv: "equivalences", brat.Attribute: "attributes",
	brat.Unknown: "lines that cannot be read", brat.Unparsed: "lines that cannot be read",
}

// otherLines counts what a file has beside mentions and links.
func (r *Report) otherLines(d doc) {
	if d.file == nil {
		return
	}
	codes := d.file.LinkStyle() == brat.StyleNote
	for i := range d.file.Len() {
		l := d.file.Line(i)
		if what := plural[l.Kind]; what != "" {
			r.lose(1, what, leftOut)
		}
		if l.Kind == brat.Note && !(codes && (brat.NoteLine{Type: l.Type, Text: l.Text}).IsCode()) {
			r.lose(1, "notes", leftOut)
		}
	}
}

// details counts what formats hold that keep no more of a mention than its
// place and label.
func (r *Report) details(docs []doc, links bool) {
	for _, d := range docs {
		for _, m := range d.Mentions {
			if !links {
				r.lose(len(m.Links), "links", leftOut)
			}
			if m.Score.Known() {
				r.lose(1, "scores", leftOut)
			}
		}
	}
}
