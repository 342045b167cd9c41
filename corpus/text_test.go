package corpus

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// alphabet has code points of one to four bytes, among them what makes cells,
// letters and code points differ.
var alphabet = []string{
	"a", " ", "\r\n", "\n", "ñ", "n\u0303", "é", "e\u0301", "世", "👶", "👩‍⚕️", "🇪🇸", "ﬁ", "\u200f", "א", "\ufeff", "\u2028", "\x00", "\U0010ffff",
}

func randomText(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// Offsets count code points, whatever a screen or a person takes for a letter.
func TestTextOffsets(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "a", "ñ", "niño 世界", "a\r\nb\r\n", strings.Repeat("x", 500), strings.Repeat("ñ", 64), strings.Repeat("👶", 129)}
	for n := range 200 {
		texts = append(texts, randomText(r, n))
	}
	for _, s := range texts {
		text, runes := NewText(s), []rune(s)
		if text.String() != s || text.Len() != Off(len(runes)) {
			t.Fatalf("%q: length %d, want %d", s, text.Len(), len(runes))
		}
		b := 0
		for o := Off(0); int(o) <= len(runes); o++ {
			if text.Byte(o) != b {
				t.Fatalf("%q: Byte(%d) = %d, want %d", s, o, text.Byte(o), b)
			}
			if text.Off(text.Byte(o)) != o {
				t.Fatalf("%q: Off(Byte(%d)) = %d", s, o, text.Off(text.Byte(o)))
			}
			if int(o) == len(runes) {
				break
			}
			size := utf8.RuneLen(runes[o])
			for inside := 1; inside < size; inside++ {
				if text.Off(b+inside) != o {
					t.Fatalf("%q: Off(%d) = %d, want %d: the byte lies inside a code point", s, b+inside, text.Off(b+inside), o)
				}
			}
			b += size
		}
		for range 20 {
			if len(runes) == 0 {
				break
			}
			i := r.IntN(len(runes))
			j := i + r.IntN(len(runes)-i+1)
			if got := text.Slice(Span{Off(i), Off(j)}); got != string(runes[i:j]) {
				t.Fatalf("%q: slice %d-%d is %q", s, i, j, got)
			}
		}
	}
}

func TestTextIsClampedOutside(t *testing.T) {
	for _, s := range []string{"", "abc", "niño 世界"} {
		text := NewText(s)
		n := text.Len()
		if text.Byte(-1) != 0 || text.Byte(n+7) != len(s) || text.Off(-1) != 0 || text.Off(len(s)+7) != n {
			t.Errorf("%q: offsets outside are not clamped", s)
		}
		if got := text.Slice(Span{-5, n + 5}); got != s {
			t.Errorf("%q: slice of more than all is %q", s, got)
		}
		if got := text.Slice(Span{2, 1}); got != "" {
			t.Errorf("%q: slice of an inverted span is %q", s, got)
		}
		for span, want := range map[Span]bool{{0, n}: true, {n, n}: true, {0, n + 1}: false, {-1, 0}: false, {1, 0}: false} {
			if text.In(span) != want {
				t.Errorf("%q: In(%v) = %v", s, span, !want)
			}
		}
	}
	var zero Text
	if zero.Len() != 0 || zero.Slice(Span{0, 1}) != "" {
		t.Error("the zero text is not empty")
	}
}

func TestTextCountsAnInvalidByteAsOne(t *testing.T) {
	text := NewText("ñ\xff\xfeb")
	if text.Len() != 4 || text.Byte(3) != 4 || text.Off(3) != 2 || text.Slice(Span{3, 4}) != "b" {
		t.Errorf("length %d, Byte(3) %d, Off(3) %d", text.Len(), text.Byte(3), text.Off(3))
	}
}

func TestSpans(t *testing.T) {
	text := NewText("edemas maleolares y escrotales 👶")
	f := Spans{{20, 30}, {0, 6}}
	if got := text.Join(f); got != "escrotales edemas" {
		t.Errorf("Join gives %q: the order is the file's", got)
	}
	if f.Hull() != (Span{0, 30}) || f.String() != "20 30;0 6" || (Spans{}).Hull() != (Span{}) || (Spans{}).String() != "" {
		t.Errorf("hull %v, string %q", f.Hull(), f)
	}
	for _, c := range []struct {
		name string
		got  bool
		want bool
	}{
		{"touching spans", Span{0, 6}.Overlaps(Span{6, 7}), false},
		{"one shared code point", Span{0, 7}.Overlaps(Span{6, 7}), true},
		{"an empty span inside", Span{0, 7}.Contains(Span{3, 3}), true},
		{"the span itself", Span{3, 7}.Contains(Span{3, 7}), true},
		{"one more", Span{3, 7}.Contains(Span{3, 8}), false},
		{"in the gap of fragments", f.Overlaps(One(6, 20)), false},
		{"at a fragment", f.Overlaps(One(6, 21)), true},
		{"other order", f.Equal(Spans{{0, 6}, {20, 30}}), false},
		{"a part", f.Equal(f[:1]), false},
		{"itself", f.Equal(f.Clone()), true},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v", c.name, c.got)
		}
	}
	g := f.Clone()
	g[0].Start = 21
	if f[0].Start != 20 {
		t.Error("a clone shares memory")
	}
	data, err := json.Marshal(f)
	var back Spans
	if err != nil || string(data) != "[[20,30],[0,6]]" || json.Unmarshal(data, &back) != nil || !reflect.DeepEqual(back, f) {
		t.Errorf("JSON %s, %v, back %v", data, err, back)
	}
	if json.Unmarshal([]byte(`["a"]`), &back) == nil {
		t.Error("no error for a span that is none")
	}
}

func TestMentionJSON(t *testing.T) {
	data, err := json.Marshal(Mention{Label: "A", Score: NoScore})
	if want := `{"id":"","label":"A","spans":[],"text":"","score":null,"links":[]}`; err != nil || string(data) != want {
		t.Errorf("got %s, %v", data, err)
	}
	var m Mention
	if err := json.Unmarshal(data, &m); err != nil || m.Score.Known() {
		t.Errorf("null is read as %v, %v", m.Score, err)
	}
	m = Mention{Spans: One(0, 1), Links: []Link{{ID: "1"}}}
	c := m.Clone()
	c.Spans[0].End, c.Links[0].ID = 9, "2"
	if m.Spans[0].End != 1 || m.Links[0].ID != "1" {
		t.Error("a clone shares memory")
	}
}

func TestInvertTakesEditsBackInReverse(t *testing.T) {
	a, b, c := "a", "b", "c"
	got := Invert([]LineEdit{{At: 0, New: &a}, {At: 1, Old: &b, New: &c}, {At: 2, Old: &a}})
	want := []LineEdit{{At: 2, New: &a}, {At: 1, Old: &c, New: &b}, {At: 0, Old: &a}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}
