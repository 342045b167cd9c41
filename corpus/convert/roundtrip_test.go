package convert

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// shared is where data too large or not free enough for the repository lies.
const shared = "../../../shared"

func sharedPath(tb testing.TB, elem ...string) string {
	tb.Helper()
	path := filepath.Join(append([]string{shared}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("%s is missing: this test needs the shared data beside the repository", path)
	}
	return path
}

// holds tells, by other means than the writers, which mentions of a document a
// format must bring back.
func holds(format string, d doc, m corpus.Mention) bool {
	switch format {
	case "brat", "jsonl":
		return true
	}
	span, ok := d.contiguous(m)
	if !ok {
		return false
	}
	switch format {
	case "distemist", "livingner", "medprocner", "symptemist":
		return true
	}
	if trimmed := trim(d.Text, span); trimmed != span || span.Len() == 0 {
		return false
	}
	if format == "spacy" {
		return true
	}
	for _, o := range d.Mentions {
		other, ok := d.contiguous(o)
		if ok && other.Overlaps(span) && !(other == span && o.Label == m.Label && o.ID == m.ID) {
			return false // the longest of them comes back as well; that is tested apart
		}
	}
	return true
}

var reversible = []string{"brat", "conll2003", "iob2", "bioes", "bmewov", "jsonl", "spacy", "hf", "distemist", "livingner", "medprocner", "symptemist"}

// goesAround converts a collection to a format and back in memory, and checks
// that what the format holds comes back, and nothing that was not there.
func goesAround(t *testing.T, dir string, was []doc, format string) {
	t.Helper()
	f, err := find(format)
	if err != nil {
		t.Fatal(err)
	}
	report := &Report{}
	files, err := f.write(was, report)
	if err != nil {
		t.Fatal(err)
	}
	var is []doc
	if format == "brat" {
		is = parsed(t, files)
	} else if is, err = f.read("there", files[0].data); err == nil {
		is, err = anchor(is, dir, &Report{})
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(was) != len(is) {
		t.Fatalf("%d documents, want %d", len(is), len(was))
	}
	same := 0
	for i, d := range was {
		if d.Name != is[i].Name || d.Text.String() != is[i].Text.String() {
			t.Fatalf("document %s came back as %s, or with another text", d.Name, is[i].Name)
		}
		same += compare(t, format, d, is[i])
	}
	if same != report.Written {
		t.Errorf("%d mentions came back, the report says %d", same, report.Written)
	}
}

// parsed reads brat files that were not written to a disk.
func parsed(t *testing.T, files []file) []doc {
	t.Helper()
	var docs []doc
	for i := 0; i < len(files); i += 2 {
		text := corpus.NewText(string(files[i].data))
		f, err := brat.Parse(files[i+1].data, text)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc{Document: corpus.Document{Name: strings.TrimSuffix(files[i].name, ".txt"), Text: text, Mentions: f.Mentions()}, file: f})
	}
	return docs
}

func everyWay(t *testing.T, dir string) {
	t.Helper()
	was, err := readBrat(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range reversible {
		t.Run(format, func(t *testing.T) { goesAround(t, dir, was, format) })
	}
}

// compare returns how many mentions came back.
func compare(t *testing.T, format string, was, is doc) int {
	t.Helper()
	key := func(m corpus.Mention) string { return m.Label + " " + m.Spans.String() }
	left := map[string]int{}
	for _, m := range is.Mentions {
		left[key(m)]++
	}
	same := 0
	for _, m := range was.Mentions {
		switch {
		case left[key(m)] > 0:
			left[key(m)]--
			same++
		case holds(format, was, m):
			t.Errorf("%s: %s is lost", was.Name, key(m))
		}
	}
	for _, m := range was.Mentions { // one that lost the white space at its edges
		if span, ok := was.contiguous(m); ok && trim(was.Text, span) != span {
			m.Spans = asFragments(was.Text, trim(was.Text, span))
			delete(left, key(m))
		}
	}
	for k, n := range left {
		if n > 0 && format != "bmewov" { // crossing mentions are read as one there
			t.Errorf("%s: %s came from nowhere", was.Name, k)
		}
	}
	return same
}

func TestRoundTripOfCorpora(t *testing.T) {
	for _, dir := range []string{"pharmaconer/train/brat", "nubes/SAMPLE-001", "cantemist/dev1"} {
		t.Run(dir, func(t *testing.T) { everyWay(t, sharedPath(t, "data", filepath.FromSlash(dir))) })
	}
}

func TestCopyOfCorpora(t *testing.T) {
	for _, dir := range []string{"cantemist/train", "cantemist/dev1", "cantemist/dev2", "pharmaconer/train/brat", "nubes"} {
		in := sharedPath(t, "data", filepath.FromSlash(dir))
		files, err := copyCollection(context.Background(), in, &Report{})
		if err != nil {
			t.Fatal(err)
		}
		copied := map[string]string{}
		for _, f := range files {
			copied[f.name] = string(f.data)
		}
		if !same(tree(t, in), copied) {
			t.Errorf("%s: the copy differs", dir)
		}
	}
}

// Nested, crossing, equal, adjacent and discontinuous mentions in random texts.
func TestRoundTripOfRandomMentions(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 40 {
		dir := t.TempDir()
		for k := range 4 {
			text := randomText(rng)
			f, err := brat.Parse(nil, text)
			if err != nil {
				t.Fatal(err)
			}
			for range rng.IntN(12) {
				// Not every random span is one; Add refuses those.
				_, _, _ = f.Add(randomMention(rng, text), brat.StyleN)
			}
			base := filepath.Join(dir, fmt.Sprintf("d %d", k))
			if err := os.WriteFile(base+".txt", []byte(text.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(base+".ann", f.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		t.Run(fmt.Sprint(round), func(t *testing.T) { everyWay(t, dir) })
	}
}

func randomText(rng *rand.Rand) corpus.Text {
	pieces := []string{"Tos", " ", "  ", ". ", "\n", "niño", "3.5", "🙂", "cafe\u0301", ", ", "-DOCSTART-", "#", "\"", "\r\n", "(IV)", "\u00a0", "%20", "O", "B-X"}
	var b strings.Builder
	for range 5 + rng.IntN(40) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return corpus.NewText(b.String())
}

func randomMention(rng *rand.Rand, text corpus.Text) corpus.Mention {
	at := make([]corpus.Off, 2+2*rng.IntN(2))
	for i := range at {
		at[i] = corpus.Off(rng.IntN(int(text.Len()) + 1))
	}
	slices.Sort(at)
	m := corpus.Mention{Label: []string{"X", "Y-Z", "ñ"}[rng.IntN(3)]}
	for i := 0; i < len(at); i += 2 {
		span := corpus.Span{Start: at[i], End: at[i+1]}
		if rng.IntN(4) > 0 {
			span = trim(text, span)
		}
		m.Spans = append(m.Spans, span)
	}
	if rng.IntN(3) == 0 {
		m.Links = []corpus.Link{{DB: "KB", ID: fmt.Sprint(rng.IntN(100)), Name: "name"}}
	}
	return m
}
