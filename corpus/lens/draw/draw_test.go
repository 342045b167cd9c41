package draw_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/corpus/lens/draw"
	"github.com/gloss-nlp/gloss/corpus/score"
)

var update = flag.Bool("update", false, "write the golden files anew")

const text = "Carcinoma ductal <b>infiltrante</b> de mama, CDI-2; fiebre alta & tos."

// side makes annotations of text: label, piece, score and code each.
func side(name string, mentions ...[3]string) lens.Side {
	d := corpus.Document{Name: "d", Text: corpus.NewText(text)}
	for i, m := range mentions {
		at := strings.Index(text, m[1])
		c := corpus.Mention{Label: m[0], Spans: corpus.One(corpus.Off(at), corpus.Off(at+len(m[1]))), Text: m[1], Score: corpus.Score(i+5) / 10}
		if m[2] != "" {
			c.Links = []corpus.Link{{ID: m[2]}}
		}
		d.Mentions = append(d.Mentions, c)
	}
	return lens.Side{Name: name, Docs: map[string]corpus.Document{"d": d}}
}

func view(t *testing.T, models int) draw.View {
	t.Helper()
	gold := side("gold <1>", [3]string{"MORF", "Carcinoma ductal <b>infiltrante</b> de mama", "8500/3"}, [3]string{"MORF", "CDI-2", "8500/3"}, [3]string{"SINT<i>", "fiebre alta", ""}, [3]string{"SINT<i>", "tos", ""})
	preds := []lens.Side{
		side("a", [3]string{"MORF", "Carcinoma", ""}, [3]string{"MORF", "mama", ""}, [3]string{"MORF", "CDI-2", "8500/3"}, [3]string{"SINT<i>", "fiebre", ""}, [3]string{"MORF", "tos", ""}),
		side("b", [3]string{"SINT<i>", "fiebre alta & tos", ""}),
	}
	v := draw.View{Top: 5}
	for _, pred := range preds[:models] {
		r, err := lens.Look(gold, pred, lens.Options{})
		if err != nil {
			t.Fatal(err)
		}
		v.Reports = append(v.Reports, r)
	}
	return v
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", path, got)
	}
}

func TestText(t *testing.T) {
	for name, models := range map[string]int{"one.txt": 1, "two.txt": 2} {
		var b bytes.Buffer
		if err := view(t, models).Text(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.String())
	}
}

func TestCases(t *testing.T) {
	var b bytes.Buffer
	if err := draw.Cases(&b, view(t, 1).Reports[0].Cases); err != nil {
		t.Fatal(err)
	}
	golden(t, "cases.txt", b.String())
}

// A right span with a wrong link is an error too, and says how.
func TestWrongLinks(t *testing.T) {
	gold, pred := side("g", [3]string{"MORF", "CDI-2", "1"}, [3]string{"SINT", "tos", "1"}), side("p", [3]string{"MORF", "CDI-2", "2"}, [3]string{"SINT", "tos", ""})
	pred.Offers = map[lens.Place][]corpus.Offered{lens.PlaceOf("d", pred.Docs["d"].Mentions[0]): {{ID: "2"}, {ID: "1"}}}
	r, err := lens.Look(gold, pred, lens.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := draw.Cases(&b, r.Cases); err != nil || !strings.Contains(b.String(), "\tranked_low: 2, not 1 (rank 2)\n") || !strings.HasSuffix(b.String(), "\tnot_linked: no link, not 1\n") {
		t.Errorf("%v\n%s", err, b.String())
	}
	b.Reset()
	if err := (draw.View{Reports: []*lens.Report{r}}).Page(&b); err != nil || !strings.Contains(b.String(), "<b>ranked_low</b> 1") || !strings.Contains(b.String(), "ranked_low: 2, not 1 (rank 2)") {
		t.Errorf("%v: no queue of links in the page", err)
	}
	if !r.Cases[0].Wrong() || !r.Cases[1].Wrong() {
		t.Error("a wrong link is right")
	}
	if r, err = lens.Look(gold, gold, lens.Options{}); err != nil || r.Cases[0].Wrong() {
		t.Errorf("%v: a right case is wrong", err)
	}
}

func TestOpinions(t *testing.T) {
	var b bytes.Buffer
	err := draw.Opinions(&b, []lens.Opinion{{Kind: lens.SpanOpinion, Doc: "d", Model: view(t, 1).Reports[0].Cases[0].Gold, Confidence: .95, Why: "not annotated"}})
	if want := "d:0-43\tspan\t.950\t–\tMORF \"Carcinoma ductal <b>infiltrante</b> de mama\"\tnot annotated\n"; err != nil || b.String() != want {
		t.Errorf("%v: %q, want %q", err, b.String(), want)
	}
}

// The page needs nothing beside itself, says what the tables say, and text of the
// corpus is never markup.
func TestPage(t *testing.T) {
	for models := 1; models <= 2; models++ {
		v := view(t, models)
		var b, figures bytes.Buffer
		if err := v.Page(&b); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		if m := regexp.MustCompile(`(?i)https?://|<script|<link|<img|@import|url\(|\bsrc=`).FindString(page); m != "" {
			t.Errorf("the page holds %q", m)
		}
		if strings.Contains(page, "<b>infiltrante") || strings.Contains(page, "<i>") || !strings.Contains(page, "&lt;b&gt;infiltrante") || strings.Contains(page, "ZgotmplZ") {
			t.Error("text of the corpus is not escaped")
		}
		if err := v.Text(&figures); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"prefers-color-scheme: dark", "several predictions for one gold mention", "only the edges are wrong", "−alta", template.HTMLEscapeString(figures.String())} {
			if !strings.Contains(page, want) {
				t.Errorf("%d models: no %q in the page", models, want)
			}
		}
		for i, svg := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1) {
			if err := wellFormed(svg); err != nil {
				t.Errorf("chart %d: %v\n%s", i, err, svg)
			}
		}
	}
}

func wellFormed(s string) error {
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := d.Token(); err != nil {
			if err.Error() == "EOF" {
				return nil
			}
			return err
		}
	}
}

// A context shows whole words, and that the text goes on.
func TestPageShowsWholeWords(t *testing.T) {
	long := strings.Repeat("abcde ", 20)
	d := corpus.Document{Name: "d", Text: corpus.NewText(long + "TOS " + long)}
	d.Mentions = []corpus.Mention{{Label: "X", Spans: corpus.One(120, 123), Text: "TOS"}}
	gold := lens.Side{Name: "g", Docs: map[string]corpus.Document{"d": d}}
	d.Mentions = nil
	r, err := lens.Look(gold, lens.Side{Name: "p", Docs: map[string]corpus.Document{"d": d}}, lens.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (draw.View{Reports: []*lens.Report{r}}).Page(&b); err != nil {
		t.Fatal(err)
	}
	want := `">… ` + strings.Repeat("abcde ", 9) + `</span><span class="g ">TOS</span><span class=""> ` + strings.Repeat("abcde ", 9) + `…</span>`
	if !strings.Contains(b.String(), want) {
		t.Errorf("no %s", want)
	}
}

// Numbers that are not there must not become coordinates.
func TestPageWithoutPredictions(t *testing.T) {
	gold := side("g", [3]string{"MORF", "CDI-2", "8500/3"})
	r, err := lens.Look(gold, side("p"), lens.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (draw.View{Reports: []*lens.Report{r}}).Page(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
		t.Error("the page holds NaN")
	}
	if r.Classes[score.Missed] != 1 {
		t.Error("nothing is missed")
	}
	b.Reset()
	if r, err = lens.Look(gold, gold, lens.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := (draw.View{Reports: []*lens.Report{r}, Top: 5}).Page(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "Boundary classes</h2>") || strings.Contains(b.String(), "Words at wrong edges</h2>") {
		t.Error("there are charts of nothing")
	}
}

func TestWritersFail(t *testing.T) {
	v := view(t, 1)
	for name, write := range map[string]func() error{
		"text": func() error { return v.Text(broken{}) }, "page": func() error { return v.Page(broken{}) },
		"cases": func() error { return draw.Cases(broken{}, v.Reports[0].Cases) },
	} {
		if err := write(); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var errFull = errors.New("disk full")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errFull }
