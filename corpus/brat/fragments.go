package brat

import "github.com/gloss-nlp/gloss/corpus"

// Fragments cuts a span at line breaks, since a text field cannot hold one. As
// in brat, every fragment is stripped of white space and empty ones are left
// out; a span without a line break stays as it is. Line breaks are all the
// characters at which brat ends a line of its files, not line feeds alone. The
// result is empty where the span is not in the text or has nothing but white
// space around line breaks.
func Fragments(text corpus.Text, span corpus.Span) corpus.Spans {
	if !text.In(span) {
		return nil
	}
	var out corpus.Spans
	broken := false
	at := span.Start
	first, last := corpus.Off(-1), corpus.Off(-1) // non-space bounds of the present fragment
	end := func() {
		if first >= 0 {
			out = append(out, corpus.Span{Start: first, End: last + 1})
		}
		first, last = -1, -1
	}
	for _, r := range text.Slice(span) {
		switch {
		case isBreak(r):
			broken = true
			end()
		case !isSpace(r):
			if first < 0 {
				first = at
			}
			last = at
		}
		at++
	}
	if !broken {
		return corpus.Spans{span}
	}
	end()
	return out
}
