package brat_test

import (
	"bytes"
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// FuzzParse: what is UTF-8 round-trips, whatever it is; what is not is refused;
// and adding then deleting a mention leaves the bytes as they were.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "\n", "T1\tX 0 4\tniño\n", "T1\tX 0 4;8 9\tniño 𝒳", "T1\tX 3 3\t\r\n", "T1\tX 3 3\n",
		"E1\tEv:T1 A:T2\nR1\tRel A:T1 B:T2\t\n*\tEquiv T1 T2\nA1\tNeg T1 v w\nM1\tN T1\n",
		"N1\tReference T1 DB:a:b\tx\n#1\tAnnotatorNotes T1\ty\n", "#1\tX #2\n#2\tX #1\n", "*\n*\t\n*\tX\n",
		"1\tx\n\t\n", "\ufeffT1\tX 0 1\tn\n", "T1\tX 99999999999999999999 _1\tx\n", "\xff\xfe", "T1\tX 0 1\tn\u2028\v\x85",
	} {
		f.Add([]byte(s))
	}
	text := corpus.NewText(greek)
	f.Fuzz(func(t *testing.T, ann []byte) {
		file, err := brat.Parse(ann, text)
		if (err == nil) != utf8.Valid(ann) {
			t.Fatalf("error %v for %q", err, ann)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(file.Bytes(), ann) {
			t.Fatalf("got %q, want %q", file.Bytes(), ann)
		}
		for _, p := range file.Problems() {
			if p.Line < 1 || p.Line > file.Len() || p.Message == "" {
				t.Fatalf("odd problem %+v", p)
			}
		}
		file.Mentions()
		for i := range min(file.Len(), 20) { // edits walk all lines, so a few suffice
			if id := file.Line(i).ID; id != "" && id != "*" {
				edits, err := file.Delete(id)
				if err != nil {
					continue
				}
				if err := file.Revert(edits); err != nil || !bytes.Equal(file.Bytes(), ann) {
					t.Fatalf("delete %s and revert: %v, got %q, want %q", id, err, file.Bytes(), ann)
				}
			}
		}
		_, edits, err := file.Add(corpus.Mention{Label: "X", Spans: corpus.One(0, 4)}, brat.StyleN)
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Revert(edits); err != nil || !bytes.Equal(file.Bytes(), ann) {
			t.Fatalf("add and revert: %v, got %q, want %q", err, file.Bytes(), ann)
		}
	})
}

func TestUTF8Error(t *testing.T) {
	for _, c := range []struct {
		ann          string
		line, offset int
	}{
		{"\xe9", 1, 0}, {"T1\tX 0 4\tni\xf1o\n", 1, 11}, {"ab\ncd\n\xed\xa0\x80", 3, 6}, {"\xf0\x9d\x92", 1, 0},
	} {
		_, err := brat.Parse([]byte(c.ann), corpus.Text{})
		var u *brat.UTF8Error
		if !errors.As(err, &u) || u.Line != c.line || u.Offset != c.offset {
			t.Errorf("%q: %v, want line %d, offset %d", c.ann, err, c.line, c.offset)
		}
	}
}
