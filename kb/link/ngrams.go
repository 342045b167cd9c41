package link

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

// ngramLoop is the strategy NGramLoop, after the LivingNER paper: a mention that is
// farther than t from every name is linked in parts. Its n-grams of words are tried from
// the longest to the shortest, from left to right, leaving out those with a word that is
// linked already. Several linked parts make one composite candidate, a|b, whose parts
// propose to split the mention; one makes itself. Without any, no concept fits.
var ngramLoop = Strategy{
	Name:    NGramLoop,
	About:   "nearest by meaning, or by parts where nothing is near",
	Params:  []Param{threshold},
	Vectors: true,
	parts:   true,
	widest:  Params{"t": 0},
	measure: func(ctx context.Context, l *Linker, jobs []*job) error { return measureGrams(ctx, l, jobs, false) },
	score: func(_ *Linker, j *job) {
		j.byParts(func(text string) ([]near, bool) { return j.grams.all[text], false })
	},
	alike: func(_ *job, f *found) float64 { return known(f.dense) },
}

// threshold is the greatest distance at which a name is that of the mention. The paper's 40 to 100 are
// distances of raw vectors of one encoder; here vectors have unit length.
var threshold = Param{Name: "t", About: "greatest distance of a name that counts", Max: 2, Grid: steps(0.05, 1.4, 28), Tuned: true}

// near is a name and how near it is.
type near struct {
	kb     int // index in job.kbs
	row    int32
	cosine float32
}

// distance is the Euclidean distance of two vectors of unit length, in [0, 2].
func distance(cosine float32) float64 { return math.Sqrt(max(0, 2-2*float64(cosine))) }

// similarity is the cosine of two vectors of unit length at a distance.
func similarity(distance float64) float64 { return 1 - distance*distance/2 }

// grams is what was found for a mention and the parts of it that are tried, by text, best first.
type grams struct {
	words    []string
	all      map[string][]near // among all names
	labelled map[string][]near // among what annotated corpora wrote; nil where it was not looked
}

// text is the words [from, to).
func (g *grams) text(from, to int) string { return strings.Join(g.words[from:to], " ") }

// measureGrams looks for whole mentions, and for the parts of those that have no name within t.
func measureGrams(ctx context.Context, l *Linker, jobs []*job, labelled bool) error {
	for _, j := range jobs {
		j.grams = &grams{words: strings.Fields(j.text), all: map[string][]near{}}
		if labelled {
			j.grams.labelled = map[string][]near{}
		}
	}
	if err := look(ctx, l, jobs, func(j *job) []string { return []string{j.grams.text(0, len(j.grams.words))} }); err != nil {
		return err
	}
	return look(ctx, l, jobs, func(j *job) []string {
		whole := j.grams.text(0, len(j.grams.words))
		if within(j.grams.all[whole], j.p["t"]) || within(j.grams.labelled[whole], j.p["t"]) {
			return nil
		}
		return j.grams.parts()
	})
}

// parts are the texts of all n-grams but the whole.
func (g *grams) parts() []string {
	var out []string
	for n := len(g.words) - 1; n > 0; n-- {
		for at := 0; at+n <= len(g.words); at++ {
			out = append(out, g.text(at, at+n))
		}
	}
	return out
}

// within tells whether the best is at most t away.
func within(list []near, t float64) bool { return len(list) > 0 && distance(list[0].cosine) <= t }

// look finds the nearest names of the texts that each mention asks about.
func look(ctx context.Context, l *Linker, jobs []*job, texts func(*job) []string) error {
	asked := map[*base][]string{}
	for _, j := range jobs {
		for _, k := range j.kbs {
			asked[k] = append(asked[k], texts(j)...)
		}
	}
	for _, k := range basesOf(jobs) {
		if len(asked[k]) == 0 {
			continue
		}
		vectors, err := l.vectors(ctx, asked[k])
		if err != nil {
			return err
		}
		hits, err := nearest(ctx, k, vectors)
		if err != nil {
			return err
		}
		if err := parallel(ctx, len(jobs), func(i int) {
			j := jobs[i]
			n := slices.Index(j.kbs, k)
			if n < 0 {
				return
			}
			for _, text := range texts(j) {
				j.grams.all[text] = join(j.grams.all[text], n, hits[text])
				if j.grams.labelled != nil {
					j.grams.labelled[text] = join(j.grams.labelled[text], n, k.nearestLabelled(vectors[text]))
				}
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// join adds the hits of a KB, best first; equally near ones stay in the order of the KBs.
func join(list []near, n int, hits []kb.Hit) []near {
	for _, h := range hits {
		list = append(list, near{n, h.Row, h.Score})
	}
	slices.SortStableFunc(list, func(a, b near) int {
		switch {
		case a.cosine > b.cosine:
			return -1
		case a.cosine < b.cosine:
			return 1
		}
		return 0
	})
	return list
}

// byParts ranks a mention by what choose finds near it as a whole, best first, or in
// parts where the best of that is farther than t. choose also tells whether its best is to
// come first although others may be nearer.
func (j *job) byParts(choose func(text string) (list []near, first bool)) {
	j.found = nil
	if len(j.grams.words) == 0 {
		return
	}
	t := j.p["t"]
	whole, first := choose(j.grams.text(0, len(j.grams.words)))
	j.found = j.concepts(whole, first)
	j.nilAt = min(max(similarity(t), 0), 1)
	if within(whole, t) {
		return
	}
	parts := j.link(choose)
	if len(parts) > 0 {
		j.compose(parts)
	}
}

// concepts makes candidates of near names: each concept by its nearest. With first, the best
// is ahead of all others whatever their distance.
func (j *job) concepts(list []near, first bool) []*found {
	var out []*found
	seen := map[spot]bool{}
	for i, h := range list {
		k := j.kbs[h.kb]
		f := newFound(h.kb, k.ConceptOf(h.row))
		if seen[f.place()] {
			continue
		}
		seen[f.place()] = true
		f.dense, f.row, f.count, f.match = h.cosine, h.row, k.Count(h.row), "dense"
		f.score = known(h.cosine)
		if first && i > 0 {
			f.score, f.other = min(f.score, out[0].score), known(h.cosine) // the nearer of those that are held back
		}
		f.parts = []kb.Part{{What: "distance", Score: corpus.Score(distance(h.cosine)), Text: k.Index().Name(h.row)}}
		out = append(out, f)
	}
	if first && len(out) > 0 {
		out[0].other = 2 // ahead of those that are just as near now
	}
	return out
}

// linked is a part of a mention and the name that it was linked to.
type linked struct {
	from, to int // words
	near
}

// link is the loop: the parts of a mention that have a name within t, in their order.
func (j *job) link(choose func(text string) ([]near, bool)) []linked {
	g := j.grams
	used := make([]bool, len(g.words))
	var out []linked
	for n := len(g.words) - 1; n > 0; n-- {
		for at := 0; at+n <= len(g.words); at++ {
			if slices.Contains(used[at:at+n], true) {
				continue
			}
			list, _ := choose(g.text(at, at+n))
			if !within(list, j.p["t"]) {
				continue
			}
			out = append(out, linked{at, at + n, list[0]})
			for i := at; i < at+n; i++ {
				used[i] = true
			}
		}
	}
	slices.SortFunc(out, func(a, b linked) int { return a.from - b.from })
	return out
}

// compose puts what the parts were linked to before what was found for the whole: one concept, a
// composite of several, and where words are left over and the KB has such codes, the
// code that says that it is broader than the mention.
func (j *job) compose(parts []linked) {
	var evidence []kb.Part
	var chosen []*found
	covered := 0
	for _, p := range parts {
		f := j.concepts([]near{p.near}, false)[0]
		id, _, _ := j.kbs[p.kb].Numbered(f.concept)
		evidence = append(evidence, kb.Part{What: "concept", Score: corpus.Score(known(p.cosine)), Text: j.grams.text(p.from, p.to), ID: id, Span: j.span(p)})
		covered += p.to - p.from
		if !slices.ContainsFunc(chosen, func(g *found) bool { return g.place() == f.place() }) {
			chosen = append(chosen, f)
		}
	}
	for _, f := range chosen {
		f.parts = evidence
		j.put(f)
	}
	switch {
	case len(chosen) > 1:
		j.put(j.composite(chosen, evidence))
	case covered < len(j.grams.words):
		if f := j.broader(chosen[0]); f != nil {
			j.put(f)
		}
	}
}

// put adds a candidate, in the place of what was found for the concept before.
func (j *job) put(f *found) {
	j.found = slices.DeleteFunc(j.found, func(g *found) bool { return g.place() == f.place() })
	j.found = append(j.found, f)
}

// span is where words of the mention lie in it.
func (j *job) span(p linked) *corpus.Span {
	at := 0
	if p.from > 0 {
		at = utf8.RuneCountInString(j.grams.text(0, p.from)) + 1
	}
	return &corpus.Span{Start: corpus.Off(at), End: corpus.Off(at + utf8.RuneCountInString(j.grams.text(p.from, p.to)))}
}
