// Package clean changes text into what a model was trained to read, and tells for
// every part of the result which part of the text it stands for. The steps are the
// preprocess list of a gloss.json; gloss_ner/clean.py of engine/train is the same in
// Python, to the letter, since a model must see at inference what it saw at training.
package clean

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Steps are cleaning steps in the order in which they are taken. The zero value
// leaves every text as it is. It is safe for concurrent use.
type Steps struct {
	takes []func([]unit) []unit
	skip  bool
}

// unit is a code point of the cleaned text, and the bytes [from,to) of the original
// that it stands for.
type unit struct {
	r        rune
	from, to int
}

// Parse reads a list of steps and tells all that is wrong with it:
//
//   - "lower": each code point becomes its lower case by Unicode's simple mapping,
//     which gives one for one.
//   - "drop-punct": all but letters, numbers, combining marks and white space goes, and
//     so do marks that stand on what goes. A run of what goes and of white space becomes
//     one blank; at both ends of the text, nothing.
//   - "numbers=TOKEN": each number becomes TOKEN. A number is decimal digits, with single
//     full stops or commas between them, that touch no letter, mark or other number.
//   - "skip-one-word-sentences": what has fewer than two words is not read at all; words
//     are longest runs of letters, numbers and marks. It comes last.
func Parse(steps []string) (Steps, error) {
	var s Steps
	var errs []error
	for i, step := range steps {
		name, value, valued := strings.Cut(step, "=")
		switch {
		case step == "lower":
			s.takes = append(s.takes, lower)
		case step == "drop-punct":
			s.takes = append(s.takes, dropPunct)
		case step == "skip-one-word-sentences" && i == len(steps)-1:
			s.skip = true
		case step == "skip-one-word-sentences":
			errs = append(errs, errors.New("preprocess step \"skip-one-word-sentences\" must be the last"))
		case name == "numbers" && valued && value != "" && !strings.ContainsFunc(value, unicode.IsSpace):
			s.takes = append(s.takes, numbers(value))
		case name == "numbers":
			errs = append(errs, fmt.Errorf("preprocess step %q: want numbers=TOKEN, with a TOKEN without white space", step))
		default:
			errs = append(errs, fmt.Errorf("preprocess step %q is unknown: want lower, drop-punct, numbers=TOKEN or skip-one-word-sentences", step))
		}
	}
	return s, errors.Join(errs...)
}

// None tells whether the steps leave every text as it is.
func (s Steps) None() bool { return len(s.takes) == 0 && !s.skip }

// Skips tells whether some sentences are not read at all.
func (s Steps) Skips() bool { return s.skip }

// Text is a cleaned text.
type Text struct {
	String       string
	starts, ends []int // by byte of String, the bytes of the original that its code point stands for; nil: the same
}

// Clean takes the steps on a text, which must be valid UTF-8: a sentence, where the
// model reads sentences.
func (s Steps) Clean(text string) Text {
	if s.None() {
		return Text{String: text}
	}
	units := make([]unit, 0, len(text))
	for i, r := range text {
		units = append(units, unit{r, i, i + utf8.RuneLen(r)})
	}
	for _, take := range s.takes {
		units = take(units)
	}
	if s.skip && words(units) < 2 {
		return Text{}
	}
	var b strings.Builder
	t := Text{starts: make([]int, 0, len(text)), ends: make([]int, 0, len(text))}
	for _, u := range units {
		n, _ := b.WriteRune(u.r) // a builder does not fail
		for range n {
			t.starts, t.ends = append(t.starts, u.from), append(t.ends, u.to)
		}
	}
	t.String = b.String()
	return t
}

// Source is the range of bytes of the original that bytes [start,end) of the
// cleaned text stand for. White space at both ends stands for nothing, since what
// was dropped leaves blanks behind; a range without anything else is empty.
func (t Text) Source(start, end int) (from, to int) {
	if t.starts == nil {
		return start, end
	}
	part := t.String[start:end]
	start = end - len(strings.TrimLeftFunc(part, unicode.IsSpace))
	end = start + len(strings.TrimRightFunc(t.String[start:end], unicode.IsSpace))
	switch {
	case start < end:
		return t.starts[start], t.ends[end-1]
	case start < len(t.starts):
		return t.starts[start], t.starts[start]
	case start > 0:
		return t.ends[start-1], t.ends[start-1]
	}
	return 0, 0
}

func lower(units []unit) []unit {
	for i, u := range units {
		units[i].r = unicode.ToLower(u.r)
	}
	return units
}

func dropPunct(units []unit) []unit {
	kept := units[:0]
	var gap []unit // white space and what goes, since the last code point that stays
	gone := false  // gap holds something that goes
	for _, u := range units {
		onGone := unicode.IsMark(u.r) && len(gap) > 0 && !unicode.IsSpace(gap[len(gap)-1].r)
		if unicode.IsSpace(u.r) || !isWord(u.r) || onGone {
			gap = append(gap, u)
			gone = gone || !unicode.IsSpace(u.r)
			continue
		}
		switch {
		case !gone:
			kept = append(kept, gap...)
		case len(kept) > 0:
			kept = append(kept, unit{' ', gap[0].from, gap[len(gap)-1].to})
		}
		kept = append(kept, u)
		gap, gone = gap[:0], false
	}
	if !gone {
		kept = append(kept, gap...)
	}
	return kept
}

func numbers(token string) func([]unit) []unit {
	return func(units []unit) []unit {
		out := make([]unit, 0, len(units))
		for i := 0; i < len(units); {
			end := numberEnd(units, i)
			alone := end > i && (i == 0 || !isWord(units[i-1].r)) && (end == len(units) || !isWord(units[end].r))
			if !alone {
				end = max(end, i+1)
				out = append(out, units[i:end]...)
				i = end
				continue
			}
			for _, r := range token {
				out = append(out, unit{r, units[i].from, units[end-1].to})
			}
			i = end
		}
		return out
	}
}

// numberEnd is where the number that begins at i ends; i where none does.
func numberEnd(units []unit, i int) int {
	end := i
	for end < len(units) {
		point := end > i && (units[end].r == '.' || units[end].r == ',') && end+1 < len(units) && unicode.IsDigit(units[end+1].r)
		if !point && !unicode.IsDigit(units[end].r) {
			break
		}
		end++
	}
	return end
}

func words(units []unit) int {
	n, inside := 0, false
	for _, u := range units {
		in := isWord(u.r)
		if in && !inside {
			n++
		}
		inside = in
	}
	return n
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }
