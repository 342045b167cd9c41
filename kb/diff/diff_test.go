package diff

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/store"
)

func concept(id string, names ...string) kb.Concept {
	c := kb.Concept{ID: id}
	for i, n := range names {
		kind := "synonym"
		if i == 0 {
			kind, c.Name = "preferred", n
		}
		c.Names = append(c.Names, kb.Name{Text: n, Kind: kind})
	}
	return c
}

func replaced(id, by string) kb.Concept {
	return kb.Concept{ID: id, Relations: []kb.Relation{{Kind: kb.ReplacedBy, ID: by}}}
}

func reader(t *testing.T, name string, concepts ...kb.Concept) *store.Reader {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	_, err := store.Build(t.Context(), dir, store.BuildOptions{Name: name, Concepts: func(yield func(kb.Concept, error) bool) {
		for _, c := range concepts {
			if !yield(c, nil) {
				return
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := store.OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func versions(t *testing.T) (old, new *store.Reader) {
	old = reader(t, "t",
		concept("Z", "last"), concept("1", "fever", "pyrexia"), concept("2", "cough"), concept("3", "retired one"), concept("4", "retired twice"),
		concept("5", "swallowed"), concept("6", "forgotten"), concept("7", "shared"), concept("8", "shared too", "shared"), concept("9", "same", "equal"))
	new = reader(t, "t",
		concept("1", "fever", "high temperature"), concept("2", "tussis", "cough"), concept("20", "successor"), concept("21", "second successor"),
		concept("22", "big", "Swallowed"), concept("8", "shared too", "shared"), concept("9", "same", "equal"), concept("A", "dry cough"),
		replaced("3", "20"), replaced("4", "40"), replaced("40", "21"), replaced("40", "4"))
	return old, new
}

func TestCompare(t *testing.T) {
	old, new := versions(t)
	changes, err := Compare(t.Context(), old, new)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%s %s %s was %q into %v +%q -%q", c.Kind, c.ID, c.Name, c.Was, c.Into, c.Gained, c.Lost))
	}
	want := []string{
		`names 1 fever was "" into [] +["high temperature"] -["pyrexia"]`,
		`renamed 2 tussis was "cough" into [] +["tussis"] -[]`,
		`added 20 successor was "" into [] +["successor"] -[]`,
		`added 21 second successor was "" into [] +["second successor"] -[]`,
		`added 22 big was "" into [] +["big" "Swallowed"] -[]`,
		`merged 3 retired one was "" into [20] +[] -["retired one"]`,
		`merged 4 retired twice was "" into [21] +[] -["retired twice"]`,
		`merged 5 swallowed was "" into [22] +[] -["swallowed"]`,
		`gone 6 forgotten was "" into [] +[] -["forgotten"]`,
		`gone 7 shared was "" into [] +[] -["shared"]`, // 8 was called so before
		`added A dry cough was "" into [] +["dry cough"] -[]`,
		`gone Z last was "" into [] +[] -["last"]`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if same, err := Compare(t.Context(), old, old); err != nil || len(same) > 0 {
		t.Errorf("with itself: %v, %v", same, err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Compare(cancelled, old, new); err == nil {
		t.Error("a cancelled comparison ended well")
	}
}

func TestMentions(t *testing.T) {
	old, new := versions(t)
	link := func(text, db, id, name string) Located {
		return Located{File: "a.ann", Line: 3, Mention: corpus.Mention{Text: text}, Link: corpus.Link{DB: db, ID: id, Name: name}}
	}
	for _, c := range []struct {
		at          Located
		after, only string // what is found with both versions, and with the new one alone
	}{
		{link("Fever", "t", "1", "fever"), "", ""},
		{link("cough", "t", "2", "cough"), ConceptRenamed + ` "cough" is linked to 2, which was called "cough" and is "tussis" now`, ""},
		{link("x", "", "3", ""), ConceptMerged + ` "x" is linked to 3, which was merged into 20 (successor)`, ConceptMerged + ` "x" is linked to 3, which was merged into 20 (successor)`},
		{link("x", "t", "4", ""), ConceptMerged + ` "x" is linked to 4, which was merged into 21 (second successor)`, ConceptMerged + ` "x" is linked to 4, which was merged into 21 (second successor)`},
		{link("x", "t", "6", ""), ConceptGone + ` "x" is linked to 6, which t has not`, ConceptGone + ` "x" is linked to 6, which t has not`},
		{link("dry COUGH", "t", "2", "cough"), BetterConcept + ` "dry COUGH" is linked to 2 (tussis), and is a name of A now`, ""},
		{link("shared", "t", "9", ""), "", ""}, // 8 was called so all the time
		{link("x", "other", "6", ""), "", ""},
		{link("x", "t", "1+6", ""), ConceptGone + ` "x" is linked to 6, which t has not`, ConceptGone + ` "x" is linked to 6, which t has not`},
		{link("x", "t", "1|9|H", ""), "", ""},
		{link("x", "t", "nothing", ""), "", ConceptGone + ` "x" is linked to nothing, which t has not`},
		{link("x", "t", "1", "pyrexia"), "", ConceptRenamed + ` "x" is linked to 1, which was called "pyrexia" and is "fever" now`},
		{link("x", "t", "", ""), "", ""},
	} {
		for _, way := range []struct {
			old  *store.Reader
			want string
		}{{old, c.after}, {nil, c.only}} {
			found, err := Mentions(t.Context(), way.old, new, []Located{c.at})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range found {
				got += f.Kind + " " + f.Message
				if f.File != "a.ann" || f.Line != 3 || f.Fix == "" {
					t.Errorf("finding %+v", f)
				}
			}
			if got != way.want {
				t.Errorf("%+v (with old: %v): %q, want %q", c.at.Link, way.old != nil, got, way.want)
			}
		}
	}
}

func TestCorpus(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.txt": "fiebre y tos\n", "a.ann": "T1\tS 0 6\tfiebre\nT2\tS 9 12\ttos\nN1\tReference T2 t:2\tcough\nN2\tReference T2 t:HP:3\tx\n",
		"b.txt": "tos\n", "b.ann": "T1\tS 0 3\ttos\n#1\tAnnotatorNotes T1\t8000/6\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	all, err := Corpus(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range all {
		got = append(got, fmt.Sprintf("%s:%d %s %s", m.File, m.Line, m.Mention.Text, m.Link.ID))
	}
	if want := []string{"a.ann:3 tos 2", "a.ann:4 tos HP:3", "b.ann:2 tos 8000/6"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
