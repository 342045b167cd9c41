package suggest

import (
	"context"
	"reflect"
	"slices"
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
	for _, n := range []int{0, 1, 31, 32, 33, 100} {
		all := sentences(n)
		pieces := Chunks(all)
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
