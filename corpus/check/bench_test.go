package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// BenchmarkPlan2000of75000words: a document of 75,000 words with 2,000 mentions whose offsets
// count UTF-8 bytes.
func BenchmarkPlan2000of75000words(b *testing.B) {
	text := corpus.NewText(strings.Repeat("fiebre año dolor ", 25000))
	var ann strings.Builder
	for i := range corpus.Off(2000) {
		s := corpus.Span{Start: i * 200, End: i*200 + 9}
		fmt.Fprintf(&ann, "T%d\tX %d %d\t%s\n", i+1, text.Byte(s.Start), text.Byte(s.End), text.Slice(s))
	}
	f, err := brat.Parse([]byte(ann.String()), text)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if p := planRepairs(f); !p.rereads() {
			b.Fatal("not converted")
		}
	}
}
