package workbench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
			if asked := c.mode != order.File && !d.Finished; asked != (d.Reason != "") {
				t.Errorf("%s: %s has the reason %q", c.mode, d.Name, d.Reason)
			}
		}
	}
	r.arranged(order.Uncertain)
	if first := r.Documents()[0]; first.Name != "d" || !strings.Contains(first.Reason, ", 1 with a name not seen before") {
		t.Errorf("finished documents teach nothing: %+v", first)
	}
	if one, two := r.arranged(order.Random), r.arranged(order.Random); one != two || !strings.HasSuffix(one, " a") {
		t.Errorf("random: %s, then %s", one, two)
	}
	r.view("d") // the next documents follow the order of now
	if err := r.Verify(t.Context()); err != nil {
		t.Error(err)
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
