package segment

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func TestCutter(t *testing.T) {
	long := "The patient was admitted with fever and a cough that had"
	for _, c := range []struct{ name, language, text, want string }{
		{"titles", "en", "Seen by Mr. Smith and Mrs. Jones. No fever.", "Seen by Mr. Smith and Mrs. Jones.|No fever."},
		{"numbers", "en", "Sample No. 5 was lost. Is it in room no. No idea.", "Sample No. 5 was lost.|Is it in room no.|No idea."},
		{"no is a word in Spanish", "es", "Fiebre no. 3 ingresos previos.", "Fiebre no.|3 ingresos previos."},
		{"months are English", "en", "Operated on in Jan. 2019. Well since.", "Operated on in Jan. 2019.|Well since."},
		{"the language is found", "", "The scan of the pt. Jones was normal. He was sent home.", "The scan of the pt. Jones was normal.|He was sent home."},
		{"Spanish is found", "", "Sin cambios en la est. El paciente se va con alta.", "Sin cambios en la est.|El paciente se va con alta."},
		{"latin and doses", "en", "Amoxicillin 500 mg t.i.d. Given for S. aureus, i.e. Gram-positive. Stop.", "Amoxicillin 500 mg t.i.d. Given for S. aureus, i.e. Gram-positive.|Stop."},
		{"list in a line", "es", "Juicio: 1. Neumonía. 2. Derrame. 10. Tos.", "Juicio: 1.|Neumonía.|2. Derrame.|10. Tos."},
		{"list items are lines", "es", "1. Neumonía.\n2. Derrame\n- tos", "1. Neumonía.|2. Derrame|- tos"},
		{"a number ends a sentence", "es", "Glasgow de 15. Sin focalidad.", "Glasgow de 15.|Sin focalidad."},
		{"decimals", "es", "Creatinina 1.5 mg/dl y 3,5 de K. Alta.", "Creatinina 1.5 mg/dl y 3,5 de K. Alta."},
		{"wrapped lines", "en", long + "\nbegun a week before. It was dry.\n", long + "\nbegun a week before.|It was dry."},
		{"wrapped lines, CRLF", "en", long + "\r\nbegun.", long + "\r\nbegun."},
		{"a paragraph ends at a blank line", "en", long + "\n\nbegun.", long + "|begun."},
		{"a heading", "es", "EXPLORACIÓN FÍSICA\nbuen estado general", "EXPLORACIÓN FÍSICA|buen estado general"},
		{"a heading with a colon", "es", "Antecedentes personales y familiares de interés clínico:\nasma", "Antecedentes personales y familiares de interés clínico:|asma"},
		{"paragraphs in a line each", "es", "Acude por tos y fiebre de tres días de evolución, sin disnea\nExploración normal.", "Acude por tos y fiebre de tres días de evolución, sin disnea|Exploración normal."},
		{"nothing", "", " \n ", ""},
	} {
		text := corpus.NewText(c.text)
		var got []string
		for _, s := range (Cutter{c.language}).Sentences(text) {
			got = append(got, text.Slice(s))
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, strings.Join(got, "|"), c.want)
		}
	}
}

// Every bound of the cutter is one of the model's rule, in real Spanish and in fuzz.
func checkUnion(t *testing.T, text corpus.Text) (joined int) {
	t.Helper()
	pieces, whole := Sentences(text), Cutter{}.Sentences(text)
	at := 0
	for _, s := range whole {
		first := at
		for at < len(pieces) && s.Contains(pieces[at]) {
			at++
		}
		if at == first || pieces[first].Start != s.Start || pieces[at-1].End != s.End {
			t.Fatalf("%v is no union of %v", s, pieces)
		}
	}
	if at != len(pieces) {
		t.Fatalf("%d sentences were left out", len(pieces)-at)
	}
	return len(pieces) - len(whole)
}

func TestCutterOnCorpora(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "cantemist", "dev1", "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Skip("../shared/data/cantemist is missing: this test needs the shared data beside the repository")
	}
	joined, sentences := 0, 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := corpus.NewText(string(data))
		sentences += len(Sentences(text))
		joined += checkUnion(t, text)
	}
	t.Logf("%d of %d sentences joined", joined, sentences)
	if joined*50 > sentences {
		t.Errorf("%d of %d Spanish sentences were joined, want few", joined, sentences)
	}
}

func FuzzCutter(f *testing.F) {
	for _, s := range []string{"The pt. No. 5 of the\nward", "1. 2. Tos", strings.Repeat("a", 60) + "\nb\r\n\rc. (2). D"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkUnion(t, corpus.NewText(s)) })
}
