package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// plan is how a file can be repaired with certainty: where the text fields, or
// brat's own rules, leave one answer.
type plan struct {
	old, new []string // lines with their line ends
	origin   []int    // of the lines of new, in old
	fixes    map[problemAt]string
}

// problemAt is a problem of the old file; line counts from 1.
type problemAt struct {
	line int
	kind string
}

// changes tells whether there is anything to repair.
func (p *plan) changes() bool { return len(p.fixes) > 0 }

// rereads tells whether offsets are converted.
func (p *plan) rereads() bool {
	for at := range p.fixes {
		if at.kind == OffsetReading {
			return true
		}
	}
	return false
}

// bytes is the repaired file.
func (p *plan) bytes() []byte { return []byte(strings.Join(p.new, "")) }

// repair is what is to be done to one line.
type repair struct {
	line string // without line end
	drop bool
	kind string // of the problem, where it is not one of the line alone
}

func (r repair) String() string {
	if r.drop {
		return "delete the line"
	}
	return "write " + quote(r.line)
}

// quote shows tabs, and cuts what is too long for a message.
func quote(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return `"` + strings.ReplaceAll(s, "\t", `\t`) + `"`
}

// passes is enough for any line: a new id, then offsets, then the text field.
const passes = 8

// planRepairs finds what can be repaired with certainty. A repair may open the
// way to another (a line that gets an id of its own can then be read), so it
// goes on until nothing more is found; a repaired file therefore has an empty plan.
func planRepairs(f *brat.File) *plan {
	lines := strings.SplitAfter(string(f.Bytes()), "\n")
	if n := len(lines); lines[n-1] == "" {
		lines = lines[:n-1]
	}
	p := &plan{old: lines, new: lines, origin: make([]int, len(lines)), fixes: map[problemAt]string{}}
	for i := range p.origin {
		p.origin[i] = i
	}
	for range passes {
		next, ok := p.pass(f)
		if !ok {
			break
		}
		f = next
	}
	return p
}

// pass makes the repairs that are certain in the present state of the file.
func (p *plan) pass(f *brat.File) (*brat.File, bool) {
	problems := f.Problems()
	repairs := newMender(f, p.new).repairs(problems)
	for range passes {
		if len(repairs) == 0 {
			break
		}
		next, lines, origin := p.apply(f.Text(), repairs)
		worse := worsened(problems, next.Problems(), origin, p.origin)
		if len(worse) == 0 {
			p.record(problems, repairs)
			p.new, p.origin = lines, origin
			return next, true
		}
		// Leave out what makes another problem; where that is not the fault of
		// a repair of the same line, all of them.
		before := len(repairs)
		for _, at := range worse {
			delete(repairs, at)
		}
		if len(repairs) == before {
			return f, false
		}
	}
	return f, false
}

// apply makes repairs, by line from 0, on the present lines.
func (p *plan) apply(text corpus.Text, repairs map[int]repair) (*brat.File, []string, []int) {
	var lines []string
	var origin []int
	for i, l := range p.new {
		r, ok := repairs[i]
		if ok && r.drop {
			continue
		}
		if ok {
			l = r.line + lineEnd(l)
		}
		lines, origin = append(lines, l), append(origin, p.origin[i])
	}
	f, err := brat.Parse([]byte(strings.Join(lines, "")), text)
	if err != nil { // the parts were UTF-8
		panic(err)
	}
	return f, lines, origin
}

// lineEnd is the end of a line, a carriage return included.
func lineEnd(l string) string { return l[len(strings.TrimSuffix(strings.TrimSuffix(l, "\n"), "\r")):] }

// worsened lists the lines, from 0 in the state before, that have a problem
// afterwards which they did not have.
func worsened(before, after []brat.Problem, origin, originBefore []int) []int {
	had := map[problemAt]bool{}
	for _, p := range before {
		had[problemAt{originBefore[p.Line-1], string(p.Kind)}] = true
	}
	var out []int
	for _, p := range after {
		o := origin[p.Line-1]
		if !had[problemAt{o, string(p.Kind)}] {
			out = append(out, slices.Index(originBefore, o))
		}
	}
	return out
}

// record notes which problems of the old file the repairs do away with. A
// dangling reference stays one.
func (p *plan) record(problems []brat.Problem, repairs map[int]repair) {
	for _, q := range problems {
		if r, ok := repairs[q.Line-1]; ok && q.Kind != brat.Dangling {
			p.fixes[problemAt{p.origin[q.Line-1] + 1, string(q.Kind)}] = r.String()
		}
	}
	for _, at := range slices.Sorted(maps.Keys(repairs)) {
		r := repairs[at]
		key := problemAt{p.origin[at] + 1, r.kind}
		if _, ok := p.fixes[key]; r.kind != "" && !ok {
			p.fixes[key] = r.String()
		}
	}
}
