// Package synth makes up terminologies of any size, for benchmarks and tests: words
// whose frequencies follow Zipf's law, names of one to eight of them, and near
// duplicates as real terminologies have them. Equal arguments give equal names.
package synth

import (
	"iter"
	"math"
	"math/rand/v2"
	"sort"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
)

const (
	// wordsPerName is how many names there are for each distinct word.
	wordsPerName = 6
	// nearDuplicates is the share of names that vary an earlier one.
	nearDuplicates = 0.35
	// remembered is among how many earlier names those are chosen.
	remembered = 1024
	// namesPerConcept is how many names a concept has on average.
	namesPerConcept = 3
)

// Types are the semantic types of Concepts, the most frequent first.
var Types = []string{"disorder", "procedure", "substance", "organism", "anatomy"}

var (
	fillers   = strings.Fields("de of la con y the en del and with sin por no in el tipo a without sindrome disease")
	syllables = strings.Fields("car ci no ma a de lin fo sar co me ta sis tu mor du cto in fil tra lo bu li llar es ca mo so " +
		"he pa ti tis ne fro gas tro en ce fa ro der mi o pul mon ar que ni quis te hi per ten sion ble tri cu lar va zo fe bri")
)

// Vocabulary is a list of made-up words with their probabilities.
type Vocabulary struct {
	words []string
	upTo  []float64 // cumulated probabilities
}

// NewVocabulary makes the words of a terminology of n names.
func NewVocabulary(n int, seed uint64) *Vocabulary {
	rng := rand.New(rand.NewPCG(seed, 1))
	v := &Vocabulary{}
	seen := map[string]bool{}
	add := func(w string) {
		if !seen[w] {
			seen[w] = true
			v.words = append(v.words, w)
		}
	}
	for _, w := range fillers {
		add(w)
	}
	for size := 300 + n/wordsPerName; len(v.words) < size; {
		var w strings.Builder
		for range 2 + rng.IntN(2) + rng.IntN(3) {
			w.WriteString(syllables[rng.IntN(len(syllables))])
		}
		add(w.String())
	}
	var sum float64
	for rank := range v.words {
		sum += 1 / (float64(rank) + 2.7)
		v.upTo = append(v.upTo, sum)
	}
	return v
}

// word draws a word by Zipf's law.
func (v *Vocabulary) word(rng *rand.Rand) string {
	return v.words[sort.SearchFloat64s(v.upTo, rng.Float64()*v.upTo[len(v.upTo)-1])]
}

// name draws a name of one to eight words, mostly three to six.
func (v *Vocabulary) name(rng *rand.Rand) string {
	n := min(8, max(1, int(math.Round(4.2+1.4*rng.NormFloat64()))))
	ws := make([]string, n)
	for i := range ws {
		ws[i] = v.word(rng)
	}
	return strings.Join(ws, " ")
}

// vary makes a near duplicate: another word, one more, one less, the plural, another
// order, or another letter.
func (v *Vocabulary) vary(name string, rng *rand.Rand) string {
	ws := strings.Fields(name)
	i := rng.IntN(len(ws))
	switch kind := rng.IntN(6); {
	case kind == 0:
		ws[i] = v.word(rng)
	case kind == 1 && len(ws) < 8:
		ws = append(ws, v.word(rng))
	case kind == 2 && len(ws) > 1:
		ws = append(ws[:i], ws[i+1:]...)
	case kind == 3:
		ws[i] += "s"
	case kind == 4 && i > 0:
		ws[0], ws[i] = ws[i], ws[0]
	default:
		ws[i] = Misspell(ws[i], rng)
	}
	return strings.Join(ws, " ")
}

// Misspell replaces, drops or doubles one letter of a word of ASCII letters.
func Misspell(w string, rng *rand.Rand) string {
	if len(w) < 4 {
		return w
	}
	i := 1 + rng.IntN(len(w)-2)
	switch rng.IntN(3) {
	case 0:
		return w[:i] + string(rune('a'+rng.IntN(26))) + w[i+1:]
	case 1:
		return w[:i] + w[i+1:]
	}
	return w[:i] + w[i:i+1] + w[i:]
}

// Names makes up n names. They may be ranged over several times.
func Names(n int, seed uint64) iter.Seq[string] {
	v := NewVocabulary(n, seed)
	return func(yield func(string) bool) {
		rng := rand.New(rand.NewPCG(seed, 2))
		earlier := make([]string, 0, remembered)
		for range n {
			var name string
			if len(earlier) > 0 && rng.Float64() < nearDuplicates {
				name = v.vary(earlier[rng.IntN(len(earlier))], rng)
			} else {
				name = v.name(rng)
			}
			if len(earlier) < remembered {
				earlier = append(earlier, name)
			} else {
				earlier[rng.IntN(remembered)] = name
			}
			if !yield(name) {
				return
			}
		}
	}
}

// Concepts makes up concepts with n names in all, as a source of a knowledge base.
func Concepts(n int, seed uint64) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		rng := rand.New(rand.NewPCG(seed, 3))
		next, stop := iter.Pull(Names(n, seed))
		defer stop()
		for left, i := n, 0; left > 0; i++ {
			c := kb.Concept{ID: conceptID(i), Type: Types[min(rng.IntN(len(Types)), rng.IntN(len(Types)))]}
			for range min(left, 1+rng.IntN(2*namesPerConcept-1)) {
				name, _ := next()
				c.Names = append(c.Names, kb.Name{Text: name, Lang: "es", Kind: "synonym"})
				left--
			}
			c.Name, c.Names[0].Kind = c.Names[0].Text, "preferred"
			if !yield(c, nil) {
				return
			}
		}
	}
}

func conceptID(i int) string {
	const digits = "0123456789"
	b := []byte("C0000000")
	for at := len(b) - 1; at > 0; at-- {
		b[at] = digits[i%10]
		i /= 10
	}
	return string(b)
}

// Mentions makes up n mentions of the terminology Names(size, seed): of three, one is
// a name, one a variant and one misspelled.
func Mentions(n, size int, seed uint64) []string {
	v := NewVocabulary(size, seed)
	rng := rand.New(rand.NewPCG(seed, 4))
	out := make([]string, 0, n)
	step := max(1, size/max(1, n))
	i := 0
	for name := range Names(size, seed) {
		if i++; i%step != 0 || len(out) == n {
			continue
		}
		switch len(out) % 3 {
		case 1:
			name = v.vary(name, rng)
		case 2:
			ws := strings.Fields(name)
			at := rng.IntN(len(ws))
			ws[at] = Misspell(ws[at], rng)
			name = strings.Join(ws, " ")
		}
		out = append(out, name)
	}
	return out
}

// Written are names as texts write them: of three, one is the name, one has its first
// word at the end or lacks the last of four, and one is misspelled.
func Written(names []string, seed uint64) []string {
	rng := rand.New(rand.NewPCG(seed, 6))
	out := make([]string, len(names))
	for i, name := range names {
		ws := strings.Fields(name)
		switch {
		case i%3 == 1 && len(ws) > 3:
			ws = ws[:len(ws)-1]
		case i%3 == 1:
			ws = append(ws[1:], ws[0])
		case i%3 == 2:
			at := rng.IntN(len(ws))
			ws[at] = Misspell(ws[at], rng)
		}
		out[i] = strings.Join(ws, " ")
	}
	return out
}

// Typed are the queries of somebody who types mentions into a search box: for each
// one a beginning of a length drawn at random.
func Typed(mentions []string, seed uint64) []string {
	rng := rand.New(rand.NewPCG(seed, 5))
	out := make([]string, len(mentions))
	for i, m := range mentions {
		out[i] = m[:1+rng.IntN(len(m))]
	}
	return out
}
