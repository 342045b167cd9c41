// Package cells fits painted text into places of a known number of cells.
package cells

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Width is the number of cells that s takes. The measure is that of terminals
// that do not join clusters; the others show less, never more.
func Width(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return ansi.StringWidthWc(s)
		}
	}
	return len(s)
}

// Blank is a run of n blanks; none for n below 1.
func Blank(n int) string {
	if n <= 0 {
		return ""
	}
	return strings.Repeat(" ", n)
}

// Cut shortens s to at most w cells, with the tail where something is left out.
func Cut(s string, w int, tail string) string {
	if Width(s) <= w {
		return s
	}
	cut := ansi.TruncateWc(s, max(w, 0), tail)
	for n := w - 1; Width(cut) > w && n >= 0; n-- {
		cut = ansi.TruncateWc(s, n, tail) // it leaves a cluster whole that begins within
	}
	return cut
}

// CutLeft shortens s to at most w cells from its beginning.
func CutLeft(s string, w int, head string) string {
	over := Width(s) - w
	if over <= 0 {
		return s
	}
	return head + dropLeft(s, over+Width(head))
}

// CutMiddle shortens plain s to at most w cells: the beginning of a message says what
// went wrong, and its end why.
func CutMiddle(s string, w int, mark string) string {
	if Width(s) <= w {
		return s
	}
	room := w - Width(mark)
	if room < 8 {
		return Cut(s, w, mark)
	}
	head := Cut(s, room/3, "")
	return head + CutLeft(s, w-Width(head), mark)
}

// dropLeft removes n cells, and a wide sign whole where its half would remain.
func dropLeft(s string, n int) string {
	room := Width(s) - n
	cut := ansi.TruncateLeftWc(s, n, "")
	for ; Width(cut) > room && n < Width(s); n++ {
		cut = ansi.TruncateLeftWc(s, n+1, "")
	}
	return cut
}

// Fit makes s exactly w cells wide.
func Fit(s string, w int, tail string) string {
	s = Cut(s, w, tail)
	return s + Blank(w-Width(s))
}

// Spread puts left and right at the ends of w cells. Where both do not fit, left is cut.
func Spread(left, right string, w int, tail string) string {
	r := Width(right)
	if r >= w {
		return Fit(right, w, tail)
	}
	room := w - r
	if r > 0 {
		room--
	}
	left = Cut(left, room, tail)
	return left + Blank(w-r-Width(left)) + right
}

// Wrap breaks plain s by words into at most n lines of w cells; the last one is cut.
func Wrap(s string, w, n int, tail string) []string {
	if w < 1 || n < 1 {
		return nil
	}
	lines := strings.Split(ansi.WrapWc(s, w, ""), "\n")
	if len(lines) > n {
		rest := strings.Join(lines[n-1:], " ")
		lines = append(lines[:n-1:n-1], Cut(rest, w, tail))
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// Clean makes a string from a file safe to send to a terminal: one line, without
// control characters or signs that change the direction of writing.
func Clean(s string) string {
	bad := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar
	}
	if strings.IndexFunc(s, bad) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}

// Overlay puts the rows of a box over a screen of rows, its corner at x, y.
func Overlay(screen, box []string, x, y int) {
	for i, row := range box {
		at := y + i
		if at < 0 || at >= len(screen) {
			continue
		}
		w := Width(row)
		under := screen[at]
		left := ansi.TruncateWc(under, x, "")
		right := ""
		if total := Width(under); total > x+w {
			right = dropLeft(under, x+w)
			right = Blank(total-x-w-Width(right)) + right // a wide sign was cut in two
		}
		screen[at] = left + Blank(x-Width(left)) + "\x1b[m" + row + "\x1b[m" + right
	}
}
