package overview

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/pace"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/style"
)

// drawn is an estimate of n documents with ten mentions each, wrong of which were not found.
func drawn(t *testing.T, n, wrong int) order.Estimate {
	t.Helper()
	var trials []order.Trial
	for i := range n {
		one := order.Trial{Name: fmt.Sprint(i)}
		for at := range 10 {
			m := corpus.Mention{Label: "A", Spans: corpus.One(corpus.Off(at*10), corpus.Off(at*10+5))}
			one.Gold = append(one.Gold, m)
			if at >= wrong-max(0, 1-i%2)*min(wrong, 1) { // not all documents are alike
				one.Found = append(one.Found, m)
			}
		}
		trials = append(trials, one)
	}
	e, err := order.Judge(trials, nil, order.Documents)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The overview says whether one may stop, and what it takes to tell.
func TestEnough(t *testing.T) {
	for _, c := range []struct {
		name string
		o    workbench.Overview
		want []string
		not  string
	}{
		{"as the documents lie", workbench.Overview{Order: order.File},
			[]string{"F1 of 0.90", "in this order chance draws none", "V chooses one in which it does", "none drawn by chance is answered yet", "Q draws one in ten"}, "you may stop"},
		{"nothing yet", workbench.Overview{Order: order.Value}, []string{"0 drawn by chance and finished", "5 more are needed"}, "you may stop"},
		{"too few", workbench.Overview{Order: order.Value, Estimate: drawn(t, 4, 0)}, []string{"4 drawn by chance and finished", "1 more is needed"}, "you may stop"},
		{"good", workbench.Overview{Order: order.Value, Estimate: drawn(t, 8, 0)}, []string{"F1 1.00 (95 %: 1.00 to 1.00)", "on 8 documents drawn by chance", "you may stop: the lower end has come to the target"}, "more drawn"},
		{"nearly", workbench.Overview{Order: order.Value, Estimate: drawn(t, 6, 2)}, []string{"not sure yet: about", "more drawn documents needed to tell"}, "you may stop"},
		{"bad", workbench.Overview{Order: order.Value, Estimate: drawn(t, 8, 6)}, []string{"below the target: what you go on to annotate can teach the models"}, "you may stop"},
		{"few questions", workbench.Overview{Report: pace.Report{Drawn: pace.Rate{Count: 9, Of: 9}}}, []string{"9 of 9 right as suggested", "100 % (95 %: 70 to 100)", "1 more is needed"}, "you may stop"},
		{"questions", workbench.Overview{Report: pace.Report{Drawn: pace.Rate{Count: 60, Of: 60}, DrawnFirst: pace.Rate{Count: 30, Of: 40}}},
			[]string{"60 of 60 right as suggested", "100 % (95 %: 94 to 100)", "30 of 40 first concept right", "you may stop"}, "more drawn"},
		{"not sure", workbench.Overview{Report: pace.Report{Drawn: pace.Rate{Count: 28, Of: 30}}}, []string{"not sure yet: about", "drawn questions needed"}, "you may stop"},
	} {
		c.o.Target = .9
		for _, w := range []int{56, 90} {
			rows := Rows(style.Plain(style.Unicode()), Data{Counts: &c.o, Order: "V", Queue: "Q"}, w)
			text := ansi.Strip(strings.Join(rows, "\n"))
			for _, want := range c.want {
				if w == 90 && !strings.Contains(text, want) {
					t.Errorf("%s: %q is missing:\n%s", c.name, want, text)
				}
			}
			if strings.Contains(text, c.not) {
				t.Errorf("%s: it says %q:\n%s", c.name, c.not, text)
			}
			for _, row := range rows {
				if ansi.StringWidth(row) > w {
					t.Errorf("%s: wider than %d: %q", c.name, w, row)
				}
			}
		}
	}
}
