package workbench

import (
	"context"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/kb"
)

// A note that looks like a code is none where nobody ties mentions to concepts by notes:
// neither while it is written, nor in a later run, nor for the rest of the corpus.
func TestANoteIsNoCodeInACorpusWithoutLinks(t *testing.T) {
	r := newRig(t)
	r.other("a.ann", "T1\tSINTOMA 18 21\ttos\n")
	r.view("a")
	for round := range 3 {
		if round == 0 {
			r.do(SetNote{At: onA("T1"), Text: "W1"})
			r.ann("a")
		}
		if it := item(t, r.Doc("a"), "tos"); it.State != Pending || len(it.Links) > 0 || it.Note != "W1" {
			t.Fatalf("round %d: it is read as a link: %+v", round, it)
		}
		if err := r.Verify(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.reopen()
		r.view("a")
	}
	r.view("b")
	r.do(Choose{At: At{"b", "?SINTOMA 9 15"}, Candidate: kb.Candidate{DB: "kb", ID: "A1", Name: "uno"}})
	if got, want := r.ann("b"), "T1\tSINTOMA 9 15\tfiebre\nN1\tReference T1 kb:A1\tuno\n"; got != want {
		t.Errorf("the corpus took to notes: %q, want %q", got, want)
	}
	r.do(SetNote{At: onA("T1"), Text: ""})
	if got := r.ann("a"); got != "T1\tSINTOMA 18 21\ttos\n" {
		t.Errorf("%q", got)
	}
}

// Codes in notes are links where they were so before, and where they were asked for once,
// however few mentions have one.
func TestCodesInNotesStayLinks(t *testing.T) {
	const three = "T1\tSINTOMA 18 21\ttos\nT2\tSINTOMA 9 15\tfiebre\nT3\tSINTOMA 0 8\tPaciente\n"
	for _, c := range []struct {
		name, ann string
		asked     brat.LinkStyle
	}{
		{"as the file did", "T1\tSINTOMA 18 21\ttos\n#1\tAnnotatorNotes T1\tA1\n", brat.StyleUnknown},
		{"as was asked for", three, brat.StyleNote},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.asked = c.asked
			if err := r.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			r.other("a.ann", c.ann)
			r.open()
			r.view("a")
			r.do(Choose{At: onA("T1"), Candidate: kb.Candidate{DB: "kb", ID: "B2", Name: "dos"}})
			r.ann("a")
			r.asked = brat.StyleUnknown
			r.reopen()
			r.view("a")
			if it := item(t, r.Doc("a"), "tos"); it.State != Linked || len(it.Links) != 1 || it.Links[0].ID != "B2" || it.Note != "" {
				t.Errorf("%+v", it)
			}
		})
	}
}
