package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// field is a text-bound line whose text field can be compared.
type field struct {
	line  int // from 1
	spans corpus.Spans
	text  string
}

// textFields are those of the lines whose offsets were read, also where brat
// does not accept them.
func textFields(f *brat.File) []field {
	var out []field
	for i := range f.Len() {
		l := f.Line(i)
		if len(l.Spans) == 0 {
			continue
		}
		if text := tailOf(l.Raw); strings.TrimSpace(text) != "" {
			out = append(out, field{i + 1, l.Spans, text})
		}
	}
	return out
}

// tailOf is what follows the second tab of a line.
func tailOf(raw string) string {
	if parts := strings.SplitN(raw, "\t", 3); len(parts) == 3 {
		return parts[2]
	}
	return ""
}

// matches tells whether the text field begins with what the converted offsets mark.
func (f field) matches(text corpus.Text, convert func(corpus.Off) (corpus.Off, bool)) bool {
	spans, ok := convertAll(f.spans, text, convert)
	return ok && f.says(text.Join(spans))
}

// convertAll converts fragments; false where one is not in the text.
func convertAll(spans corpus.Spans, text corpus.Text, convert func(corpus.Off) (corpus.Off, bool)) (corpus.Spans, bool) {
	spans = spans.Clone()
	for i, s := range spans {
		start, ok1 := convert(s.Start)
		end, ok2 := convert(s.End)
		spans[i] = corpus.Span{Start: start, End: end}
		if !ok1 || !ok2 || !text.In(spans[i]) {
			return nil, false
		}
	}
	return spans, true
}

// says tells whether the field is the marked text, and perhaps more after a
// space. A line break cannot stand in the field, whatever the counting, and
// the normalization form is another matter than the offsets.
func (f field) says(marked string) bool {
	if marked == "" {
		return false
	}
	flat := marked
	if strings.ContainsAny(marked, "\r\n") {
		flat = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(marked)
	}
	if begins(f.text, marked) || begins(f.text, flat) {
		return true
	}
	return !isASCII(f.text+marked) && begins(norm.NFC.String(f.text), norm.NFC.String(flat))
}

func begins(s, with string) bool {
	rest, ok := strings.CutPrefix(s, with)
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// places are where the first fragment could begin, were the text field right.
func (f field) places(text corpus.Text) []corpus.Off {
	want := f.text
	if i := strings.IndexByte(want, '\t'); i >= 0 {
		want = want[:i]
	}
	if first := f.spans[0].Len(); len(f.spans) > 1 && first > 0 {
		runes := []rune(want)
		want = string(runes[:min(int(first), len(runes))])
	}
	const most = 1000
	var out []corpus.Off
	s := text.String()
	for at := 0; len(out) < most && want != ""; at++ {
		i := strings.Index(s[at:], want)
		if i < 0 {
			break
		}
		at += i
		out = append(out, text.Off(at))
	}
	return out
}

// nearest is the one of those places that is closest to where the field says it is.
func (f field) nearest(text corpus.Text) (corpus.Off, bool) {
	places := f.places(text)
	if len(places) == 0 || len(f.spans) != 1 {
		return 0, false
	}
	here := f.spans[0].Start
	return slices.MinFunc(places, func(a, b corpus.Off) int { return int(distance(a, here) - distance(b, here)) }), true
}

func distance(a, b corpus.Off) corpus.Off { return max(a-b, b-a) }

func count(fields []field, text corpus.Text, convert func(corpus.Off) (corpus.Off, bool)) int {
	n := 0
	for _, f := range fields {
		if f.matches(text, convert) {
			n++
		}
	}
	return n
}
