package workbench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb/link"
)

// graded is a recognizer that is as sure of a word as it says.
type graded struct {
	words
	sure map[string]corpus.Score
}

func (g graded) Annotate(ctx context.Context, text corpus.Text, s []corpus.Span, l []string) ([]corpus.Mention, error) {
	found, err := g.words.Annotate(ctx, text, s, l)
	for i := range found {
		found[i].Score = g.sure[found[i].Text]
	}
	return found, err
}

// asking is a rig over some notes, in which nothing is linked.
func asking(t *testing.T, notes map[string]string) *rig {
	t.Helper()
	sure := map[string]corpus.Score{"fiebre": .55, "tos": .97, "asma": .7, "Fiebre": .6, "edema": .9}
	all := words{}
	for w := range sure {
		all[w] = "SINTOMA"
	}
	r := newRigWith(t, graded{all, sure})
	for name, text := range notes {
		r.write(name+".txt", text)
	}
	r.write("a.ann", "")
	r.write("a.txt", "Sin hallazgos.")
	r.write("b.txt", "Sin hallazgos.")
	r.withoutLinks()
	r.wait("the models are there", func() bool { return r.Status().Device != "" })
	return r
}

// withoutLinks opens the collection again, without a linker.
func (r *rig) withoutLinks() {
	r.t.Helper()
	if err := r.Close(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	r.linker = func(*link.Overlay) suggest.Linker { return nil }
	r.open()
}

// everything is asked of the models, as E does.
func (r *rig) everything() {
	r.t.Helper()
	if failed, err := r.SuggestAll(r.t.Context()); failed > 0 || err != nil {
		r.t.Fatal(failed, err)
	}
}

func (r *rig) questions(n int) []Question {
	r.t.Helper()
	q, err := r.Questions(r.t.Context(), n)
	if err != nil {
		r.t.Fatal(err)
	}
	return q.List
}

func told(all []Question) string {
	var out []string
	for _, q := range all {
		out = append(out, fmt.Sprintf("%s/%s+%d", q.Doc, q.Text, q.Alike))
	}
	return strings.Join(out, " ")
}

var threeNotes = map[string]string{
	"c": "Tiene tos y fiebre.\n", "d": "Con asma. Fiebre y tos.\n", "e": "Sin edema, con fiebre.\n",
}

func TestQuestionsGoByDoubtOverAllDocuments(t *testing.T) {
	r := asking(t, threeNotes)
	if q, err := r.Questions(t.Context(), 9); err != nil || len(q.List) > 0 || q.Unknown == 0 {
		t.Errorf("before anything is known: %+v, %v", q, err)
	}
	r.everything()
	q, err := r.Questions(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	// fiebre stands in three documents, in two ways of writing; the one that is least sure stands for all.
	if got := told(q.List); got != "c/fiebre+2 d/asma+0" || q.Left != 2 || q.Unknown != 0 {
		t.Errorf("%s, %d left, %d unknown", got, q.Left, q.Unknown)
	}
	if f := q.List[0]; f.Reason != "the models are unsure: 55 %, 2 alike" || !strings.Contains(f.About, "It is asked for 2 more that read the same, too.") || f.Key != "?SINTOMA 12 18" {
		t.Errorf("%+v", f)
	}
	if got := told(r.questions(9)); got != "e/edema+0 c/tos+1" {
		t.Errorf("the rest is %s", got)
	}
	if got := told(r.questions(9)); got != "" {
		t.Errorf("asked twice: %s", got)
	}
	if err := r.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// What was decided anywhere, in this session or the one before, is not asked again, unless
// it was taken back.
func TestWhatWasAnsweredIsNotAsked(t *testing.T) {
	r := asking(t, threeNotes)
	d := r.view("d")
	r.do(Accept{At{"d", item(t, d, "Fiebre").Key}})
	r.do(Reject{At{"d", item(t, d, "asma").Key}})
	r.reopen()
	r.wait("the models are there", func() bool { return r.Status().Device != "" })
	r.everything()
	if got := told(r.questions(1)); got != "e/edema+0" {
		t.Errorf("%s", got)
	}
	r.view("d")
	r.do(Undo{})
	if got := told(r.questions(9)); !strings.Contains(got, "d/asma+0") || strings.Contains(got, "iebre") {
		t.Errorf("after an undo: %s", got)
	}
}

// Documents that are finished, or that somebody else decides on, are not asked about.
func TestOnlyOpenDocumentsAreAsked(t *testing.T) {
	r := asking(t, threeNotes)
	r.everything()
	r.view("c")
	r.do(Finish{At{Doc: "c"}})
	if got := told(r.questions(9)); strings.Contains(got, "c/") || !strings.Contains(got, "e/fiebre+1") {
		t.Errorf("%s", got)
	}
}

// The order of the documents is that of the questions, too; one in ten is drawn by chance,
// and the journal says which.
func TestQuestionsByChance(t *testing.T) {
	text := ""
	for i := range 30 {
		text += fmt.Sprintf("Tiene dolor%d. ", i)
	}
	r := newRigWith(t, many{})
	r.write("c.txt", text)
	r.withoutLinks()
	r.view("c")
	all := r.questions(20)
	var drawn []Question
	for i, q := range all {
		if q.Chance {
			drawn = append(drawn, q)
			if q.Reason != "drawn by chance" || i%10 != 9 {
				t.Errorf("question %d: %+v", i, q)
			}
		}
	}
	if len(drawn) != 2 {
		t.Fatalf("%d of 20 are drawn by chance", len(drawn))
	}
	r.do(Accept{all[0].At})
	r.do(Flag{At: drawn[0].At}) // says nothing of the mention
	r.do(Accept{drawn[0].At})
	r.do(Undo{})
	r.do(Redo{})
	r.do(Reject{drawn[1].At})
	r.do(Undo{})
	r.do(Accept{drawn[1].At}) // the answer that counts
	r.wait("it is saved", func() bool { return r.Status().Unsaved == 0 })
	marked := 0
	for d, err := range r.journal.All(t.Context(), journal.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if d.Offer != nil && d.Offer.Drawn {
			marked++
			if (At{d.Doc, suggestionKey(*d.Before)}) == all[0].At {
				t.Error("a question that was chosen counts as drawn")
			}
		}
	}
	if marked != 3 {
		t.Errorf("%d decisions are marked", marked)
	}
	if err := r.Arrange(t.Context(), order.Random); err != nil {
		t.Fatal(err)
	}
	if q := r.questions(1); len(q) != 1 || !q[0].Chance {
		t.Errorf("by chance: %+v", q)
	}
}

// many finds each word that begins with "dolor", surer the later.
type many struct{}

func (many) Annotate(_ context.Context, text corpus.Text, _ []corpus.Span, _ []string) ([]corpus.Mention, error) {
	var found []corpus.Mention
	s, from := text.String(), 0
	for n := 0; ; n++ {
		i := strings.Index(s[from:], "dolor")
		if i < 0 {
			return found, nil
		}
		start := from + i
		end := start + strings.IndexByte(s[start:], '.')
		found = append(found, corpus.Mention{Label: "SINTOMA", Spans: corpus.One(corpus.Off(start), corpus.Off(end)), Text: s[start:end], Score: corpus.Score(.5 + .01*float64(n))})
		from = end
	}
}

// A question tells nothing of what a probe changes: the same reason, shuffled or not, and
// none about what is hidden.
func TestQuestionsUnderAProbe(t *testing.T) {
	ask := func(p Probe) string {
		t.Helper()
		r := newRig(t)
		w, err := Open(t.Context(), Options{
			Dir: r.dir, State: t.TempDir(), Who: "eva", Workers: 1, Probe: p, Linkable: func(string) bool { return true },
			Load: func(_ context.Context, memory *link.Overlay) (*suggest.Models, error) {
				return &suggest.Models{Recognizer: r.recognizer, Linker: names{memory}, Hash: "m", Device: "cpu"}, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close(t.Context())
		for w.Status().Device == "" {
			<-w.Changed()
		}
		if _, err := w.SuggestAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		q, err := w.Questions(t.Context(), 9)
		if err != nil {
			t.Fatal(err)
		}
		text := told(q.List)
		for _, one := range q.List {
			text += "\n" + one.Reason + one.About
		}
		return text
	}
	plain := ask(Probe{})
	if !strings.Contains(plain, "fiebre") || !strings.Contains(plain, "best two are 0.40 apart") {
		t.Errorf("without a probe: %s", plain)
	}
	if got := ask(Probe{Share: 1, Kind: ProbeShuffle}); got != plain {
		t.Errorf("shuffled: %s\nplain: %s", got, plain)
	}
	if got := ask(Probe{Share: 1, Kind: ProbeHide}); strings.Contains(got, "fiebre") || !strings.Contains(got, "tos") {
		t.Errorf("hidden: %s", got)
	}
}

func TestNothingToAsk(t *testing.T) {
	r := newRig(t)
	for name, o := range map[string]Options{"no model": {}, "blind": {Blind: true}} {
		o.Dir, o.State, o.Who = r.dir, t.TempDir(), "eva"
		w, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if q, err := w.Questions(t.Context(), 5); err == nil || len(q.List) > 0 || o.Blind == errors.Is(err, ErrNotReady) {
			t.Errorf("%s: %+v, %v", name, q, err)
		}
		if err := w.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
