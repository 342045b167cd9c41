package convert

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// writeBrat writes a .txt and an .ann file a document. Links without the name
// of a knowledge base become codes in notes where they would be read back as
// such, else N lines of the database "code".
func writeBrat(docs []doc, r *Report) ([]file, error) {
	notes := asNotes(docs)
	var files []file
	for _, d := range docs {
		ann, err := annOf(d, notes, r)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: d.Name + ".txt", data: []byte(d.Text.String())}, file{name: d.Name + ".ann", data: ann})
	}
	return files, nil
}

// asNotes tells whether links are written as notes: no link names a knowledge
// base, and more than half of the mentions have one, which is how a reader
// tells codes from remarks.
func asNotes(docs []doc) bool {
	mentions, coded := 0, 0
	for _, d := range docs {
		for _, m := range d.Mentions {
			mentions++
			if len(m.Links) == 0 {
				continue
			}
			if !(brat.NoteLine{Type: brat.AnnotatorNotes, Text: joinIDs(m.Links, "+")}).IsCode() {
				return false
			}
			for _, k := range m.Links {
				if k.DB != "" {
					return false
				}
			}
			coded++
		}
	}
	return coded*2 > mentions
}

var textboundID = regexp.MustCompile(`^T[1-9][0-9]{0,8}$`)

// annOf writes the lines of a document, and reads them back to be sure.
func annOf(d doc, notes bool, r *Report) ([]byte, error) {
	var b strings.Builder
	ids := keepIDs(d.Mentions)
	links, written := 0, 0
	for i, m := range d.Mentions {
		spans := fragments(d.Text, m.Spans)
		if spans == nil {
			r.lose(1, "mentions without a visible character", leftOut)
			continue
		}
		id := fmt.Sprintf("T%d", i+1)
		if ids {
			id = m.ID
		}
		fmt.Fprintf(&b, "%s\t%s %s\t%s\n", id, tagLabel(m.Label, r), spans, d.Text.Join(spans))
		written++
		if m.Score.Known() {
			r.lose(1, "scores", leftOut)
		}
		links += writeLinks(&b, id, m.Links, links, notes, r)
	}
	r.Written += written
	ann := []byte(b.String())
	f, err := brat.Parse(ann, d.Text)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", d.Name, err)
	}
	for _, p := range f.Problems() {
		if p.Level != brat.Warning {
			return nil, fmt.Errorf("%w: %s: a mention that brat could not read: %s", ErrInput, d.Name, p.Message)
		}
	}
	return ann, nil
}

// fragments are those that brat can hold; nil where nothing is visible.
func fragments(text corpus.Text, spans corpus.Spans) corpus.Spans {
	var out corpus.Spans
	for _, s := range spans {
		out = append(out, brat.Fragments(text, s)...)
	}
	return out
}

// keepIDs tells whether the ids that mentions have can be used again.
func keepIDs(mentions []corpus.Mention) bool {
	seen := map[string]bool{}
	for _, m := range mentions {
		if seen[m.ID] || !textboundID.MatchString(m.ID) {
			return false
		}
		seen[m.ID] = true
	}
	return true
}

// writeLinks writes the links of a mention, and returns how many lines that took.
func writeLinks(b *strings.Builder, id string, links []corpus.Link, before int, notes bool, r *Report) int {
	if len(links) == 0 {
		return 0
	}
	if notes {
		if len(links) > 1 {
			r.lose(1, "mentions with several links", "joined by + into one")
		}
		fmt.Fprintf(b, "#%d\t%s %s\t%s\n", before+1, brat.AnnotatorNotes, id, joinIDs(links, "+"))
		return 1
	}
	n := 0
	for _, k := range links {
		db, ref := squeeze(k.DB), squeeze(k.ID)
		if db == "" {
			db = "code"
		}
		db = strings.ReplaceAll(db, ":", "_")
		if ref == "" {
			r.lose(1, "links without an id", leftOut)
			continue
		}
		if db != k.DB || ref != k.ID {
			r.lose(1, "links that an N line cannot hold as they are", "rewritten: without spaces, the database named")
		}
		n++
		fmt.Fprintf(b, "N%d\tReference %s %s:%s", before+n, id, db, ref)
		if name := strings.Join(strings.Fields(k.Name), " "); name != "" {
			b.WriteString("\t" + name)
		}
		b.WriteByte('\n')
	}
	return n
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "_") }

// writeINCEpTION writes brat files that INCEpTION's reader takes: a mention of
// several fragments becomes several mentions, of which the first keeps id,
// attributes and relations; links become notes with the code; equivalences and
// lines that nobody can read are left out. Other lines stay as they are.
func writeINCEpTION(docs []doc, r *Report) ([]file, error) {
	notes := asNotes(docs)
	var files []file
	for _, d := range docs {
		f := d.file
		if f == nil {
			ann, err := annOf(d, notes, &Report{})
			if err != nil {
				return nil, err
			}
			if f, err = brat.Parse(ann, d.Text); err != nil {
				return nil, err
			}
		}
		var b strings.Builder
		splitLines(&b, f, r)
		r.Written += len(d.Mentions)
		files = append(files, file{name: d.Name + ".txt", data: []byte(d.Text.String())}, file{name: d.Name + ".ann", data: []byte(b.String())})
	}
	r.details(docs, true)
	return files, nil
}

func splitLines(b *strings.Builder, f *brat.File, r *Report) {
	ids := freeIDs{f: f}
	for i := range f.Len() {
		l := f.Line(i)
		switch l.Kind {
		case brat.Textbound:
			if len(l.Spans) > 1 {
				r.lose(1, "discontinuous mentions", "a mention for each fragment")
			}
			for k, s := range fragments(f.Text(), l.Spans) {
				id := l.ID
				if k > 0 {
					id = ids.next("T")
				}
				fmt.Fprintf(b, "%s\t%s %d %d\t%s\n", id, l.Type, s.Start, s.End, f.Text().Slice(s))
			}
		case brat.Normalization:
			r.lose(1, "links", "the code alone, in a note")
			fmt.Fprintf(b, "%s\t%s %s\t%s\n", ids.next("#"), brat.AnnotatorNotes, l.Target, l.Ref)
		case brat.Equiv, brat.Unknown, brat.Unparsed:
			r.lose(1, plural[l.Kind], leftOut)
		default:
			b.WriteString(l.Raw + "\n")
		}
	}
}

// freeIDs makes ids that a file does not have.
type freeIDs struct {
	f *brat.File
	n map[string]int
}

func (ids *freeIDs) next(prefix string) string {
	if ids.n == nil {
		ids.n = map[string]int{}
	}
	for {
		ids.n[prefix]++
		id := fmt.Sprintf("%s%d", prefix, ids.n[prefix])
		if _, taken := ids.f.Find(id); !taken {
			return id
		}
	}
}
