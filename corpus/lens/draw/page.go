package draw

import (
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/corpus/score"
)

//go:embed page.html
var source string

var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{"decimal": decimal, "model": model}).Parse(source))
})

// How much of cases a page shows.
const (
	contextWidth = 60  // code points before and after
	casesShown   = 100 // of each class
)

// Page writes a page of HTML with charts and cases. It holds text of the corpus
// around each case: it is to be kept as the corpus is. The error is that of w.
func (v View) Page(w io.Writer) error {
	p := pageData{View: v, Gold: v.first().Gold, Documents: v.first().Documents, Mentions: v.first().Totals.Gold}
	against := lens.Compare(v.Reports)
	for i, r := range v.Reports {
		m := modelData{Number: i, Tag: v.tag(i), Report: r, Words: v.wordBars(i)}
		if i > 0 {
			m.Versus = &against[i-1]
		}
		if len(v.labels()) > 1 {
			m.Matrix = v.matrix(i)
		}
		m.Queues = queues(r)
		p.Models = append(p.Models, m)
	}
	p.charts()
	var figures strings.Builder
	if err := v.Text(&figures); err != nil {
		return err
	}
	p.Figures = figures.String()
	return page().Execute(w, p)
}

// pageData is what the page shows.
type pageData struct {
	View
	Gold                string
	Documents, Mentions int
	Models              []modelData
	Charts              []chart
	Figures             string
}

type modelData struct {
	Number int
	Tag    string
	*lens.Report
	Versus *lens.Versus
	Words  template.HTML
	Matrix template.HTML
	Queues []queue
}

// chart is a picture with its heading and what one should know to read it.
type chart struct {
	Title, About string
	Picture      template.HTML
}

const discs = "A disc is the share right of the mentions that have it, the ring that of all others: the longer the stem, the more it matters."

func (p *pageData) charts() {
	v := p.View
	add := func(title, about string, picture template.HTML) {
		if picture != "" {
			p.Charts = append(p.Charts, chart{title, about, picture})
		}
	}
	add("Boundary classes", "Mentions that are not exact: those of gold, then, paler, those predicted.", v.classBars())
	add("Causes: recall", discs, v.causeDots(true))
	add("Causes: precision", "The same for predicted mentions.", v.causeDots(false))
	add("Length: recall", "By words of the gold mention; signs are words of their own.", v.lengthDots(true))
	if len(v.labels()) > 1 {
		add("Labels: recall", "", v.labelDots(true))
		add("Labels: precision", "", v.labelDots(false))
	}
	if slices.ContainsFunc(v.Reports, func(r *lens.Report) bool { return r.Calibration != nil }) {
		add("Calibration", "Of mentions with a score of .8, 80 % should be right: dots above the diagonal are too modest, those below too sure. Areas tell how many.", v.reliability())
	}
	if v.linked() != nil {
		add("Linking: where it went wrong", fmt.Sprintf("Of %d gold mentions with a link.", v.linked().Linking.Mentions), v.stageBars())
	}
	if slices.ContainsFunc(v.Reports, func(r *lens.Report) bool { return ranked(r.Linking) }) {
		add("Linking: rank of the right concept", "Where the span is right and candidates are known.", v.rankBars())
	}
}

// queue is the cases of a class, or of a stage of linking; Flag is what lists them all.
type queue struct {
	Name, Flag, About string
	Total, More       int
	Cases             []caseData
}

type caseData struct {
	Place  string
	Around []lens.Segment
	Gold   string // where there is no text
	Pred   string
	Scores string
	Causes string
}

func queues(r *lens.Report) []queue {
	var all []queue
	add := func(name, flag, about string, is func(lens.Case) bool) {
		q := queue{Name: name, Flag: flag, About: about}
		for _, c := range r.Cases {
			if !is(c) {
				continue
			}
			q.Total++
			if q.Total <= casesShown {
				q.Cases = append(q.Cases, dataOf(c))
			}
		}
		q.More = q.Total - len(q.Cases)
		if q.Total > 0 {
			all = append(all, q)
		}
	}
	for _, class := range score.Classes()[1:] {
		add(string(class), "--class", lens.ClassAbout(class), func(c lens.Case) bool { return c.Class == class })
	}
	for _, stage := range lens.Stages() {
		if stage != lens.Linked && stage != lens.WrongSpan {
			add(string(stage), "--stage", stage.About(), func(c lens.Case) bool { return c.Ended(stage) })
		}
	}
	return all
}

func dataOf(c lens.Case) caseData {
	h := c.Hull()
	d := caseData{Place: fmt.Sprintf("%s %d–%d", c.Doc, h.Start, h.End), Around: wholeWords(c.Context(contextWidth))}
	if d.Around == nil {
		d.Gold, d.Pred = quoted(c.Gold), quoted(c.Pred)
	}
	var causes, scores []string
	for _, cause := range c.Causes {
		causes = append(causes, cause.About())
	}
	for _, m := range c.Pred {
		if m.Score > 0 {
			scores = append(scores, decimal(m.Score))
		}
	}
	if c.Class == score.LabelOnly {
		causes = append([]string{labelsOf(c.Gold) + " → " + labelsOf(c.Pred)}, causes...)
	}
	if links := wrongLinks(c); links != "" {
		causes = append([]string{links}, causes...)
	}
	d.Scores, d.Causes = strings.Join(scores, " "), strings.Join(causes, ", ")
	return d
}

// wholeWords replaces the words that the ends of a context may cut by an ellipsis.
func wholeWords(around []lens.Segment) []lens.Segment {
	for i := range around {
		s := &around[i]
		if s.Gold || s.Pred {
			continue
		}
		if _, rest, ok := strings.Cut(s.Text, " "); ok && i == 0 && utf8.RuneCountInString(s.Text) == contextWidth {
			s.Text = "… " + rest
		}
		if at := strings.LastIndexByte(s.Text, ' '); at >= 0 && i == len(around)-1 && utf8.RuneCountInString(s.Text) == contextWidth {
			s.Text = s.Text[:at] + " …"
		}
	}
	return around
}

func labelsOf(mentions []corpus.Mention) string {
	var names []string
	for _, m := range mentions {
		names = append(names, m.Label)
	}
	return strings.Join(names, " + ")
}
