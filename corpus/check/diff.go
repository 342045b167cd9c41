package check

import (
	"fmt"
	"strings"
)

// around is how many lines a diff shows around a change.
const around = 3

// diff is the plan as a unified diff of the file of that name.
func (p *plan) diff(file string) string {
	type row struct {
		sign byte
		line string
		old  int // lines of old before it
		new  int
	}
	var rows []row
	n := 0
	for i, l := range p.old {
		switch {
		case n == len(p.origin) || p.origin[n] != i:
			rows = append(rows, row{'-', l, i, n})
			continue
		case p.new[n] == l:
			rows = append(rows, row{' ', l, i, n})
		default:
			rows = append(rows, row{'-', l, i, n}, row{'+', p.new[n], i + 1, n})
		}
		n++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", file, file)
	for at := 0; at < len(rows); {
		for at < len(rows) && rows[at].sign == ' ' {
			at++
		}
		if at == len(rows) {
			break
		}
		begin, end := max(0, at-around), at
		for last := at; end < len(rows) && end <= last+2*around; end++ {
			if rows[end].sign != ' ' {
				last = end
			}
		}
		for end > at && rows[end-1].sign == ' ' {
			end--
		}
		end = min(len(rows), end+around)
		hunk := rows[begin:end]
		olds, news := 0, 0
		var body strings.Builder
		for _, r := range hunk {
			if r.sign != '+' {
				olds++
			}
			if r.sign != '-' {
				news++
			}
			body.WriteByte(r.sign)
			body.WriteString(r.line)
			if !strings.HasSuffix(r.line, "\n") {
				body.WriteString("\n\\ No newline at end of file\n")
			}
		}
		fmt.Fprintf(&b, "@@ -%s +%s @@\n%s", span(hunk[0].old, olds), span(hunk[0].new, news), body.String())
		at = end
	}
	return b.String()
}

// span is how diffs write a range of lines; an empty one names the line before it.
func span(before, n int) string {
	if n == 0 {
		return fmt.Sprintf("%d,0", before)
	}
	return fmt.Sprintf("%d,%d", before+1, n)
}
