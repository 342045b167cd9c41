package segment_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// What annotators marked is often reached from its first word by growing it, in fewer
// steps than words. The lists were made on the training documents; these are others.
func TestGrowingReachesWhatAnnotatorsMarked(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "cantemist", "dev1", "*.ann"))
	if err != nil || len(paths) == 0 {
		t.Skip("../shared/data/cantemist is missing: this test needs the shared data beside the repository")
	}
	mentions, reached, steps, words := 0, 0, 0, 0
	for _, path := range paths {
		text := readText(t, strings.TrimSuffix(path, ".ann")+".txt")
		for _, gold := range contiguous(t, path) {
			inside := segment.Words(corpus.NewText(text.Slice(gold)))
			if len(inside) < 2 {
				continue
			}
			mentions++
			if n := grow(text, corpus.Span{Start: gold.Start, End: gold.Start + inside[0].End}, gold); n > 0 {
				reached, steps, words = reached+1, steps+n, words+len(inside)-1
			}
		}
	}
	t.Logf("%d mentions of several words: %d reached (%.0f %%), in %d steps instead of %d words", mentions, reached, 100*float64(reached)/float64(mentions), steps, words)
	if 2*reached < mentions || steps >= words {
		t.Errorf("%d of %d are reached, in %d steps for %d words", reached, mentions, steps, words)
	}
}

// grow counts the steps from a span to another one; 0 where it is passed by.
func grow(text corpus.Text, s, to corpus.Span) int {
	for n := 1; ; n++ {
		next := segment.Grow(text, s)
		switch {
		case next == to:
			return n
		case next == s || !to.Contains(next):
			return 0
		}
		s = next
	}
}

func readText(t *testing.T, path string) corpus.Text {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return corpus.NewText(string(b))
}

// contiguous are the spans of an .ann file that are of one piece.
func contiguous(t *testing.T, path string) []corpus.Span {
	t.Helper()
	var out []corpus.Span
	for line := range strings.Lines(readText(t, path).String()) {
		id, rest, _ := strings.Cut(line, "\t")
		place, _, _ := strings.Cut(rest, "\t")
		fields := strings.Fields(place)
		if !strings.HasPrefix(id, "T") || len(fields) != 3 {
			continue
		}
		start, err := strconv.Atoi(fields[1])
		end, err2 := strconv.Atoi(fields[2])
		if err != nil || err2 != nil {
			continue // of several pieces
		}
		out = append(out, corpus.Span{Start: corpus.Off(start), End: corpus.Off(end)})
	}
	return out
}
