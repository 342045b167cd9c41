package store

import (
	"context"
	"reflect"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
)

func TestRelations(t *testing.T) {
	ctx := context.Background()
	dir, m := build(t, BuildOptions{Keep: func(id string) bool { return id != "gone" }, Concepts: stream(
		kb.Concept{ID: "brand", Name: "Aspirin", Relations: []kb.Relation{{Kind: kb.TradenameOf, ID: "asa"}, {Kind: kb.TradenameOf, ID: "gone"}, {Kind: "x", ID: "brand"}}},
		kb.Concept{ID: "asa", Name: "acetylsalicylic acid"},
		kb.Concept{ID: "old", Relations: []kb.Relation{{Kind: kb.ReplacedBy, ID: "asa"}}},
		kb.Concept{ID: "old", Relations: []kb.Relation{{Kind: kb.ReplacedBy, ID: "asa"}}},
	)})
	if m.Concepts != 2 || len(m.Warnings) > 0 {
		t.Errorf("meta %+v", m)
	}
	k := open(t, dir, Options{})
	for _, c := range []struct {
		id       string
		from, to []kb.Relation
	}{
		{"brand", []kb.Relation{{Kind: kb.TradenameOf, ID: "asa"}}, nil},
		{"asa", nil, []kb.Relation{{Kind: kb.ReplacedBy, ID: "old"}, {Kind: kb.TradenameOf, ID: "brand"}}},
		{"old", []kb.Relation{{Kind: kb.ReplacedBy, ID: "asa"}}, nil},
	} {
		from, err := k.Related(ctx, c.id)
		to, err2 := k.RelatedTo(ctx, c.id)
		if err != nil || err2 != nil || !reflect.DeepEqual(from, c.from) || !reflect.DeepEqual(to, c.to) {
			t.Errorf("%s: from %v, to %v, %v %v", c.id, from, to, err, err2)
		}
	}
	if got, err := k.Concept(ctx, "brand"); err != nil || len(got.Relations) != 1 {
		t.Errorf("concept %+v, %v", got, err)
	}
	_, without := build(t, BuildOptions{Concepts: stream(kb.Concept{ID: "brand", Name: "Aspirin"}, kb.Concept{ID: "asa", Name: "acetylsalicylic acid"})})
	if m.Hash == without.Hash {
		t.Error("relations do not count in the hash")
	}
}

func TestSearchFollowsRelations(t *testing.T) {
	dir, _ := build(t, BuildOptions{Concepts: stream(
		kb.Concept{ID: "brand", Name: "Adiro", Type: "product", Relations: []kb.Relation{{Kind: kb.TradenameOf, ID: "asa"}, {Kind: kb.WasA, ID: "other"}}},
		kb.Concept{ID: "asa", Name: "ácido acetilsalicílico", Type: "substance", Names: names("synonym", "adirona")},
		kb.Concept{ID: "other", Name: "paracetamol", Type: "substance"},
		kb.Concept{ID: "old", Relations: []kb.Relation{{Kind: kb.ReplacedBy, ID: "asa"}, {Kind: kb.MaybeSame, ID: "other"}}},
	)})
	k := open(t, dir, Options{})
	for _, c := range []struct {
		query string
		n     int
		types []string
		want  []string // identifier, match, name, relation and where it leads from
	}{
		{"adiro", 5, nil, []string{"brand exact Adiro", "asa exact Adiro tradename_of brand"}},
		{"adiro", 1, nil, []string{"brand exact Adiro"}},
		{"adir", 5, nil, []string{"brand prefix Adiro", "asa prefix Adiro tradename_of brand"}},
		{"adiro", 5, []string{"substance"}, []string{"asa exact Adiro tradename_of brand"}},
		{"adiro", 5, []string{"product"}, []string{"brand exact Adiro"}},
		{"brand", 5, []string{"substance"}, []string{"asa exact brand tradename_of brand"}},
		{"brand", 5, nil, []string{"brand exact brand", "asa exact brand tradename_of brand"}},
		{"old", 5, nil, []string{"asa exact old replaced_by old"}},
		{"old", 5, []string{"product"}, nil},
		{"adirona", 1, nil, []string{"asa exact adirona"}},
	} {
		var got []string
		for _, f := range k.Search(c.query, c.n, c.types...) {
			if f.Evidence.Match == "ngram" {
				continue
			}
			line := f.ID + " " + f.Evidence.Match + " " + f.Evidence.Name
			for _, p := range f.Evidence.Parts {
				line += " " + p.What + " " + p.ID
			}
			got = append(got, line)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("Search(%q, %d, %q) = %q, want %q", c.query, c.n, c.types, got, c.want)
		}
	}
}
