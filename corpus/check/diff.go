package check

import (
	"fmt"
	"strings"
)

// around is how many lines a diff shows around a change.
const around = 3

// row is a line of a diff.
type row struct {
	sign     byte
	line     string
	old, new int // lines of either file before it
}

// diff is the plan as a unified diff of the file of that name.
func (p *plan) diff(file string) string {
	rows := p.rows()
	var b strings.Builder
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", file, file)
	for at := 0; ; {
		for at < len(rows) && rows[at].sign == ' ' {
			at++
		}
		if at == len(rows) {
			return b.String()
		}
		begin, last := max(0, at-around), at
		for end := at; end < len(rows) && end <= last+2*around; end++ {
			if rows[end].sign != ' ' {
				last = end
			}
		}
		at = min(len(rows), last+1+around)
		writeHunk(&b, rows[begin:at])
	}
}

// rows are all lines of the old file, and those that take their place.
func (p *plan) rows() []row {
	var rows []row
	n := 0
	for i, l := range p.old {
		if n == len(p.origin) || p.origin[n] != i {
			rows = append(rows, row{'-', l, i, n})
			continue
		}
		if p.new[n] == l {
			rows = append(rows, row{' ', l, i, n})
		} else {
			rows = append(rows, row{'-', l, i, n}, row{'+', p.new[n], i + 1, n})
		}
		n++
	}
	return rows
}

func writeHunk(b *strings.Builder, rows []row) {
	olds, news := 0, 0
	for _, r := range rows {
		if r.sign != '+' {
			olds++
		}
		if r.sign != '-' {
			news++
		}
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", lineRange(rows[0].old, olds), lineRange(rows[0].new, news))
	for _, r := range rows {
		b.WriteByte(r.sign)
		b.WriteString(r.line)
		if !strings.HasSuffix(r.line, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// lineRange is how diffs write lines; an empty range names the line before it.
func lineRange(before, n int) string {
	if n == 0 {
		return fmt.Sprintf("%d,0", before)
	}
	return fmt.Sprintf("%d,%d", before+1, n)
}
