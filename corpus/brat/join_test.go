package brat

import (
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// Join keeps of both sides what does not contradict the other, and theirs where
// it does.
func TestJoinKeepsWhatFits(t *testing.T) {
	text := corpus.NewText("fiebre y tos seca\n")
	const (
		fever  = "T1\tSINTOMA 0 6\tfiebre\n"
		cough  = "T2\tSINTOMA 9 12\ttos\n"
		dry    = "T2\tSINTOMA 9 17\ttos seca\n"
		sign   = "T2\tSIGNO 9 12\ttos\n"
		linked = "N1\tReference T1 kb:A\tA\n"
	)
	for name, c := range map[string]struct{ base, mine, theirs, want, left string }{
		"both changed one line":          {fever + cough, fever + dry + linked, fever + sign, fever + sign + linked, "T2\tSINTOMA 9 17\ttos seca"},
		"theirs deleted what mine links": {fever + cough, fever + cough + linked, cough, cough, "N1\tReference T1 kb:A\tA"},
		"mine deleted a linked one":      {fever + linked + cough, cough, fever + linked + sign, sign, ""},
		"nothing of mine":                {fever, fever, cough, cough, ""},
		"theirs is empty":                {fever, fever + cough, "", cough, ""},
	} {
		t.Run(name, func(t *testing.T) {
			parse := func(s string) *File {
				f, err := Parse([]byte(s), text)
				if err != nil {
					t.Fatal(err)
				}
				return f
			}
			theirs := parse(c.theirs)
			got, _, left, err := Join(parse(c.base), parse(c.mine), theirs)
			if err != nil || string(got.Bytes()) != c.want {
				t.Errorf("joined %q, %v; want %q", got.Bytes(), err, c.want)
			}
			if c.left == "" && len(left) > 0 || c.left != "" && (len(left) != 1 || *left[0].New != c.left) {
				t.Errorf("left out %+v, want %q", left, c.left)
			}
			if string(theirs.Bytes()) != c.theirs {
				t.Error("an argument was changed")
			}
		})
	}
}
