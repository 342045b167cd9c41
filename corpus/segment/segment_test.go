package segment

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/gloss-nlp/gloss/corpus"
)

// golden.json holds what the recipe's own function returns; testdata/golden.py writes it.
func TestSentencesAreTheRecipes(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Text      string        `json:"text"`
		Sentences []corpus.Span `json:"sentences"`
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 100 {
		t.Fatalf("%d cases, want the whole file", len(cases))
	}
	for _, c := range cases {
		if got := Sentences(corpus.NewText(c.Text)); !slices.Equal(got, c.Sentences) {
			t.Errorf("%q\n got %v\nwant %v", c.Text, got, c.Sentences)
		}
	}
}

func TestAbbreviationsAreTheRecipes(t *testing.T) {
	theirs, err := os.ReadFile(filepath.Join("..", "..", "engine", "train", "gloss_small", "abbreviations.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if string(theirs) != abbreviationList {
		t.Error("abbreviations.txt differs from the recipe's: copy engine/train/gloss_small/abbreviations.txt here")
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{" \n\t", nil},
		{"niño 世界", []string{"niño", "世界"}},
		{"T.A. 120/80", []string{"T", ".", "A", ".", "120", "/", "80"}},
		{"cafe\u0301, sí", []string{"cafe\u0301", ",", "sí"}},
		{"🙂🙂x\x00y", []string{"🙂", "🙂", "x", "y"}},
		{"(HER-2)+", []string{"(", "HER", "-", "2", ")", "+"}},
	} {
		text := corpus.NewText(c.text)
		var got []string
		for _, w := range Words(text) {
			got = append(got, text.Slice(w))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// What both functions promise of any text, valid UTF-8 or not.
func FuzzCuts(f *testing.F) {
	for _, s := range []string{"", "Uno. Dos.\nTres", "niño. \xff\xfe. Él", "a.b. C…  D\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := corpus.NewText(s)
		inOrder(t, text, Words(text), 0)
		end := corpus.Off(0)
		for _, span := range Sentences(text) {
			inOrder(t, text, []corpus.Span{span}, end)
			piece := text.Slice(span)
			if piece != strings.TrimSpace(piece) || strings.ContainsAny(piece, "\n\r") {
				t.Fatalf("sentence %q is not trimmed or spans lines", piece)
			}
			if gap := text.Slice(corpus.Span{Start: end, End: span.Start}); strings.TrimFunc(gap, unicode.IsSpace) != "" {
				t.Fatalf("%q lies between two sentences", gap)
			}
			end = span.End
		}
		if rest := text.Slice(corpus.Span{Start: end, End: text.Len()}); strings.TrimFunc(rest, unicode.IsSpace) != "" {
			t.Fatalf("%q lies after the last sentence", rest)
		}
	})
}

func inOrder(t *testing.T, text corpus.Text, spans []corpus.Span, from corpus.Off) {
	t.Helper()
	for _, s := range spans {
		if !text.In(s) || s.Len() == 0 || s.Start < from {
			t.Fatalf("span %v of a text of %d", s, text.Len())
		}
		from = s.End
	}
}

func BenchmarkSentences(b *testing.B) {
	text := benchText()
	b.SetBytes(int64(len(text.String())))
	for b.Loop() {
		Sentences(text)
	}
}

func BenchmarkWords(b *testing.B) {
	text := benchText()
	b.SetBytes(int64(len(text.String())))
	for b.Loop() {
		Words(text)
	}
}

func benchText() corpus.Text {
	return corpus.NewText(strings.Repeat("La paciente, de 54 años, acude por disnea y tos de 3.5 días de evolución. "+
		"Valorada por el Dr. Ruiz: T.A. 120/80 mmHg, sin fiebre.\n", 2000))
}

// words.json holds what the recipes' rule for models of words returns; testdata/words.py
// writes it.
func TestWordsAreTheRecipes(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "words.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Text  string
		Words []corpus.Span
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 100 {
		t.Fatalf("%d cases, want the whole file", len(cases))
	}
	for _, c := range cases {
		if got := Words(corpus.NewText(c.Text)); !slices.Equal(got, c.Words) {
			t.Errorf("%q\n got %v\nwant %v", c.Text, got, c.Words)
		}
	}
}
