package link

import (
	"context"
	"errors"
	"math"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// windowShare is how much of a mention's words its beginning and its end have.
const windowShare = 0.75

// slidingWindow is the strategy SlidingWindow, after the SympTEMIST paper: the score of a
// concept is a weighted sum of its similarity to the full mention, to the first 75 % and
// to the last 75 % of its words, each by the name of the concept that is nearest to that part.
// The coefficients are scaled to the sum 1.
var slidingWindow = Strategy{
	Name:  SlidingWindow,
	About: "nearest by meaning to the mention, its beginning and its end together",
	Params: []Param{
		{Name: "full", About: "weight of the full mention", Default: 0.75, Max: 1, Grid: steps(0, 1, 21)},
		{Name: "first", About: "weight of its first 75 %", Default: 0.17, Max: 1, Grid: steps(0, 0.5, 11)},
		{Name: "last", About: "weight of its last 75 %", Default: 0.08, Max: 1, Grid: steps(0, 0.5, 11)},
	},
	Vectors: true,
	valid: func(p Params) error {
		if p["full"]+p["first"]+p["last"] <= 0 {
			return errors.New("full, first and last are all 0")
		}
		return nil
	},
	worth:   func(p Params) bool { return math.Abs(p["full"]+p["first"]+p["last"]-1) < 1e-6 },
	measure: measureWindows,
	score:   scoreWindows,
}

// windows are a text, its first and its last 75 % of words: rounded down, at least one.
func windows(text string) [3]string {
	words := strings.Fields(text)
	n := max(1, int(windowShare*float64(len(words))))
	if len(words) <= 1 {
		return [3]string{text, text, text}
	}
	return [3]string{text, strings.Join(words[:n], " "), strings.Join(words[len(words)-n:], " ")}
}

// windowNames are what the parts of a candidate are called.
var windowNames = [3]string{"full", "first", "last"}

func measureWindows(ctx context.Context, l *Linker, jobs []*job) error {
	var texts []string
	for _, j := range jobs {
		w := windows(j.text)
		texts = append(texts, w[:]...)
	}
	vectors, err := l.vectors(ctx, texts)
	if err != nil {
		return err
	}
	near := map[*base]map[string][]kb.Hit{}
	for _, k := range basesOf(jobs) {
		if near[k], err = nearest(ctx, k, vectors); err != nil {
			return err
		}
	}
	return parallel(ctx, len(jobs), func(i int) {
		j := jobs[i]
		for n, k := range j.kbs {
			j.found = append(j.found, byWindows(n, k, windows(j.text), vectors, near[k])...)
		}
	})
}

// byWindows measures every concept that is near to a window against all of them: its
// nearest name to one need not be its nearest to another.
func byWindows(n int, k *base, texts [3]string, vectors map[string][]float32, near map[string][]kb.Hit) []*found {
	var out []*found
	seen := map[int32]bool{}
	for _, text := range texts {
		for _, h := range near[text] {
			c := k.ConceptOf(h.Row)
			if seen[c] {
				continue
			}
			seen[c] = true
			f := newFound(n, c)
			f.match = "dense"
			var scores [3]float32
			for i, t := range texts {
				scores[i] = nan
				for _, row := range k.rows().of(c) {
					s := vec.Dot(vectors[t], k.Vectors().Row(row))
					scores[i] = larger(scores[i], s)
					if i == 0 {
						f.show(row, float64(s), k.Count(row))
					}
				}
				f.parts = append(f.parts, kb.Part{What: windowNames[i], Score: corpus.Score(scores[i]), Text: t})
			}
			f.dense = scores[0]
			out = append(out, f)
		}
	}
	return out
}

func scoreWindows(_ *Linker, j *job) {
	full, first, last := j.p["full"], j.p["first"], j.p["last"]
	for _, f := range j.found {
		sum := full*float64(f.parts[0].Score) + first*float64(f.parts[1].Score) + last*float64(f.parts[2].Score)
		f.score = min(max(sum/(full+first+last), 0), 1)
	}
}

// basesOf are the distinct knowledge bases of mentions.
func basesOf(jobs []*job) []*base {
	var out []*base
	seen := map[*base]bool{}
	for _, j := range jobs {
		for _, k := range j.kbs {
			if !seen[k] {
				seen[k] = true
				out = append(out, k)
			}
		}
	}
	return out
}

// nearest finds the nearest names of a KB for texts that have been embedded.
func nearest(ctx context.Context, k *base, vectors map[string][]float32) (map[string][]kb.Hit, error) {
	texts := make([]string, 0, len(vectors))
	queries := make([][]float32, 0, len(vectors))
	for text, v := range vectors {
		texts, queries = append(texts, text), append(queries, v)
	}
	hits, err := scan(ctx, k, queries)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]kb.Hit, len(texts))
	for i, text := range texts {
		out[text] = hits[i]
	}
	return out, nil
}
