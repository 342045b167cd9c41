package workbench

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

func TestTies(t *testing.T) {
	text := corpus.NewText("Aspirina para la fiebre y la tos.")
	f, err := brat.Parse([]byte(strings.Join([]string{
		"T1\tDrug 0 8\tAspirina", "T2\tSign 17 23\tfiebre", "T3\tSign 29 32\ttos", "T4\tGive 9 13\tpara",
		"R1\tTreats Drug:T1 Sign:T2", "A1\tDoubt R1", "#1\tAnnotatorNotes R1\tsegún la nota",
		"E1\tGive:T4 Agent:T1 Aim:T3", "A2\tNegated E1",
		"E2\tGive:T4 Cause:E1", "*\tEquiv T2 T3", "R2\tTreats Drug:T1 Sign:T9", "R3\tTreats Drug:T1", "",
	}, "\n")), text)
	if err != nil {
		t.Fatal(err)
	}
	notes, attributes := remarks(f)
	of := ties(f, notes, attributes)
	for key, want := range map[string]string{
		"T1": "R1 Treats as Drug with Sign:fiebre [Doubt] (según la nota); E1 Give as Agent with :para Aim:tos [Negated] (); R2 Treats as Drug with Sign:T9 [] ()",
		"T2": "R1 Treats as Sign with Drug:Aspirina [Doubt] (según la nota); * Equiv as  with :tos [] ()",
		"T4": "E1 Give as  with Agent:Aspirina Aim:tos [Negated] (); E2 Give as  with Cause:para [] ()",
	} {
		var got []string
		for _, tie := range of[key] {
			var with []string
			for _, e := range tie.With {
				with = append(with, e.Role+":"+e.Text)
			}
			got = append(got, fmt.Sprintf("%s %s as %s with %s %v (%s)", tie.ID, tie.Type, tie.Role, strings.Join(with, " "), tie.Attributes, tie.Note))
		}
		if g := strings.Join(got, "; "); g != want {
			t.Errorf("%s:\ngot  %s\nwant %s", key, g, want)
		}
	}
}

// What was refused stays known, so that it can be shown where it was.
func TestWhatWasRefusedIsTold(t *testing.T) {
	r := newRig(t)
	d := r.view("a")
	key := ""
	for _, it := range d.Items {
		if it.State == Suggested && it.Text == "fiebre" && key == "" {
			key = it.Key
		}
	}
	r.do(Reject{At{"a", key}})
	if got := r.Doc("a").Rejected; len(got) != 1 || got[0].Text != "fiebre" {
		t.Errorf("refused: %v", got)
	}
	r.do(Undo{})
	if got := r.Doc("a").Rejected; len(got) != 0 {
		t.Errorf("refused after undo: %v", got)
	}
}
