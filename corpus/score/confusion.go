package score

import (
	"cmp"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// NoLabel stands in confusion matrices for what has no label on one side.
const NoLabel = "O"

// Confusion counts by gold label, then by predicted label.
type Confusion map[string]map[string]int

func (c Confusion) add(gold, pred string) {
	if c[gold] == nil {
		c[gold] = map[string]int{}
	}
	c[gold][pred]++
}

// MentionConfusion is the confusion matrix by mention. Each mention has at most
// one partner: pairs with the same fragments come first, then those that share
// most code points, then by order in the document. A mention without a partner
// counts with NoLabel.
func MentionConfusion(pairs map[string]Pair) Confusion {
	c := Confusion{}
	for _, p := range pairs {
		partner := partners(p)
		taken := make([]bool, len(p.Pred))
		for i, g := range p.Gold {
			label := NoLabel
			if j := partner[i]; j >= 0 {
				label, taken[j] = p.Pred[j].Label, true
			}
			c.add(g.Label, label)
		}
		for j, q := range p.Pred {
			if !taken[j] {
				c.add(NoLabel, q.Label)
			}
		}
	}
	return c
}

// partners are the predicted mention of each gold one, or -1.
func partners(p Pair) []int {
	type edge struct{ g, q, rank, shared int }
	var edges []edge
	for i, g := range p.Gold {
		for j, q := range p.Pred {
			if n := shared(g.Spans, q.Spans); n > 0 || keySpans(g) == keySpans(q) {
				rank := 2
				if keySpans(g) == keySpans(q) {
					rank = 1
					if g.Label == q.Label {
						rank = 0
					}
				}
				edges = append(edges, edge{i, j, rank, n})
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.shared, a.shared), cmp.Compare(a.g, b.g), cmp.Compare(a.q, b.q))
	})
	partner := slices.Repeat([]int{-1}, len(p.Gold))
	taken := make([]bool, len(p.Pred))
	for _, e := range edges {
		if partner[e.g] < 0 && !taken[e.q] {
			partner[e.g], taken[e.q] = e.q, true
		}
	}
	return partner
}

// shared counts the code points that both mark.
func shared(a, b corpus.Spans) int {
	n := 0
	for _, s := range a {
		for _, t := range b {
			n += max(0, int(min(s.End, t.End)-max(s.Start, t.Start)))
		}
	}
	return n
}

// TokenConfusion is the confusion matrix by word. The label of a word is that
// of the longest mention that touches it, of equally long ones the first.
// Documents without a text have no words.
func TokenConfusion(pairs map[string]Pair) Confusion {
	c := Confusion{}
	for _, p := range pairs {
		words := segment.Words(p.Text)
		gold, pred := wordLabels(words, p.Gold), wordLabels(words, p.Pred)
		for i := range words {
			c.add(gold[i], pred[i])
		}
	}
	return c
}

// wordLabels are the labels of words, NoLabel for those outside every mention.
func wordLabels(words []corpus.Span, mentions []corpus.Mention) []string {
	labels := slices.Repeat([]string{NoLabel}, len(words))
	longest := make([]corpus.Off, len(words))
	for _, m := range mentions {
		length := corpus.Off(0)
		for _, s := range m.Spans {
			length += s.Len()
		}
		for _, s := range m.Spans {
			for i := firstAfter(words, s.Start); i < len(words) && words[i].Start < s.End; i++ {
				if length > longest[i] {
					labels[i], longest[i] = m.Label, length
				}
			}
		}
	}
	return labels
}

// firstAfter is the first word that ends after o; words are in order and do not overlap.
func firstAfter(words []corpus.Span, o corpus.Off) int {
	i, _ := slices.BinarySearchFunc(words, o, func(w corpus.Span, o corpus.Off) int {
		if w.End > o {
			return 1
		}
		return -1
	})
	return i
}

// The sides on which predictions lose or gain words.
const (
	LeftLost    = "left_lost"
	LeftGained  = "left_gained"
	RightLost   = "right_lost"
	RightGained = "right_gained"
)

// EdgeTokens counts the words that predictions lose from gold, or gain over
// it, at each side: of the pairs of one and one that differ in their edges. It
// maps side to word to count.
func EdgeTokens(pairs map[string]Pair) map[string]map[string]int {
	counts := map[string]map[string]int{LeftLost: {}, LeftGained: {}, RightLost: {}, RightGained: {}}
	for _, doc := range sortedDocs(pairs) {
		p := pairs[doc]
		words := segment.Words(p.Text)
		note := func(side string, from, to corpus.Off) {
			for i := firstAfter(words, from); i < len(words) && words[i].Start < to; i++ {
				counts[side][p.Text.Slice(words[i])]++
			}
		}
		for _, pair := range Groups(p) {
			if len(pair.Gold) != 1 || len(pair.Pred) != 1 {
				continue
			}
			g, q := p.Gold[pair.Gold[0]].Spans.Hull(), p.Pred[pair.Pred[0]].Spans.Hull()
			note(LeftLost, g.Start, min(q.Start, g.End))
			note(LeftGained, q.Start, min(g.Start, q.End))
			note(RightLost, max(q.End, g.Start), g.End)
			note(RightGained, max(g.End, q.Start), q.End)
		}
	}
	return counts
}
