package convert

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// reread writes what was read from a file of a format and reads it again: the
// second time everything must be as the first time, since the format held it.
func reread(t *testing.T, format string, data []byte) {
	if brat.CheckUTF8("", data) != nil {
		return // refused before a reader sees it
	}
	f, err := find(format)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := f.read("in", data)
	if err != nil || checkDocuments(docs, f) != nil {
		return
	}
	files, err := f.write(docs, &Report{})
	if err != nil {
		t.Fatalf("%q was read, but cannot be written: %v", data, err)
	}
	again, err := f.read("in", files[0].data)
	if err != nil {
		t.Fatalf("%q was read, but what was written of it cannot be: %v\n%s", data, err, files[0].data)
	}
	if _, tokens := schemes[format]; tokens { // whose words and sentences may be cut anew
		if a, b := visible(docs), visible(again); a != b {
			t.Fatalf("%q was read as\n%s\nand, written, as\n%s", data, a, b)
		}
	} else if twice, err := f.write(again, &Report{}); err != nil || string(twice[0].data) != string(files[0].data) {
		t.Fatalf("%q was written as\n%s\nand that as\n%s (%v)", data, files[0].data, twice[0].data, err)
	}
	for _, d := range docs {
		if !d.bare {
			asBrat(t, d)
		}
	}
}

// visible is what documents hold beside white space and control characters:
// each text, and where in it the mentions lie.
func visible(docs []doc) string {
	var b strings.Builder
	squeeze := func(s string) string {
		return strings.Map(func(r rune) rune {
			if isGap(r) {
				return -1
			}
			return r
		}, s)
	}
	for _, d := range docs {
		fmt.Fprintf(&b, "%s: %s\n", d.Name, squeeze(d.Text.String()))
		for _, m := range d.Mentions {
			before := squeeze(d.Text.Slice(corpus.Span{Start: 0, End: m.Spans.Hull().Start}))
			if text := squeeze(m.Text); text != "" {
				fmt.Fprintf(&b, "  %s %d %s\n", m.Label, utf8.RuneCountInString(before), text)
			}
		}
	}
	return b.String()
}

// asBrat checks that brat files of a document are refused, or read back as it.
func asBrat(t *testing.T, d doc) {
	ann, err := annOf(d, false, &Report{})
	if err != nil {
		return // such as fragments that overlap each other
	}
	f, err := brat.Parse(ann, d.Text)
	if err != nil {
		t.Fatal(err)
	}
	var want []corpus.Spans
	for _, m := range d.Mentions {
		if spans := fragments(d.Text, m.Spans); spans != nil {
			want = append(want, spans)
		}
	}
	got := f.Mentions()
	if len(got) != len(want) {
		t.Fatalf("%d mentions in %q, want %d", len(got), ann, len(want))
	}
	for i, m := range got {
		if !m.Spans.Equal(want[i]) {
			t.Fatalf("%v in %q, want %v", m.Spans, ann, want[i])
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{
		"Tos\tB-X\ny\tO\n\n-DOCSTART- a%20b\tO\n\nfiebre\tS-Y\n", "-DOCSTART- -X- -X- O\n\n3 NN O O\n. NN O O\n5 NN O I-X\n",
		"a\tV-X\nb\tM-X\nc\tE-X\nd\tW-X\n", "(\tO\nIV\tU-Z\n)\tO\r\n", "a\tb\tB-X\n", "\u00a0\tO\n",
	} {
		for i := range 4 {
			f.Add(s, uint8(i))
		}
	}
	names := []string{"iob2", "bioes", "bmewov", "conll2003"}
	f.Fuzz(func(t *testing.T, s string, which uint8) { reread(t, names[int(which)%len(names)], []byte(s)) })
}

func FuzzJSONL(f *testing.F) {
	f.Add(`{"doc":"a","text":"Tos seca","spans":[{"label":"X","spans":[[0,3],[4,8]],"score":0.5,"links":[{"db":"K","id":"1"}]}]}`)
	f.Add("{\"id\":7,\"text\":\"x\"}\n\n{\"doc\":\"b\",\"text\":\"\",\"spans\":[]}")
	f.Add(`{"doc":"a","spans":[{"label":"X","spans":[[0,3]]}]}`)
	f.Fuzz(func(t *testing.T, s string) { reread(t, "jsonl", []byte(s)) })
}

func FuzzHF(f *testing.F) {
	f.Add(`{"doc":"a","start":0,"text":"Tos seca. ","tokens":["Tos","seca"],"ner_tags":["B-X","O"],"offsets":[[0,3],[4,8]]}` + "\n" +
		`{"doc":"a","start":10,"text":"Fin","tokens":["Fin"],"ner_tags":["I-X"],"offsets":[[10,13]]}`)
	f.Add(`{"tokens":["a","b"],"ner_tags":["B-X","I-X"]}`)
	f.Fuzz(func(t *testing.T, s string) { reread(t, "hf", []byte(s)) })
}

func FuzzSpacy(f *testing.F) {
	f.Add(`[{"doc":"a","text":"Tos  seca\n","ents":[{"start":0,"end":3,"label":"X"}]}]`)
	f.Add(`[{"text":"Tos","spans":{"sc":[{"start":0,"end":3,"label":"X","kb_id":"1","db":"K"},{"start":1,"end":2,"label":"Y"}]}}]`)
	f.Fuzz(func(t *testing.T, s string) { reread(t, "spacy", []byte(s)) })
}

func FuzzTable(f *testing.F) {
	f.Add("filename\tmark\tlabel\toff0\toff1\tspan\tcode\na\tT1\tX\t0\t3\tTos\t1+2\nb\tT1\tX\t4\t6\t\"\"\t\n", uint8(0))
	f.Add("filename\tann_id\tlabel\tstart_span\tend_span\ttext\na\tT1\tX\t0\t3\t\"a \"\"b\"\"\"\n", uint8(2))
	f.Add("filename\tmark\tlabel\toff0\toff1\tspan\tisH\tisN\tiscomplex\tNCBITax\na\tT1\tX\t0\t3\tTos\tF\tF\tT\t1|2\n", uint8(1))
	names := []string{"distemist", "livingner", "medprocner", "symptemist"}
	f.Fuzz(func(t *testing.T, s string, which uint8) { reread(t, names[int(which)%len(names)], []byte(s)) })
}
