package workbench

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/replay"
	"github.com/gloss-nlp/gloss/kb"
)

// put writes a file of the collection as another program would.
func (r *rig) other(name, content string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(content), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) onDisk(name string) string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

const (
	tos    = "T1\tSINTOMA 18 21\ttos\n"
	remark = "#1\tAnnotatorNotes T1\tdesde ayer\n"
	boy    = "\tPERSONA 0 4\tNiño\n"
	fever  = "\tSINTOMA 9 15\tfiebre\n"
	later  = "\tSINTOMA 48 54\tfiebre\n"
)

// changes are what another program may do to a.ann, which was noteAnn when it
// read it, while fever was accepted here as T2. Want is the joined file; empty
// where both must stay as they are.
var changes = []struct{ name, theirs, want string }{
	{"adds a line", noteAnn + "T9" + boy, noteAnn + "T2" + fever + "T9" + boy},
	{"adds a line with our id", noteAnn + "T2" + boy, noteAnn + "T3" + fever + "T2" + boy},
	{"adds the same", noteAnn + "T5" + fever, noteAnn + "T5" + fever},
	{"deletes a line that we did not touch", tos, tos + "T2" + fever},
	{"renumbers", strings.ReplaceAll(noteAnn, "T1", "T2"), strings.ReplaceAll(noteAnn, "T1", "T2") + "T1" + fever},
	{"empties the file", "", ""},
	{"cuts the file off", noteAnn[:len(noteAnn)-6], ""},
	{"breaks a line", tos + "T4\tSINTOMA 9 15\tfi\n" + remark, ""},
}

// While the workbench runs.
func TestAnotherProgramWritesMeanwhile(t *testing.T) {
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.view("a")
			r.other("a.ann", c.theirs)
			r.do(Accept{At{"a", "?SINTOMA 9 15"}})
			r.bothAreKept(c.theirs, c.want)
		})
	}
}

// bothAreKept checks the end of a change by another program: the file has both
// sides, also after a restart, and replay gives it; or it is as they left it,
// and the journal has ours.
func (r *rig) bothAreKept(theirs, want string) {
	r.t.Helper()
	if want == "" {
		r.wait("the document is refused", func() bool { return r.Doc("a").ReadOnly != "" })
		if got := r.onDisk("a.ann"); got != theirs {
			r.t.Errorf("their file was overwritten:\n%s", got)
		}
		if s := r.Status(); s.Saved != 1 || s.Message == "" {
			r.t.Errorf("status %+v", s)
		}
		if _, err := r.Do(r.t.Context(), Reject{At{"a", "T1"}}); err == nil {
			r.t.Error("a decision was taken on a read-only document")
		}
		if got := r.replayed(replay.At{})["a"]; got != noteAnn+"T2"+fever {
			r.t.Errorf("the journal has\n%s", got)
		}
		return
	}
	r.wait("both are written", func() bool { return r.Status().Idle() && r.onDisk("a.ann") == want })
	if d := r.Doc("a"); d.ReadOnly != "" || item(r.t, d, "fiebre").State != Accepted && item(r.t, d, "fiebre").State != Pending {
		r.t.Errorf("on the screen: %+v", d)
	}
	if got := r.replayed(replay.At{})["a"]; got != want {
		r.t.Errorf("the journal has\n%swant\n%s", got, want)
	}
	if got := r.replayed(replay.At{Seq: 1})["a"]; !strings.HasPrefix(want, noteAnn) && got != noteAnn+"T2"+fever && got != want {
		r.t.Errorf("before the merge, the journal has\n%s", got)
	}
	r.reopen()
	if d := r.view("a"); d.ReadOnly != "" || r.ann("a") != want {
		r.t.Errorf("after a restart %q\n%s", d.ReadOnly, r.ann("a"))
	}
	r.do(Accept{At{"a", "?SINTOMA 48 54"}})
	if got := r.ann("a"); !strings.HasPrefix(got, want) || !strings.Contains(got, later) {
		r.t.Errorf("the next decision gives\n%s", got)
	}
	r.do(Undo{})
	if got := r.ann("a"); got != want {
		r.t.Errorf("undone\n%s", got)
	}
}

// While no workbench ran, and the last one died before it wrote the file.
func TestAnotherProgramWritesAfterACrash(t *testing.T) {
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.view("a")
			r.do(Accept{At{"a", "?SINTOMA 9 15"}})
			if err := r.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			// As if the power had failed before the file was written, and noted as such.
			if err := os.Remove(filepath.Join(r.dir, ".gloss", "journal-ana.written")); err != nil {
				t.Fatal(err)
			}
			r.other("a.ann", c.theirs)
			r.open()
			r.view("a")
			if c.name == "empties the file" || c.want == "" {
				r.wait("the document is refused", func() bool { return r.Doc("a").ReadOnly != "" })
				if got := r.onDisk("a.ann"); got != c.theirs {
					t.Errorf("their file was overwritten:\n%s", got)
				}
				return
			}
			r.wait("both are written", func() bool { return r.Status().Idle() && r.onDisk("a.ann") == c.want })
		})
	}
}

// What another program changes after all was written is its word, also where
// gloss wrote the line: nothing is done again.
func TestAnotherProgramHasTheLastWord(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(Accept{At{"a", "?SINTOMA 9 15"}})
	r.do(SetLabel{At{"a", "T2"}, "FARMACO"})
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, theirs := range []string{noteAnn + "T2\tPERSONA 9 15\tfiebre\n", tos} {
		r.other("a.ann", theirs)
		r.open()
		if d := r.view("a"); d.ReadOnly != "" || r.ann("a") != theirs {
			t.Errorf("%q\n%swant\n%s", d.ReadOnly, r.ann("a"), theirs)
		}
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBothChangeTheSameLine(t *testing.T) {
	r := newRig(t)
	r.view("a")
	theirs := strings.Replace(noteAnn, "SINTOMA", "PERSONA", 1)
	r.other("a.ann", theirs)
	r.do(SetLabel{At{"a", "T1"}, "FARMACO"})
	r.wait("the document is refused", func() bool { return r.Doc("a").ReadOnly != "" })
	if got := r.onDisk("a.ann"); got != theirs {
		t.Errorf("their file was overwritten:\n%s", got)
	}
	if got := r.replayed(replay.At{})["a"]; got != strings.Replace(noteAnn, "SINTOMA", "FARMACO", 1) {
		t.Errorf("the journal has\n%s", got)
	}
	_ = r.Close(t.Context())
	r.open()
	if d := r.view("a"); d.ReadOnly == "" {
		t.Error("after a restart the conflict is forgotten")
	}
}

func TestAnotherTextIsRefused(t *testing.T) {
	for _, when := range []string{"meanwhile", "after it was closed"} {
		t.Run(when, func(t *testing.T) {
			r := newRig(t)
			r.view("a")
			if when == "meanwhile" {
				r.other("a.txt", "Otro. "+note)
				r.do(Accept{At{"a", "?SINTOMA 9 15"}})
			} else {
				r.do(Accept{At{"a", "?SINTOMA 9 15"}})
				r.ann("a")
				if err := r.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				r.other("a.txt", "Otro. "+note)
				r.open()
				r.view("a")
			}
			before := r.onDisk("a.ann")
			r.wait("the document is refused", func() bool { return r.Doc("a").ReadOnly != "" })
			if _, err := r.Do(t.Context(), Reject{At{"a", "T1"}}); err == nil {
				t.Error("a decision was taken on another text")
			}
			if got := r.onDisk("a.ann"); got != before {
				t.Errorf("the file was written:\n%s", got)
			}
		})
	}
}

// What was decided without a trace in the file follows an annotation to its new id.
func TestDecisionsFollowRenumberedAnnotations(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(ChooseNIL{At: At{"a", "T1"}})
	r.do(Choose{At: At{"a", "?SINTOMA 9 15"}, Candidate: kb.Candidate{DB: "kb", ID: "B:2", Name: "dos"}})
	r.ann("a")
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.other("a.ann", "T1\tSINTOMA 9 15\tfiebre\nN1\tReference T1 kb:B:2\tdos\nT2\tSINTOMA 18 21\ttos\n#1\tAnnotatorNotes T2\tdesde ayer\n")
	r.open()
	d := r.view("a")
	if it := item(t, d, "tos"); it.ID != "T2" || it.State != NIL {
		t.Errorf("tos: %+v", it)
	}
	if it := item(t, d, "fiebre"); it.ID != "T1" || it.State != Linked {
		t.Errorf("fiebre: %+v", it)
	}
	if chosen := r.memory.Chosen("SINTOMA", "fiebre"); len(chosen) != 1 || chosen[0].Count != 1 {
		t.Errorf("the concept counts as chosen %+v", chosen)
	}
}

// What the journal is told of a merge is on disk before the file is written, and before
// the status says that all is done.
func TestIdleWaitsForTheJournalOfAMerge(t *testing.T) {
	for _, c := range []struct{ name, theirs, want string }{
		{"with something to write", noteAnn + "T9" + boy, noteAnn + "T2" + fever + "T9" + boy},
		{"with decisions under other ids", noteAnn + "T5" + fever, noteAnn + "T5" + fever},
		{"with nothing to write", noteAnn + "T2" + fever, noteAnn + "T2" + fever},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.view("a")
			r.writing.Lock() // no file is written meanwhile
			r.other("a.ann", c.theirs)
			r.do(Accept{At{"a", "?SINTOMA 9 15"}})
			r.wait("the decision is saved", func() bool { return r.Status().Unsaved == 0 })
			release := r.holdJournal()
			r.writing.Unlock()
			r.wait("both are joined", func() bool { return strings.Contains(r.Status().Message, "joined") })
			if err := r.writeAll(); err != nil {
				t.Fatal(err)
			}
			if s := r.Status(); s.Idle() {
				t.Errorf("it is called idle while the journal does not know of the merge: %+v", s)
			}
			if got := r.onDisk("a.ann"); got != c.theirs {
				t.Errorf("the file is ahead of the journal:\n%s", got)
			}
			release()
			r.wait("all is written", func() bool { return r.Status().Idle() })
			if got := r.onDisk("a.ann"); got != c.want {
				t.Errorf("the file has\n%s", got)
			}
			if got := r.replayed(replay.At{})["a"]; got != c.want {
				t.Errorf("the journal has\n%s", got)
			}
		})
	}
}

// holdJournal lets nothing be appended until it is released, as another program may that
// looks into the journal.
func (r *rig) holdJournal() (release func()) {
	r.t.Helper()
	db, err := sql.Open("sqlite3", r.journal.Path()+"?_txlock=immediate")
	if err != nil {
		r.t.Fatal(err)
	}
	tx, err := db.BeginTx(r.t.Context(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { db.Close() })
	return func() {
		if err := tx.Rollback(); err != nil {
			r.t.Fatal(err)
		}
	}
}
