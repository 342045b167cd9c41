// Package convert reads and writes the formats that annotated corpora come in,
// beside brat's own, and tells what a format could not hold. It also reads the
// mentions of a corpus in any of them, for scoring.
//
// Offsets are code points in every format. Conversion holds a whole corpus in
// memory.
package convert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// Errors of a conversion.
var (
	ErrFormat = errors.New("unknown format")
	ErrInput  = errors.New("cannot be converted") // the input breaks its format, or lacks what the target needs
	ErrOutput = errors.New("not a place for results")
)

// Options say what to convert. From and To are names of Formats.
type Options struct {
	From, To string
	Texts    string // directory with DOC.txt files, for formats without texts; tokens and offsets are anchored there
}

// doc is a document on its way from one format to another.
type doc struct {
	corpus.Document
	file *brat.File // as it was read; nil where it does not come from brat
	bare bool       // the format gave no text
	// words are what the text was made of where the format has words alone.
	words []corpus.Span
}

// format is what is known of a format.
type format struct {
	name, about string
	read        func(path string, data []byte) ([]doc, error) // of one file; nil for brat directories, and where nothing can be read
	write       func(docs []doc, r *Report) ([]file, error)
	bare        bool // can be written without texts
}

// formats are in the order in which a person is told of them.
var formats = []format{
	{name: "brat", about: "a directory of .txt and .ann files", write: writeBrat},
	{name: "inception", about: "brat as INCEpTION takes it: a mention of several fragments becomes several, no N lines", write: writeINCEpTION},
	{name: "conll2003", about: "four columns parted by spaces, IOB2 tags, -DOCSTART- lines", read: readTokens, write: tokenWriter("conll2003")},
	{name: "iob2", about: "word TAB tag: B- I- O", read: readTokens, write: tokenWriter("iob2")},
	{name: "bioes", about: "word TAB tag: B- I- E- S- O", read: readTokens, write: tokenWriter("bioes")},
	{name: "bmewov", about: "word TAB tag: B- M- E- W- O, and V- on words of two or more mentions", read: readTokens, write: tokenWriter("bmewov")},
	{name: "jsonl", about: `a line a document: {"doc","text","spans"}; read gzipped too`, read: readJSONL, write: writeJSONL},
	{name: "spacy", about: "a JSON list for spaCy's Doc.from_json, and so for a DocBin", read: readSpacy, write: writeSpacy},
	{name: "hf", about: "a line a sentence for token classification: tokens, ner_tags, and their offsets", read: readHF, write: writeHF},
	{name: "distemist", about: "the shared task's table", read: readTable, write: tableWriter("distemist"), bare: true},
	{name: "livingner", about: "the shared task's table", read: readTable, write: tableWriter("livingner"), bare: true},
	{name: "medprocner", about: "the shared task's table", read: readTable, write: tableWriter("medprocner"), bare: true},
	{name: "symptemist", about: "the shared task's table", read: readTable, write: tableWriter("symptemist"), bare: true},
	{name: "cantemist-coding", about: "document TAB code, best first, as predictions are submitted (no header)", write: writeCoding, bare: true},
	{name: "pharmaconer-indexing", about: "a directory with a DOC.tsv of document TAB code each, best first", write: writeIndexing, bare: true},
	{name: "medprocner-index", about: "filename TAB code, the codes of a document joined by +, best first", write: writeIndex, bare: true},
}

// A Format is a name that Options take.
type Format struct {
	Name, About string
	Readable    bool // all can be written
}

// Formats lists the formats.
func Formats() []Format {
	list := make([]Format, len(formats))
	for i, f := range formats {
		list[i] = Format{f.name, f.about, f.readable()}
	}
	return list
}

// Known tells whether there is a format of that name.
func Known(name string) bool {
	_, err := find(name)
	return err == nil
}

func (f format) isBrat() bool   { return f.name == "brat" || f.name == "inception" }
func (f format) readable() bool { return f.isBrat() || f.read != nil }

func find(name string) (format, error) {
	var names []string
	for _, f := range formats {
		if f.name == name {
			return f, nil
		}
		names = append(names, f.name)
	}
	return format{}, fmt.Errorf("%w %q: it is one of %s", ErrFormat, name, strings.Join(names, " "))
}

// Convert reads a corpus and writes it in another format. out must be new,
// empty, or what an earlier Convert left and nobody changed since, else the
// error wraps ErrOutput; it is replaced as a whole. brat to brat copies every
// file byte for byte. Where anything is wrong nothing is written.
func Convert(ctx context.Context, in, out string, o Options) (*Report, error) {
	from, err := find(o.From)
	if err != nil {
		return nil, err
	}
	to, err := find(o.To)
	if err != nil {
		return nil, err
	}
	if !from.readable() {
		return nil, fmt.Errorf("%w: %s names no places in a text, so nothing can be read from it but for scoring", ErrInput, o.From)
	}
	target, err := openTarget(in, out)
	if err != nil {
		return nil, err
	}
	r := &Report{From: o.From, To: o.To}
	var files []file
	if o.From == "brat" && o.To == "brat" {
		files, err = copyCollection(ctx, in, r)
	} else {
		files, err = translate(ctx, in, from, to, o.Texts, r)
	}
	if err != nil {
		return nil, err
	}
	r.settle()
	return r, target.put(files)
}

// translate reads, anchors and writes.
func translate(ctx context.Context, in string, from, to format, texts string, r *Report) ([]file, error) {
	docs, err := load(ctx, in, from)
	if err != nil {
		return nil, err
	}
	if from.isBrat() {
		if err := addScores(in, docs); err != nil {
			return nil, err
		}
	}
	if texts != "" {
		if docs, err = anchor(docs, texts, r); err != nil {
			return nil, err
		}
	}
	if err := checkDocuments(docs, to); err != nil {
		return nil, err
	}
	for i := range docs {
		r.Documents++
		r.Mentions += len(docs[i].Mentions)
		if to.name != "inception" {
			r.otherLines(docs[i])
		}
	}
	return to.write(docs, r)
}

// load reads a corpus in the order of its file, or of its collection.
func load(ctx context.Context, path string, f format) ([]doc, error) {
	if f.isBrat() {
		return readBrat(ctx, path)
	}
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return f.read(path, data)
}

// checkDocuments refuses what no writer could make sense of.
func checkDocuments(docs []doc, to format) error {
	seen := map[string]bool{}
	for _, d := range docs {
		if err := checkName(d.Name); err != nil {
			return err
		}
		if seen[d.Name] {
			return fmt.Errorf("%w: there are two documents %q", ErrInput, d.Name)
		}
		seen[d.Name] = true
		if d.bare && !to.bare {
			return fmt.Errorf("%w: the input has no text for %s, and %s needs it: name the directory with the texts (--text)", ErrInput, d.Name, to.name)
		}
		if d.bare {
			continue
		}
		for _, m := range d.Mentions {
			if err := checkSpans(d, m); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkSpans(d doc, m corpus.Mention) error {
	if len(m.Spans) == 0 {
		return fmt.Errorf("%w: %s: a mention %s without a place", ErrInput, d.Name, m.Label)
	}
	for _, s := range m.Spans {
		if !d.Text.In(s) {
			return fmt.Errorf("%w: %s: the span %d %d (%s) is not in the text of %d characters", ErrInput, d.Name, s.Start, s.End, m.Label, d.Text.Len())
		}
	}
	return nil
}

// contiguous is the one span of a mention that a format without fragments can
// hold: its only fragment, or the span that brat cuts at line breaks into just
// these fragments. Where there is no text, only a single fragment will do.
func (d doc) contiguous(m corpus.Mention) (corpus.Span, bool) {
	if len(m.Spans) == 1 {
		return m.Spans[0], true
	}
	hull := m.Spans.Hull()
	return hull, !d.bare && m.Spans.Equal(brat.Fragments(d.Text, hull))
}

// asFragments is what contiguous makes one span of, undone.
func asFragments(text corpus.Text, s corpus.Span) corpus.Spans {
	if f := brat.Fragments(text, s); len(f) > 0 {
		return f
	}
	return corpus.Spans{s}
}

// byPlace orders mentions as they stand in the text, the longer first.
func byPlace(mentions []corpus.Mention) []corpus.Mention {
	sorted := slices.Clone(mentions)
	slices.SortStableFunc(sorted, func(a, b corpus.Mention) int {
		x, y := a.Spans.Hull(), b.Spans.Hull()
		return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(y.End, x.End))
	})
	return sorted
}
