package suggest

import (
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func TestGivenFindsEachMentionOnce(t *testing.T) {
	text := corpus.NewText("fiebre alta. tos seca.")
	fever := corpus.Mention{Label: "X", Spans: corpus.Spans{{Start: 0, End: 11}}}
	across := corpus.Mention{Label: "X", Spans: corpus.Spans{{Start: 7, End: 16}}} // begins in the first sentence, ends in the second
	cough := corpus.Mention{Label: "Y", Spans: corpus.Spans{{Start: 13, End: 16}}}
	g := Given{text.String(): {cough, fever, across}}
	sentences := []corpus.Span{{Start: 0, End: 12}, {Start: 13, End: 22}}
	for i, want := range []int{2, 1} {
		found, err := g.Annotate(t.Context(), text, sentences[i:i+1], []string{"no such layer"})
		if err != nil || len(found) != want {
			t.Errorf("sentence %d: %+v %v, want %d", i, found, err, want)
		}
	}
	if found, _ := g.Annotate(t.Context(), corpus.NewText("fiebre alta."), sentences[:1], nil); found != nil {
		t.Errorf("another text: %+v", found)
	}
}
