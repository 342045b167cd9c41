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

// Group is what belongs together: mentions of both sides that are equal, or
// overlap and were compared, or one mention that nothing is left for. Gold and
// Pred are places in the pair's lists, in ascending order.
type Group struct {
	Class      Class
	Gold, Pred []int
}

// Groups are the groups behind Classify, each mention in exactly one: exact ones
// first, then those of the other classes, what is missed and spurious last.
func Groups(p Pair) []Group { return classify(p).found }

// classifier holds both sides, gold first, and what is known of them.
type classifier struct {
	mentions [2][]corpus.Mention
	class    [2][]Class
	found    []Group
}

func newClassifier(p Pair) *classifier {
	return &classifier{
		mentions: [2][]corpus.Mention{p.Gold, p.Pred},
		class:    [2][]Class{make([]Class, len(p.Gold)), make([]Class, len(p.Pred))},
	}
}

func classify(p Pair) *classifier {
	c := newClassifier(p)
	c.equal(Exact, keyPlace)
	c.equal(LabelOnly, keySpans)
	c.groups(func(g, q corpus.Mention) bool { return g.Label == q.Label && g.Spans.Overlaps(q.Spans) })
	c.groups(func(g, q corpus.Mention) bool { return g.Spans.Overlaps(q.Spans) })
	c.rest(0, Missed)
	c.rest(1, Spurious)
	return c
}

// equal gives a class to all that have the key of something of the other side.
func (c *classifier) equal(class Class, key func(corpus.Mention) string) {
	groups := map[string]*Group{}
	var order []*Group
	for i, m := range c.mentions[0] {
		if c.class[0][i] != "" {
			continue
		}
		k := key(m)
		if groups[k] == nil {
			groups[k] = &Group{Class: class}
			order = append(order, groups[k])
		}
		groups[k].Gold = append(groups[k].Gold, i)
	}
	for j, m := range c.mentions[1] {
		if g := groups[key(m)]; g != nil && c.class[1][j] == "" {
			g.Pred = append(g.Pred, j)
		}
	}
	for _, g := range order {
		if len(g.Pred) > 0 {
			c.note(*g)
		}
	}
}

// note gives the mentions of a group its class.
func (c *classifier) note(g Group) {
	for side, places := range [2][]int{g.Gold, g.Pred} {
		for _, i := range places {
			c.class[side][i] = g.Class
		}
	}
	c.found = append(c.found, g)
}

// groups finds the connected groups of mentions that meet, and their classes.
func (c *classifier) groups(meet func(g, q corpus.Mention) bool) {
	type node struct{ side, at int }
	near := map[node][]node{}
	var order []node
	for i, g := range c.mentions[0] {
		for j, q := range c.mentions[1] {
			if c.class[0][i] == "" && c.class[1][j] == "" && meet(g, q) {
				a, b := node{0, i}, node{1, j}
				near[a], near[b] = append(near[a], b), append(near[b], a)
				order = append(order, a)
			}
		}
	}
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
		slices.Sort(group[0])
		slices.Sort(group[1])
		c.note(Group{c.classOf(group[0], group[1]), group[0], group[1]})
	}
}

func (c *classifier) classOf(golds, preds []int) Class {
	switch {
	case len(golds) == 1 && len(preds) == 1:
		return edgeClass(c.mentions[0][golds[0]].Spans, c.mentions[1][preds[0]].Spans)
	case len(golds) == 1:
		return Split
	case len(preds) == 1:
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
		switch {
		case known != "":
		case side == 0:
			c.note(Group{Class: class, Gold: []int{i}})
		default:
			c.note(Group{Class: class, Pred: []int{i}})
		}
	}
}

// keySpans is the fragments, in the order of the text.
func keySpans(m corpus.Mention) string { return keyPlace(corpus.Mention{Spans: m.Spans}) }

// ClassCounts are the mentions of gold and prediction together, by class; all classes are there.
type ClassCounts map[Class]int

// Paired lines up gold and predictions by document: the documents are those of
// gold, and of labels those given, or all where there are none. A mention that
// repeats another counts once, as in Score. texts may lack documents.
func Paired(gold, pred map[string][]corpus.Mention, texts map[string]corpus.Text, labels []string) map[string]Pair {
	pairs := make(map[string]Pair, len(gold))
	for doc := range gold {
		pairs[doc] = Pair{Text: texts[doc], Gold: labelled(gold[doc], labels), Pred: labelled(pred[doc], labels)}
	}
	return pairs
}

func labelled(mentions []corpus.Mention, labels []string) []corpus.Mention {
	var kept []corpus.Mention
	at := map[string]int{}
	for _, m := range mentions {
		if labels != nil && !slices.Contains(labels, m.Label) {
			continue
		}
		key := keyPlace(m)
		i, again := at[key]
		if !again {
			at[key] = len(kept)
			kept = append(kept, m)
			continue
		}
		kept[i] = joined(kept[i], m)
	}
	return kept
}

// joined is a mention that was annotated twice: with the links of both and the higher score.
func joined(m, again corpus.Mention) corpus.Mention {
	m.Links = slices.Clone(m.Links)
	for _, l := range again.Links {
		if !slices.ContainsFunc(m.Links, func(have corpus.Link) bool { return have.DB == l.DB && have.ID == l.ID }) {
			m.Links = append(m.Links, l)
		}
	}
	if again.Score.Known() && !(m.Score >= again.Score) {
		m.Score = again.Score
	}
	return m
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
