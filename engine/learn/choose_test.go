package learn

import (
	"fmt"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// Labels that no layer knows become a layer of their own, whose name is none of the
// model's: one that was trained from decisions has such a layer already.
func TestChoose(t *testing.T) {
	docs := []corpus.Document{{Mentions: []corpus.Mention{{Label: "ROOM"}, {Label: "SIGN"}}}, {Mentions: []corpus.Mention{{Label: "BED"}}}}
	for _, c := range []struct {
		layers map[string][]string
		order  []string
		want   string
	}{
		{map[string][]string{"signs": {"SIGN"}, "drugs": {"DRUG"}}, []string{"signs", "drugs"}, "[{signs []} {own [BED ROOM]}]"},
		{map[string][]string{"signs": {"SIGN"}, "own": {"ROOM"}}, []string{"signs", "own"}, "[{signs []} {own []} {own2 [BED]}]"},
		{map[string][]string{"own": {"ROOM", "BED", "SIGN"}}, []string{"own"}, "[{own []}]"},
	} {
		if got := fmt.Sprint(Choose(docs, c.order, func(l string) []string { return c.layers[l] })); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
