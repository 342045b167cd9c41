package mentionpane

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/tui/cells"
	"github.com/gloss-nlp/gloss/tui/style"
)

// candidates draws the offer in the rows up to limit, and returns how many of it
// are shown. The first get their evidence; where rows run out, the later ones a
// single row each, so that the digits reach as far as they can.
func (p *pane) candidates(d Data, limit int) int {
	it := d.Item
	end := limit - 1 // the keys come below
	if limit < 8 {
		end = limit // the line of hints has them too
	}
	if !it.Ready && len(it.Candidates) == 0 {
		p.add(p.s.Muted.Render("looking up concepts" + p.s.Glyphs.Ellipsis))
		return 0
	}
	list := it.Candidates[:min(len(it.Candidates), Most)]
	if len(list) == 0 {
		for _, row := range cells.Wrap(d.NoConcept, p.inner(), max(end-len(p.rows)-1, 1), p.s.Glyphs.Ellipsis) {
			p.add(p.s.Muted.Render(row))
		}
		if end < limit {
			p.add("")
			p.keys(0, 0)
		}
		return 0
	}
	details := plan(list, end-len(p.rows))
	n := 0
	linked := linkedID(it)
	for i, c := range list {
		rows := p.candidate(fmt.Sprint(i+1), c, details[i], c.ID == linked)
		if len(p.rows)+len(rows) > end {
			break
		}
		for _, r := range rows {
			p.add(r)
		}
		n++
	}
	if len(p.rows) < end {
		p.add("")
	}
	if end < limit {
		p.keys(n, len(it.Candidates)-n)
	}
	return n
}

func linkedID(it *workbench.Item) string {
	if len(it.Links) > 0 {
		return it.Links[0].ID
	}
	return ""
}

// detail is how much of a candidate is shown.
type detail int

const (
	short detail = iota // one row: code, name and score
	brief               // two rows: the evidence too
	full                // and how often this corpus chose it
)

// plan shares rows out among the candidates: that every digit can be seen comes
// before the evidence of the first ones.
func plan(list []kb.Candidate, rows int) []detail {
	p := make([]detail, len(list))
	left := rows - len(list)
	for i, c := range list {
		more := 1
		if c.Evidence.Chosen > 0 {
			more++
		}
		switch {
		case left >= more:
			p[i] = full
			left -= more
		case left >= 1:
			p[i] = brief
			left--
		}
		if p[i] != full {
			break // evidence of a later one and not of this would look odd
		}
	}
	return p
}

// keys says what can be pressed below the candidates.
func (p *pane) keys(shown, more int) {
	var parts []string
	if more > 0 && shown > 0 {
		parts = append(parts, p.s.Muted.Render(fmt.Sprintf("%d more", more)))
	}
	parts = append(parts, p.s.Key.Render(p.named.Search)+p.s.Muted.Render(" search"), p.s.Key.Render(p.named.None)+p.s.Muted.Render(" none"))
	if p.alike > 0 {
		parts = append(parts, p.s.Key.Render(p.named.Everywhere)+p.s.Muted.Render(fmt.Sprintf(" %d alike", p.alike)))
	}
	p.add(strings.Join(parts, "  "))
}

// candidate draws one concept: what it is called, and why it is offered.
func (p *pane) candidate(digit string, c kb.Candidate, d detail, chosen bool) []string {
	g := p.s.Glyphs
	code := cells.Clean(c.ID)
	left := p.s.Key.Render(digit) + " " + p.s.Accent.Render(code) + " "
	used := cells.Width(digit) + cells.Width(code) + 2
	name := cells.Clean(c.Name)
	paint := p.s.Text
	if chosen {
		name = g.Tick + " " + name
		paint = p.s.Good
	}
	if d == short {
		sign, _ := p.why(c)
		num := cells.Fit(sign, 1, "") + number(c.Score)
		room := p.inner() - used - cells.Width(num) - 1
		if room < 6 {
			return []string{left + paint.Render(cells.Cut(name, p.inner()-used, g.Ellipsis))}
		}
		return []string{left + paint.Render(cells.Fit(name, room, g.Ellipsis)) + " " + p.s.Muted.Render(num)}
	}
	first := left + paint.Render(cells.Cut(name, p.inner()-used, g.Ellipsis))
	if kind := cells.Clean(typeOf(c)); kind != "" && used+cells.Width(name)+2+min(cells.Width(kind), leastType) <= p.inner() {
		room := p.inner() - used - cells.Width(name) - 2
		first += p.s.Muted.Render("  " + cells.Cut(kind, room, g.Ellipsis))
	}
	rows := []string{first, p.evidence(c, d)}
	if n := c.Evidence.Chosen; n > 0 && d == full {
		said := timesChosen(n) + " in this corpus"
		if cells.Width(said) > p.inner()-2 {
			said = timesChosen(n) + " here"
		}
		rows = append(rows, "  "+p.s.Good.Render(said))
	}
	return rows
}

// evidence says which name matched and how: by all its letters, some of them, or by meaning.
func (p *pane) evidence(c kb.Candidate, d detail) string {
	sign, how := p.why(c)
	how = strings.TrimSpace(sign + " " + how)
	if workbench.Splits(c) {
		how += ", " + p.named.Split + " splits"
	} else if c.Evidence.Chosen > 0 && d == brief {
		how = strings.TrimSpace(fmt.Sprintf("%s chosen %d times", sign, c.Evidence.Chosen))
	} else if n := c.Evidence.Name; n != "" && n != c.Name {
		how += " " + quote(n)
	}
	right := p.parts(c) + " " + p.s.Muted.Render(number(c.Score))
	room := max(p.inner()-2-cells.Width(right)-1, 4)
	return "  " + p.s.Muted.Render(cells.Fit(how, room, p.s.Glyphs.Ellipsis)) + " " + right
}

// leastType is how much of a semantic type must have room for it to be shown.
const leastType = 8

// typeOf is the semantic type of a candidate.
func typeOf(c kb.Candidate) string {
	if c.Type != "" {
		return c.Type
	}
	return c.Evidence.Type
}

// parts draws what a score is made of, a column for each part with its sign: by
// letters, by meaning. Where the parts are not known, the score as a bar.
func (p *pane) parts(c kb.Candidate) string {
	g := p.s.Glyphs
	var b strings.Builder
	for _, part := range []struct {
		sign  string
		score corpus.Score
	}{{g.Letters, c.Evidence.Lexical}, {g.Meaning, c.Evidence.Dense}} {
		if part.score.Known() {
			b.WriteString(p.s.Muted.Render(part.sign) + p.s.Accent.Render(column(g, part.score)))
		}
	}
	if b.Len() == 0 {
		return Bar(p.s, c.Score, 5)
	}
	return b.String()
}

// column draws a score in one cell; a digit says more than an ASCII level does.
func column(g *style.Glyphs, v corpus.Score) string {
	steps := []rune(g.Levels)
	if steps[0] < utf8.RuneSelf {
		steps = []rune("0123456789")
	}
	at := int(math.Round(float64(len(steps)-1) * min(max(float64(v), 0), 1)))
	return string(steps[at])
}

// why is the strongest evidence, as a sign and as a word.
func (p *pane) why(c kb.Candidate) (sign, word string) {
	g := p.s.Glyphs
	switch c.Evidence.Match {
	case "exact":
		return g.Exact, "exact"
	case "ngram":
		return g.Letters, "letters"
	case "dense":
		return g.Meaning, "meaning"
	case "corpus":
		return g.Corpus, "corpus"
	}
	return g.Letters, cells.Clean(c.Evidence.Match) // a search by words or beginnings
}

// Bar draws a score in n cells; blank where there is none.
func Bar(s *style.Styles, v corpus.Score, n int) string {
	if !v.Known() {
		return cells.Blank(n)
	}
	full := int(math.Round(float64(n) * min(max(float64(v), 0), 1)))
	return s.Accent.Render(strings.Repeat(s.Glyphs.BarFull, full)) + s.Rule.Render(strings.Repeat(s.Glyphs.BarEmpty, n-full))
}

// number is a score in four cells: ".91", "1.00" or blanks.
func number(v corpus.Score) string {
	if !v.Known() {
		return "    "
	}
	s := strings.TrimPrefix(fmt.Sprintf("%.2f", float64(v)), "0")
	return cells.Blank(4-len(s)) + s
}

// Scores are the parts of a candidate's score, a row each: what was compared, how it
// matched, and a bar.
func Scores(s *style.Styles, c kb.Candidate, w int) []string {
	p := pane{s: s, w: w}
	sign, how := p.why(c)
	if n := c.Evidence.Name; n != "" {
		how += " " + quote(n)
	}
	rows := []string{scoreRow(s, sign+" "+how, c.Score, w)}
	g := s.Glyphs
	for _, part := range []struct {
		name  string
		score corpus.Score
	}{{g.Letters + " letters", c.Evidence.Lexical}, {g.Meaning + " meaning", c.Evidence.Dense}} {
		if part.score.Known() {
			rows = append(rows, scoreRow(s, "  "+part.name, part.score, w))
		}
	}
	for _, part := range c.Evidence.Parts {
		name := "  " + strings.TrimSpace(part.What+" "+cells.Clean(strings.TrimSpace(part.ID+" "+part.Text)))
		rows = append(rows, scoreRow(s, name, part.Score, w))
	}
	if n := c.Evidence.Chosen; n > 0 {
		rows = append(rows, s.Good.Render(timesChosen(n)+" for these words in this corpus"))
	}
	return append(rows, "")
}

func scoreRow(s *style.Styles, name string, v corpus.Score, w int) string {
	right := Bar(s, v, 10) + " " + number(v)
	return cells.Spread(s.Muted.Render(cells.Cut(name, max(w-16, 8), s.Glyphs.Ellipsis)), right, w, s.Glyphs.Ellipsis)
}

func timesChosen(n int) string {
	if n == 1 {
		return "chosen once"
	}
	return fmt.Sprintf("chosen %d times", n)
}
