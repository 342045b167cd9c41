package source

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

// collect reads a text; each concept becomes "id [type] preferred: name/lang/kind ...".
func collect(t *testing.T, text string, o Options) (concepts, problems []string, err error) {
	t.Helper()
	if o.Warn == nil {
		o.Warn = func(p Problem) { problems = append(problems, p.Error()) }
	}
	for c, e := range ReadFrom(strings.NewReader(text), "f.tsv", o) {
		if e != nil {
			return concepts, problems, e
		}
		concepts = append(concepts, show(c))
	}
	return concepts, problems, nil
}

func show(c kb.Concept) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s [%s] %s:", c.ID, c.Type, c.Name)
	for _, n := range c.Names {
		fmt.Fprintf(&b, " %s/%s/%s", n.Text, n.Lang, n.Kind)
	}
	if c.Definition != "" {
		b.WriteString(" = " + c.Definition)
	}
	if c.Parents != nil {
		fmt.Fprintf(&b, " < %s", strings.Join(c.Parents, ","))
	}
	for _, r := range c.Relations {
		fmt.Fprintf(&b, " -> %s %s", r.Kind, r.ID)
	}
	return b.String()
}

func TestTables(t *testing.T) {
	for _, c := range []struct {
		name, text     string
		o              Options
		want, problems []string
	}{
		{
			"own format, duplicate ids are the reader's to merge",
			"id\tname\tlang\tkind\ttype\nM1\tcarcinoma\tes\tpreferred\tmorphology\nM1\tca.\tes\tabbreviation\tmorphology\nM2\tsarcoma\ten\t\t\n",
			Options{},
			[]string{"M1 [morphology] carcinoma: carcinoma/es/preferred", "M1 [morphology] : ca./es/abbreviation", "M2 [] : sarcoma/en/synonym"},
			nil,
		},
		{
			"CIE-O: quotes, CRLF, BOM, empty columns, equal descriptors, a name without concept, a concept without name",
			"\ufeffcodigo\tDescriptor Completo\tDescriptor Abreviado\t\t\t\r\n1/0\tAlfa beta\tAlfa beta\t\t\t\r\n1/1\t\"Alfa, \"\"beta\"\" o gama \"\t\"Alfa, b.\"\t\t\t\r\n\tHuérfano\t\r\n1/2\t\t\t\r\n",
			Options{},
			[]string{"1/0 [] Alfa beta: Alfa beta/es/preferred", `1/1 [] Alfa, "beta" o gama: Alfa, "beta" o gama/es/preferred Alfa, b./es/synonym`},
			[]string{"f.tsv:4: no identifier", `f.tsv:5: concept "1/2" has no name`},
		},
		{
			"explicit columns, comma, field over two lines",
			"Code,Term,Other,Group,Up\nA,\"one,\ntwo\",uno,G,\"B|C\"\n",
			Options{Columns: &Columns{ID: "code", Names: []string{"Term", "other"}, Type: "Group", Parent: "up"}, Lang: "en"},
			[]string{"A [G] one, two: one, two/en/preferred uno/en/synonym < B,C"},
			nil,
		},
		{
			"stray quotes cost their own line only",
			"id\tname\n1\t\"open\n2\tfive\" wide\n3\t\"a\" b\n",
			Options{Columns: &Columns{ID: "id", Names: []string{"name"}}},
			[]string{`2 [] five" wide: five" wide//preferred`},
			[]string{"f.tsv:2: a quoted field is not closed (write a quote inside quotes twice)", "f.tsv:4: a quoted field is not closed (write a quote inside quotes twice)"},
		},
		{
			"a quote left open in CSV gives the later lines back",
			"id,name\n1,\"open\n2,two\n",
			Options{Columns: &Columns{ID: "id", Names: []string{"name"}}},
			[]string{"2 [] two: two//preferred"},
			[]string{"f.tsv:2: a quoted field is not closed (write a quote inside quotes twice)"},
		},
		{
			"wrong kind and bad UTF-8",
			"id\tname\tlang\tkind\ttype\n1\tx\t\tnickname\t\n2\t\xff\t\t\t\n3\ty\t\t\t\n",
			Options{},
			[]string{"3 [] : y//synonym"},
			[]string{`f.tsv:2: unknown kind of name "nickname"; kinds are preferred, synonym, abbreviation, candidate, mention`, "f.tsv:3: not UTF-8"},
		},
		{
			"Babelon: labels, definitions, untranslated lines",
			"source_language\ttranslation_language\tsubject_id\tsource_value\tpredicate_id\ttranslation_value\ttranslation_status\nen\tes\tH:1\tAll\trdfs:label\tTodos\tOFFICIAL\nen\tes\tH:1\tx\tIAO:0000115\tDefinición.\tOFFICIAL\nen\tes\tH:2\tx\trdfs:label\t\tNOT_TRANSLATED\nen\tes\t\tx\trdfs:label\tnada\tOFFICIAL\n",
			Options{},
			[]string{"H:1 [] Todos: Todos/es/preferred", "H:1 [] : = Definición."},
			[]string{"f.tsv:5: no subject_id"},
		},
		{
			"synonym table with its template line",
			"subject_id\ttranslation_value\tsynonym_type\nID\tAL oboInOwl:hasExactSynonym@de SPLIT=|\t>AI x\nH:1\tEins|Zwei \ty\nH:2\tDrei\tNOT_TRANSLATED\n",
			Options{},
			[]string{"H:1 [] : Eins/de/synonym Zwei/de/synonym"},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, problems, err := collect(t, c.text, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if !slices.Equal(problems, c.problems) {
				t.Errorf("problems %q\nwant     %q", problems, c.problems)
			}
		})
	}
}

func TestOBO(t *testing.T) {
	text := `format-version: 1.2
[Typedef]
id: part_of
[Term]
id: X:1 ! one
name: First
alt_id: X:9
def: "A \"first\" thing: really." [me]
synonym: "1st" EXACT abbreviation []
synonym: "Primary thing." RELATED []
is_a: X:0 ! Root
is_a: X:5 {source="y"}

[Term]
id: X:2
name: Gone
is_obsolete: true
replaced_by: X:1
consider: X:3

[Term]
id: X:1
name: Again

[Term]
name: nobody

[Term]
id: X:3
name: Third
synonym: unquoted
`
	got, problems, err := collect(t, text, Options{Type: "thing"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"X:9 [] : -> replaced_by X:1",
		`X:1 [thing] First: First/en/preferred 1st/en/abbreviation Primary thing./en/synonym = A "first" thing: really. < X:0,X:5`,
		"X:2 [] : -> replaced_by X:1 -> possibly_equivalent_to X:3",
		"X:3 [thing] Third: Third/en/preferred",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if want := []string{"f.tsv:21: term X:1 is defined twice, first in line 4", "f.tsv:25: term has no id", "f.tsv:31: synonym: the text is not in quotes"}; !slices.Equal(problems, want) {
		t.Errorf("problems %q", problems)
	}
}

func TestUnknownHeaderListsColumns(t *testing.T) {
	_, _, err := collect(t, "foo\tBar baz\n1\t2\n", Options{})
	if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), `"foo", "bar baz"`) {
		t.Errorf("got %v", err)
	}
	_, _, err = collect(t, "foo\tbar\n1\t2\n", Options{Columns: &Columns{ID: "foo", Names: []string{"nom"}}})
	if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), `no column "nom"`) {
		t.Errorf("got %v", err)
	}
	if _, _, err = collect(t, "\n \n", Options{}); !errors.Is(err, ErrFormat) {
		t.Errorf("an empty file gave %v", err)
	}
}

func TestBrokenLineEndsReadingWithoutWarn(t *testing.T) {
	text := "id\tname\tlang\tkind\ttype\n\tx\t\t\t\n2\ty\t\t\t\n"
	n := 0
	for _, err := range ReadFrom(strings.NewReader(text), "f.tsv", Options{}) {
		n++
		var p *Problem
		if !errors.As(err, &p) || p.Line != 2 {
			t.Errorf("got %v", err)
		}
	}
	if n != 1 {
		t.Errorf("%d pairs after a broken line", n)
	}
}

func TestStoppingEarly(t *testing.T) {
	for _, text := range []string{"id\tname\tlang\tkind\ttype\n1\tx\t\t\t\n2\ty\t\t\t\n", "[Term]\nid: 1\nname: x\n[Term]\nid: 2\nname: y\n"} {
		n := 0
		for range ReadFrom(strings.NewReader(text), "f", Options{}) {
			n++
			break
		}
		if n != 1 {
			t.Errorf("%d concepts after break", n)
		}
	}
}

func TestMissingFile(t *testing.T) {
	for _, err := range Read(filepath.Join(t.TempDir(), "none.tsv"), Options{}) {
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	}
}

func TestParseColumns(t *testing.T) {
	got, err := ParseColumns("id=Code, name=Term|Other,type=Group")
	want := &Columns{ID: "Code", Names: []string{"Term", "Other"}, Type: "Group"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{"", "id=x", "name=x", "id=x,name=", "id=x,name=y,colour=z", "id"} {
		if _, err := ParseColumns(bad); err == nil {
			t.Errorf("ParseColumns(%q) accepted", bad)
		}
	}
}

func TestFromCorpus(t *testing.T) {
	link := func(db, id string) corpus.Link { return corpus.Link{DB: db, ID: id} }
	mentions := []corpus.Mention{
		{Text: "carcinoma\n ductal", Links: []corpus.Link{link("", "8500/3"), link("other", "9")}},
		{Text: "x", Links: []corpus.Link{link("", "1.47202310001191E+016")}},
		{Text: " ", Links: []corpus.Link{link("", "1")}},
		{Text: "nil"},
	}
	var got []string
	skipped := 0
	for c := range FromCorpus(slices.Values(mentions), "cieo", func(corpus.Mention, corpus.Link) { skipped++ }) {
		got = append(got, show(c))
	}
	if want := []string{"8500/3 [] : carcinoma ductal//mention"}; !slices.Equal(got, want) || skipped != 2 {
		t.Errorf("got %q, %d skipped", got, skipped)
	}
}

// TestRealTerminologies reads the files beside the project, where they are.
func TestRealTerminologies(t *testing.T) {
	const data = "../../../shared/data/kb/"
	if _, err := os.Stat(data); err != nil {
		t.Skip("no terminologies at " + data + "; see its README for their sources")
	}
	for _, c := range []struct {
		file                      string
		concepts, names, problems int
	}{
		{"cie-o-3.1-es-morphology-6.tsv", 1522, 2289, 0},
		{"cie-o-3.1-es-morphology-7.tsv", 4205, 7550, 0},
		{"hp-2017.obo", 10005, 16036, 0},
		{"hpo-translations/hp-es.babelon.tsv", 19932, 19932, 0},
		{"hpo-translations/hp-cs.synonyms.tsv", 9653, 18811, 0},
		{"hpo-translations/hp-nl.synonyms.tsv", 37, 65, 0},
		{"hpo-translations/hp-ja.babelon.tsv", 17649, 17649, 0},
	} {
		ids, names, problems := map[string]bool{}, 0, []string{}
		for got, err := range Read(data+c.file, Options{Warn: func(p Problem) { problems = append(problems, p.Error()) }}) {
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Names) > 0 {
				ids[got.ID] = true
			}
			names += len(got.Names)
		}
		if len(ids) != c.concepts || names != c.names || len(problems) != c.problems {
			t.Errorf("%s: %d concepts, %d names, problems %.300q; want %d, %d, %d", c.file, len(ids), names, problems, c.concepts, c.names, c.problems)
		}
	}
}
