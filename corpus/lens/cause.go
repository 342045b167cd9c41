package lens

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Cause is something that error analyses find to be hard. A mention may have
// several, and having one does not say that it is wrong: what a cause does is the
// difference between the mentions that have it and all.
type Cause string

// The causes. The last two tell how a mention is wrong, and none that is right has them.
const (
	Hyphen            Cause = "hyphen"               // it holds a hyphen or a dash ("S-100")
	ShortAbbreviation Cause = "abbreviation_1_2"     // it is an abbreviation of one or two letters ("CK 7", "Hb")
	LongAbbreviation  Cause = "abbreviation_3_up"    // it is a longer one ("CDIS")
	Long              Cause = "more_than_five_words" // signs are words of their own
	Misspelling       Cause = "misspelling"          // a word is rare and one letter away from a frequent one
	UnseenWord        Cause = "unseen_word"          // a word is nowhere in the known texts, whatever its case
	UnseenName        Cause = "unseen_name"          // the known mentions have none of this text, whatever its case
	Nested            Cause = "nested"               // it lies in another mention of its side, or around one
	Fragmented        Cause = "fragmented"           // gold of which several predictions each found a piece; and these
	OffsetOnly        Cause = "offset_only"          // one gold and one predicted mention of a label that differ in their edges alone
)

// Causes are all causes, in the order of reports.
func Causes() []Cause {
	return []Cause{
		Hyphen, ShortAbbreviation, LongAbbreviation, Long, Misspelling, UnseenWord, UnseenName, Nested, Fragmented, OffsetOnly,
	}
}

// longWords is above what an entity is long (more than five tokens).
const longWords = 5

// causes finds the causes of mentions in the texts that it was made for.
type causes struct {
	spelling *spelling
	known    bool            // whether what follows is known at all
	words    map[string]bool // of the known texts, lower-cased
	names    map[string]bool // texts of the known mentions, lower-cased
}

func newCauses(texts map[string]corpus.Text, known []corpus.Document) *causes {
	c := &causes{spelling: newSpelling(), known: known != nil, words: map[string]bool{}, names: map[string]bool{}}
	for _, text := range texts {
		c.spelling.add(text.String())
	}
	for _, d := range known {
		c.spelling.add(d.Text.String())
		for _, w := range wordsOf(d.Text.String()) {
			c.words[strings.ToLower(w)] = true
		}
		for _, m := range d.Mentions {
			c.names[strings.ToLower(m.Text)] = true
			for _, w := range wordsOf(m.Text) { // of formats that have no texts
				c.words[strings.ToLower(w)] = true
			}
		}
	}
	c.spelling.ready()
	return c
}

// of are the causes that lie in a mention and its neighbours of the same side.
func (c *causes) of(m corpus.Mention, side []corpus.Mention) []Cause {
	var found []Cause
	note := func(cause Cause, is bool) {
		if is {
			found = append(found, cause)
		}
	}
	words := wordsOf(m.Text)
	short, long := c.abbreviation(m.Text, words)
	note(Hyphen, strings.ContainsFunc(m.Text, func(r rune) bool { return unicode.Is(unicode.Pd, r) }))
	note(ShortAbbreviation, short)
	note(LongAbbreviation, long)
	note(Long, len(words) > longWords)
	note(Misspelling, slices.ContainsFunc(words, c.spelling.wrong))
	if c.known {
		note(UnseenWord, slices.ContainsFunc(words, func(w string) bool { return letters(w) > 0 && !c.words[strings.ToLower(w)] }))
		note(UnseenName, !c.names[strings.ToLower(m.Text)])
	}
	note(Nested, nested(m, side))
	return found
}

// The longest abbreviation, in letters, and how many of them make a short one.
const (
	maxAbbreviation   = 6
	shortAbbreviation = 2
)

// abbreviation tells whether a mention is an abbreviation, alone or with numbers
// and signs: each of its words with letters is one. A word is one where it is
// short and has a capital beyond its first letter, or a digit, or where it has no
// more than two letters; but not where the texts also have it in small letters.
func (c *causes) abbreviation(text string, words []string) (short, long bool) {
	longest := 0
	for _, w := range words {
		n := letters(w)
		if n == 0 {
			continue
		}
		if n > maxAbbreviation || !c.shortForm(w, n) {
			return false, false
		}
		longest = max(longest, n)
	}
	if longest == 0 || shouted(words) {
		return false, false
	}
	return longest <= shortAbbreviation, longest > shortAbbreviation
}

func (c *causes) shortForm(w string, letters int) bool {
	_, first := utf8.DecodeRuneInString(w)
	capital := strings.ContainsFunc(w[first:], unicode.IsUpper) || letters == 1 && strings.ToUpper(w) == w
	digit := strings.ContainsFunc(w, unicode.IsDigit)
	if !capital && !digit && letters > shortAbbreviation {
		return false
	}
	return digit || c.spelling.small[strings.ToLower(w)] <= 0
}

// shouted tells a heading in capitals, whose words say nothing by their case.
func shouted(words []string) bool {
	const heading = 3 // words of letters alone
	n := 0
	for _, w := range words {
		if letters(w) == utf8.RuneCountInString(w) && letters(w) > shortAbbreviation {
			n++
		}
	}
	return n >= heading
}

func nested(m corpus.Mention, side []corpus.Mention) bool {
	h := m.Spans.Hull()
	return slices.ContainsFunc(side, func(o corpus.Mention) bool {
		other := o.Spans.Hull()
		return h != other && (h.Contains(other) || other.Contains(h))
	})
}

// pieces tells whether the predictions of a group are pieces of its one gold mention.
func pieces(gold, pred []corpus.Mention) bool {
	if len(gold) != 1 || len(pred) < 2 {
		return false
	}
	h := gold[0].Spans.Hull()
	for i, m := range pred {
		if !h.Contains(m.Spans.Hull()) || slices.ContainsFunc(pred[:i], func(o corpus.Mention) bool { return o.Spans.Overlaps(m.Spans) }) {
			return false
		}
	}
	return true
}

// offsetOnly tells whether the mentions of a group differ in their edges alone.
func offsetOnly(class score.Class, gold, pred []corpus.Mention) bool {
	return class != score.Exact && len(gold) == 1 && len(pred) == 1 && gold[0].Label == pred[0].Label
}
