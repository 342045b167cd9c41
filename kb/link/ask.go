package link

import (
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// ask is one distinct query of a call: a mention, and its texts.
type ask struct {
	label, text, context string
	jobs                 []*job        // the mention as it stands, then with abbreviations written out
	guessed              bool          // abbreviations are written out as is usual, the document does not define them
	parts                []part        // of a mention that lists several things
	beside               []*job        // the other mentions of its document
	named                map[int][]run // by KB, see runs
	result               []kb.Candidate
}

// part is one of the things that a mention lists, and where it stands in it.
type part struct {
	*job
	span corpus.Span
}

// job is one distinct text for the strategy to rank. It may serve several asks.
type job struct {
	label, text, context string
	kbs                  []*base
	p                    Params
	marks                Settings
	found                []*found
	grams                *grams  // of strategies that look for parts of the mention
	best                 *found  // by score; nil: nothing was found
	nilAt                float64 // the score below which no concept fits; 0: the strategy does not tell
}

const (
	// mostGuesses is how many readings of an abbreviation are tried that the document does not define.
	mostGuesses = 2
	// mostParts is how many things a mention may list for it to be taken apart.
	mostParts = 6
)

type (
	jobKey struct{ label, text, context string }
	askKey struct {
		jobKey
		full, sentence string
		beside         *string // where the list begins: documents are told apart by it
	}
)

// asker collects what is distinct among queries.
type asker struct {
	l     *Linker
	asks  []*ask
	jobs  []*job
	asked map[askKey]int
	known map[jobKey]*job
	lists map[*string][]*job // of mentions of one document
}

// distinct returns the distinct queries, their distinct texts, and which of the
// queries answers each one. Where a ranking is learnt, queries differ by their sentences and
// documents even where the strategy itself does not read them.
func (l *Linker) distinct(queries []Query, learnt bool) (asks []*ask, jobs []*job, which []int) {
	d := &asker{l: l, asked: map[askKey]int{}, known: map[jobKey]*job{}, lists: map[*string][]*job{}}
	for _, q := range queries {
		which = append(which, d.add(q, learnt))
	}
	return d.asks, d.jobs, which
}

// add is the number of the ask that answers a query.
func (d *asker) add(q Query, learnt bool) int {
	p, ok := d.l.params[q.Label]
	if !ok {
		p = d.l.params[""]
	}
	id := jobKey{label: q.Label, text: lexical.Clean(q.Text)}
	if s := d.l.strategy; s.context != nil && s.context(p) {
		id.context = lexical.Clean(q.Context)
	}
	texts, guessed := d.l.writeOut(q, id.text)
	key := askKey{jobKey: id}
	if len(texts) > 0 {
		key.full = texts[0]
	}
	if learnt {
		key.sentence = lexical.Clean(q.Context)
		if len(q.Beside) > 0 {
			key.beside = &q.Beside[0]
		}
	}
	if i, ok := d.asked[key]; ok {
		return i
	}
	d.asked[key] = len(d.asks)
	a := &ask{label: id.label, text: id.text, context: key.sentence, guessed: guessed}
	d.asks = append(d.asks, a)
	if id.text == "" {
		return len(d.asks) - 1
	}
	if key.beside != nil {
		a.beside = d.list(q, id, p)
	}
	for _, text := range append([]string{id.text}, texts...) {
		a.jobs = append(a.jobs, d.job(jobKey{id.label, text, id.context}, q.Label, p))
	}
	if d.l.strategy.parts {
		return len(d.asks) - 1
	}
	for _, s := range listed(id.text) {
		a.parts = append(a.parts, part{d.job(jobKey{id.label, corpus.NewText(id.text).Slice(s), id.context}, q.Label, p), s})
	}
	return len(d.asks) - 1
}

// list are the jobs of the mentions of a document, made once for each list of them.
func (d *asker) list(q Query, id jobKey, p Params) []*job {
	at := &q.Beside[0]
	if _, ok := d.lists[at]; !ok {
		d.lists[at] = []*job{}
		seen := map[*job]bool{}
		for _, text := range q.Beside {
			if text = lexical.Clean(text); text == "" {
				continue
			}
			if j := d.job(jobKey{id.label, text, id.context}, q.Label, p); !seen[j] {
				seen[j] = true
				d.lists[at] = append(d.lists[at], j)
			}
		}
	}
	return d.lists[at]
}

func (d *asker) job(key jobKey, label string, p Params) *job {
	if d.known[key] == nil {
		d.known[key] = &job{label: key.label, text: key.text, context: key.context, kbs: d.l.bases(label), p: p, marks: d.l.o.Settings}
		d.jobs = append(d.jobs, d.known[key])
	}
	return d.known[key]
}

// writeOut are the readings of a mention with its abbreviations written out: as its document
// defines them; where it does not, the strategy Gloss tries what they usually mean.
func (l *Linker) writeOut(q Query, text string) (texts []string, guessed bool) {
	if full := q.Defined.Expand(text); len(full) > 0 {
		return full[:1], false
	}
	if l.strategy != &gloss {
		return nil, false
	}
	texts = l.o.Abbreviations.Expand(text)
	return texts[:min(mostGuesses, len(texts))], true
}

// runs are the names among the runs of words of a mention, in a KB.
func (a *ask) runs(n int) []run {
	if _, ok := a.named[n]; !ok {
		if a.named == nil {
			a.named = map[int][]run{}
		}
		a.named[n] = a.jobs[0].kbs[n].runs(a.text)
	}
	return a.named[n]
}

// listed are the places of the things that a mention lists, at most mostParts; nil where it lists none.
func listed(text string) corpus.Spans {
	t := corpus.NewText(text)
	parts := segment.Parts(t, corpus.Span{End: t.Len()})
	if len(parts) > mostParts {
		return nil
	}
	return parts
}
