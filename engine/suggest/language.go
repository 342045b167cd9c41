package suggest

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// stopwords are frequent words that tell languages apart. A word that two of
// them share counts for neither.
var stopwords = map[string][]string{
	"es": strings.Fields("de la el en y con del se los las por un una para al su sin que no es como más fue lo ante desde tras durante sobre entre también años paciente"),
	"en": strings.Fields("the of and to in with was for is on he she his her at by from were had has been this that which are as an after without who it not year old patient"),
	"fr": strings.Fields("le les des et est une dans du au aux par pour avec sur sans ce cette qui été chez ans il elle était après pas"),
	"pt": strings.Fields("o os da do em um uma com não foi ao à dos das na no pelo pela após sem anos apresentou são"),
	"de": strings.Fields("der die das und mit von im den dem ein eine wurde zu bei nach auf ist nicht des sich eines einer"),
	"it": strings.Fields("il di che per con è della del nel una dei non alla le gli sono anni stato dopo ha"),
}

var language = func() map[string]string {
	of := map[string]string{}
	for lang, words := range stopwords {
		for _, w := range words {
			if _, taken := of[w]; taken {
				of[w] = ""
				continue
			}
			of[w] = lang
		}
	}
	return of
}()

// sample is how many bytes of a text are looked at.
const sample = 8000

// Language guesses the ISO 639-1 code of a text's language by its most frequent
// words; "" where too few are known or two languages are close.
func Language(text string) string {
	if len(text) > sample {
		text = text[:sample]
	}
	text = norm.NFC.String(text) // a decomposed accent is no letter and would cut its word in two
	counts := map[string]int{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if l := language[strings.ToLower(w)]; l != "" {
			counts[l]++
		}
	}
	best, second, lang := 0, 0, ""
	for l, n := range counts {
		switch {
		case n > best:
			best, second, lang = n, best, l
		case n > second:
			second = n
		}
	}
	if best < 3 || best < 2*second {
		return ""
	}
	return lang
}
