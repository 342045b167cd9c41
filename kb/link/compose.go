package link

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

const (
	// markerCount and markerShare are how often annotated mentions must hold a word, and how often
	// their codes must then have the same part, for the word to tell that part.
	markerCount = 3
	markerShare = 0.75
	// sureShare is the share from which on a composed code comes before the one that it was made
	// from, if no name carries it; others come right behind.
	sureShare = 0.9
	behind    = 0.97
	ahead     = 1e-3
)

// composer proposes codes that are made of parts: the base of the nearest name, and what
// single words of the mention tell of the other parts ("metástasis", "alto grado"),
// as annotated mentions teach.
type composer struct {
	codes   *kb.Codes
	speech  *speech
	markers []map[string]marker  // by part, the base left empty
	usual   []map[string]float64 // by part: how much of what annotated mentions have is a value
}

// marker is what a word, or two in a row, tell of a part.
type marker struct {
	value string
	share float64
}

// newComposer learns from the annotated names of a knowledge base; nil where it declares no
// grammar of its codes.
func newComposer(k *base) *composer {
	g := k.Meta().Grammar
	if g == nil {
		return nil
	}
	codes, err := g.Compile()
	if err != nil {
		return nil // store.Open has checked it
	}
	c := &composer{codes: codes, speech: newSpeech(k, codes)}
	for i, values := range c.speech.values {
		total := 0
		for _, n := range values {
			total += n
		}
		usual := map[string]float64{}
		for v, n := range values {
			usual[v] = float64(n) / float64(total)
		}
		c.usual = append(c.usual, usual)
		c.markers = append(c.markers, map[string]marker{})
		if i == 0 {
			continue // names tell the base
		}
		for w, t := range c.speech.words[i] {
			value, total := mode(t), 0
			for _, n := range t {
				total += n
			}
			share := float64(t[value]) / float64(total+1)
			if value != mode(values) && total >= markerCount && share >= markerShare {
				c.markers[i][w] = marker{value, share}
			}
		}
	}
	return c
}

// mode is the most frequent value, of equally frequent ones the first in order.
func mode(t tally) string {
	best, most := "", -1
	for v, n := range t {
		if n > most || n == most && v < best {
			best, most = v, n
		}
	}
	return best
}

// grammarWords are the folded words of a text, and every two in a row.
func grammarWords(text string) map[string]bool {
	out := map[string]bool{}
	last := ""
	for w := range strings.FieldsSeq(lexical.Fold(text)) {
		out[w] = true
		if last != "" {
			out[last+" "+w] = true
		}
		last = w
	}
	return out
}

// read finds the strongest marker of each part among words that a name does not have.
func (c *composer) read(mention, name string) []kb.Part {
	had := grammarWords(name)
	var out []kb.Part
	for i, part := range c.codes.Parts() {
		best := kb.Part{What: part}
		for w := range grammarWords(mention) {
			m, ok := c.markers[i][w]
			score := corpus.Score(m.share)
			if !ok || had[w] {
				continue
			}
			// Equally sure: the longer one says more to a person.
			if cmp.Or(cmp.Compare(score, best.Score), cmp.Compare(len(w), len(best.Text)), cmp.Compare(best.Text, w)) > 0 {
				best.Text, best.ID, best.Score = w, m.value, score
			}
		}
		if best.Text != "" {
			out = append(out, best)
		}
	}
	return out
}

// compose adds the code that the words of a mention make of the best candidate's. An equal
// name needs no composing.
func (l *Linker) compose(a *ask, all []*found) []*found {
	if len(all) == 0 {
		return all
	}
	top := slices.MinFunc(all, compare)
	if top.exact || top.concept == noConcept || top.row < 0 {
		return all
	}
	k := a.jobs[0].kbs[top.kb]
	c := k.composer()
	if c == nil {
		return all
	}
	id, name, _ := k.Numbered(top.concept)
	parts, ok := c.codes.Split(id)
	evidence := c.read(a.text, k.Index().Name(top.row))
	if !ok || len(evidence) == 0 {
		return all
	}
	sure := 1.0
	words := []string{name}
	for _, e := range evidence {
		parts[slices.Index(c.codes.Parts(), e.What)] = e.ID
		sure = min(sure, float64(e.Score))
		words = append(words, e.Text)
	}
	code := c.codes.Join(parts)
	if code == id {
		return all
	}
	score := top.score * behind
	at, carried := k.Lookup(code)
	if !carried && sure >= sureShare {
		score = min(1, top.score+ahead)
	}
	var f *found
	if carried {
		f, all = pick(all, top.kb, at)
	} else {
		f = newFound(top.kb, noConcept)
		f.id, f.name, f.matched = code, strings.Join(words, " + "), a.text
		f.lex, f.dense = top.lex, top.dense
		all = append(all, f)
	}
	f.sure = sure
	if score > f.score {
		f.score, f.match, f.parts = score, "composed", append(f.parts, evidence...)
	}
	return all
}
