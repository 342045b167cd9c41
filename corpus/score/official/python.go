package official

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isSpace is str.isspace: Unicode's white space and four separators of ASCII.
func isSpace(r rune) bool { return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f' }

// strip is str.strip().
func strip(s string) string { return strings.TrimFunc(s, isSpace) }

// lines splits text as a file opened in text mode does: \n, \r\n and \r end a
// line, and each piece comes without its end.
func lines(data []byte) ([]string, error) {
	if !utf8.Valid(data) {
		return nil, dies("UnicodeDecodeError: 'utf-8' codec can't decode the file: it is not UTF-8")
	}
	s := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n")
	if s == "" {
		return nil, nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n"), nil
}

// toInt is int(s): white space around, a sign, underscores between digits.
func toInt(s string) (int, error) {
	bad := dies("ValueError: invalid literal for int() with base 10: %s", repr(s))
	digits := strip(s)
	body := strings.TrimLeft(digits, "+-")
	if len(digits)-len(body) > 1 || strings.HasPrefix(body, "_") || strings.HasSuffix(body, "_") || strings.Contains(body, "__") {
		return 0, bad
	}
	n, err := strconv.Atoi(strings.ReplaceAll(digits, "_", ""))
	if err != nil {
		return 0, bad
	}
	return n, nil
}

// repr quotes a text as Python shows it, as far as an error message needs.
func repr(s string) string {
	mark := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = `"`
	}
	r := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	return mark + r.Replace(s) + mark
}

// parseFloat reads a number as pandas does: 17 digits at most count, leading
// zeros among them, and the rest only scales.
func parseFloat(s string) (float64, bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	minus := strings.HasPrefix(s, "-")
	if minus || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	x, ok := parsePositive(s)
	if minus {
		x = -x
	}
	return x, ok
}

func parsePositive(s string) (float64, bool) {
	if l := strings.ToLower(s); l == "inf" || l == "infinity" {
		return math.Inf(1), true
	}
	whole, rest := cutDigits(s)
	fraction := ""
	if strings.HasPrefix(rest, ".") {
		fraction, rest = cutDigits(rest[1:])
	}
	if whole == "" && fraction == "" {
		return 0, false
	}
	exponent := 0
	if rest != "" {
		var err error
		if rest[0] != 'e' && rest[0] != 'E' || strings.ContainsAny(rest[1:], "_") {
			return 0, false
		}
		if exponent, err = strconv.Atoi(rest[1:]); err != nil {
			return 0, false
		}
	}
	const most = 17
	exponent += max(0, len(whole)-most)
	whole = whole[:min(most, len(whole))]
	fraction = fraction[:min(most-len(whole), len(fraction))]
	number := 0.0
	for _, c := range []byte(whole + fraction) {
		number = number*10 + float64(c-'0')
	}
	return scale(number, exponent-len(fraction)), true
}

func scale(number float64, exponent int) float64 {
	const most = 308
	switch {
	case exponent > most:
		return math.Inf(1)
	case exponent > 0:
		return number * math.Pow10(exponent)
	case exponent < -most:
		return 0
	}
	return number / math.Pow10(-exponent)
}

func cutDigits(s string) (digits, rest string) {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}
