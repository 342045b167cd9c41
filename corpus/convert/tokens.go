package convert

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// docStart begins a document in files of tokens, as in CoNLL-2003. Its second
// column holds the document's name where that is known.
const docStart = "-DOCSTART-"

// tokenWriter writes a word a line with its tag, and a blank line after each
// sentence. conll2003 has four columns parted by spaces, of which the second
// and third (part of speech, chunk) are unknown; the others have two columns
// parted by a tab. A -DOCSTART- line with the document's name comes before
// each document: "-DOCSTART- NAME -X- O", or "-DOCSTART- NAME<TAB>O".
func tokenWriter(name string) func([]doc, *Report) ([]file, error) {
	s := schemes[name]
	return func(docs []doc, r *Report) ([]file, error) {
		var b strings.Builder
		for _, d := range docs {
			if name == "conll2003" {
				fmt.Fprintf(&b, "%s %s -X- O\n\n", docStart, escapeName(d.Name))
			} else {
				fmt.Fprintf(&b, "%s %s\tO\n\n", docStart, escapeName(d.Name))
			}
			for _, sentence := range tagged(d, s, r) {
				for i, w := range sentence.words {
					b.WriteString(d.Text.Slice(w))
					if name == "conll2003" {
						b.WriteString(" -X- -X- ")
					} else {
						b.WriteByte('\t')
					}
					b.WriteString(sentence.tags[i])
					b.WriteByte('\n')
				}
				b.WriteByte('\n')
			}
		}
		r.lose(len(docs), "texts", "white space is not kept: read back with --text, offsets are kept")
		r.details(docs, false)
		return single(&b), nil
	}
}

// escapeName hides the spaces of a name from whoever cuts columns.
func escapeName(name string) string {
	return strings.NewReplacer("%", "%25", " ", "%20").Replace(name)
}

func unescapeName(name string) string {
	return strings.NewReplacer("%25", "%", "%20", " ").Replace(name)
}

// readTokens reads a file of tokens of any scheme: the first column of a line
// is the word, the last its tag, columns are parted by a tab or else by spaces.
// Blank lines end sentences, -DOCSTART- lines begin documents; before the
// first, the document bears the name of the file. The text is made of the
// words, see builder.
func readTokens(path string, data []byte) ([]doc, error) {
	var docs []doc
	b := newBuilder(baseName(path))
	end := func() {
		if b.named || b.any() {
			docs = append(docs, b.doc())
		}
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, docStart) {
			end()
			name := fmt.Sprintf("doc%d", len(docs)+1)
			if f := strings.Fields(line); len(f) > 1 && f[1] != "-X-" && f[1] != "O" {
				name = unescapeName(f[1])
			}
			b = newBuilder(name)
			b.named = true
			continue
		}
		if strings.TrimSpace(line) == "" {
			b.endSentence()
			continue
		}
		word, tag, ok := columnsOf(line)
		if !ok || !isTag(tag) {
			return nil, fmt.Errorf("%s:%d: %w: %q is not a word and a tag such as B-LABEL or O", path, n, ErrInput, line)
		}
		b.word(word, tag)
	}
	end()
	if len(docs) == 0 {
		return nil, fmt.Errorf("read %s: %w: there is no word in it", path, ErrInput)
	}
	return docs, nil
}

// columnsOf cuts a line into its first and last column.
func columnsOf(line string) (first, last string, ok bool) {
	if i := strings.IndexByte(line, '\t'); i >= 0 {
		first, last = line[:i], line[strings.LastIndexByte(line, '\t')+1:]
	} else if f := strings.Fields(line); len(f) > 1 {
		first, last = f[0], f[len(f)-1]
	}
	first, last = strings.TrimFunc(first, isGap), strings.TrimFunc(last, isGap)
	return first, last, first != ""
}

// builder makes a text of words. Sentences become lines. Words of a sentence
// are parted by one space, but there is none before . , ; : ! ? ) ] } %, none
// after ( [ { ¿ ¡, none around / and -, and none at . and , between digits.
type builder struct {
	name       string
	named      bool
	text       strings.Builder
	length     corpus.Off
	words      []corpus.Span
	tags       []string
	last       string // the word before, in this sentence
	lastButTwo string
	breaks     bool // a line break comes before the next word
}

func newBuilder(name string) *builder { return &builder{name: name} }

func (b *builder) any() bool { return len(b.words) > 0 }

func (b *builder) endSentence() {
	b.breaks = b.any()
	b.last, b.lastButTwo = "", ""
}

func (b *builder) write(s string) {
	b.text.WriteString(s)
	for range s {
		b.length++
	}
}

func (b *builder) word(word, tag string) {
	switch {
	case b.breaks:
		b.write("\n")
	case b.any() && b.parted(word):
		b.write(" ")
	}
	b.breaks = false
	start := b.length
	b.write(word)
	b.words = append(b.words, corpus.Span{Start: start, End: b.length})
	b.tags = append(b.tags, tag)
	b.last, b.lastButTwo = word, b.last
}

// parted tells whether a space comes before the word.
func (b *builder) parted(word string) bool {
	const closing, opening, joining = ".,;:!?)]}%", "([{¿¡", "/-"
	is := func(s, set string) bool { return s != "" && strings.Contains(set, s) }
	switch {
	case is(word, closing) || is(word, joining) || is(b.last, opening) || is(b.last, joining):
		return false
	case is(b.last, ".,") && digits(b.lastButTwo) && digits(word):
		return false
	}
	return true
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func (b *builder) doc() doc {
	if b.any() {
		b.write("\n")
	}
	d := doc{Document: corpus.Document{Name: b.name, Text: corpus.NewText(b.text.String())}, words: b.words}
	for _, r := range decode(b.tags) {
		d.Mentions = append(d.Mentions, mentionOf(d.Text, r.label, corpus.Span{Start: b.words[r.from].Start, End: b.words[r.to-1].End}))
	}
	return d
}

// mentionOf makes a mention of a contiguous span; where the text has a line
// break in it, of the fragments beside that.
func mentionOf(text corpus.Text, label string, s corpus.Span) corpus.Mention {
	m := corpus.Mention{Label: label, Spans: asFragments(text, s), Score: corpus.NoScore}
	m.Text = text.Join(m.Spans)
	return m
}

// moveTo finds the words of a document that was made of them in its real text,
// and moves its mentions there. Between words only white space and control
// characters may lie.
func moveTo(d doc, text corpus.Text) (doc, error) {
	if d.words == nil {
		if d.Text.String() != text.String() {
			return doc{}, fmt.Errorf("%w: %s: the input has another text than the directory", ErrInput, d.Name)
		}
		return d, nil
	}
	places, err := locate(d, text)
	if err != nil {
		return doc{}, err
	}
	moved := doc{Document: corpus.Document{Name: d.Name, Text: text}}
	starts, ends := map[corpus.Off]corpus.Off{}, map[corpus.Off]corpus.Off{}
	for i, w := range d.words {
		starts[w.Start], ends[w.End] = places[i].Start, places[i].End
	}
	for _, m := range d.Mentions {
		hull := m.Spans.Hull()
		moved.Mentions = append(moved.Mentions, mentionOf(text, m.Label, corpus.Span{Start: starts[hull.Start], End: ends[hull.End]}))
	}
	return moved, nil
}

func locate(d doc, text corpus.Text) ([]corpus.Span, error) {
	places := make([]corpus.Span, len(d.words))
	rest, at := text.String(), corpus.Off(0)
	for i, w := range d.words {
		word := d.Text.Slice(w)
		trimmed := strings.TrimLeftFunc(rest, isGap)
		for range rest[:len(rest)-len(trimmed)] {
			at++
		}
		if !strings.HasPrefix(trimmed, word) {
			return nil, fmt.Errorf("%w: %s: word %d, %q, is not in the text at character %d, where it is due", ErrInput, d.Name, i+1, word, at)
		}
		places[i] = corpus.Span{Start: at, End: at + w.Len()}
		at += w.Len()
		rest = trimmed[len(word):]
	}
	return places, nil
}

// baseName names a document after the file that holds it.
func baseName(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".gz")
	return strings.TrimSuffix(name, filepath.Ext(name))
}
