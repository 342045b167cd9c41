package batch

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

func TestQuestions(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"brat/a10.txt": "Sin tos.\r\nNiño 👶 con fiebre y mucha tos.\r\n",
		"brat/a10.ann": "T1\tSINTOMA 21 27\tfiebre\nN1\tReference T1 kb:1\tx\nT2\tSINTOMA 21 27;36 39\tfiebre tos\n",
		"brat/a2.txt":  "Tos.\n",
		"brat/a2.ann":  "T1\tSINTOMA 0 3\tTos\n",
		"brat/a3.txt":  "Nada.\n",
		"table.tsv":    "filename\tmark\tlabel\toff0\toff1\tspan\na10\tT1\tSINTOMA\t21\t27\tfiebre\na2\tT1\tSINTOMA\t0\t3\tTos\n",
		"plain.tsv":    "\ufeffTos\nfiebre\tMucha fiebre & tos.\r\n\nniño\n",
		"wide.tsv":     "tos\nfiebre\ta\tb\n",
		"odd.tsv":      "doc\tlabel\tstart\n",
	} {
		write(t, filepath.Join(dir, name), content)
	}
	first := Linked{Doc: "a2", End: 3, Label: "SINTOMA", Text: "Tos", Context: "Tos.", Beside: []string{"Tos"}}
	second := Linked{Doc: "a10", Start: 21, End: 27, Label: "SINTOMA", Text: "fiebre", Context: "Niño 👶 con fiebre y mucha tos.", Beside: []string{"fiebre", "fiebre tos"}}
	parts := second
	linked := second
	linked.Gold = []string{"1"}
	parts.End, parts.Text = 39, "fiebre tos"
	bare := func(q Linked) Linked { q.Context, q.Beside = "", []string{q.Text}; return q }
	alone := func(q Linked) Linked { q.Beside = []string{q.Text}; return q }
	for _, c := range []struct {
		name, path, texts string
		want              []Linked
		err               string
	}{
		{name: "a collection, in natural order", path: "brat", want: []Linked{first, linked, parts}},
		{name: "a table with its texts", path: "table.tsv", texts: "brat", want: []Linked{first, alone(second)}},
		{name: "a table alone", path: "table.tsv", want: []Linked{bare(first), bare(second)}},
		{name: "a table whose texts are elsewhere", path: "table.tsv", texts: "nowhere", err: "a2.txt"},
		{name: "mentions", path: "plain.tsv", want: []Linked{
			{End: 3, Text: "Tos"}, {End: 6, Text: "fiebre", Context: "Mucha fiebre & tos."}, {End: 4, Text: "niño"},
		}},
		{name: "a line with too many tabs", path: "wide.tsv", err: "wide.tsv:2"},
		{name: "another table", path: "odd.tsv", err: "odd.tsv:1"},
		{name: "nothing there", path: "none", err: "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			texts := c.texts
			if texts != "" {
				texts = filepath.Join(dir, texts)
			}
			got, err := Questions(filepath.Join(dir, c.path), texts)
			if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("error %v, want one with %q", err, c.err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got\n%+v\nwant\n%+v", got, c.want)
			}
		})
	}
}

func TestLinkWritesALineAMention(t *testing.T) {
	var out strings.Builder
	m := &suggest.Models{Linker: codes{}}
	err := Link(t.Context(), &out, m, []Linked{
		{Doc: "a", Start: 3, End: 9, Label: "SINTOMA", Text: "fiebre"}, {Text: "tos", End: 3},
	}, 1, nil)
	const want = `{"doc":"a","start":3,"end":9,"label":"SINTOMA","text":"fiebre","candidates":[{"db":"sintomas","id":"HP:1","name":"fiebre & calor","score":0.75,` +
		`"evidence":{"match":"","name":"","lexical":0,"dense":0,"chosen":0}}]}
{"doc":"","start":0,"end":3,"label":"","text":"tos","candidates":[]}
`
	if err != nil || out.String() != want {
		t.Errorf("error %v, got\n%s\nwant\n%s", err, out.String(), want)
	}
}

// pairs is a linker that remembers how many questions came together.
type pairs struct {
	codes
	sizes *[]int
	fail  error
}

func (p pairs) Candidates(ctx context.Context, queries []link.Query, k int) ([][]kb.Candidate, error) {
	*p.sizes = append(*p.sizes, len(queries))
	if p.fail != nil {
		return nil, p.fail
	}
	return p.codes.Candidates(ctx, queries, k)
}

func TestLinkAsksInPartsAndKeepsTheOrder(t *testing.T) {
	questions := make([]Linked, 600)
	for i := range questions {
		questions[i] = Linked{Start: corpus.Off(i), Text: "tos"}
	}
	var sizes, progress []int
	var out strings.Builder
	m := &suggest.Models{Linker: pairs{sizes: &sizes}}
	if err := Link(t.Context(), &out, m, questions, 5, func(done, total int) { progress = append(progress, done, total) }); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(sizes, []int{256, 256, 88}) || !reflect.DeepEqual(progress, []int{256, 600, 512, 600, 600, 600}) {
		t.Errorf("parts %v, progress %v", sizes, progress)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 600 || !strings.Contains(lines[599], `"start":599,`) || !strings.Contains(lines[256], `"start":256,`) {
		t.Errorf("%d lines", len(lines))
	}
	broken := errors.New("no memory")
	m.Linker = pairs{sizes: &sizes, fail: broken}
	if err := Link(t.Context(), &out, m, questions, 5, nil); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}
