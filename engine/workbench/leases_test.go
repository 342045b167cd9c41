package workbench

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus/lease"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb/link"
)

// beside opens the same corpus for another annotator.
func (r *rig) beside(who string) *rig {
	r.t.Helper()
	w, err := Open(r.t.Context(), Options{
		Dir: r.dir, Who: who, Workers: 1, Linkable: func(string) bool { return true },
		Load: func(_ context.Context, memory *link.Overlay) (*suggest.Models, error) {
			return &suggest.Models{Recognizer: r.recognizer, Linker: names{memory}}, nil
		},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	o := &rig{Workbench: w, t: r.t, dir: r.dir, recognizer: r.recognizer}
	r.t.Cleanup(func() { _ = w.Close(context.Background()) })
	return o
}

func (r *rig) leaseFiles() int {
	r.t.Helper()
	files, _ := os.ReadDir(filepath.Join(r.dir, ".gloss", "leases"))
	return len(files)
}

func TestASecondAnnotatorReadsOnly(t *testing.T) {
	ana := newRig(t)
	eva := ana.beside("eva")
	ana.view("a")
	if eva.view("a"); ana.leaseFiles() != 0 {
		t.Error("looking took a lease")
	}
	ana.do(Accept{At{"a", "?SINTOMA 9 15"}})
	ana.ann("a")
	eva.view("b")
	late := ana.beside("leo")
	d := late.view("a")
	if !strings.Contains(d.ReadOnly, "ana (process ") {
		t.Errorf("read-only: %q", d.ReadOnly)
	}
	if _, err := late.Do(t.Context(), Accept{At{"a", "T1"}}); err == nil {
		t.Error("a second annotator decided")
	}
	if d := late.view("b"); d.ReadOnly != "" {
		t.Errorf("another document: %q", d.ReadOnly)
	}
	if late.do(Accept{At{"b", "?SINTOMA 9 15"}}); late.ann("b") != "T1"+fever {
		t.Error("another document cannot be decided on")
	}
	if err := ana.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	late.tendLeases(t.Context())
	if d := late.Doc("a"); d.ReadOnly != "" {
		t.Errorf("after ana has left: %q", d.ReadOnly)
	}
	late.do(Accept{At{"a", "?SINTOMA 48 54"}})
	if got := late.ann("a"); got != noteAnn+"T2"+fever+"T3"+later {
		t.Errorf("then\n%s", got)
	}
}

// Eva has the document open since before ana decided: her decision is kept in
// her journal, and joined with ana's work when ana is done.
func TestTheSlowerOneIsJoinedLater(t *testing.T) {
	ana := newRig(t)
	eva := ana.beside("eva")
	eva.view("a")
	ana.view("a")
	ana.do(Accept{At{"a", "?SINTOMA 9 15"}})
	ana.ann("a")
	eva.do(Accept{At{"a", "?SINTOMA 48 54"}})
	eva.wait("eva's document is refused", func() bool { return strings.Contains(eva.Doc("a").ReadOnly, "ana") })
	if got := ana.onDisk("a.ann"); got != noteAnn+"T2"+fever {
		t.Errorf("the file\n%s", got)
	}
	if err := ana.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	eva.wait("eva's decision is saved", func() bool { return eva.Status().Unsaved == 0 })
	eva.tendLeases(t.Context())
	const want = noteAnn + "T3" + later + "T2" + fever
	eva.wait("both are in the file", func() bool { return eva.Status().Idle() && eva.onDisk("a.ann") == want })
	if d := eva.Doc("a"); d.ReadOnly != "" {
		t.Errorf("read-only: %q", d.ReadOnly)
	}
}

func TestALeaseIsGivenBackWhenOneMovesOn(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(Accept{At{"a", "?SINTOMA 9 15"}})
	r.ann("a")
	if r.tendLeases(t.Context()); r.leaseFiles() != 1 {
		t.Error("the lease of the document on screen was given back")
	}
	r.view("b")
	if r.tendLeases(t.Context()); r.leaseFiles() != 0 {
		t.Error("the lease was kept")
	}
	r.view("a")
	r.do(Accept{At{"a", "?SINTOMA 48 54"}})
	if r.ann("a"); r.leaseFiles() != 1 {
		t.Error("the lease was not taken again")
	}
}

// A holder on another machine that died: its lease runs out.
func TestALeaseOfTheDeadRunsOut(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(Accept{At{"a", "?SINTOMA 9 15"}})
	r.ann("a")
	files, err := filepath.Glob(filepath.Join(r.dir, ".gloss", "leases", "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		left time.Duration
		want bool
	}{{time.Minute, true}, {-time.Second, false}} {
		data, _ := json.Marshal(lease.Holder{Doc: "a", Who: "eva", Host: "far.example", PID: 1, Expires: time.Now().Add(c.left)})
		if err := os.WriteFile(files[0], data, 0o600); err != nil {
			t.Fatal(err)
		}
		r.open()
		if d := r.view("a"); (d.ReadOnly != "") != c.want {
			t.Errorf("%v left: %q", c.left, d.ReadOnly)
		}
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
