package workbench

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// Splits tells whether a candidate is a composite, such as a|b or a+b, whose
// evidence says which words of the mention name which of its concepts:
// ChooseParts can take the mention apart.
func Splits(c kb.Candidate) bool { return len(conceptParts(c)) > 1 }

// conceptParts are the parts of a composite that have a place and a concept of
// their own, in the order of the mention; none where the candidate is no composite.
func conceptParts(c kb.Candidate) []kb.Part {
	if len(kb.CodeParts(c.ID)) < 2 {
		return nil
	}
	var out []kb.Part
	end := corpus.Off(0)
	for _, p := range c.Evidence.Parts {
		if p.ID == "" || p.Span == nil {
			continue
		}
		if p.Span.Start < end || p.Span.Len() <= 0 {
			return nil
		}
		end = p.Span.End
		out = append(out, p)
	}
	return out
}

// chooseParts takes an item apart as a composite candidate says.
func (w *Workbench) chooseParts(a ChooseParts) (Result, error) {
	d, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	evidence := conceptParts(a.Candidate)
	if len(evidence) < 2 {
		return Result{}, fmt.Errorf("candidate %s does not say where to split %q", a.Candidate.ID, it.Text)
	}
	words := wordsOf(d.text, it.Spans)
	var parts []part
	for i, e := range evidence {
		spans := place(words, it.Text, e)
		if len(spans) == 0 {
			return Result{}, fmt.Errorf("candidate %s names %q, which is not in %q as it stands", a.Candidate.ID, e.Text, it.Text)
		}
		parts = append(parts, part{spans, []corpus.Link{{DB: a.Candidate.DB, ID: e.ID, Name: nameOfPart(a, i, len(evidence), e.ID)}}})
	}
	shown := a.Shown
	if shown == nil {
		shown = it.Candidates
	}
	return w.divide(d, it, parts, w.offer(it, shown))
}

// nameOfPart is the preferred name of the concept of a part: that of its own
// candidate, where one was shown; else what the composite's name has at its place.
func nameOfPart(a ChooseParts, i, parts int, id string) string {
	for _, c := range a.Shown {
		if c.DB == a.Candidate.DB && c.ID == id {
			return c.Name
		}
	}
	if names := strings.Split(a.Candidate.Name, " + "); len(names) == parts {
		return names[i]
	}
	return ""
}

// word is a word of a mention where it stands in the text.
type word struct {
	corpus.Span
	fragment int // of the mention
}

// wordsOf are the words of a mention.
func wordsOf(t corpus.Text, spans corpus.Spans) []word {
	var out []word
	for i, s := range spans {
		at, start := s.Start, corpus.Off(-1)
		for _, r := range t.Slice(s) {
			switch {
			case unicode.IsSpace(r) && start >= 0:
				out = append(out, word{corpus.Span{Start: start, End: at}, i})
				start = -1
			case !unicode.IsSpace(r) && start < 0:
				start = at
			}
			at++
		}
		if start >= 0 {
			out = append(out, word{corpus.Span{Start: start, End: s.End}, i})
		}
	}
	return out
}

// place is where a part of the mention stands in the text. The part counts code
// points of the mention as linking reads it, with single spaces; none where the
// words there are not those of the part, which is so for an abbreviation that was
// written out.
func place(words []word, mention string, p kb.Part) corpus.Spans {
	clean := strings.Fields(lexical.Clean(mention))
	if len(clean) != len(words) {
		return nil
	}
	var spans corpus.Spans
	var said []string
	at := corpus.Off(0)
	for i, text := range clean {
		end := at + corpus.Off(utf8.RuneCountInString(text))
		if p.Span.Start <= at && end <= p.Span.End {
			said = append(said, text)
			if n := len(spans); n > 0 && words[i-1].fragment == words[i].fragment {
				spans[n-1].End = words[i].End
			} else {
				spans = append(spans, words[i].Span)
			}
		}
		at = end + 1
	}
	if lexical.Fold(strings.Join(said, " ")) != lexical.Fold(p.Text) {
		return nil
	}
	return spans
}
