package workbench

import (
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func TestWhatListsPartsBelongsToNone(t *testing.T) {
	text := corpus.NewText("metástasis óseas y hepáticas, dolor")
	for at, want := range map[corpus.Off][2]string{
		19: {"metástasis óseas", "hepáticas"},         // before what comes after "y"
		17: {"metástasis óseas", "hepáticas"},         // before "y"
		11: {"metástasis", "óseas y hepáticas"},       // elsewhere nothing is dropped
		20: {"metástasis óseas y h", "epáticas"},      // within a word
		4:  {"metá", "stasis óseas y hepáticas"},      //
		30: {"metástasis óseas y hepáticas", "dolor"}, // a comma lists, too
	} {
		end := corpus.Off(28)
		if at == 30 {
			end = text.Len()
		}
		left, right := cut(text, corpus.One(0, end), at)
		if got := [2]string{text.Join(left), text.Join(right)}; got != want {
			t.Errorf("cut at %d: %q, want %q", at, got, want)
		}
	}
}
