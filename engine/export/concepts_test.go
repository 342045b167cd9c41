package export

import (
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb/source"
)

// What was proposed, and is in force, can be read into a knowledge base.
func TestConcepts(t *testing.T) {
	propose := func(p corpus.Proposal) corpus.Decision {
		note, err := p.Note()
		if err != nil {
			t.Fatal(err)
		}
		return corpus.Decision{Kind: corpus.Propose, Note: note}
	}
	rare := corpus.Proposal{DB: "hp", ID: "HP:9", Name: `tos "rara"`, Parent: "HP:2", Type: "sign"}
	again := rare
	again.Name = "otra"
	var out strings.Builder
	n, err := Concepts(&out, numbered(propose(rare), propose(corpus.Proposal{DB: "hp", ID: "HP:8", Name: "x"}), undo(2), propose(again), kind(corpus.Accept)), nil)
	if want := "db\tid\tname\tkind\ttype\tparent\nhp\tHP:9\t\"tos \"\"rara\"\"\"\tpreferred\tsign\tHP:2\n"; err != nil || n != 1 || out.String() != want {
		t.Errorf("%d, %v, got\n%swant\n%s", n, err, out.String(), want)
	}
	read := 0
	for c, err := range source.ReadFrom(strings.NewReader(out.String()), "concepts", source.Options{DB: "hp"}) {
		read++
		if err != nil || c.ID != "HP:9" || c.Name != `tos "rara"` || c.Type != "sign" || len(c.Parents) != 1 || c.Parents[0] != "HP:2" {
			t.Errorf("%+v, %v", c, err)
		}
	}
	if read != 1 {
		t.Errorf("%d concepts were read back", read)
	}
}
