package score

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// Line is a mention with its candidates, as gloss link writes it.
type Line struct {
	Doc        string      `json:"doc"`
	Start      corpus.Off  `json:"start"` // of the mention's hull
	End        corpus.Off  `json:"end"`
	Label      string      `json:"label"`
	Text       string      `json:"text"`
	Candidates []Candidate `json:"candidates"` // best first
}

// Candidate is as much of a candidate as is scored.
type Candidate struct {
	ID string `json:"id"`
}

// TopKOptions say at which ranks to look, and what was known.
type TopKOptions struct {
	At    []int            // ranks, from 1; nil: 1, 5 and 25
	Known []corpus.Mention // training mentions: their lower-cased texts and their codes are seen
	Codes []string         // the codes of the knowledge base, for the ceiling; nil: there is no ceiling
	// Without are codes whose mentions are left out; one that ends in * stands for all that begin so.
	Without   []string
	Reachable bool // leave out mentions whose code is not among Codes, which must not be nil then
}

// TopKResult is top-k accuracy; its JSON is that of gloss topk.
type TopKResult struct {
	All        TopKSet `json:"all"`
	UnseenName TopKSet `json:"unseen_name"` // mentions whose lower-cased text is not known
	UnseenCode TopKSet `json:"unseen_code"` // mentions none of whose codes is known
	CodesHit   int     `json:"codes_hit"`   // distinct gold codes that came first for a mention of theirs at least once
	Codes      int     `json:"codes"`       // distinct gold codes
	Missing    int     `json:"missing"`     // gold mentions for which there is no line; they count as misses

	sums map[string]*[3]topKSums // by document: of the three sets
	at   []int
}

// TopKSet is the accuracy on some of the mentions.
type TopKSet struct {
	N       int                     `json:"n"`       // gold mentions with a code
	Ceiling corpus.Score            `json:"ceiling"` // share whose code is in the knowledge base
	Top     map[string]corpus.Score `json:"top"`     // by rank k: share with a gold code among the first k
	// CI95 are 95 % percentile intervals of Top, by a bootstrap over documents.
	CI95 map[string][2]corpus.Score `json:"ci95"`
}

// question is a gold mention: any of its codes is a right answer.
type question struct {
	doc   string
	text  string // lower-cased
	codes []string
	rank  int    // of the first right candidate, from 1; 0 for none
	right string // that candidate

	missing bool // there is no line
}

// TopK looks for the codes of gold mentions among the candidates of the line
// with the same document, hull and label. Composite codes compare as whole
// strings. Mentions without a code are left out, and equal ones count once. The
// error is ErrOptions where a rank is below 1.
func TopK(gold map[string][]corpus.Mention, lines []Line, o TopKOptions) (*TopKResult, error) {
	if o.At == nil {
		o.At = []int{1, 5, 25}
	}
	o.At = slices.Compact(slices.Sorted(slices.Values(o.At))) // a rank given twice must not count twice
	for _, k := range o.At {
		if k < 1 {
			return nil, fmt.Errorf("%w: top %d: ranks begin at 1", ErrOptions, k)
		}
	}
	if o.Reachable && o.Codes == nil {
		return nil, fmt.Errorf("%w: which mentions can be reached is known only with the codes of the knowledge base", ErrOptions)
	}
	names, seen := known(o.Known)
	inKB := setOf(o.Codes)
	questions := ask(gold, lines)
	r := &TopKResult{sums: map[string]*[3]topKSums{}, at: o.At}
	for doc := range gold {
		r.sums[doc] = &[3]topKSums{}
	}
	codes, hit := map[string]bool{}, map[string]bool{}
	for _, q := range questions {
		within := oneIn(q.codes, inKB)
		if o.Reachable && !within || slices.ContainsFunc(q.codes, o.without) {
			continue
		}
		if q.missing {
			r.Missing++
		}
		sums := r.sums[q.doc]
		sums[0].add(q, o.At, within)
		if !names[q.text] {
			sums[1].add(q, o.At, within)
		}
		if !oneIn(q.codes, seen) {
			sums[2].add(q, o.At, within)
		}
		for _, c := range q.codes {
			codes[c] = true
		}
		if q.rank == 1 {
			hit[q.right] = true
		}
	}
	for i, set := range []*TopKSet{&r.All, &r.UnseenName, &r.UnseenCode} {
		var sum topKSums
		for _, s := range r.sums {
			sum.join(s[i])
		}
		*set = sum.set(o.At, o.Codes != nil)
		set.CI95 = r.intervals(i)
	}
	r.CodesHit, r.Codes = len(hit), len(codes)
	return r, nil
}

// without tells whether mentions of a code are left out.
func (o *TopKOptions) without(code string) bool {
	return slices.ContainsFunc(o.Without, func(w string) bool {
		start, wild := strings.CutSuffix(w, "*")
		return code == w || wild && strings.HasPrefix(code, start)
	})
}

// known are the lower-cased texts and the codes of mentions.
func known(mentions []corpus.Mention) (names, codes map[string]bool) {
	names, codes = map[string]bool{}, map[string]bool{}
	for _, m := range mentions {
		names[strings.ToLower(m.Text)] = true
		for _, c := range codesOf(m) {
			codes[c] = true
		}
	}
	return names, codes
}

// where ties a line to a gold mention.
type where struct {
	doc   string
	hull  corpus.Span
	label string
}

// ask makes a question of every gold mention with a code, in the order of
// documents. Of several lines for one place the first counts.
func ask(gold map[string][]corpus.Mention, lines []Line) (questions []question) {
	answers := make(map[where][]Candidate, len(lines))
	for _, l := range lines {
		at := where{l.Doc, corpus.Span{Start: l.Start, End: l.End}, l.Label}
		if _, again := answers[at]; !again {
			answers[at] = l.Candidates
		}
	}
	for _, doc := range slices.Sorted(maps.Keys(gold)) {
		asked := map[string]bool{}
		for _, m := range gold[doc] {
			q := question{doc: doc, text: strings.ToLower(m.Text), codes: codesOf(m)}
			key := keyPlace(m) + "\x00" + strings.Join(q.codes, "\x00")
			if len(q.codes) == 0 || asked[key] {
				continue
			}
			asked[key] = true
			candidates, ok := answers[where{doc, m.Spans.Hull(), m.Label}]
			q.missing = !ok
			for i, c := range candidates {
				if slices.Contains(q.codes, c.ID) {
					q.rank, q.right = i+1, c.ID
					break
				}
			}
			questions = append(questions, q)
		}
	}
	return questions
}

// topKSums are the integers of a TopKSet.
type topKSums struct {
	n, within int
	right     map[int]int // by k
}

func (s *topKSums) add(q question, at []int, within bool) {
	s.n++
	if within {
		s.within++
	}
	if s.right == nil {
		s.right = map[int]int{}
	}
	for _, k := range at {
		if q.rank != 0 && q.rank <= k {
			s.right[k]++
		}
	}
}

// join adds the sums of others.
func (s *topKSums) join(o topKSums) {
	s.n += o.n
	s.within += o.within
	if s.right == nil {
		s.right = map[int]int{}
	}
	for k, n := range o.right {
		s.right[k] += n
	}
}

func (s *topKSums) set(at []int, ceiling bool) TopKSet {
	set := TopKSet{N: s.n, Ceiling: corpus.NoScore, Top: map[string]corpus.Score{}}
	if ceiling {
		set.Ceiling = ratio(s.within, s.n)
	}
	for _, k := range at {
		set.Top[strconv.Itoa(k)] = ratio(s.right[k], s.n)
	}
	return set
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}

func oneIn(codes []string, set map[string]bool) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return set[c] })
}
