package suggest

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// sentences are n spans of ten characters each.
func sentences(n int) []corpus.Span {
	all := make([]corpus.Span, n)
	for i := range all {
		all[i] = corpus.Span{Start: corpus.Off(10 * i), End: corpus.Off(10*i + 10)}
	}
	return all
}

func TestChunksKeepEverySentenceInOrder(t *testing.T) {
	line := strings.Repeat("nueve... ", 1000)[:10*500]
	for _, n := range []int{0, 1, 31, 32, 33, 100} {
		all := sentences(n)
		pieces := Chunks(corpus.NewText(line), all)
		if got := slices.Concat(pieces...); len(got) != n || n > 0 && !reflect.DeepEqual(got, all) {
			t.Errorf("%d sentences became %d", n, len(got))
		}
		for i, p := range pieces {
			if len(p) > 32 || i < len(pieces)-1 && len(p) != 32 {
				t.Errorf("%d sentences: piece %d has %d", n, i, len(p))
			}
		}
	}
}

// A chunk ends where a line does, if one ends soon after.
func TestChunksEndWithLines(t *testing.T) {
	for lines, want := range map[string][]int{
		"40":    {40, 32, 28},
		"32 64": {32, 32, 32, 4},
		"10 33": {33, 32, 32, 3},
		"10 50": {32, 32, 32, 4},
		"47 79": {47, 32, 21},
		"31 48": {48, 32, 20},
	} {
		var text strings.Builder
		var all []corpus.Span
		for i := 1; i <= 100; i++ {
			start := corpus.Off(text.Len())
			text.WriteString("Tos.")
			all = append(all, corpus.Span{Start: start, End: start + 4})
			if slices.Contains(strings.Fields(lines), strconv.Itoa(i)) {
				text.WriteByte('\n')
			} else {
				text.WriteByte(' ')
			}
		}
		var got []int
		for _, p := range Chunks(corpus.NewText(text.String()), all) {
			got = append(got, len(p))
		}
		if !slices.Equal(got, want) {
			t.Errorf("lines that end after %s: chunks of %v, want %v", lines, got, want)
		}
	}
}

// spy notes what it is asked for.
type spy struct {
	layers []string
	within corpus.Span
	err    error
}

func (s *spy) Annotate(_ context.Context, _ corpus.Text, _ []corpus.Span, layers []string) ([]corpus.Mention, error) {
	s.layers = layers
	return []corpus.Mention{{Label: "BY_MODEL"}}, s.err
}

func (s *spy) Spot(_ corpus.Text, within corpus.Span) []corpus.Mention {
	s.within = within
	return []corpus.Mention{{Label: "BY_LETTERS"}}
}

func TestSourceOfSuggestions(t *testing.T) {
	s := &spy{}
	both := Models{Recognizer: s, Spotter: s, Languages: []string{"es"}}
	anyLanguage := Models{Recognizer: s, Spotter: s}
	alone := Models{Recognizer: s, Languages: []string{"es"}}
	letters := Models{Spotter: s}
	for _, c := range []struct {
		name, language, want string
		m                    Models
	}{
		{"a language of the model", "es", ByModel, both},
		{"another language", "en", ByLetters, both},
		{"a language that could not be told", "", ByModel, both},
		{"a model of any language", "en", ByModel, anyLanguage},
		{"nobody knows the language", "en", "", alone},
		{"no model", "es", ByLetters, letters},
		{"nothing", "es", "", Models{}},
	} {
		if got := c.m.Source(c.language); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSuggestAsksTheSource(t *testing.T) {
	s := &spy{}
	m := Models{Recognizer: s, Spotter: s, Layers: []string{"a"}}
	for source, want := range map[string]string{ByModel: "BY_MODEL", ByLetters: "BY_LETTERS", "": ""} {
		got, err := m.Suggest(t.Context(), corpus.Text{}, sentences(3), source)
		if err != nil || want == "" && len(got) > 0 || want != "" && (len(got) != 1 || got[0].Label != want) {
			t.Errorf("%q: %v, %v", source, got, err)
		}
		if got, err := m.Suggest(t.Context(), corpus.Text{}, nil, source); err != nil || len(got) > 0 {
			t.Errorf("%q of no sentence: %v, %v", source, got, err)
		}
	}
	if !slices.Equal(s.layers, []string{"a"}) {
		t.Errorf("layers %q", s.layers)
	}
	if want := (corpus.Span{Start: 0, End: 30}); s.within != want {
		t.Errorf("letters were looked for within %v, want %v", s.within, want)
	}
}
