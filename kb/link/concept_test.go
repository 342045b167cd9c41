package link

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb/internal/fake"
	"github.com/gloss-nlp/gloss/kb/store"
)

func TestAConceptIsReadFromTheKBsOfItsLabel(t *testing.T) {
	l := linker(t, Options{KBs: defaultKBs(t, fake.New("e1"))})
	for _, db := range []string{"demo", ""} {
		c, err := l.Concept(context.Background(), "L", db, "M3")
		if err != nil || c.ID != "M3" || len(c.Names) == 0 {
			t.Errorf("in %q: %+v, %v", db, c, err)
		}
	}
	for _, of := range [][2]string{{"other", "M3"}, {"demo", "none"}} {
		if _, err := l.Concept(context.Background(), "L", of[0], of[1]); !errors.Is(err, store.ErrNoConcept) {
			t.Errorf("%v: %v", of, err)
		}
	}
}

func TestNamesForWhichAConceptWasChosen(t *testing.T) {
	var o Overlay
	o.Add("L", "HTA", "db", "1")
	o.Add("L", "hipertensión", "db", "1")
	o.Add("L", "Hipertension", "db", "1")
	o.Add("M", "HTA", "db", "1")
	o.Add("L", "HTA", "db", "2")
	o.Remove("M", "HTA", "db", "1")
	want := []Used{{"L", "hipertension", 2}, {"L", "hta", 1}}
	if got := o.Names("db", "1"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var none *Overlay
	if none.Names("db", "1") != nil {
		t.Error("no overlay is not empty")
	}
}
