package segment

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// role is what a word does for a noun phrase: how far a phrase must have grown
// to hold it.
type role int

const (
	content     role = iota // a noun, an adjective, or whatever is on no list
	determiner              // stands in a phrase only behind one of the next three
	of                      // binds most tightly
	preposition             // binds a complement
	coordinator             // binds an equal
	stopper                 // ends a phrase: punctuation, a new line, verbs, relative pronouns
)

// The closed classes of Spanish and English, which have so few words that a list
// does what a tagger would.
var roles = func() map[string]role {
	m := map[string]role{}
	for r, words := range map[role]string{
		determiner: "el la los las lo un una unos unas su sus este esta estos estas ese esa dicho dicha ambos ambas the a an his her its their this that these those",
		of:         "de del of",
		preposition: "con en por para a al tras entre hacia hasta desde sobre bajo contra según ante durante " +
			"with in on at by for from to due after into",
		coordinator: "y e o u ni and or nor",
		stopper: "que quien cual cuyo cuya se le les no pero sino aunque como cuando donde porque si ya muy más es son era eran fue fueron ser está están estaba " +
			"ha han había hay hubo tiene tenía presenta presentaba presentó refiere niega aprecia observa realiza inicia muestra evidencia descarta objetiva " +
			"diagnosticado diagnosticada afecto afecta tratado tratada remitido remitida derivado derivada intervenido intervenida ingresado ingresada sometido sometida " +
			"sin compatible compatibles sugestivo sugestiva sugestivos sugestivas sugerente diagnóstico antecedente antecedentes historia sospecha presencia ausencia ap biopsia " +
			"dos tres cuatro cinco varios varias múltiples nuevo nueva nuevos nuevas which who whose where when while because but not is are was were be been has have had shows showed showing presents presented presenting " +
			"without consistent suggestive history diagnosis suspicion presence absence evidence diagnosed treated referred admitted underwent denies reports revealed reveals",
	} {
		for _, w := range strings.Fields(words) {
			m[w] = r
		}
	}
	return m
}()

// token is a word with its role. Signs inside of a word ("T4-N1", "CK7+") belong to it.
type token struct {
	corpus.Span
	role   role
	number bool
}

// reach is how much text on either side of a span is looked at for its phrase.
const reach = 400

// tokens are the words around a span, with stoppers where lines end.
func tokens(t corpus.Text, around corpus.Span) []token {
	from := max(around.Start-reach, 0)
	part := corpus.NewText(t.Slice(corpus.Span{Start: from, End: min(around.End+reach, t.Len())}))
	var out []token
	last := corpus.Off(0)
	for _, w := range Words(part) {
		gap, word := part.Slice(corpus.Span{Start: last, End: w.Start}), part.Slice(w)
		if strings.ContainsAny(gap, "\n\r") {
			out = append(out, token{Span: corpus.Span{Start: from + w.Start, End: from + w.Start}, role: stopper})
		}
		out = append(out, token{corpus.Span{Start: from + w.Start, End: from + w.End}, roleOf(part, word, w), isNumber(word)})
		last = w.End
	}
	return out
}

func roleOf(t corpus.Text, word string, w corpus.Span) role {
	if r := []rune(word)[0]; !isWordRune(r) {
		if glues(t, r, w) {
			return content
		}
		return stopper
	}
	if r := roles[strings.ToLower(word)]; r != content || !isVerb(word) {
		return r
	}
	return stopper
}

// isVerb tells from its ending whether a word is a verb of Spanish prose; names are none.
func isVerb(word string) bool {
	if r, _ := utf8.DecodeRuneInString(word); unicode.IsUpper(r) || utf8.RuneCountInString(word) < 6 {
		return false
	}
	for _, end := range []string{"ó", "an", "aron", "ieron", "aban", "ían", "ándose", "iéndose"} {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

// glues tells whether a sign is part of the word that it touches.
func glues(t corpus.Text, r rune, w corpus.Span) bool {
	touches := func(at corpus.Off) bool {
		s := t.Slice(corpus.Span{Start: max(at, 0), End: min(at+1, t.Len())})
		return s != "" && isWordRune([]rune(s)[0])
	}
	switch {
	case r == '/': // "8140/3" and "HER2/neu", not "severa/carcinoma"
		return touches(w.Start-1) && touches(w.End) && strings.ContainsFunc(t.Slice(corpus.Span{Start: w.Start - 1, End: min(w.End+1, t.Len())}), unicode.IsDigit)
	case strings.ContainsRune("-'’._", r):
		return touches(w.Start-1) && touches(w.End)
	case strings.ContainsRune("+%", r):
		return touches(w.Start - 1)
	}
	return false
}

func isNumber(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
}

// Snap moves the ends of a span out to the bounds of the words that they cut.
func Snap(t corpus.Text, s corpus.Span) corpus.Span {
	out := s
	for _, w := range tokens(t, s) {
		if w.Overlaps(corpus.Span{Start: s.Start, End: s.Start + 1}) && s.Len() > 0 {
			out.Start = min(out.Start, w.Start)
		}
		if w.Overlaps(corpus.Span{Start: s.End - 1, End: s.End}) && s.Len() > 0 {
			out.End = max(out.End, w.End)
		}
	}
	return out
}

// Grow returns the next larger noun phrase that holds a span: whole words first, then
// with the words beside it, then with what "de" ties to it, then with what other
// prepositions do, then with what it is listed with; what follows before what precedes.
// The span itself where nothing is. It knows Spanish and English, by lists of their
// function words and by endings of Spanish verbs.
func Grow(t corpus.Text, s corpus.Span) corpus.Span {
	if out := Snap(t, s); out != s {
		return out
	}
	words := tokens(t, s)
	first := slices.IndexFunc(words, func(w token) bool { return w.End > s.Start })
	if first < 0 || words[first].Start >= s.End || s.Len() <= 0 {
		return s // it holds no word
	}
	last := first
	for last+1 < len(words) && words[last+1].Start < s.End {
		last++
	}
	for upTo := determiner; upTo < stopper; upTo++ {
		// What follows a noun says which one it is more often than what precedes it.
		a, b := extend(words, first, -1, upTo), extend(words, last, 1, upTo)
		for _, out := range []corpus.Span{{Start: s.Start, End: max(words[b].End, s.End)}, {Start: min(words[a].Start, s.Start), End: s.End}} {
			if out != s {
				return out
			}
		}
	}
	return s
}

// extend goes from a word to the left or right: over the words beside it, or else over
// one that ties a complement, and the complement.
func extend(words []token, at, step int, upTo role) int {
	next, bound := at+step, false
	for 0 <= next && next < len(words) && words[next].role != content && words[next].role <= upTo {
		bound = bound || words[next].role > determiner
		next += step
	}
	switch {
	case next < 0 || next >= len(words) || words[next].role != content:
		return at
	case next != at+step && (!bound || step < 0 && words[next].number): // "in 2014 of a carcinoma"
		return at
	}
	for 0 <= next && next < len(words) && words[next].role == content {
		at = next
		next += step
	}
	return at
}

// Shrink returns the span without what is tied to it last: a complement with its
// preposition, or else its last word. The span itself where that is all.
func Shrink(t corpus.Text, s corpus.Span) corpus.Span {
	words := slices.DeleteFunc(tokens(t, s), func(w token) bool { return !s.Contains(w.Span) || w.Len() == 0 })
	if len(words) == 0 {
		return s
	}
	heads := 0 // words up to the last one that is tied by something
	for i, w := range words {
		if w.role > determiner && i > 0 {
			heads = i
		}
	}
	if heads == 0 {
		heads = len(words) - 1
		for heads > 0 && words[heads-1].End == words[heads].Start { // "pT4-N1" is one
			heads--
		}
	}
	for heads > 0 && words[heads-1].role != content {
		heads--
	}
	if heads == 0 {
		return s
	}
	return corpus.Span{Start: s.Start, End: words[heads-1].End}
}

// Parts proposes where to divide a span that names several things: at the words and
// signs that list them, which are left out; nil where it has none.
func Parts(t corpus.Text, s corpus.Span) corpus.Spans {
	var out corpus.Spans
	part := corpus.Span{Start: -1}
	flush := func() {
		if part.Start >= 0 {
			out = append(out, part)
		}
		part = corpus.Span{Start: -1}
	}
	for _, w := range tokens(t, s) {
		switch {
		case !s.Contains(w.Span) || w.Len() == 0:
		case w.role == coordinator, w.role == stopper && strings.ContainsAny(t.Slice(w.Span), ",;/+|"), t.Slice(w.Span) == "/":
			flush()
		case part.Start < 0 && (w.role == determiner || w.role == stopper):
		default:
			if part.Start < 0 {
				part.Start = w.Start
			}
			part.End = w.End
		}
	}
	if flush(); len(out) < 2 {
		return nil
	}
	return out
}
