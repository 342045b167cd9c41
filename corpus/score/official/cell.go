package official

import (
	"math"
	"strconv"
	"strings"
)

// cell is a value as Python holds it after reading: two cells are equal, and
// the same to a set, where their keys are equal.
type cell struct {
	key  string // a letter for the type, then the value; numbers of all types share one
	text string // str() of it
}

// The keys of what is missing.
const (
	keyNaN    = "?nan"  // the one object that text columns hold: equal to itself
	keyNone   = "?none" // what the Python engine puts where a line ends early
	keyLonely = "?"     // and a number: not-a-number in a column of numbers, equal to nothing
)

func textCell(s string) cell { return cell{"s" + s, s} }

// missing tells whether pandas takes the cell for not available.
func (c cell) missing() bool { return strings.HasPrefix(c.key, "?") }

// isText tells a string from a number and from what is missing.
func (c cell) isText() bool { return strings.HasPrefix(c.key, "s") }

// notAvailable are the texts that pandas 1.5.3 reads as missing; None is not
// among them (it is from pandas 2.0 on).
var notAvailable = map[string]bool{
	"": true, "#N/A": true, "#N/A N/A": true, "#NA": true, "-1.#IND": true, "-1.#QNAN": true, "-NaN": true,
	"-nan": true, "1.#IND": true, "1.#QNAN": true, "<NA>": true, "N/A": true, "NA": true, "NULL": true,
	"NaN": true, "n/a": true, "nan": true, "null": true,
}

// asText reads a column with dtype=str in the Python engine: everything is
// text but what is missing.
func asText(column []field) []cell {
	cells := make([]cell, len(column))
	for i, f := range column {
		switch {
		case f.absent:
			cells[i] = cell{keyNone, "None"}
		case notAvailable[f.text]:
			cells[i] = cell{keyNaN, "nan"}
		default:
			cells[i] = textCell(f.text)
		}
	}
	return cells
}

// inferred reads a column as pandas does by default: as whole numbers, else as
// numbers, else as truth values, else as text, whichever all of it can be.
// lonely counts the not-a-numbers that are equal to nothing.
func inferred(column []field, lonely *int) []cell {
	n := 0
	for _, f := range column {
		if notAvailable[f.text] {
			n++
		}
	}
	if n == len(column) {
		return floats(column, lonely)
	}
	whole := wholeNumbers(column, n > 0)
	switch whole {
	case allWhole:
		if n > 0 {
			return floats(column, lonely)
		}
		return integers(column)
	case tooLarge:
		return raw(column)
	}
	if cells := floats(column, lonely); cells != nil {
		return cells
	}
	if cells := truths(column); cells != nil {
		return cells
	}
	return asText(present(column))
}

// present makes empty fields of absent ones, which are the same to the engine in C.
func present(column []field) []field {
	filled := make([]field, len(column))
	for i, f := range column {
		filled[i].text = f.text
	}
	return filled
}

// raw is the column as text when a whole number fits no type; nothing is missing then.
func raw(column []field) []cell {
	cells := make([]cell, len(column))
	for i, f := range column {
		cells[i] = textCell(f.text)
	}
	return cells
}

type wholeness uint8

const (
	notWhole wholeness = iota
	allWhole
	tooLarge // some need more than 64 bits, or 64 without a sign beside negative or missing ones
)

func wholeNumbers(column []field, missing bool) wholeness {
	unsigned, negative := false, false
	for _, f := range column {
		if notAvailable[f.text] {
			continue
		}
		digits, minus, ok := wholeNumber(f.text)
		if !ok {
			return notWhole
		}
		negative = negative || minus
		if _, err := strconv.ParseInt(sign(minus)+digits, 10, 64); err == nil {
			continue
		}
		if _, err := strconv.ParseUint(digits, 10, 64); err != nil || minus {
			return tooLarge
		}
		unsigned = true
	}
	if unsigned && (negative || missing) {
		return tooLarge
	}
	return allWhole
}

func sign(minus bool) string {
	if minus {
		return "-"
	}
	return ""
}

// wholeNumber cuts white space and the sign off; ok where digits are left.
func wholeNumber(s string) (digits string, minus, ok bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	minus = strings.HasPrefix(s, "-")
	if minus || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	return s, minus, s != "" && strings.Trim(s, "0123456789") == ""
}

func integers(column []field) []cell {
	cells := make([]cell, len(column))
	for i, f := range column {
		digits, minus, _ := wholeNumber(f.text)
		digits = strings.TrimLeft(digits, "0")
		if digits == "" {
			digits, minus = "0", false
		}
		cells[i] = cell{"n" + sign(minus) + digits, sign(minus) + digits}
	}
	return cells
}

// floats is nil where some field is no number.
func floats(column []field, lonely *int) []cell {
	cells := make([]cell, len(column))
	for i, f := range column {
		if notAvailable[f.text] {
			*lonely++
			cells[i] = cell{keyLonely + strconv.Itoa(*lonely), "nan"}
			continue
		}
		x, ok := parseFloat(f.text)
		if !ok {
			return nil
		}
		cells[i] = cell{"n" + numberKey(x), floatText(x)}
	}
	return cells
}

// truths is nil where some field is neither true nor false.
func truths(column []field) []cell {
	cells := make([]cell, len(column))
	for i, f := range column {
		switch f.text {
		case "True", "TRUE", "true":
			cells[i] = cell{"n1", "True"}
		case "False", "FALSE", "false":
			cells[i] = cell{"n0", "False"}
		default:
			if !notAvailable[f.text] {
				return nil
			}
			cells[i] = cell{keyNaN, "nan"}
		}
	}
	return cells
}

// numberKey is the same for a whole number of any type.
func numberKey(x float64) string {
	if x == 0 {
		return "0"
	}
	if x == math.Trunc(x) && !math.IsInf(x, 0) {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return floatText(x)
}

// floatText is Python's repr of a number.
func floatText(x float64) string {
	if math.IsInf(x, 0) {
		return sign(x < 0) + "inf"
	}
	short := strconv.FormatFloat(x, 'e', -1, 64)
	exponent, _ := strconv.Atoi(short[strings.IndexByte(short, 'e')+1:])
	if exponent < -4 || exponent >= 16 {
		return short
	}
	plain := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(plain, ".") {
		plain += ".0"
	}
	return plain
}
