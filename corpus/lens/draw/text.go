package draw

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Text writes tables. The error is that of w.
func (v View) Text(w io.Writer) error {
	b := bufio.NewWriter(w)
	v.heads(b)
	v.classes(b)
	if len(v.labels()) > 1 {
		v.tallies(b, "label", v.labels(), func(r *lens.Report, i int) lens.Tally { return r.PerLabel[v.labels()[i]] })
		v.confusion(b)
	}
	var lengths []string
	for _, l := range v.first().Lengths {
		lengths = append(lengths, l.Words)
	}
	v.tallies(b, "words", lengths, func(r *lens.Report, i int) lens.Tally { return r.Lengths[i].Tally })
	var causes []string
	for _, c := range v.causes() {
		causes = append(causes, c.About())
	}
	v.tallies(b, "cause", causes, func(r *lens.Report, i int) lens.Tally { return r.Causes[v.causes()[i]] })
	for i, r := range v.Reports {
		v.words(b, i, r)
	}
	v.calibration(b)
	v.linking(b)
	return b.Flush()
}

// table writes rows in columns, after an empty line and a title.
func table(w io.Writer, title string, rows func(tw io.Writer)) {
	fmt.Fprintf(w, "\n%s\n", title)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	rows(tw)
	tw.Flush() // w keeps its first error
}

// many tells whether there are several models, which need their letters.
func (v View) many() bool { return len(v.Reports) > 1 }

func (v View) heads(w io.Writer) {
	r := v.first()
	fmt.Fprintf(w, "gold %s: %d documents, %d mentions\n", r.Gold, r.Documents, r.Totals.Gold)
	for i, r := range v.Reports {
		name := "predictions"
		if v.many() {
			name = letter(i)
		}
		t := r.Totals
		fmt.Fprintf(w, "%s %s: %d mentions, precision %s, recall %s, F1 %s%s\n",
			name, r.Pred, t.Pred, decimal(t.Precision), decimal(t.Recall), decimal(t.F1), between(t.CI95, "%s–%s", decimal))
	}
	for i, o := range lens.Compare(v.Reports) {
		fmt.Fprintf(w, "%s against A: F1 %+.4f%s; gold mentions right in both %d, A alone %d, %s alone %d, neither %d\n",
			letter(i+1), float64(o.Diff), between(o.Diff95, "%s to %s", signed), o.Both, o.OnlyFirst, letter(i+1), o.OnlyThis, o.Neither)
	}
}

// between is a 95 % interval in brackets; "" where there is none, as of a single document.
func between(ci [2]corpus.Score, form string, number func(corpus.Score) string) string {
	if !ci[0].Known() {
		return ""
	}
	return fmt.Sprintf(" (95 %% "+form+")", number(ci[0]), number(ci[1]))
}

func signed(s corpus.Score) string { return fmt.Sprintf("%+.4f", float64(s)) }

// columns repeats the names of columns for each model.
func (v View) columns(w io.Writer, first string, names ...string) {
	fmt.Fprint(w, first)
	for i := range v.Reports {
		for _, name := range names {
			if v.many() {
				name = letter(i) + " " + name
			}
			fmt.Fprintf(w, "\t%s", name)
		}
	}
}

func (v View) classes(w io.Writer) {
	table(w, "Boundary classes, by mention", func(w io.Writer) {
		v.columns(w, "class", "gold", "predicted")
		fmt.Fprintln(w, "\twhat it is")
		for _, class := range score.Classes() {
			fmt.Fprint(w, class)
			for _, r := range v.Reports {
				gold, pred := sideCounts(r)
				fmt.Fprintf(w, "\t%d\t%d", gold[class], pred[class])
			}
			fmt.Fprintf(w, "\t%s\n", lens.ClassAbout(class))
		}
		fmt.Fprint(w, "all")
		for _, r := range v.Reports {
			fmt.Fprintf(w, "\t%d\t%d", r.Totals.Gold, r.Totals.Pred)
		}
		fmt.Fprintln(w, "\t")
	})
}

// tallies writes a row for each name, with recall and precision of what it names
// and of everything else.
func (v View) tallies(w io.Writer, what string, names []string, of func(r *lens.Report, i int) lens.Tally) {
	table(w, "By "+what+" (“others”: the mentions without it)", func(w io.Writer) {
		v.columns(w, what, "gold", "recall", "others", "predicted", "precision", "others")
		fmt.Fprintln(w)
		for i, name := range names {
			if !slices.ContainsFunc(v.Reports, func(r *lens.Report) bool { t := of(r, i); return t.Gold+t.Pred > 0 }) {
				continue
			}
			fmt.Fprint(w, name)
			for _, r := range v.Reports {
				t := of(r, i)
				recall, precision := without(r, t)
				fmt.Fprintf(w, "\t%d\t%s\t%s\t%d\t%s\t%s", t.Gold, decimal(share(t.GoldRight, t.Gold)), decimal(recall), t.Pred, decimal(share(t.PredRight, t.Pred)), decimal(precision))
			}
			fmt.Fprintln(w)
		}
	})
}

func (v View) confusion(w io.Writer) {
	for i, r := range v.Reports {
		title := "Labels: gold in rows, predicted in columns, by mention (O: none)"
		if v.many() {
			title = letter(i) + ", " + title
		}
		table(w, title, func(w io.Writer) {
			names := append(v.labels(), score.NoLabel)
			fmt.Fprintf(w, "\t%s\n", strings.Join(names, "\t"))
			for _, gold := range names {
				fmt.Fprint(w, gold)
				for _, pred := range names {
					fmt.Fprintf(w, "\t%d", r.Labels[gold][pred])
				}
				fmt.Fprintln(w)
			}
		})
	}
}

// words writes the words at wrong edges, four columns side by side.
func (v View) words(w io.Writer, i int, r *lens.Report) {
	title := "Words at wrong edges"
	if v.many() {
		title += ", " + letter(i)
	}
	rows := 0
	for _, e := range edges {
		rows = max(rows, min(v.Top, len(r.Tokens[e.side])))
	}
	if rows == 0 {
		return
	}
	table(w, title, func(w io.Writer) {
		for _, e := range edges {
			fmt.Fprintf(w, "%s\t\t", e.title)
		}
		fmt.Fprintln(w)
		for row := range rows {
			for _, e := range edges {
				if list := r.Tokens[e.side]; row < len(list) {
					fmt.Fprintf(w, "%s%s\t%d×\t", e.sign, list[row].Text, list[row].Count)
				} else {
					fmt.Fprint(w, "\t\t")
				}
			}
			fmt.Fprintln(w)
		}
	})
}

func (v View) calibration(w io.Writer) {
	if !slices.ContainsFunc(v.Reports, func(r *lens.Report) bool { return r.Calibration != nil }) {
		return
	}
	table(w, "Calibration: are scores right as often as they say?", func(w io.Writer) {
		v.columns(w, "score", "predicted", "mean score", "precision")
		fmt.Fprintln(w)
		for bin := range 10 {
			fmt.Fprintf(w, ".%d–%.1f", bin, float64(bin+1)/10)
			for _, r := range v.Reports {
				if r.Calibration == nil {
					fmt.Fprint(w, "\t\t\t")
					continue
				}
				b := r.Calibration.Bins[bin]
				fmt.Fprintf(w, "\t%d\t%s\t%s", b.Pred, decimal(b.Score), decimal(b.Precision))
			}
			fmt.Fprintln(w)
		}
		fmt.Fprint(w, "calibration error")
		for _, r := range v.Reports {
			if r.Calibration == nil {
				fmt.Fprint(w, "\t\t\t")
				continue
			}
			fmt.Fprintf(w, "\t%d\t\t%s", r.Calibration.Scored, decimal(r.Calibration.ECE))
		}
		fmt.Fprintln(w)
	})
}

func (v View) linking(w io.Writer) {
	for i, r := range v.Reports {
		l := r.Linking
		if l == nil {
			continue
		}
		title := fmt.Sprintf("Links of %d gold mentions", l.Mentions)
		if v.many() {
			title += ", " + letter(i)
		}
		table(w, title, func(w io.Writer) {
			for _, s := range lens.Stages() {
				if l.Stages[s] == 0 {
					continue
				}
				fmt.Fprintf(w, "%s\t%d\t%s\n", s.About(), l.Stages[s], decimal(share(l.Stages[s], l.Mentions)))
			}
		})
		table(w, "Those of a right span, by cause", func(w io.Writer) {
			fmt.Fprintln(w, "cause\tmentions\tlinked right\tothers")
			span := l.Mentions - l.Stages[lens.WrongSpan]
			for _, c := range lens.LinkCauses() {
				if t, ok := l.Causes[c]; ok {
					fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", c.About(), t.SpanRight, decimal(share(t.Right, t.SpanRight)),
						decimal(share(l.Stages[lens.Linked]-t.Right, span-t.SpanRight)))
				}
			}
		})
		if !ranked(l) {
			continue
		}
		table(w, "Rank of the right concept among the candidates, of right spans", func(w io.Writer) {
			for _, rank := range l.Ranks {
				fmt.Fprintf(w, "%s\t%d\n", rank.Rank, rank.Count)
			}
		})
	}
}

// Cases writes a line for each case: document, place, class, what gold and the
// prediction have, causes, and where a link is wrong, how.
func Cases(w io.Writer, cases []lens.Case) error {
	b := bufio.NewWriter(w)
	for _, c := range cases {
		h := c.Hull()
		why := make([]string, len(c.Causes))
		for i, cause := range c.Causes {
			why[i] = string(cause)
		}
		fmt.Fprintf(b, "%s:%d-%d\t%s\t%s\t%s\t%s", c.Doc, h.Start, h.End, c.Class, quoted(c.Gold), quoted(c.Pred), strings.Join(why, ","))
		if links := wrongLinks(c); links != "" {
			fmt.Fprintf(b, "\t%s", links)
		}
		fmt.Fprintln(b)
	}
	return b.Flush()
}

// wrongLinks tells of the links of a right span; empty where they are right.
func wrongLinks(c lens.Case) string {
	var parts []string
	for _, l := range c.Links {
		if l.Stage == lens.Linked || l.Stage == lens.WrongSpan {
			continue
		}
		part := fmt.Sprintf("%s: %s, not %s", l.Stage, cmp.Or(strings.Join(l.Pred, " "), "no link"), strings.Join(l.Gold, " "))
		if l.Rank > 0 {
			part += fmt.Sprintf(" (rank %d)", l.Rank)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// Opinions writes a line for each opinion.
func Opinions(w io.Writer, opinions []lens.Opinion) error {
	b := bufio.NewWriter(w)
	for _, o := range opinions {
		h := lens.Case{Gold: o.Human, Pred: o.Model}.Hull()
		fmt.Fprintf(b, "%s:%d-%d\t%s\t%s\t%s\t%s\t%s\n", o.Doc, h.Start, h.End, o.Kind, decimal(o.Confidence), quoted(o.Human), quoted(o.Model), o.Why)
	}
	return b.Flush()
}

// quoted are the texts of mentions with their labels; "–" for none.
func quoted(mentions []corpus.Mention) string {
	parts := make([]string, len(mentions))
	for i, m := range mentions {
		parts[i] = fmt.Sprintf("%s %q", m.Label, m.Text)
	}
	return cmp.Or(strings.Join(parts, " + "), "–")
}
