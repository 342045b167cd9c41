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
