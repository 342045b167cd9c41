package workbench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb/link"
)

func (r *rig) write(name, content string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(content), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) arranged(mode order.Mode) string {
	r.t.Helper()
	if err := r.Arrange(r.t.Context(), mode); err != nil {
		r.t.Fatal(err)
	}
	var names []string
	for _, d := range r.Documents() {
		names = append(names, d.Name)
	}
	return strings.Join(names, " ")
}

func TestArrange(t *testing.T) {
	r := newRig(t)
	r.write("c.txt", "Nada que ver.\n")
	r.write("d.txt", strings.Repeat("Sin hallazgos en la exploración de hoy. ", 60)+"Tiene fiebre, fiebre, fiebre y toma paracetamol.\n")
	r.write("a.ann", noteAnn+"T2\tSINTOMA 9 15\tfiebre\n")
	r.reopen()
	r.view("a")
	if _, err := r.Do(t.Context(), Finish{At{Doc: "a"}}); err != nil {
		t.Fatal(err)
	}
	r.Look(Look{}) // nothing is on the screen
	for _, c := range []struct {
		mode order.Mode
		want string
	}{
		{order.Uncertain, "d b c a"}, // d has most to ask; a is finished
		{order.Value, "b d c a"},     // and takes long to read
		{order.File, "a b c d"},
	} {
		if got := r.arranged(c.mode); got != c.want {
			t.Errorf("%s: %s, want %s", c.mode, got, c.want)
		}
		for _, d := range r.Documents() {
			if asked := c.mode != order.File && !d.Finished; asked != (d.Reason != "") || asked != (d.About != "") {
				t.Errorf("%s: %s has the reason %q", c.mode, d.Name, d.Reason)
			}
		}
	}
	r.arranged(order.Uncertain)
	if first := r.Documents()[0]; first.Name != "d" || first.Reason != "0 of 4 unsure" || !strings.Contains(first.About, "1 have a name that no finished document has") {
		t.Errorf("finished documents teach nothing: %+v", first)
	}
	if one, two := r.arranged(order.Random), r.arranged(order.Random); one != two || !strings.HasSuffix(one, " a") {
		t.Errorf("random: %s, then %s", one, two)
	}
	r.view("c") // what is on the screen comes first, so that the next one is the first of the rest
	if got := r.arranged(order.Value); got != "c b d a" {
		t.Errorf("with c on the screen: %s", got)
	}
	if s := r.Status(); s.Order != order.Value {
		t.Errorf("the order is said to be %q", s.Order)
	}
	if err := r.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// An order that was chosen holds in the next session, unless another is asked for then; one
// that cannot be read is none.
func TestTheChosenOrderIsKept(t *testing.T) {
	r := newRig(t)
	r.write("c.txt", "fiebre, paracetamol")
	r.reopen()
	at := func(asked, usual order.Mode) order.Mode {
		t.Helper()
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.order, r.usualOrder = asked, usual
		r.open()
		r.wait("it is in order", func() bool { return r.Status().Idle() && r.Status().Order == r.opts.Order })
		return r.Status().Order
	}
	if got := at("", order.Value); got != order.Value {
		t.Errorf("what the settings say is not the order: %q", got)
	}
	if got := at("", ""); got != order.File {
		t.Errorf("nobody chose %q", got)
	}
	r.view("b")
	r.arranged(order.Uncertain)
	if got := at("", order.Value); got != order.Uncertain {
		t.Errorf("the next session has the order %q", got)
	}
	if got := at(order.File, ""); got != order.File {
		t.Errorf("--order file gives %q", got)
	}
	if got := at("", ""); got != order.Uncertain {
		t.Errorf("what was asked for once is kept: %q", got)
	}
	if l := r.Resume(); l.Doc != "b" {
		t.Errorf("the place is lost: %+v", l)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := placePath(r.journal.Path())
	if err := os.WriteFile(path, []byte(`{"doc":"b","order":"best"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r.order, r.usualOrder = "", ""
	r.open()
	if l := r.Resume(); l.Doc != "b" || r.opts.Order != order.File {
		t.Errorf("an order that is none: %q, %+v", r.opts.Order, l)
	}
}

// The newest wish counts: an order that takes longer does not come after it.
func TestAnOrderThatIsWantedNoMore(t *testing.T) {
	hold := make(chan struct{})
	r := newRigWith(t, gate{words{"fiebre": "SINTOMA"}, hold})
	r.wait("the models are there", func() bool { return len(r.Status().Tasks) == 0 })
	ended := make(chan error)
	go func() { ended <- r.Arrange(t.Context(), order.Value) }()
	r.wait("it is being ordered", func() bool { return len(r.Status().Tasks) > 0 })
	if err := r.Arrange(t.Context(), order.Random); err != nil {
		t.Fatal(err)
	}
	close(hold)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the older wish ends with %v", err)
	}
	if got := r.Status().Order; got != order.Random {
		t.Errorf("the order is %q", got)
	}
}

// unsure is a recognizer that is unsure of all it finds.
type unsure struct{ words }

func (u unsure) Annotate(ctx context.Context, text corpus.Text, s []corpus.Span, l []string) ([]corpus.Mention, error) {
	found, err := u.words.Annotate(ctx, text, s, l)
	for i := range found {
		found[i].Score = 0.6
	}
	return found, err
}

// Reasons tell nothing of suggestions that the annotator must not see.
func TestReasonsHideWhatIsHidden(t *testing.T) {
	r := newRig(t)
	recognizer := unsure{words{"fiebre": "SINTOMA", "paracetamol": "FARMACO"}}
	hides := func(o Options) string {
		t.Helper()
		o.Dir, o.State, o.Who, o.Workers, o.Order = r.dir, t.TempDir(), "eva", 1, order.Uncertain
		o.Load = func(context.Context, *link.Overlay) (*suggest.Models, error) {
			return &suggest.Models{Recognizer: recognizer, Hash: "m"}, nil
		}
		w, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close(t.Context())
		for w.Status().Order != order.Uncertain {
			<-w.Changed()
		}
		d := w.Documents()[0]
		return d.Reason + ": " + d.About
	}
	if shown := hides(Options{}); !strings.Contains(shown, "“fiebre”") {
		t.Errorf("nothing is told: %s", shown)
	}
	for name, o := range map[string]Options{"blind": {Blind: true}, "probe": {Probe: Probe{Share: 1, Kind: ProbeHide}}} {
		if got := hides(o); strings.Contains(got, "fiebre") || strings.Contains(got, "of 3") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Where the models say nothing, the order stays as it was.
func TestArrangeNeedsModels(t *testing.T) {
	r := newRig(t)
	w, err := Open(t.Context(), Options{Dir: r.dir, State: t.TempDir(), Who: "eva", Order: order.Value})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close(t.Context())
	if err := w.Arrange(t.Context(), order.Uncertain); !errors.Is(err, ErrNotReady) {
		t.Error(err)
	}
	if err := w.Arrange(t.Context(), "best"); !errors.Is(err, order.ErrMode) {
		t.Error(err)
	}
	if list := w.Documents(); list[0].Name != "a" || list[0].Reason != "" {
		t.Errorf("%+v", list)
	}
}

// The order that is asked for at the start comes with the models; a document that is
// looked at stays where the annotator is.
func TestArrangeAtFirst(t *testing.T) {
	r := newRig(t)
	r.write("c.txt", "fiebre, paracetamol")
	for _, mode := range []order.Mode{order.Uncertain, order.Random} {
		w, err := Open(t.Context(), Options{
			Dir: r.dir, State: t.TempDir(), Who: "eva", Workers: 1, Order: mode,
			Load: func(context.Context, *link.Overlay) (*suggest.Models, error) {
				return &suggest.Models{Recognizer: r.recognizer, Hash: "m"}, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Look(Look{Doc: "b"})
		for w.Documents()[0].Reason == "" || !w.Status().Idle() {
			<-w.Changed()
		}
		if w.Doc("b") == nil {
			t.Error("the document on screen is gone")
		}
		if err := w.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
