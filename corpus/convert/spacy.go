package convert

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// spacyDoc is a document as spaCy's Doc.to_json writes it and Doc.from_json
// reads it; Doc objects go into a DocBin. ents holds mentions that do not
// overlap, the span group "sc" (that of spaCy's span categorizer) all of them.
// spaCy does not read the name of the document.
type spacyDoc struct {
	Doc    string                 `json:"doc"`
	Text   string                 `json:"text"`
	Ents   []spacySpan            `json:"ents"`
	Sents  []spacySpan            `json:"sents"`
	Spans  map[string][]spacySpan `json:"spans"`
	Tokens []spacyToken           `json:"tokens"`
}

type spacySpan struct {
	Start corpus.Off `json:"start"`
	End   corpus.Off `json:"end"`
	Label string     `json:"label,omitempty"`
	KB    *string    `json:"kb_id,omitempty"` // spaCy wants the field, even where it is empty
	DB    string     `json:"db,omitempty"`    // ours; spaCy does not read it
	Name  string     `json:"name,omitempty"`  // likewise
}

type spacyToken struct {
	ID    int        `json:"id"`
	Start corpus.Off `json:"start"`
	End   corpus.Off `json:"end"`
}

const spacyGroup = "sc"

func writeSpacy(docs []doc, r *Report) ([]file, error) {
	var b strings.Builder
	b.WriteString("[")
	for i, d := range docs {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n")
		if err := writeJSON(&b, spacyOf(d, r)); err != nil {
			return nil, err
		}
	}
	b.WriteString("]\n")
	r.details(docs, true)
	return single(&b), nil
}

func spacyOf(d doc, r *Report) spacyDoc {
	var held []corpus.Mention
	for _, m := range d.Mentions {
		span, ok := d.contiguous(m)
		if !ok {
			r.lose(1, "discontinuous mentions", leftOut)
			continue
		}
		trimmed := trim(d.Text, span)
		if trimmed.Len() == 0 {
			r.lose(1, "mentions without a word", leftOut)
			continue
		}
		if trimmed != span {
			r.lose(1, "white space at the edges of mentions", leftOut)
		} else {
			r.Written++
		}
		m.Spans = corpus.Spans{trimmed}
		held = append(held, m)
	}
	words, cuts := cutWords(segment.Words(d.Text), held)
	r.lose(cuts, "mentions that begin or end inside a word", "the word was cut there")
	out := spacyDoc{Doc: d.Name, Text: d.Text.String(), Ents: []spacySpan{}, Sents: []spacySpan{}, Spans: map[string][]spacySpan{spacyGroup: {}}, Tokens: tile(d.Text, words)}
	for _, m := range held {
		out.Spans[spacyGroup] = append(out.Spans[spacyGroup], spacySpanOf(m, r))
	}
	for _, m := range flat(held) {
		out.Ents = append(out.Ents, spacySpan{Start: m.Spans[0].Start, End: m.Spans[0].End, Label: m.Label})
	}
	for _, s := range (segment.Cutter{}).Sentences(d.Text) {
		out.Sents = append(out.Sents, spacySpan{Start: s.Start, End: s.End})
	}
	return out
}

func spacySpanOf(m corpus.Mention, r *Report) spacySpan {
	code := joinIDs(m.Links, "+")
	s := spacySpan{Start: m.Spans[0].Start, End: m.Spans[0].End, Label: m.Label, KB: &code}
	if len(m.Links) > 0 {
		s.DB, s.Name = m.Links[0].DB, m.Links[0].Name
	}
	if len(m.Links) > 1 {
		r.lose(1, "mentions with several links", "joined by + into one")
	}
	return s
}

// trim is the span without white space and control characters at its ends.
func trim(text corpus.Text, s corpus.Span) corpus.Span {
	for s.Start < s.End && isGap([]rune(text.Slice(corpus.Span{Start: s.Start, End: s.Start + 1}))[0]) {
		s.Start++
	}
	for s.Start < s.End && isGap([]rune(text.Slice(corpus.Span{Start: s.End - 1, End: s.End}))[0]) {
		s.End--
	}
	return s
}

// tile adds tokens to words so that they hold all of a text but one space
// after a token, which is how spaCy cuts texts.
func tile(text corpus.Text, words []corpus.Span) []spacyToken {
	tokens := make([]spacyToken, 0, len(words))
	add := func(start, end corpus.Off) {
		if start < end {
			tokens = append(tokens, spacyToken{len(tokens), start, end})
		}
	}
	at := corpus.Off(0)
	for _, w := range append(slices.Clone(words), corpus.Span{Start: text.Len(), End: text.Len()}) {
		if at > 0 && at < w.Start && text.Slice(corpus.Span{Start: at, End: at + 1}) == " " {
			at++
		}
		add(at, w.Start)
		add(w.Start, w.End)
		at = w.End
	}
	return tokens
}

// flat are mentions of which no two overlap: the longest first, of equally
// long ones the first; in the order of the text.
func flat(mentions []corpus.Mention) []corpus.Mention {
	order := byPlace(mentions)
	slices.SortStableFunc(order, func(a, b corpus.Mention) int { return int(b.Spans[0].Len() - a.Spans[0].Len()) })
	var kept []corpus.Mention
	taken := spanSet{}
	for _, m := range order {
		if taken.add(m.Spans[0]) {
			kept = append(kept, m)
		}
	}
	return byPlace(kept)
}

// spanSet holds spans of which no two overlap, in order.
type spanSet []corpus.Span

// add puts a span in unless it overlaps one that is there.
func (t *spanSet) add(s corpus.Span) bool {
	i, _ := slices.BinarySearchFunc(*t, s, func(a, b corpus.Span) int { return int(a.Start - b.Start) })
	if i < len(*t) && (*t)[i].Overlaps(s) || i > 0 && (*t)[i-1].Overlaps(s) {
		return false
	}
	*t = slices.Insert(*t, i, s)
	return true
}

// readSpacy reads a list of documents: the span group "sc" where it is there,
// else the entities.
func readSpacy(path string, data []byte) ([]doc, error) {
	var list []spacyDoc
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("read %s: %w: %w", path, ErrInput, err)
	}
	docs := make([]doc, 0, len(list))
	for i, in := range list {
		d := doc{Document: corpus.Document{Name: in.Doc, Text: corpus.NewText(in.Text)}}
		if d.Name == "" {
			d.Name = fmt.Sprintf("%s-%d", baseName(path), i+1)
		}
		spans, ok := in.Spans[spacyGroup]
		if !ok {
			spans = in.Ents
		}
		for _, s := range spans {
			m := corpus.Mention{Label: s.Label, Spans: corpus.One(s.Start, s.End)}
			if err := checkRead(d, m); err != nil {
				return nil, fmt.Errorf("read %s: document %d: %w", path, i+1, err)
			}
			m = mentionOf(d.Text, s.Label, m.Spans[0])
			if s.KB != nil && *s.KB != "" {
				m.Links = []corpus.Link{{DB: s.DB, ID: *s.KB, Name: s.Name}}
			}
			d.Mentions = append(d.Mentions, m)
		}
		docs = append(docs, d)
	}
	return docs, nil
}

// joinIDs writes several codes as one.
func joinIDs(links []corpus.Link, sep string) string {
	ids := make([]string, len(links))
	for i, k := range links {
		ids[i] = k.ID
	}
	return strings.Join(ids, sep)
}

func isGap(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
