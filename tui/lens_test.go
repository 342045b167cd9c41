package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// compared are two documents, gold as annotations and predictions as suggestions, and
// the cases of them.
func compared(t *testing.T, w, h int, change func(*fake)) *screen {
	t.Helper()
	f := newFake()
	f.add("a", "Con fiebre alta, tos seca y disnea leve.", "l SINTOMA fiebre alta", "a SINTOMA tos", "a SINTOMA disnea leve")
	f.add("b", "Con asma grave.", "s ENFERMEDAD asma")
	of := func(doc, label string, texts ...string) []corpus.Mention {
		var ms []corpus.Mention
		d := f.docs[doc]
		for _, text := range texts {
			at := d.Text.Off(strings.Index(d.Text.String(), text))
			s := corpus.Span{Start: at, End: at + corpus.Off(len([]rune(text)))}
			ms = append(ms, corpus.Mention{Label: label, Spans: corpus.Spans{s}, Text: text})
		}
		return ms
	}
	if change != nil {
		change(f)
	}
	l := LensOf([]lens.Case{
		{Doc: "a", Class: "right_short", Causes: []lens.Cause{lens.OffsetOnly}, Gold: of("a", "SINTOMA", "fiebre alta"), Pred: of("a", "SINTOMA", "fiebre")},
		{Doc: "a", Class: "label_only", Gold: of("a", "SINTOMA", "tos"), Pred: of("a", "ENFERMEDAD", "tos")},
		{Doc: "a", Class: "split", Gold: of("a", "SINTOMA", "disnea leve"), Pred: of("a", "SINTOMA", "disnea", "leve")},
		{Doc: "a", Class: "exact", Gold: of("a", "SINTOMA", "seca"), Pred: of("a", "SINTOMA", "seca")},
		{Doc: "b", Class: "spurious", Causes: []lens.Cause{lens.OffsetOnly}, Pred: of("b", "ENFERMEDAD", "asma")},
	})
	s := &screen{t, f, New(f, Options{Title: "gold", Theme: "none", Lens: l})}
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	s.send(changedMsg{})
	return s
}

func TestTheLensStepsThroughErrors(t *testing.T) {
	s := compared(t, 120, 40, nil)
	s.wantFocus("fiebre alta")
	s.wantText("all 1 of 4", "right_short: prediction ends too early · offset_only", "[fiebre| alta]", "[fiebre] alta|", "n next")
	s.press("n")
	s.wantFocus("tos")
	s.wantText("all 2 of 4", "ENFERMEDAD, not SINTOMA")
	s.press("n")
	s.wantText("[disnea| |leve]", "[disnea] [leve]")
	s.press("n")
	s.wantFocus("asma")
	if s.m.docName != "b" {
		t.Errorf("the last case is in b, the screen shows %s", s.m.docName)
	}
	s.press("n")
	s.wantText("this is the last of all: Q chooses other errors")
	s.press("p p")
	s.wantFocus("tos")
	s.press("p p")
	s.wantText("this is the first of all")
}

func TestTheLensHasAQueueForEachClassAndCause(t *testing.T) {
	s := compared(t, 120, 40, nil)
	var names []string
	for _, q := range s.m.opt.Lens.Queues {
		names = append(names, q.Name)
	}
	if want := []string{"all", "label_only", "right_short", "split", "spurious", "offset_only"}; !slices.Equal(names, want) {
		t.Errorf("queues %v, want %v: what is right is in none, and none is empty", names, want)
	}
	s.press("Q")
	s.wantText("What to step through", "several predictions for one gold mention")
	s.write("offset")
	s.press("enter")
	s.wantFocus("fiebre alta")
	s.wantText("offset_only 1 of 2")
	s.press("n")
	s.wantFocus("asma")
}

func TestTakingTheOtherSide(t *testing.T) {
	s := compared(t, 120, 40, nil)
	s.press("y")
	s.wantLog("span 4 10")
	s.wantFocus("tos") // one key a case
	s.press("y y")
	s.wantFocus("asma")
	s.wantLog("span 4 10", "label ENFERMEDAD", "bulk of 3")
	if d := s.f.docs["a"]; len(d.Items) != 4 || d.Items[2].Text != "disnea" || d.Items[3].Text != "leve" || d.Items[0].State != workbench.Linked {
		t.Errorf("both halves and no whole, and the link of what only moved: %+v", d.Items)
	}
	s.press("y")
	s.wantText(`accepted "asma"`, "this is the last of all")
	s.press("y")
	s.wantText("that is what the other side says here, too")
	s.press("u u")
	if s.m.docName != "a" {
		t.Errorf("an undo shows what came back, in %s", s.m.docName)
	}
	s.wantText("all 3 of 4") // and the lens follows
}

func TestADecisionGoesOnToTheNextError(t *testing.T) {
	s := compared(t, 120, 40, nil)
	s.press("r")
	s.wantLog("reject")
	s.wantFocus("tos")
	s.press("n n r")
	s.wantText(`rejected "asma"`, "last of all")
}

// A mention that comes while another has the focus would wait for the cursor: the lens
// does not take the focus before everything is there.
func TestTheLensWaitsForTheOtherSide(t *testing.T) {
	s := compared(t, 80, 24, func(f *fake) { f.docs["a"].Busy = true })
	s.wantFocus("")
	s.wantText("[fiebre| alta]")
	s.press("y")
	s.wantText("the error is still being read")
	d := s.f.edit("a")
	d.Busy = false
	s.f.docs["a"] = d
	s.send(changedMsg{})
	s.wantFocus("fiebre alta")
}

func TestReadOnlyLens(t *testing.T) {
	s := compared(t, 80, 24, func(f *fake) { f.docs["a"].ReadOnly = "--into DIR corrects a copy" })
	s.wantFocus("fiebre alta")
	s.press("y")
	s.wantText("read-only: --into DIR corrects a copy")
	s.wantLog()
	s.press("n")
	s.wantFocus("tos")
}

func TestWithoutALensItsKeysSayWhy(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("y")
	s.wantText("nothing is compared here: gloss errors --open")
	s.wantLog()
}

func TestLensOfLinksAndOpinions(t *testing.T) {
	l := LensOf([]lens.Case{{
		Doc: "a", Class: "exact", Gold: []corpus.Mention{{Label: "X"}}, Pred: []corpus.Mention{{Label: "X"}},
		Links: []lens.LinkCase{{Gold: []string{"1"}, Pred: []string{"2"}, Stage: lens.RankedLow, Rank: 2}},
	}})
	if len(l.Cases) != 1 || l.Cases[0].About != "linked to 2, not 1" || len(l.Queues) != 3 || l.Queues[2].Name != "ranked_low" || l.Queues[1].About != "only the link is wrong" {
		t.Errorf("%+v", l)
	}
	l = LensOfOpinions([]lens.Opinion{{Kind: lens.SpanOpinion, Doc: "a", Why: "not annotated", Confidence: .93}, {Kind: lens.UnevenOpinion, Doc: "b", Confidence: corpus.NoScore, Why: "in 3 of 4"}})
	if len(l.Queues) != 3 || l.Cases[0].About != "not annotated (0.93)" || l.Cases[1].About != "in 3 of 4" || l.Sides[1] != "model" {
		t.Errorf("%+v", l)
	}
}

// Where both sides do not fit, what lies between the edges is cut, and no edge is.
func TestEveryEdgeIsSeen(t *testing.T) {
	long := "neoplasia pleuropulmonar en lóbulo superior derecho con metástasis pleurales y ganglionares múltiples"
	f := newFake()
	f.add("a", "Se objetiva "+long+" en mediastino.", "a X "+long)
	gold := f.docs["a"].Items[0].Mention
	end := gold.Spans[0].End
	pred := []corpus.Mention{{Label: "X", Spans: corpus.One(12, 21)}, {Label: "X", Spans: corpus.One(end-9, end)}}
	l := LensOf([]lens.Case{{Doc: "a", Class: "split", Gold: []corpus.Mention{gold}, Pred: pred}})
	for _, w := range []int{60, 80, 120} {
		s := &screen{t, f, New(f, Options{Theme: "none", Lens: l})}
		s.send(tea.WindowSizeMsg{Width: w, Height: 24})
		s.send(changedMsg{})
		s.wantText("[neoplasia|", "[neoplasia] ", "|múltiples]", "[múltiples]")
	}
}

// A document that was opened by hand is decided on as ever, and the next error is one key away.
func TestADecisionElsewhereStays(t *testing.T) {
	s := compared(t, 120, 40, func(f *fake) { f.add("c", "Otra nota sin error: gota.", "s ENFERMEDAD gota") })
	s.press("] ] tab a")
	if s.m.docName != "c" {
		t.Errorf("a decision in c opened %s", s.m.docName)
	}
	s.wantText(`accepted "gota"`)
	s.press("y")
	s.wantText("the error is in a: n goes on")
	s.press("n")
	s.wantFocus("tos")
}

// Of several models an error that they make alike is one, and names them.
func TestTheLensNamesTheModelsThatMakeAnError(t *testing.T) {
	of := func(doc string, start, end corpus.Off) []corpus.Mention {
		return []corpus.Mention{{Label: "SINTOMA", Spans: corpus.One(start, end)}}
	}
	fever := lens.Case{Doc: "a", Class: "right_long", Gold: of("a", 4, 10), Pred: of("a", 4, 15)}
	asma := lens.Case{Doc: "b", Class: "spurious", Pred: of("b", 4, 8)}
	tos := lens.Case{Doc: "a", Class: "missed", Gold: of("a", 17, 20)}
	shorter := lens.Case{Doc: "a", Class: "right_short", Gold: of("a", 4, 10), Pred: of("a", 4, 8)}
	right := lens.Case{Doc: "a", Class: "exact", Gold: of("a", 4, 10), Pred: of("a", 4, 10)}
	l := LensOfModels([]string{"small", "large", "rules"}, [][]lens.Case{{fever, tos, asma}, {fever, tos}, {shorter, tos, right}})
	var cases []string
	for i := range l.Cases {
		c := &l.Cases[i]
		cases = append(cases, c.Doc+" "+c.Class+" "+l.other(c))
	}
	if want := []string{"a right_long A B", "a right_short C", "a missed A B C", "b spurious A"}; !slices.Equal(cases, want) {
		t.Errorf("cases %q, want %q", cases, want)
	}
	queues := map[string][]int{}
	for _, q := range l.Queues {
		queues[q.Name+": "+q.About] = q.At
	}
	for name, want := range map[string][]int{
		"all: every error": {0, 1, 2, 3}, "every_model: what all models get wrong alike": {2},
		"model_A: small": {0, 2, 3}, "model_B: large": {0, 2}, "model_C: rules": {1, 2},
	} {
		if !slices.Equal(queues[name], want) {
			t.Errorf("%s has %v, want %v", name, queues[name], want)
		}
	}
	one := LensOfModels([]string{"small"}, [][]lens.Case{{fever, fever}})
	if len(one.Cases) != 2 || one.other(&one.Cases[0]) != "pred" || len(one.Queues) != 2 {
		t.Errorf("of one model: %+v", one)
	}
}
