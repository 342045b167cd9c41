package brat

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// textbound parses "TYPE START END[;START END...]" and the text field, with
// brat's checks in brat's order: the first that fails is the one reported.
func (l *line) textbound(data, tail string, text corpus.Text) {
	label, rest, ok := strings.Cut(data, " ")
	spans, good := parseSpans(rest)
	if !ok || !good {
		l.unparsed(BrokenLine, "offsets that cannot be read", `write "TYPE START END", with single spaces, whole numbers, fragments separated by ";"`)
		return
	}
	l.Type, l.Spans = label, spans
	if kind, message, fix := checkSpans(spans, text); kind != "" {
		l.unparsed(kind, message, fix)
		return
	}
	l.Kind = Textbound
	l.Text = text.Join(spans)
	l.textField(tail, text)
}

// parseSpans reads fragments. Between START and END stands one space; white
// space other than a space may follow END.
func parseSpans(s string) (corpus.Spans, bool) {
	var spans corpus.Spans
	for part := range strings.SplitSeq(s, ";") {
		from, to, ok := strings.Cut(part, " ")
		if !ok || strings.Contains(to, " ") {
			return nil, false
		}
		start, ok1 := parseInt(from)
		end, ok2 := parseInt(strings.TrimRightFunc(to, isSpace))
		if !ok1 || !ok2 || strings.ContainsFunc(strings.TrimRightFunc(to, isSpace), isSpace) {
			return nil, false
		}
		spans = append(spans, corpus.Span{Start: corpus.Off(start), End: corpus.Off(end)})
	}
	return spans, true
}

// checkSpans applies brat's checks of fragments against a text, in its order.
// Touching fragments pass only where the later one follows, as in brat.
func checkSpans(spans corpus.Spans, text corpus.Text) (kind ProblemKind, message, fix string) {
	for i, s := range spans {
		switch {
		case s.Start > s.End:
			return InvertedSpan, fmt.Sprintf("the span %d %d starts after its end", s.Start, s.End), "swap the offsets"
		case s.Start < 0:
			return OutOfRange, fmt.Sprintf("the span %d %d starts before the text", s.Start, s.End), "count offsets from 0"
		case s.End > text.Len():
			return OutOfRange, fmt.Sprintf("the span %d %d ends after the text, which has %d characters", s.Start, s.End, text.Len()), "correct the offsets"
		}
		for _, o := range spans[:i] {
			if s.End >= o.Start && s.Start < o.End {
				return Overlapping, fmt.Sprintf("the fragments %d %d and %d %d overlap or touch in reverse", o.Start, o.End, s.Start, s.End), "merge or reorder the fragments"
			}
		}
	}
	return "", "", ""
}

// textField compares the text field with what the spans mark (l.Text).
func (l *line) textField(tail string, text corpus.Text) {
	want := l.Text
	length := utf8.RuneCountInString(want)
	if trimSpace(tail) == "" && length > 0 {
		l.warn(MissingText, "no text field; brat fills it in", fmt.Sprintf("write %q after a tab", clip(want)))
		return
	}
	if tail == "" {
		l.fatal("an empty span without a tab after it, so brat cannot load the document", "add a tab, or delete the line")
		return
	}
	// brat compares before it strips the line end, so a span that ends with a line feed can match.
	field := tail[1:] + l.src[len(l.Raw):] + "\n"
	if rest, ok := strings.CutPrefix(field, want); ok {
		if r, _ := utf8.DecodeRuneInString(rest); rest != "" && !isSpace(r) {
			l.fail(TextMismatch, fmt.Sprintf("the text field goes on after %q, which is all that the offsets mark", clip(want)), "correct the offsets or the text")
		} else if strings.Contains(want, "\n") {
			l.warn(NewlineInSpan, "the span ends with a line break", "shorten it by one")
		}
		return
	}
	var old strings.Builder
	for _, s := range l.Spans {
		old.WriteString(text.Slice(s))
	}
	if strings.HasPrefix(field, old.String()) && utf8.RuneCountInString(field) >= length {
		l.warn(OldStyleText, "the fragments are joined without a space; brat rewrites the text field", fmt.Sprintf("write %q", clip(want)))
		return
	}
	if strings.Contains(want, "\n") {
		l.fail(NewlineInSpan, fmt.Sprintf("the span %s crosses a line break, which a text field cannot hold", l.Spans), "split the span into fragments")
		return
	}
	l.fail(TextMismatch, fmt.Sprintf("the text field is %q but %s marks %q", clip(tail[1:]), l.Spans, clip(want)), "correct the offsets or the text")
}

// clip shortens s for a message.
func clip(s string) string {
	const most = 60
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "..."
		}
		n++
	}
	return s
}
