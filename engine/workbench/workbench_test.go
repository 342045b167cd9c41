package workbench

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/suggest/suggesttest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

const note = "Niño con fiebre y tos.\nSe pauta paracetamol; la fiebre cede.\n"

const noteAnn = "T1\tSINTOMA 18 21\ttos\n#1\tAnnotatorNotes T1\tdesde ayer\n"

type words = suggesttest.Words

// names is a linker that offers two concepts for everything, the one that the
// corpus chose before first.
type names struct{ memory *link.Overlay }

func (n names) Candidates(_ context.Context, queries []link.Query, _ int) ([][]kb.Candidate, error) {
	all := make([][]kb.Candidate, len(queries))
	for i, q := range queries {
		a := kb.Candidate{DB: "kb", ID: "A:1", Name: q.Text + " uno", Score: 0.9}
		b := kb.Candidate{DB: "kb", ID: "B:2", Name: q.Text + " dos", Score: 0.5}
		if chosen := n.memory.Chosen(q.Label, q.Text); len(chosen) > 0 && chosen[0].ID == "B:2" {
			b.Evidence.Chosen = chosen[0].Count
			a, b = b, a
		}
		all[i] = []kb.Candidate{a, b}
	}
	return all, nil
}

func (names) Search(context.Context, string, string, int) ([]kb.Candidate, error) { return nil, nil }

// rig is a workbench on a small corpus with models that need no library.
type rig struct {
	*Workbench
	t          *testing.T
	dir        string
	recognizer suggest.Recognizer
	state      string                             // where the journal lies; "" for the corpus itself
	linker     func(*link.Overlay) suggest.Linker // nil: names
	readOnly   string
	asked      brat.LinkStyle

	order, usualOrder order.Mode
}

func newRig(t *testing.T) *rig {
	t.Helper()
	return newRigWith(t, words{"fiebre": "SINTOMA", "paracetamol": "FARMACO"})
}

func newRigWith(t *testing.T, recognizer suggest.Recognizer) *rig {
	t.Helper()
	return newRigIn(t, t.TempDir(), recognizer)
}

func newRigIn(t *testing.T, dir string, recognizer suggest.Recognizer) *rig {
	t.Helper()
	for name, content := range map[string]string{
		"a.txt": note, "a.ann": noteAnn, "b.txt": note, "b.ann": "",
		"annotation.conf": "[entities]\nSINTOMA\nFARMACO\n[relations]\n[events]\n[attributes]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := &rig{t: t, dir: dir, recognizer: recognizer}
	r.open()
	return r
}

func (r *rig) open() {
	r.t.Helper()
	w, err := Open(r.t.Context(), Options{
		Dir: r.dir, State: r.state, Who: "ana", Workers: 1, ReadOnly: r.readOnly, LinkStyle: r.asked, Order: r.order, UsualOrder: r.usualOrder,
		Linkable: func(string) bool { return true },
		Load: func(_ context.Context, memory *link.Overlay) (*suggest.Models, error) {
			m := &suggest.Models{Recognizer: r.recognizer, Linker: names{memory}, Device: "cpu", Hash: "m"}
			if r.linker != nil {
				m.Linker = r.linker(memory)
			}
			return m, nil
		},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.Workbench = w
	r.t.Cleanup(func() { _ = w.Close(context.Background()) })
}

func (r *rig) reopen() {
	r.t.Helper()
	if err := r.Close(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	r.open()
}

// wait waits until cond holds, woken by the workbench's own changes.
func (r *rig) wait(what string, cond func() bool) {
	r.t.Helper()
	timeout := time.After(10 * time.Second)
	for !cond() {
		select {
		case <-r.Changed():
		case <-timeout:
			r.t.Fatalf("waited too long: %s; status %+v", what, r.Status())
		}
	}
}

// view looks at a document and waits until it is wholly suggested.
func (r *rig) view(name string) *Doc {
	r.t.Helper()
	r.Look(Look{Doc: name})
	r.wait(name+" is computed", func() bool {
		d := r.Doc(name)
		return d != nil && r.Status().Idle() && !d.Busy
	})
	return r.Doc(name)
}

func (r *rig) do(a Action) Result {
	r.t.Helper()
	res, err := r.Do(r.t.Context(), a)
	if err != nil {
		r.t.Fatalf("%T: %v", a, err)
	}
	return res
}

func (r *rig) ann(name string) string {
	r.t.Helper()
	r.wait("the decisions are saved", func() bool { return r.Status().Unsaved == 0 })
	if err := r.writeAll(); err != nil {
		r.t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(r.dir, name+".ann"))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

// item is the first item with the text.
func item(t *testing.T, d *Doc, text string) Item {
	t.Helper()
	for _, it := range d.Items {
		if it.Text == text {
			return it
		}
	}
	t.Fatalf("no item %q among %+v", text, d.Items)
	return Item{}
}

func TestSuggestionsStandBesideAnnotations(t *testing.T) {
	r := newRig(t)
	d := r.view("a")
	var got []string
	for _, it := range d.Items {
		got = append(got, it.Text+"/"+it.Key)
	}
	want := "fiebre/?SINTOMA 9 15 tos/T1 paracetamol/?FARMACO 32 43 fiebre/?SINTOMA 48 54"
	if strings.Join(got, " ") != want {
		t.Errorf("items %v, want %s", got, want)
	}
	if it := item(t, d, "tos"); it.State != Pending || it.Note != "desde ayer" || len(it.Candidates) != 2 {
		t.Errorf("annotation: %+v", it)
	}
	if it := item(t, d, "fiebre"); it.State != Suggested || it.Source != suggest.ByModel {
		t.Errorf("suggestion: %+v", it)
	}
	if r.ann("a") != noteAnn {
		t.Error("looking changed the file")
	}
}

func TestEachActionReachesFileAndJournalAndIsUndone(t *testing.T) {
	at := func(key string) At { return At{Doc: "a", Key: key} }
	cand := kb.Candidate{DB: "kb", ID: "B:2", Name: "tos dos"}
	for _, c := range []struct {
		name string
		do   Action
		want string
	}{
		{"accept a suggestion", Accept{at("?SINTOMA 9 15")}, noteAnn + "T2\tSINTOMA 9 15\tfiebre\n"},
		{"accept an annotation", Accept{at("T1")}, noteAnn},
		{"link", Choose{At: at("T1"), Candidate: cand}, noteAnn + "N1\tReference T1 kb:B:2\ttos dos\n"},
		{"nil", ChooseNIL{At: at("T1")}, noteAnn},
		{"reject a suggestion", Reject{at("?SINTOMA 9 15")}, noteAnn},
		{"delete with what hangs on it", Reject{at("T1")}, ""},
		{"move an annotation", MoveSpan{at("T1"), corpus.One(16, 21)}, strings.Replace(noteAnn, "18 21\ttos", "16 21\ty tos", 1)},
		{"move a suggestion", MoveSpan{at("?SINTOMA 9 15"), corpus.One(5, 15)}, noteAnn + "T2\tSINTOMA 5 15\tcon fiebre\n"},
		{"label", SetLabel{at("T1"), "FARMACO"}, strings.Replace(noteAnn, "SINTOMA", "FARMACO", 1)},
		{"note", SetNote{at("T1"), "dudoso"}, strings.Replace(noteAnn, "desde ayer", "dudoso", 1)},
		{"create", Create{At{Doc: "a"}, corpus.One(0, 4), "SINTOMA"}, noteAnn + "T2\tSINTOMA 0 4\tNiño\n"},
		{"finish", Finish{At{Doc: "a"}}, noteAnn},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			before := r.view("a")
			r.do(c.do)
			if got := r.ann("a"); got != c.want {
				t.Errorf("file\n%swant\n%s", got, c.want)
			}
			if s := r.Status(); s.Saved != 1 {
				t.Errorf("saved %d", s.Saved)
			}
			r.do(Undo{})
			if got := r.ann("a"); got != noteAnn {
				t.Errorf("after undo\n%s", got)
			}
			if after := r.Doc("a"); len(after.Items) != len(before.Items) || after.Undecided() != before.Undecided() || after.Finished {
				t.Errorf("after undo: %+v", after.Items)
			}
			r.do(Redo{})
			if got := r.ann("a"); got != c.want {
				t.Errorf("after redo\n%s", got)
			}
			r.reopen()
			r.view("a")
			r.do(Undo{})
			if got := r.ann("a"); got != noteAnn {
				t.Errorf("undone after reopening\n%s", got)
			}
		})
	}
}

func TestDecisionsSurviveWhereTheFileDoesNot(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(Accept{At{"a", "?SINTOMA 9 15"}})
	r.do(ChooseNIL{At: At{"a", "T1"}})
	want := r.ann("a")
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	// As if the power had failed between the journal and the .ann file.
	if err := os.WriteFile(filepath.Join(r.dir, "a.ann"), []byte(noteAnn), 0o644); err != nil {
		t.Fatal(err)
	}
	r.open()
	d := r.view("a")
	if got := r.ann("a"); got != want {
		t.Errorf("recovered file\n%swant\n%s", got, want)
	}
	if item(t, d, "tos").State != NIL {
		t.Error("the NIL decision was forgotten")
	}
}

func TestResultsWaitWhileAnItemIsInFocus(t *testing.T) {
	hold := make(chan struct{})
	r := newRigWith(t, gate{words{"fiebre": "SINTOMA"}, hold})
	r.Look(Look{Doc: "a"})
	r.wait("the document is read", func() bool { return r.Doc("a") != nil })
	r.Look(Look{Doc: "a", Key: "T1"})
	close(hold)
	r.wait("results came", func() bool { return r.Doc("a").Waiting == 2 })
	if n := len(r.Doc("a").Items); n != 1 {
		t.Errorf("%d items while T1 is in focus", n)
	}
	r.Merge("a")
	if d := r.Doc("a"); len(d.Items) != 3 || d.Waiting != 0 {
		t.Errorf("after the merge: %d items, %d waiting", len(d.Items), d.Waiting)
	}
}

// gate is a recognizer that answers when it is let.
type gate struct {
	words
	open chan struct{}
}

func (g gate) Annotate(ctx context.Context, text corpus.Text, s []corpus.Span, l []string) ([]corpus.Mention, error) {
	<-g.open
	return g.words.Annotate(ctx, text, s, l)
}

func TestAChosenNameRanksFirstElsewhereAtOnce(t *testing.T) {
	r := newRig(t)
	r.view("b")
	d := r.view("a")
	it := item(t, d, "fiebre")
	r.do(Choose{At: At{"a", it.Key}, Candidate: it.Candidates[1]})
	first := func(doc, text string) string {
		d := r.Doc(doc)
		if d == nil {
			return ""
		}
		for _, it := range d.Items {
			if it.Text == text && it.State == Suggested {
				return it.Candidates[0].ID
			}
		}
		return ""
	}
	r.wait("the other document is ranked anew", func() bool { return first("b", "fiebre") == "B:2" && first("a", "fiebre") == "B:2" })
	r.do(Undo{})
	r.wait("the undo takes the name back", func() bool { return first("b", "fiebre") == "A:1" })
}

func TestBadActionsChangeNothing(t *testing.T) {
	r := newRig(t)
	r.view("a")
	for name, a := range map[string]Action{
		"no such item":      Accept{At{"a", "T77"}},
		"no such document":  Accept{At{"zz", "T1"}},
		"span outside":      MoveSpan{At{"a", "T1"}, corpus.One(10, 1000)},
		"empty span":        MoveSpan{At{"a", "?SINTOMA 9 15"}, corpus.One(10, 10)},
		"overlapping parts": Create{At{Doc: "a"}, corpus.Spans{{Start: 0, End: 5}, {Start: 3, End: 8}}, "SINTOMA"},
		"nothing to undo":   Undo{},
	} {
		if _, err := r.Do(t.Context(), a); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if s := r.Status(); s.Saved+s.Unsaved != 0 || r.ann("a") != noteAnn {
		t.Errorf("something changed: %+v", s)
	}
}
