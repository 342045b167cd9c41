package learn

import (
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// Pieces are two code points wide; a mention is written start-end.
func TestTagPieces(t *testing.T) {
	names := tagNames([]string{"A", "B"})
	for _, c := range []struct {
		what, want string
		lost       int
		mentions   []corpus.Mention
	}{
		{"none", "O O O O", 0, nil},
		{"one piece, three, none between", "S-A B-B I-B E-B", 0, []corpus.Mention{at("A", 0, 2), at("B", 2, 8)}},
		{"two pieces, within one", "B-A E-A O S-B", 0, []corpus.Mention{at("A", 0, 4), at("B", 7, 8)}},
		{"a piece in part", "B-A E-A O O", 0, []corpus.Mention{at("A", 1, 3)}},
		{"outermost", "O B-A E-A O", 2, []corpus.Mention{at("B", 2, 3), at("A", 2, 6), at("B", 4, 6)}},
		{"twice the same", "O S-A O O", 0, []corpus.Mention{at("A", 2, 4), at("A", 2, 4)}},
		{"another label", "O O O O", 0, []corpus.Mention{at("C", 2, 4)}},
		{"two in a piece", "O S-A O O", 0, []corpus.Mention{at("A", 2, 3), at("B", 3, 4)}},
		{"one begins in the last piece of another", "B-A E-A O O", 0, []corpus.Mention{at("A", 0, 3), at("B", 3, 6)}},
		{"discontinuous", "B-A I-A E-A O", 0, []corpus.Mention{{Label: "A", Spans: corpus.Spans{{Start: 0, End: 1}, {Start: 4, End: 6}}}}},
		{"no piece", "O O O O", 0, []corpus.Mention{at("A", 20, 22)}},
	} {
		found, lost := marks(c.mentions, []string{"A", "B"})
		tags, marked := tagPieces([]corpus.Span{{Start: 0, End: 2}, {Start: 2, End: 4}, {Start: 4, End: 6}, {Start: 6, End: 8}}, found)
		var got []string
		for i, tag := range tags {
			got = append(got, names[tag])
			// Whatever the mentions, a chain allows their tags.
			if i > 0 && legal(9).moves[int(tags[i-1])*9+int(tag)] == 0 {
				t.Errorf("%s: %s after %s", c.what, names[tag], names[tags[i-1]])
			}
		}
		if s := strings.Join(got, " "); s != c.want || lost != c.lost || marked != strings.ContainsAny(s, "AB") {
			t.Errorf("%s: %q, %d lost, want %q, %d", c.what, s, lost, c.want, c.lost)
		}
	}
}

func at(label string, start, end corpus.Off) corpus.Mention {
	return corpus.Mention{Label: label, Spans: corpus.One(start, end)}
}
