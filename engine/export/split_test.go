package export

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// What is held out is a third, and what it was when this test was written: models that
// were compared before can be compared with those of today.
func TestSplit(t *testing.T) {
	held := 0
	var first []string
	for i := range 3000 {
		text := fmt.Sprint("note ", i)
		if Split(text) == SplitHeld {
			held++
			if len(first) < 5 {
				first = append(first, fmt.Sprint(i))
			}
		}
	}
	if held < 900 || held > 1100 {
		t.Errorf("%d of 3000 are held out", held)
	}
	if got := strings.Join(first, " "); got != "3 5 7 13 14" {
		t.Errorf("held out first: %s", got)
	}
}

// What a workbench writes of its finished documents is what an export of decisions has.
func TestWriteFinishedIsAnExport(t *testing.T) {
	var a, b strings.Builder
	if _, err := NER(&a, numbered(kind(corpus.Finish)), documents{"a": doc(linked)}); err != nil {
		t.Fatal(err)
	}
	d := doc(linked)
	d.Name = "a"
	if err := WriteFinished(&b, []corpus.Document{d}); err != nil || a.String() != b.String() {
		t.Errorf("%v\n%s\nwant\n%s", err, b.String(), a.String())
	}
}
