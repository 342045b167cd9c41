package workbench

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

// composite is a candidate for "fiebre y tos" that says where to split it.
var composite = kb.Candidate{DB: "kb", ID: "A:1|B:2", Name: "pyrexia + cough", Evidence: kb.Evidence{Match: "composite", Parts: []kb.Part{
	{What: "concept", ID: "A:1", Text: "fiebre", Span: &corpus.Span{Start: 0, End: 6}},
	{What: "concept", ID: "B:2", Text: "tos", Span: &corpus.Span{Start: 9, End: 12}},
}}}

// moved is noteAnn with T1 elsewhere.
func moved(to string) string { return strings.Replace(noteAnn, "18 21\ttos", to, 1) }

// bolder are the actions that make several decisions, or say something that no
// line of the file says. The document is note, where tos is T1 with a remark, and fiebre and
// paracetamol are suggested.
var bolder = []struct {
	name string
	do   Action
	want string // the file then
}{
	{"nil with a reason", ChooseNIL{At: onA("?SINTOMA 9 15"), Reason: "too vague"}, noteAnn + "T2" + fever + "#2\tAnnotatorNotes T2\ttoo vague\n"},
	{"nil with a reason beside a note", ChooseNIL{At: onA("T1"), Reason: "too vague"}, noteAnn},
	{"split", Split{onA("T1"), 20}, moved("18 20\tto") + "T2\tSINTOMA 20 21\ts\n"},
	{"split a suggestion", Split{onA("?SINTOMA 9 15"), 12}, noteAnn + "T2\tSINTOMA 9 12\tfie\nT3\tSINTOMA 12 15\tbre\n"},
	{"join with a suggestion", Join{onA("T1"), "?SINTOMA 9 15"}, moved("9 21\tfiebre y tos")},
	{"join a suggestion with an annotation", Join{onA("?SINTOMA 9 15"), "T1"}, moved("9 21\tfiebre y tos")},
	{"join two suggestions", Join{onA("?FARMACO 32 43"), "?SINTOMA 48 54"}, noteAnn + "T2\tFARMACO 32 54\tparacetamol; la fiebre\n"},
	{"add a fragment", ToggleFragment{onA("T1"), corpus.Span{Start: 9, End: 16}}, moved("9 15;18 21\tfiebre tos")},
	{"take a fragment out", ToggleFragment{onA("?FARMACO 32 43"), corpus.Span{Start: 36, End: 38}}, noteAnn + "T2\tFARMACO 32 36;38 43\tpara tamol\n"},
	{"grow", Grow{onA("?FARMACO 32 43")}, noteAnn + "T2\tFARMACO 26 43\tpauta paracetamol\n"},
	{"attribute", ToggleAttribute{onA("T1"), "Negation", ""}, noteAnn + "A1\tNegation T1\n"},
	{"attribute of a suggestion", ToggleAttribute{onA("?SINTOMA 9 15"), "Certainty", "low"}, noteAnn + "T2" + fever + "A1\tCertainty T2 low\n"},
	{"flag", Flag{At: onA("T1")}, noteAnn},
	{"flag a suggestion", Flag{onA("?SINTOMA 9 15"), "is it one?"}, noteAnn},
	{"propose", Propose{At: At{Doc: "a"}, Concept: corpus.Proposal{ID: "X:1", Name: "tos rara"}}, noteAnn},
	{"propose and link", Propose{At: onA("T1"), Concept: corpus.Proposal{ID: "X:1", Name: "tos rara"}}, noteAnn + "N1\tReference T1 kb:X:1\ttos rara\n"},
	{"create with a link", CreateLinked{At{Doc: "a"}, corpus.One(0, 4), "SINTOMA", dos}, noteAnn + "T2\tSINTOMA 0 4\tNiño\nN1\tReference T2 kb:B:2\tdos\n"},
	{"apply at places", Apply{Places: []Place{
		{Doc: "a", Key: "T1", Do: Choose{At: onA("T1"), Candidate: dos}}, {Doc: "a", Key: "T7", Do: Accept{onA("T7")}}, {Doc: "b", Do: Create{At{Doc: "b"}, corpus.One(0, 4), "SINTOMA"}},
	}}, noteAnn + "N1\tReference T1 kb:B:2\tdos\n"},
}

func onA(key string) At { return At{Doc: "a", Key: key} }

// Whatever an action did, its undo brings back the bytes and the picture, its redo
// brings the action back, and so it is after a restart.
func TestBolderActionsAreUndoneWhole(t *testing.T) {
	for _, c := range bolder {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.view("b")
			before := r.view("a")
			r.do(c.do)
			if got := r.ann("a"); got != c.want {
				t.Errorf("file\n%swant\n%s", got, c.want)
			}
			done := r.view("a")
			if sameItems(before, done) && len(r.Proposals()) == 0 {
				t.Errorf("nothing to be seen of it: %+v", done.Items)
			}
			undone := func(when string) {
				t.Helper()
				r.do(Undo{})
				if got := r.ann("a"); got != noteAnn {
					t.Errorf("%s\n%s", when, got)
				}
				if now := r.view("a"); !sameItems(before, now) || len(r.Proposals()) > 0 {
					t.Errorf("%s: %+v\nwant %+v", when, now.Items, before.Items)
				}
			}
			undone("undone")
			r.do(Redo{})
			if got := r.ann("a"); got != c.want || !sameItems(done, r.view("a")) {
				t.Errorf("redone\n%s%+v", got, r.Doc("a").Items)
			}
			r.reopen()
			if !sameItems(done, r.view("a")) {
				t.Errorf("after a restart %+v\nwant %+v", r.Doc("a").Items, done.Items)
			}
			undone("undone after a restart")
		})
	}
}

// sameItems compares what a person sees of two pictures.
func sameItems(a, b *Doc) bool {
	seen := func(d *Doc) (list []Item) {
		for _, it := range d.Items {
			it.Candidates, it.Score, it.Proposal, it.Ready = nil, 0, nil, false
			if len(it.Links) == 0 {
				it.Links = nil
			}
			list = append(list, it)
		}
		return list
	}
	return reflect.DeepEqual(seen(a), seen(b)) && a.Finished == b.Finished
}

// A composite candidate whose evidence has places takes the mention apart: each part
// is linked to its own concept, in one step.
func TestCompositeTakesTheMentionApart(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(Join{onA("T1"), "?SINTOMA 9 15"})
	r.do(Choose{At: onA("T1"), Candidate: dos})
	joined := r.ann("a")
	if !Splits(composite) || Splits(dos) {
		t.Fatal("which candidates split is wrong")
	}
	res := r.do(ChooseParts{At: onA("T1"), Candidate: composite, Shown: []kb.Candidate{composite, {DB: "kb", ID: "B:2", Name: "tusis"}}})
	want := moved("9 15\tfiebre") + "N1\tReference T1 kb:A:1\tpyrexia\nT2\tSINTOMA 18 21\ttos\nN2\tReference T2 kb:B:2\ttusis\n"
	if got := r.ann("a"); got != want {
		t.Errorf("file\n%swant\n%s", got, want)
	}
	if res.Key != "T1" || item(t, r.Doc("a"), "tos").State != Linked {
		t.Errorf("result %+v", res)
	}
	r.do(Undo{})
	if got := r.ann("a"); got != joined {
		t.Errorf("undone\n%s", got)
	}
	elsewhere := composite
	elsewhere.Evidence.Parts = []kb.Part{
		{What: "concept", ID: "A:1", Text: "síndrome", Span: &corpus.Span{Start: 0, End: 8}},
		{What: "concept", ID: "B:2", Text: "febril", Span: &corpus.Span{Start: 9, End: 15}},
	}
	if _, err := r.Do(t.Context(), ChooseParts{At: onA("T1"), Candidate: elsewhere}); err == nil {
		t.Error("split at words that the mention does not have")
	}
	unwritable := composite
	unwritable.Evidence.Parts = slices.Clone(composite.Evidence.Parts)
	unwritable.Evidence.Parts[1].ID = "B 2" // the first part is done by then
	if _, err := r.Do(t.Context(), ChooseParts{At: onA("T1"), Candidate: unwritable}); err == nil || string(r.docs["a"].file.Bytes()) != joined {
		t.Errorf("half of it was done: %v\n%s", err, r.docs["a"].file.Bytes())
	}
}

// A joined mention keeps the link that both had, and no other.
func TestJoinKeepsTheLinkOfBoth(t *testing.T) {
	for _, c := range []struct{ id, want string }{
		{"B:2", moved("9 21\tfiebre y tos") + "N1\tReference T1 kb:B:2\tdos\n"}, {"A:1", moved("9 21\tfiebre y tos")},
	} {
		r := newRig(t)
		r.view("a")
		r.do(Choose{At: onA("T1"), Candidate: dos})
		r.do(Choose{At: onA("?SINTOMA 9 15"), Candidate: kb.Candidate{DB: "kb", ID: c.id, Name: "otra"}})
		both := r.ann("a")
		r.do(Join{onA("T1"), "T2"})
		if got := r.ann("a"); got != c.want {
			t.Errorf("%s: file\n%swant\n%s", c.id, got, c.want)
		}
		r.do(Undo{})
		if got := r.ann("a"); got != both {
			t.Errorf("%s: undone\n%s", c.id, got)
		}
	}
}

func TestAttributesToggle(t *testing.T) {
	r := newRig(t)
	r.view("a")
	for _, step := range []struct{ name, value, want string }{
		{"Certainty", "low", "A1\tCertainty T1 low\n"},
		{"Certainty", "high", "A1\tCertainty T1 high\n"},
		{"Negation", "", "A1\tCertainty T1 high\nA2\tNegation T1\n"},
		{"Certainty", "high", "A2\tNegation T1\n"},
		{"Negation", "", ""},
	} {
		r.do(ToggleAttribute{onA("T1"), step.name, step.value})
		if got := r.ann("a"); got != noteAnn+step.want {
			t.Errorf("%s %s\n%s", step.name, step.value, got)
		}
	}
}

func TestAFlagGoesWithItsMention(t *testing.T) {
	r := newRig(t)
	r.view("a")
	why := func() string { return item(t, r.Doc("a"), "fiebre").Flag }
	r.do(Flag{At: onA("?SINTOMA 9 15")})
	if why() != DefaultFlag {
		t.Errorf("a suggestion is flagged %q", why())
	}
	r.do(Accept{onA("?SINTOMA 9 15")})
	if why() != DefaultFlag {
		t.Error("acceptance took the flag away")
	}
	r.do(Flag{onA("T2"), "really?"})
	r.do(Unflag{onA("T2")})
	if why() != DefaultFlag { // that of the annotation is off, that of the suggestion came back to light
		t.Errorf("the flag is %q", why())
	}
	r.do(Unflag{onA("T2")})
	if why() != "" {
		t.Errorf("still flagged: %q", why())
	}
	r.do(Flag{At: onA("T2")})
	r.do(Reject{onA("T2")})
	r.do(Create{At{Doc: "a"}, corpus.One(0, 4), "SINTOMA"})
	if it := item(t, r.Doc("a"), "Niño"); it.ID != "T2" || it.Flag != "" {
		t.Errorf("the next T2 inherited the flag: %+v", it)
	}
}

func TestRepeatCopiesLabelAndLink(t *testing.T) {
	r := newRig(t)
	r.view("b")
	r.view("a")
	if _, err := r.Do(t.Context(), Repeat{onA("T1")}); err == nil {
		t.Error("repeated nothing")
	}
	r.do(SetLabel{onA("T1"), "FARMACO"})
	r.do(Choose{At: onA("T1"), Candidate: dos})
	r.do(Repeat{At{"b", "?SINTOMA 9 15"}})
	if got, want := r.ann("b"), "T1\tFARMACO 9 15\tfiebre\nN1\tReference T1 kb:B:2\tdos\n"; got != want {
		t.Errorf("file\n%swant\n%s", got, want)
	}
	r.do(Undo{})
	if got := r.ann("b"); got != "" {
		t.Errorf("undone\n%s", got)
	}
	r.do(ChooseNIL{At: onA("?SINTOMA 9 15"), Reason: "too vague"})
	r.reopen()
	r.view("b")
	r.do(Repeat{At{"b", "?FARMACO 32 43"}})
	if it := item(t, r.Doc("b"), "paracetamol"); it.State != NIL || it.Label != "SINTOMA" || it.Reason != "too vague" {
		t.Errorf("%+v", it)
	}
}

func TestWhatCannotBeDoneChangesNothing(t *testing.T) {
	for name, a := range map[string]Action{
		"split at its edge":           Split{onA("T1"), 18},
		"split outside":               Split{onA("T1"), 40},
		"join with itself":            Join{onA("T1"), "T1"},
		"join with nothing":           Join{onA("T1"), "T9"},
		"a fragment of white space":   ToggleFragment{onA("T1"), corpus.Span{Start: 15, End: 16}},
		"a fragment outside":          ToggleFragment{onA("T1"), corpus.Span{Start: 15, End: 1600}},
		"all of it":                   ToggleFragment{onA("T1"), corpus.Span{Start: 18, End: 21}},
		"a value of two lines":        ToggleAttribute{onA("?SINTOMA 9 15"), "Certainty", "a\nb"},
		"a proposal without id":       Propose{At: onA("T1"), Concept: corpus.Proposal{Name: "x"}},
		"a proposal without name":     Propose{At: onA("T1"), Concept: corpus.Proposal{ID: "X"}},
		"a link that cannot be read":  Propose{At: onA("T1"), Concept: corpus.Proposal{DB: "a b", ID: "X", Name: "x"}},
		"no composite":                ChooseParts{At: onA("T1"), Candidate: dos},
		"places that are gone":        Apply{Places: []Place{{Doc: "a", Key: "T9", Do: Accept{onA("T9")}}}},
		"an undo at a place":          Apply{Places: []Place{{Doc: "a", Do: Undo{}}}},
		"no places":                   Apply{},
		"no conflict":                 Resolve{At: onA("")},
		"a step that never was":       Undo{Seq: 99},
		"a split within a bulk fails": Bulk{[]Action{Accept{onA("?SINTOMA 9 15")}, Split{onA("T1"), 18}}},
	} {
		r := newRig(t)
		before := r.view("a")
		if _, err := r.Do(t.Context(), a); err == nil {
			t.Errorf("%s: no error", name)
		}
		if s := r.Status(); s.Saved+s.Unsaved != 0 || string(r.docs["a"].file.Bytes()) != noteAnn || !sameItems(before, r.Doc("a")) {
			t.Errorf("%s: something changed: %+v", name, s)
		}
	}
}

// fixed is a recognizer that finds the same mentions in every text.
type fixed []corpus.Mention

func (f fixed) Annotate(context.Context, corpus.Text, []corpus.Span, []string) ([]corpus.Mention, error) {
	return f, nil
}

// What the recognizer would mark instead is the first way to grow and to shrink.
func TestGrowAndShrinkTakeTheProposalFirst(t *testing.T) {
	r := newRigWith(t, fixed{{Label: "SINTOMA", Spans: corpus.One(18, 31), Text: "dolor de mama", Score: 0.9}})
	r.other("b.txt", "Con fiebre alta y dolor de mama izquierda.\n")
	r.other("b.ann", "T1\tSINTOMA 18 23\tdolor\n")
	r.reopen()
	r.view("b")
	grow, shrink := Grow{At{"b", "T1"}}, Shrink{At{"b", "T1"}}
	for i, step := range []struct {
		do   Action
		want string
	}{
		{grow, "dolor de mama"}, {grow, "dolor de mama izquierda"}, {shrink, "dolor de mama"}, {shrink, "dolor"}, {shrink, "dolor"},
	} {
		res := r.do(step.do)
		if it, _ := r.Doc("b").Item("T1"); it.Text != step.want || (res.Seq == 0) != (i == 4) {
			t.Errorf("step %d: %q, want %q; %+v", i, it.Text, step.want, res)
		}
	}
}

func TestAttributesOfALabel(t *testing.T) {
	r := newRig(t)
	r.other("annotation.conf", "[entities]\nSINTOMA\nFARMACO\n[relations]\n[events]\n[attributes]\n"+
		"Negation\tArg:<ENTITY>\nCertainty\tArg:SINTOMA, Value:low|high\nDose\tArg:FARMACO\n")
	r.reopen()
	var names []string
	for _, a := range r.Attributes("a", "SINTOMA") {
		names = append(names, a.Name+strings.Join(a.Values, "|"))
	}
	if got := strings.Join(names, " "); got != "Negation Certaintylow|high" {
		t.Errorf("attributes %s", got)
	}
}
