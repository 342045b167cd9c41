package textpane

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/corpus"
)

// pieces of text that are hard to measure.
var pieces = []string{
	"adenocarcinoma", " ", " ", "de", "pulmón", "niño", "世界", "日本語のテキスト", "👩‍👩‍👧", "❤️", "🇪🇸", "e\u0301", "\t", "\n", "\r\n",
	"-", "/", "…", "\u00a0", "\u200b", "\u202e", "\x1b[31m", "\x00", "µg/dl", "—", "\u0301", "\ufeff", "x", "Δ", "한국어", "\xff",
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(80) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func TestEveryCodePointHasOnePlace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		text := corpus.NewText(randomText(r))
		for _, m := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			l := wrap(text, m, 2+r.IntN(40))
			at, bytes := corpus.Off(0), 0
			for i, ln := range l.all {
				if ln.start != at || int(ln.bytes) != bytes || ln.end < ln.start {
					t.Fatalf("%q: line %d begins at %d, want %d", text, i, ln.start, at)
				}
				for _, c := range l.cells(nil, i, "?") {
					if c.off != at {
						t.Fatalf("%q: line %d: cluster at %d, want %d", text, i, c.off, at)
					}
					at += corpus.Off(c.runes)
				}
				if at != ln.end || l.text.Off(int(ln.until)) != ln.end {
					t.Fatalf("%q: line %d ends at %d, its clusters at %d", text, i, ln.end, at)
				}
				bytes = int(ln.until)
			}
			if at != text.Len() || bytes != len(text.String()) {
				t.Fatalf("%q: lines end at %d of %d", text, at, text.Len())
			}
		}
	}
}

func TestNoLineIsTooWide(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		width := 8 + r.IntN(40)
		l := wrap(corpus.NewText(randomText(r)), ansi.WcWidth, width)
		for i := range l.all {
			cells := l.cells(nil, i, "?")
			for _, c := range cells {
				if c.x+c.w > width && c.w > 0 && c.kind != blank && c.x > 0 {
					t.Fatalf("%q: %q reaches column %d of %d", l.text, c.text, c.x+c.w, width)
				}
			}
		}
	}
}

func TestLinesEndAtBlanks(t *testing.T) {
	for _, c := range []struct {
		name, text string
		width      int
		want       []string
	}{
		{"words", "uno dos tres", 8, []string{"uno dos ", "tres"}},
		{"the blank hangs over", "uno dos tres", 7, []string{"uno dos ", "tres"}},
		{"a long word is cut", "abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"lines of the file", "a\nb\r\n\nc", 9, []string{"a\n", "b\r\n", "\n", "c"}},
		{"a line end at the end", "a\n", 9, []string{"a\n", ""}},
		{"nothing", "", 9, []string{""}},
		{"scripts without blanks", "日本語の", 5, []string{"日本", "語の"}},
		{"hyphens", "anti-TNF alfa", 6, []string{"anti-", "TNF ", "alfa"}},
		{"what has no blank is cut at a seam", "tos;fiebre,x", 8, []string{"tos;", "fiebre,x"}},
		{"but only then", "el 11,4", 6, []string{"el ", "11,4"}},
		{"combining marks stay", "aaae\u0301", 4, []string{"aaae\u0301"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := corpus.NewText(c.text)
			var got []string
			for _, ln := range wrap(text, ansi.WcWidth, c.width).all {
				got = append(got, text.Slice(corpus.Span{Start: ln.start, End: ln.end}))
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The short cut for Latin text must agree with the rules of the renderer.
func TestTheShortCutMeasuresAsTheRendererDoes(t *testing.T) {
	for r := rune(' '); r < 0x3100; r++ {
		if !simple(r) {
			continue
		}
		s := string(r)
		if w := ansi.StringWidthWc(s); w != 1 {
			t.Errorf("%U is %d cells wide", r, w)
		}
		if w := ansi.StringWidth(s); w != 1 {
			t.Errorf("%U is %d cells wide as a cluster", r, w)
		}
		for _, after := range []rune{'a', 'ñ', '…', '“', 0x2010} {
			if c, _ := ansi.FirstGraphemeCluster(s+string(after), ansi.GraphemeWidth); c != s {
				t.Errorf("%U joins %U", r, after)
			}
		}
	}
}
