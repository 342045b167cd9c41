package lexical

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// FuzzTexts checks what must hold for any text whatever.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"Càncer de mama", "½ 多囊性 が", "\xff\x00", "a\u0301", "--", "ǅ ß İ", "ก็", "", "+", "٣ ²"} {
		f.Add(s, "mama")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		last := 0
		for _, tok := range tokenize(a) {
			if tok.start < last || tok.end > len(a) || tok.start >= tok.end || tok.word == "" {
				t.Fatalf("token %+v of %q", tok, a)
			}
			last = tok.start
			if utf8.ValidString(a) && !utf8.ValidString(a[tok.start:tok.end]) {
				t.Fatalf("token %+v cuts a character of %q", tok, a)
			}
			if strings.ContainsRune(tok.word, ' ') {
				t.Fatalf("token %+v of %q has a space", tok, a)
			}
		}
		if once := Fold(a); Fold(once) != once && utf8.ValidString(a) && !strings.ContainsFunc(a, unspaced) {
			t.Fatalf("Fold(%q) = %q, folded again %q", a, once, Fold(once))
		}
		x := New([]string{a, b, a + " " + b})
		if m := x.Exact(a); len(words(a)) > 0 && (len(m) == 0 || m[0].Level != AsIs) {
			t.Fatalf("%q is not found as is: %v", a, m)
		}
		for _, h := range x.NGram(a, 3) {
			if !(h.Score >= 0 && h.Score <= 1) {
				t.Fatalf("similarity %v of %q and %q", h.Score, a, x.Name(h.Row))
			}
		}
		x.Search(b, 5)
		text := corpus.NewText(a)
		for _, s := range x.Spot(text) {
			if !text.In(s.Span) || s.Span.Len() == 0 || len(s.Rows) == 0 {
				t.Fatalf("spotted %+v in %q", s, a)
			}
		}
	})
}
