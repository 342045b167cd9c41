package convert

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample has a nested, a crossing, a discontinuous and a quoted mention, one
// over a line break, one inside a word, and lines that only brat holds.
var sample = map[string]string{
	"n 1.txt": "Calcio iónico corregido: 3.5 mmol.\nDolor \"en puñalada\" abdominal y lumbar.\nCefa-\nlea. Hiperpotasemia",
	"n 1.ann": "T1\tQ 0 23\tCalcio iónico corregido\nT2\tP 0 6\tCalcio\nN1\tReference T2 SCT:5540006\tcalcio\n" +
		"T3\tS 35 40;67 73\tDolor lumbar\nT4\tS 35 64\tDolor \"en puñalada\" abdominal\nT5\tS 41 66\t\"en puñalada\" abdominal y\n" +
		"T6\tS 75 80;81 84\tCefa- lea\nT7\tS 91 98\tpotasem\nA1\tNeg T6\n#1\tAnnotatorNotes T6\tla duda es grande\nR1\tPart Arg1:T2 Arg2:T1\n",
	"n2.txt": "Sin hallazgos.\n",
	"n2.ann": "",
}

func TestGoldens(t *testing.T) {
	in := write(t, sample)
	for _, f := range formats {
		if f.name == "brat" {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			r := run1(t, in, out, "brat", f.name)
			report, err := json.MarshalIndent(r, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			b.Write(report)
			for _, name := range sorted(tree(t, out)) {
				if !strings.HasSuffix(name, ".txt") {
					b.WriteString("\n== " + name + "\n" + tree(t, out)[name])
				}
			}
			golden(t, f.name, b.String())
		})
	}
}

func sorted(files map[string]string) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
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
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestScheme(t *testing.T) {
	// Words 0-4: an outer mention of three, an inner one, one alone, two equal in length that cross.
	runs := []run{
		{from: 0, to: 3, label: "Q", length: 23}, {from: 0, to: 1, label: "P", length: 6}, {from: 3, to: 4, label: "S", length: 4},
		{from: 5, to: 7, label: "A", length: 9}, {from: 6, to: 8, label: "B", length: 9},
	}
	for name, want := range map[string]string{
		"iob2":   "B-Q I-Q I-Q B-S O B-A I-A O",
		"bioes":  "B-Q I-Q E-Q S-S O B-A E-A O",
		"bmewov": "V-Q M-Q E-Q W-S O B-A V-A E-B",
	} {
		if got := strings.Join(schemes[name].encode(8, runs), " "); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestDecodeIsLenient(t *testing.T) {
	for tags, want := range map[string]string{
		"O I-X I-X O":           "1-3X",
		"B-X I-Y":               "0-1X 1-2Y",
		"B-X B-X I-X":           "0-1X 1-3X",
		"B-X E-X I-X":           "0-2X 2-3X",
		"S-X S-X U-X W-X":       "0-1X 1-2X 2-3X 3-4X",
		"B-X L-X M-X":           "0-2X 2-3X",
		"B-X V-X E-X V-X":       "0-3X 3-4X",
		"V-Q M-Q E-Q W-Q V-Y-Z": "0-3Q 3-4Q 4-5Y-Z",
	} {
		var got []string
		for _, r := range decode(strings.Fields(tags)) {
			got = append(got, string(rune('0'+r.from))+"-"+string(rune('0'+r.to))+r.label)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", tags, got, want)
		}
	}
}

func TestCodesAreRankedByScoreThenPlace(t *testing.T) {
	at := func(start corpus.Off, score corpus.Score, codes ...string) corpus.Mention {
		m := corpus.Mention{Label: "X", Spans: corpus.One(start, start+2), Score: score}
		for _, c := range codes {
			m.Links = append(m.Links, corpus.Link{ID: c})
		}
		return m
	}
	d := doc{Document: corpus.Document{Name: "d", Mentions: []corpus.Mention{
		at(50, corpus.NoScore, "late"), at(40, corpus.NoScore, "unscored"), at(30, 0.5, "b", "a+c"), at(20, 0.4, "best"), at(60, 0.9, "best"), at(10, 0.5, "first"),
		at(70, 0.1, "unscored"),
	}}}
	r := &Report{}
	if got := strings.Join(ranked(d, r), " "); got != "best first b a c unscored late" {
		t.Error(got)
	}
}

func TestScoresOfAnnotateRank(t *testing.T) {
	in := write(t, map[string]string{
		"a.txt": "Tos y fiebre.\n", "a.ann": "T1\tX 0 3\tTos\nN1\tReference T1 K:1\nT2\tX 6 12\tfiebre\nN2\tReference T2 K:2\n",
		"gloss.jsonl": `{"doc":"a","spans":[{"label":"X","spans":[[0,3]],"score":0.2},{"label":"X","spans":[[6,12]],"score":0.8}]}` + "\n{\"doc\":\"a",
	})
	out := filepath.Join(t.TempDir(), "out")
	run1(t, in, out, "brat", "cantemist-coding")
	if got := tree(t, out)[""]; got != "a\t2\na\t1\n" {
		t.Errorf("%q", got)
	}
	all, err := Scored(in)
	if err != nil || len(all["a"]) != 2 || all["a"][0].Score != 0.2 || all["a"][1].Score != 0.8 {
		t.Errorf("%+v, %v", all, err)
	}
	if all, err = Mentions(in); err != nil || all["a"][0].Score > 0 {
		t.Errorf("%+v, %v: scoring need not read the log", all, err)
	}
}

func TestMentionsOfEveryFormat(t *testing.T) {
	in := write(t, map[string]string{"a.txt": "Tos y fiebre.\n", "a.ann": "T1\tX 0 3\tTos\nT2\tY 6 12\tfiebre\n"})
	for _, format := range reversible {
		out := filepath.Join(t.TempDir(), "out")
		run1(t, in, out, "brat", format)
		all, err := Mentions(out)
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		got := Flatten(all)
		if len(all["a"]) != 2 || !got[1].Spans.Equal(corpus.One(6, 12)) || got[1].Label != "Y" || got[1].Text != "fiebre" {
			t.Errorf("%s: %+v", format, all)
		}
	}
	if _, err := Mentions(filepath.Join(write(t, map[string]string{"x": "carcinoma\tcontext\n"}), "x")); !errors.Is(err, ErrFormat) {
		t.Errorf("a list of names: %v, want ErrFormat", err)
	}
}

func TestSharedInputs(t *testing.T) {
	for path, want := range map[string][2]int{
		// 4,288 begin with B-; four go on without a beginning, and begin.
		"livingner/valid.iob2":           {1, 4292},
		"cantemist/background.jsonl.gz":  {4932, 0},
		"spaccc/distemist_mentions.tsv":  {0, 6409},
		"spaccc/symptemist_mentions.tsv": {0, 7174},
	} {
		path = sharedPath(t, "data", filepath.FromSlash(path))
		all, err := Mentions(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]int{len(all), len(Flatten(all))}; got[1] != want[1] || want[0] > 0 && got[0] != want[0] {
			t.Errorf("%s: %d documents, %d mentions, want %v", path, got[0], got[1], want)
		}
	}
}

func TestCasesAreCopied(t *testing.T) {
	raw, err := os.ReadFile(sharedPath(t, "cases", "brat.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct{ Name, Txt, Ann string } `json:"cases"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for i, c := range file.Cases {
		name := string(rune('a'+i/26)) + string(rune('a'+i%26))
		files[name+".txt"], files[name+".ann"] = c.Txt, c.Ann
	}
	in := write(t, files)
	out := filepath.Join(t.TempDir(), "out")
	run1(t, in, out, "brat", "brat")
	if got := tree(t, out); !same(got, files) {
		t.Error("a case was not copied byte for byte")
	}
}

func TestIDsAndLinksComeBack(t *testing.T) {
	in := write(t, map[string]string{"a.txt": "Tos y fiebre.\n", "a.ann": "T7\tX 0 3\tTos\nT2\tX 6 12\tfiebre\n#1\tAnnotatorNotes T7\t8140/3\n#2\tAnnotatorNotes T2\t8000/6\n"})
	for _, format := range []string{"jsonl", "distemist", "livingner", "medprocner", "symptemist"} {
		there, back := filepath.Join(t.TempDir(), "there"), filepath.Join(t.TempDir(), "back")
		run1(t, in, there, "brat", format)
		if _, err := Convert(context.Background(), there, back, Options{From: format, To: "brat", Texts: in}); err != nil {
			t.Fatal(err)
		}
		want := "T7\tX 0 3\tTos\n#1\tAnnotatorNotes T7\t8140/3\nT2\tX 6 12\tfiebre\n#2\tAnnotatorNotes T2\t8000/6\n"
		if got := tree(t, back)["a.ann"]; got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
	}
}

func TestWordsMustBeInTheText(t *testing.T) {
	texts := write(t, map[string]string{"a.txt": "Tos  y\nfiebre.\n", "b.txt": "Nada.\n"})
	for tokens, want := range map[string]string{
		"-DOCSTART- a\tO\nTos\tO\ny\tB-X\n\nfiebre\tI-X\n": "",
		"-DOCSTART- a\tO\nTos\tO\nfiebre\tI-X\n":           `word 2, "fiebre"`,
		"-DOCSTART- a\tO\nTos\tO\ny\tO\ntos\tO\n":          `word 3, "tos"`,
		"-DOCSTART- c\tO\nTos\tO\n":                        "such as c",
	} {
		in := filepath.Join(write(t, map[string]string{"in": tokens}), "in")
		out := filepath.Join(t.TempDir(), "out")
		_, err := Convert(context.Background(), in, out, Options{From: "iob2", To: "brat", Texts: texts})
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want an error with %s", tokens, err, want)
		}
		if want != "" {
			continue
		}
		if got := tree(t, out); err != nil || got["a.ann"] != "T1\tX 5 6;7 13\ty fiebre\n" || got["b.ann"] != "" || got["b.txt"] != "Nada.\n" {
			t.Errorf("%q: %v %q", tokens, err, got)
		}
	}
}

// What INCEpTION's reader takes: # T A M R E lines, one fragment a mention.
func TestINCEpTIONTakesEveryLine(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	run1(t, write(t, sample), out, "brat", "inception")
	for name, content := range tree(t, out) {
		if filepath.Ext(name) != ".ann" {
			continue
		}
		for line := range strings.Lines(content) {
			if !strings.ContainsRune("#TAMRE", rune(line[0])) || line[0] == 'T' && strings.Contains(line, ";") {
				t.Errorf("%s: %q", name, line)
			}
		}
		f, err := brat.Parse([]byte(content), corpus.NewText(sample[strings.TrimSuffix(name, ".ann")+".txt"]))
		if err != nil || len(f.Problems()) > 0 {
			t.Errorf("%s: %v %v", name, err, f.Problems())
		}
	}
}
