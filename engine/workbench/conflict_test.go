package workbench

import (
	"errors"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// contradicted is a workbench on which T1 was moved and fever accepted, while another
// program labelled T1 otherwise and added boy under the id of our new annotation.
func contradicted(t *testing.T) *rig {
	r := newRig(t)
	r.view("a")
	r.other("a.ann", theirSide)
	r.do(ChooseNIL{At: onA("?SINTOMA 9 15")})
	r.do(MoveSpan{onA("T1"), corpus.One(16, 21)})
	r.wait("the document is refused", func() bool { return r.Doc("a").ReadOnly != "" && r.Status().Unsaved == 0 })
	return r
}

const theirSide = "T1\tSIGNO 18 21\ttos\n" + remark + "T2" + boy

func TestAConflictIsShownAndEnded(t *testing.T) {
	for name, c := range map[string]struct {
		how  Resolution
		want string
	}{
		"theirs": {TakeTheirs, theirSide},
		"joined": {TakeJoined, "T1\tSIGNO 18 21\ttos\n" + remark + "T3" + fever + "T2" + boy},
	} {
		for _, restart := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				r := contradicted(t)
				if restart {
					r.reopen()
					r.view("a")
				}
				if d := r.Doc("a"); !d.Conflict {
					t.Fatalf("no conflict is shown: %+v", d)
				}
				k, err := r.Conflict("a")
				if err != nil || k.Why == "" || len(k.Mine) != 2 || len(k.Theirs) != 2 || len(k.Joined) != 1 || len(k.Dropped) != 1 {
					t.Errorf("%+v %v", k, err)
				} else if k.Mine[0] != (LineChange{1, "T1\tSINTOMA 18 21\ttos", "T1\tSINTOMA 16 21\ty tos"}) || k.Dropped[0] != k.Mine[0] {
					t.Errorf("%+v", k)
				}
				r.do(Resolve{onA(""), c.how})
				if got := r.ann("a"); got != c.want {
					t.Errorf("file\n%swant\n%s", got, c.want)
				}
				d := r.view("a")
				if d.ReadOnly != "" || d.Conflict {
					t.Errorf("still in conflict: %+v", d)
				}
				if it := item(t, d, "Niño"); it.State == NIL {
					t.Error("their annotation inherited what was decided on ours")
				}
				if it := item(t, d, "fiebre"); c.how == TakeJoined && it.State != NIL {
					t.Errorf("what was decided on it is lost: %+v", it)
				}
				if err := r.Verify(t.Context()); err != nil {
					t.Error(err)
				}
				r.do(Accept{onA("?SINTOMA 48 54")})
				want := r.ann("a")
				r.reopen()
				if d := r.view("a"); d.ReadOnly != "" || r.ann("a") != want {
					t.Errorf("after a restart %q\n%s", d.ReadOnly, r.ann("a"))
				}
				if err := r.Verify(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestNoConflict(t *testing.T) {
	r := newRig(t)
	r.view("a")
	if _, err := r.Conflict("a"); !errors.Is(err, ErrNoConflict) {
		t.Errorf("%v", err)
	}
	if _, err := r.Do(t.Context(), Resolve{At: onA("")}); !errors.Is(err, ErrNoConflict) {
		t.Errorf("%v", err)
	}
	// It changed once more before it was resolved: both changes are kept.
	r = contradicted(t)
	r.other("a.ann", theirSide+"T9\tSINTOMA 32 36\tpara\n")
	r.do(Resolve{onA(""), TakeJoined})
	want := "T1\tSIGNO 18 21\ttos\n" + remark + "T3" + fever + "T2" + boy + "T9\tSINTOMA 32 36\tpara\n"
	r.wait("all are joined", func() bool { return r.Status().Idle() && r.onDisk("a.ann") == want })
}
