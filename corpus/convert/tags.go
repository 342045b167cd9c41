package convert

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// A scheme names the words of a mention: its first, inner and last word, and
// the only one. overlap is the letter of words that belong to two mentions or
// more, 0 where the scheme cannot say so.
type scheme struct{ first, inner, last, only, overlap byte }

// schemes are those that can be written. BMEWO-V is that of the PharmaCoNER
// system of Rivera-Zavala and Martínez: B, M, E, W, O, and V on words of
// overlapping entities.
var schemes = map[string]scheme{
	"conll2003": {first: 'B', inner: 'I', last: 'I', only: 'B'},
	"iob2":      {first: 'B', inner: 'I', last: 'I', only: 'B'},
	"bioes":     {first: 'B', inner: 'I', last: 'E', only: 'S'},
	"bmewov":    {first: 'B', inner: 'M', last: 'E', only: 'W', overlap: 'V'},
}

// run is a labelled range of words, half-open, with the length that decides
// between overlapping ones, in code points.
type run struct {
	from, to int
	label    string
	length   corpus.Off
	trimmed  bool // the mention had white space at its edges
}

// encode writes a tag for each of n words. Where words belong to several
// mentions, the longest counts, of equally long ones the first; a scheme
// without a letter for that leaves the others out.
func (s scheme) encode(n int, runs []run) []string {
	order := slices.Clone(runs)
	slices.SortStableFunc(order, func(a, b run) int {
		return cmp.Or(cmp.Compare(b.length, a.length), cmp.Compare(a.from, b.from))
	})
	owners := make([]int, n)
	tags := make([]string, n)
	for i := range tags {
		tags[i] = "O"
	}
	for _, r := range order {
		if s.overlap == 0 && slices.ContainsFunc(owners[r.from:r.to], func(k int) bool { return k > 0 }) {
			continue
		}
		for i := r.from; i < r.to; i++ {
			switch owners[i]++; owners[i] {
			case 1:
				tags[i] = string(s.letter(i, r)) + "-" + r.label
			case 2: // the label stays that of the longest, which came first
				_, label, _ := strings.Cut(tags[i], "-")
				tags[i] = string(s.overlap) + "-" + label
			}
		}
	}
	return tags
}

func (s scheme) letter(i int, r run) byte {
	switch {
	case r.to-r.from == 1:
		return s.only
	case i == r.from:
		return s.first
	case i == r.to-1:
		return s.last
	}
	return s.inner
}

// isTag tells whether a word of a file is a tag of some scheme.
func isTag(s string) bool {
	return s == "O" || len(s) > 2 && s[1] == '-' && strings.IndexByte("BIESMWVLU", s[0]) >= 0 && !strings.ContainsFunc(s, isGap)
}

// decode finds the mentions that tags of any scheme mark (IOB2, BIOES, BILOU,
// BMEWO-V), leniently: what goes on without a beginning begins, and what does
// not end ends where its label does. Words of two mentions (V) go on with the
// longer; the other one cannot be told.
func decode(tags []string) []run {
	var found []run
	going := false
	for i, tag := range tags {
		if tag == "O" {
			going = false
			continue
		}
		letter, label := tag[0], tag[2:]
		goesOn := strings.IndexByte("IMELV", letter) >= 0
		if last := len(found) - 1; going && goesOn && found[last].label == label {
			found[last].to = i + 1
		} else {
			found = append(found, run{from: i, to: i + 1, label: label})
		}
		going = strings.IndexByte("ELSWU", letter) < 0
	}
	return found
}
