package suggest

import (
	"path"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/demo"
)

func TestLanguage(t *testing.T) {
	const spanish = "Paciente de 64 años que acude por fiebre; más tos que ayer y sin disnea. Desde entonces no come."
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"one word", "fiebre", ""},
		{"two known words", "the patient", ""},
		{"numbers", "12 34 56 78 90", ""},
		{"as much of one as of another", "el paciente tiene los the patient has the", ""},
		{"Spanish", spanish, "es"},
		{"Spanish in capitals", strings.ToUpper(spanish), "es"},
		{"Spanish with decomposed accents", norm.NFD.String(spanish), "es"},
		{"English", "The patient was seen in the clinic with a cough.", "en"},
		{"French", "Le patient est suivi pour une toux avec les poumons clairs et sans fièvre.", "fr"},
		{"Portuguese", "O paciente apresentou tosse há dois anos e não tem febre; foi ao hospital em maio.", "pt"},
		{"German", "Der Patient wurde mit Husten und Fieber von dem Arzt nach Hause geschickt.", "de"},
		{"Italian", "Il paziente ha la tosse da anni e non è stato dopo il ricovero.", "it"},
		{"cut in the middle of a letter", "ñ" + strings.Repeat("ñ", sample) + " the of was", ""},
	} {
		if got := Language(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Decomposed accents ("an" and a tilde over nothing, "os") must not turn words
// of one language into those of another.
func TestLanguageDoesNotDependOnTheFormOfAccents(t *testing.T) {
	const text = "años años años años más más"
	if a, b := Language(text), Language(norm.NFD.String(text)); a != "es" || b != "es" {
		t.Errorf("composed %q, decomposed %q", a, b)
	}
}

func TestLanguageOfTheDemo(t *testing.T) {
	dir := t.TempDir()
	if err := demo.Copy(dir); err != nil {
		t.Fatal(err)
	}
	col, err := brat.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, name := range col.Names() {
		want := "es"
		if strings.HasPrefix(path.Base(name), "en-") {
			want = "en"
		}
		text, err := col.ReadText(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := Language(text.String()); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		count[want]++
	}
	if count["es"] != 33 || count["en"] != 6 {
		t.Errorf("notes %v", count)
	}
}
