package score

import (
	"cmp"
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// Class says how a mention relates to those of the other side. Names tell what
// the prediction is, seen from gold; swapping gold and prediction swaps long
// with short, split with merge and missed with spurious, and nothing else.
type Class string

// The boundary classes. Each mention, gold or predicted, is in exactly one.
const (
	Exact      Class = "exact"       // the other side has the same label and fragments
	LabelOnly  Class = "label_only"  // the same fragments with another label
	LeftLong   Class = "left_long"   // the prediction begins earlier, and ends alike
	LeftShort  Class = "left_short"  // the prediction begins later
	RightLong  Class = "right_long"  // the prediction ends later
	RightShort Class = "right_short" // the prediction ends earlier
	BothSides  Class = "both_sides"  // both edges differ, and one contains the other
	Split      Class = "split"       // several predictions for one gold mention
	Merge      Class = "merge"       // one prediction for several gold mentions
	Crossing   Class = "crossing"    // they overlap, and neither contains the other; or several overlap several
	Fragment   Class = "fragment"    // one of both is discontinuous
	Missed     Class = "missed"      // gold that no prediction is left for
	Spurious   Class = "spurious"    // a prediction that no gold is left for
)

// Classes are all boundary classes, from right to wrong.
func Classes() []Class {
	return []Class{
		Exact, LabelOnly, LeftLong, LeftShort, RightLong, RightShort, BothSides, Split, Merge, Crossing, Fragment, Missed, Spurious,
	}
}

// Pair is a document as annotated by two sides, with its text where there is one.
type Pair struct {
	Text       corpus.Text
	Gold, Pred []corpus.Mention
}

// Classified are the classes of the mentions of a pair, in their order.
type Classified struct{ Gold, Pred []Class }

// Classify puts each mention of both sides into its class. What is exact is
// set aside first, then what differs in the label only. Of the rest, mentions
// of one label that overlap make groups; those that overlap none of their
// label make groups with other labels. A group of one and one is told by its
// edges, a group of one and several is a split or a merge, and a group of
// several on both sides crosses.
func Classify(p Pair) Classified {
	c := classify(p)
	return Classified{c.class[0], c.class[1]}
}

// classifier holds both sides, gold first, and what is known of them.
type classifier struct {
	mentions [2][]corpus.Mention
	class    [2][]Class
	pairs    [][2]int // gold and predicted mention of each group of one and one
}

func newClassifier(p Pair) *classifier {
	return &classifier{
		mentions: [2][]corpus.Mention{p.Gold, p.Pred},
		class:    [2][]Class{make([]Class, len(p.Gold)), make([]Class, len(p.Pred))},
	}
}

func classify(p Pair) *classifier {
	c := newClassifier(p)
	c.equal(Exact, func(g, q corpus.Mention) bool { return keyPlace(g) == keyPlace(q) })
	c.equal(LabelOnly, func(g, q corpus.Mention) bool { return keySpans(g) == keySpans(q) })
	c.groups(func(g, q corpus.Mention) bool { return g.Label == q.Label && g.Spans.Overlaps(q.Spans) })
	c.groups(func(g, q corpus.Mention) bool { return g.Spans.Overlaps(q.Spans) })
	c.rest(0, Missed)
	c.rest(1, Spurious)
	return c
}

// edges calls fn for each gold and predicted mention without a class that meet.
func (c *classifier) edges(meet func(g, q corpus.Mention) bool, fn func(g, q int)) {
	for i, g := range c.mentions[0] {
		if c.class[0][i] != "" {
			continue
		}
		for j, q := range c.mentions[1] {
			if c.class[1][j] == "" && meet(g, q) {
				fn(i, j)
			}
		}
	}
}

// equal gives a class to all that are equal to something of the other side.
func (c *classifier) equal(class Class, same func(g, q corpus.Mention) bool) {
	found := [2][]int{}
	c.edges(same, func(g, q int) {
		found[0] = append(found[0], g)
		found[1] = append(found[1], q)
	})
	c.set(found, class)
}

func (c *classifier) set(found [2][]int, class Class) {
	for side, places := range found {
		for _, i := range places {
			c.class[side][i] = class
		}
	}
}

// groups finds the connected groups of mentions that meet, and their classes.
func (c *classifier) groups(meet func(g, q corpus.Mention) bool) {
	type node struct{ side, at int }
	near := map[node][]node{}
	var order []node
	c.edges(meet, func(g, q int) {
		a, b := node{0, g}, node{1, q}
		near[a], near[b] = append(near[a], b), append(near[b], a)
		order = append(order, a)
	})
	seen := map[node]bool{}
	for _, start := range order {
		if seen[start] {
			continue
		}
		seen[start] = true
		var group [2][]int
		for todo := []node{start}; len(todo) > 0; {
			n := todo[0]
			todo = todo[1:]
			group[n.side] = append(group[n.side], n.at)
			for _, next := range near[n] {
				if !seen[next] {
					seen[next] = true
					todo = append(todo, next)
				}
			}
		}
		c.set(group, c.classOf(group))
	}
}

func (c *classifier) classOf(group [2][]int) Class {
	switch golds, preds := len(group[0]), len(group[1]); {
	case golds == 1 && preds == 1:
		g, q := group[0][0], group[1][0]
		c.pairs = append(c.pairs, [2]int{g, q})
		return edgeClass(c.mentions[0][g].Spans, c.mentions[1][q].Spans)
	case golds == 1:
		return Split
	case preds == 1:
		return Merge
	}
	return Crossing
}

// edgeClass compares the edges of two mentions that overlap.
func edgeClass(gold, pred corpus.Spans) Class {
	if len(gold) > 1 || len(pred) > 1 {
		return Fragment
	}
	left, right := cmp.Compare(gold[0].Start, pred[0].Start), cmp.Compare(pred[0].End, gold[0].End) // 1 where the prediction is longer
	switch {
	case left == 1 && right == 0:
		return LeftLong
	case left == -1 && right == 0:
		return LeftShort
	case left == 0 && right == 1:
		return RightLong
	case left == 0:
		return RightShort
	case left == right:
		return BothSides
	}
	return Crossing
}

func (c *classifier) rest(side int, class Class) {
	for i, known := range c.class[side] {
		if known == "" {
			c.class[side][i] = class
		}
	}
}

// keySpans is the fragments, in the order of the text.
func keySpans(m corpus.Mention) string { return keyPlace(corpus.Mention{Spans: m.Spans}) }

// ClassCounts are the mentions of gold and prediction together, by class; all classes are there.
type ClassCounts map[Class]int

// Paired lines up gold and predictions by document: the documents are those of
// gold, and of labels those given, or all where there are none. texts may lack documents.
func Paired(gold, pred map[string][]corpus.Mention, texts map[string]corpus.Text, labels []string) map[string]Pair {
	pairs := make(map[string]Pair, len(gold))
	for doc := range gold {
		pairs[doc] = Pair{Text: texts[doc], Gold: labelled(gold[doc], labels), Pred: labelled(pred[doc], labels)}
	}
	return pairs
}

func labelled(mentions []corpus.Mention, labels []string) []corpus.Mention {
	if labels == nil {
		return mentions
	}
	var kept []corpus.Mention
	for _, m := range mentions {
		if slices.Contains(labels, m.Label) {
			kept = append(kept, m)
		}
	}
	return kept
}

// CountClasses sums the boundary classes of all documents.
func CountClasses(pairs map[string]Pair) ClassCounts {
	counts := ClassCounts{}
	for _, class := range Classes() {
		counts[class] = 0
	}
	for _, p := range pairs {
		c := Classify(p)
		for _, class := range slices.Concat(c.Gold, c.Pred) {
			counts[class]++
		}
	}
	return counts
}

// sortedDocs are the names of documents, sorted.
func sortedDocs[V any](docs map[string]V) []string { return slices.Sorted(maps.Keys(docs)) }
