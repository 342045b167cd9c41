package store

import (
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func TestSearchAndSpot(t *testing.T) {
	dir, _ := build(t, BuildOptions{})
	k := open(t, dir, Options{})
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"M2", []string{"M2 exact M2"}},
		{"cdi", []string{"M1 exact CDI", "M3 exact CDI"}},
		{"carc", []string{"M1 prefix carcinoma ductal"}},
		{"alta fieb", []string{`D1 words fiebre "alta"`}},
		{"calentra", []string{"D1 ngram calentura"}},
		{"zzz", nil},
		{"", nil},
	} {
		var got []string
		for _, c := range k.Search(c.query, 2) {
			got = append(got, c.ID+" "+c.Evidence.Match+" "+c.Evidence.Name)
		}
		if len(got) > len(c.want) && len(c.want) > 0 {
			got = got[:len(c.want)] // weaker ones may follow
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Search(%q) = %q, want %q", c.query, got, c.want)
		}
	}
	text := corpus.NewText("Ñu: CDI con calentura.")
	var got []string
	for _, s := range k.Spot(text) {
		for _, n := range s.Concepts {
			id, name, _ := k.Numbered(n)
			got = append(got, text.Slice(s.Span)+" "+id+" "+name)
		}
	}
	if want := []string{"CDI M1 carcinoma ductal", "CDI M3 CDI", "calentura D1 fiebre"}; !slices.Equal(got, want) {
		t.Errorf("spotted %q", got)
	}
}
