package segment

import (
	_ "embed" // the list of abbreviations
	"strings"
	"unicode"
	"unicode/utf8"
)

// The list is a copy of the recipe's own, since a package embeds only files
// that lie below it; a test keeps both equal.
//
//go:embed abbreviations.txt
var abbreviationList string

var abbreviations, longestAbbreviation = readAbbreviations(abbreviationList)

// readAbbreviations reads one word a line; lines that begin with # are remarks.
// It also returns the length of the longest word in bytes.
func readAbbreviations(list string) (map[string]bool, int) {
	words, longest := make(map[string]bool), 0
	for line := range strings.Lines(list) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			words[line] = true
			longest = max(longest, len(line))
		}
	}
	return words, longest
}

// isAbbreviation tells whether a word, which stands before a full stop and is
// given without it, is listed, or is letters that stand alone with a full stop
// between each two ("s", "t.a").
func isAbbreviation(word string) bool {
	if lettersAlone(word) {
		return true
	}
	// Lower-casing may change the length of a letter; four bytes hold any.
	if len(word) > longestAbbreviation*utf8.UTFMax {
		return false
	}
	return abbreviations[strings.ToLower(word)]
}

// lettersAlone says no to İ: its lower case has two code points, so the recipe
// does not take it for a letter that stands alone.
func lettersAlone(word string) bool {
	letter := false
	for _, r := range word {
		switch {
		case r == '.' && letter:
			letter = false
		case r != '.' && !letter && r != 'İ' && unicode.IsLetter(r):
			letter = true
		default:
			return false
		}
	}
	return letter
}
