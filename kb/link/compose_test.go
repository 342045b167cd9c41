package link

import (
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/store"
)

// tumours is a KB whose mentions teach that "metastasis" means behaviour 6, and "alto
// grado" grade 4; "raro" is too rare, and "gris" has one grade and another.
func tumours(t testing.TB, grammar bool) map[string][]*store.KB {
	t.Helper()
	var concepts []kb.Concept
	add := func(id, name string, mentions ...kb.Name) { concepts = append(concepts, names(id, name, mentions...)) }
	add("8140/3", "adenocarcinoma", mention("adenocarcinoma de pulmon", 30), mention("adenocarcinoma raro", 1))
	add("8140/6", "adenocarcinoma metastatico", mention("metastasis de adenocarcinoma", 20))
	add("8070/6", "carcinoma epidermoide metastatico", mention("metastasis epidermoide", 10))
	add("8070/34", "carcinoma epidermoide indiferenciado", mention("carcinoma epidermoide de alto grado", 12), mention("carcinoma gris", 3))
	add("8070/33", "carcinoma epidermoide poco diferenciado", mention("carcinoma epidermoide gris", 3))
	add("8720/3", "melanoma nodular coroideo", mention("melanoma maligno", 9))
	add("8850/3", "liposarcoma mixoide pleomorfico")
	add("8850/6", "tumor lipomatoso secundario")
	add("otro", "sin gramatica")
	k := build(t, "icd", stream(concepts...), nil)
	if grammar {
		if err := store.Declare(k.Dir(), kb.Grammars["icd-o"]); err != nil {
			t.Fatal(err)
		}
		again, err := store.Open(k.Dir(), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := again.Close(); err != nil {
				t.Error(err)
			}
		})
		k = again
	}
	return map[string][]*store.KB{"": {k}}
}

func TestCompose(t *testing.T) {
	with, without := linker(t, Options{KBs: tumours(t, true)}), linker(t, Options{KBs: tumours(t, false)})
	at := func(got []kb.Candidate, id string) int { return slices.Index(ids(got), id) }
	for _, test := range []struct {
		text, code string
		want       int // its place; -1: it is not proposed
	}{
		{"metastasis de melanoma nodular coroideo", "8720/6", 0},                // no name carries it, and the words are sure
		{"metastasis de melanoma nodular coroideo de alto grado", "8720/64", 0}, // two parts
		{"melanoma nodular de la coroides", "8720/6", 1},                        // nothing tells: only as an alternative
		{"melanoma nodular coroideo raro", "8720/3", 0},                         // too rare to tell
		{"melanoma nodular coroideo gris", "8720/34", 2},                        // ambiguous: only as an alternative
		{"metastasis de liposarcoma mixoide pleomorfico", "8850/6", 1},          // the KB has it: right behind what it was made from
		{"melanoma nodular coroideo", "8720/6", -1},                             // an equal name
		{"sin gramatica de alto grado", "otro/4", -1},                           // no such code
	} {
		got := one(t, with, "", test.text, 25)
		if at(got, test.code) != test.want {
			t.Errorf("%q: %s is at %d of %v, want %d", test.text, test.code, at(got, test.code), ids(got), test.want)
		}
		if plain := one(t, without, "", test.text, 25); at(plain, test.code) >= 0 && at(got, test.code) > at(plain, test.code) {
			t.Errorf("%q: %s fell from %d to %d", test.text, test.code, at(plain, test.code), at(got, test.code))
		}
	}
	got := one(t, with, "", "metastasis de melanoma nodular coroideo de alto grado", 1)[0]
	if got.Name != "melanoma nodular coroideo + metastasis + alto grado" || got.Evidence.Match != "composed" {
		t.Errorf("%+v", got)
	}
	var parts []string
	for _, p := range got.Evidence.Parts {
		parts = append(parts, p.What+"="+p.ID)
	}
	if !slices.Equal(parts, []string{"behaviour=6", "grade=4"}) {
		t.Errorf("parts %q", parts)
	}
	seen := ids(one(t, with, "", "metastasis de liposarcoma mixoide pleomorfico", 25))
	slices.Sort(seen)
	if len(slices.Compact(slices.Clone(seen))) != len(seen) {
		t.Errorf("a code comes twice: %v", seen)
	}
}
